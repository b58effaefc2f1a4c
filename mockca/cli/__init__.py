"""The `mockca` command. Each subcommand is one module, imported when it is called."""

from __future__ import annotations

from importlib import import_module

import click

SUBCOMMANDS = {
    "serve": "Chạy cơ quan chứng thực mô phỏng. Serve the mock authority.",
    "sandbox": "Các sandbox trong thư mục dữ liệu. The sandboxes of the data folder.",
    "clock": "Đồng hồ của một sandbox. A sandbox's clock.",
    "fault": "Lỗi theo yêu cầu. Faults on order.",
    "answers": "Trả lời thế nào khi RFC cho chọn. What is answered where an RFC allows two.",
    "exchanges": "Nhật ký trao đổi. Who asked what, and what was answered.",
    "snapshot": "Ảnh chụp sandbox. A whole sandbox in one file, and back.",
    "why": "Vì sao bị từ chối. Why an exchange was refused.",
    "rules": "Quy định của các tỉnh. What the regulations say.",
    "form": "Biểu mẫu, danh sách. Forms and their lists.",
    "report": "Báo cáo, kế hoạch. Reports and plans: due, filed, printed.",
    "journal": "Nhật ký. The journal.",
    "reorganise": "Sáp nhập, chia tách, đổi tên, giải thể. Bodies merged, split, renamed, dissolved.",
    "scenario": "Các kịch bản. Stories of certificates.",
    "workshop": "Lớp học. Classes with a sandbox and lessons for each learner.",
    "states": "Bảng trạng thái × mặt công khai. The table state × (CRL, delta CRL, OCSP, portal, API).",
    "demo": "Việc chính, từ đầu đến cuối. The main job from end to end.",
    "mutants": "Các lỗi cố ý. Deliberate defects to serve with.",
    "document": "Văn bản ký số. Signed documents.",
    "token": "Thiết bị lưu khóa trên một giá. The devices on a shelf.",
    "agent": "Dịch vụ ký số mà trang web gọi. The desktop signing agent that web pages call.",
}
"""Each is a module of this package; what `--help` says of it is the beginning of its own help."""


class LazyGroup(click.Group):
    """A group whose commands stay unread until they are asked for, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in SUBCOMMANDS:
            return None
        command = import_module(f"mockca.cli.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 - a wiring mistake, not input
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(SUBCOMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mockca")
def main() -> None:
    """Mô phỏng cơ quan chứng thực số chuyên dùng. A mock of the government certification authority.

    \b
    mockca demo                       one certificate from request to revocation, told step by step
    mockca serve                      the authority on http://127.0.0.1:8400
    mockca rules show an-giang        what a regulation says, each value with its clause
    mockca scenario play an-giang/new-person
    """
