"""`mockca document`: drafts, documents signed by a regulation, what is wrong with a signed one, what the rules are."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from mockca.cli.clock import Instant
from mockca.cli.document_check import check_command
from mockca.cli.document_data import now_of, sign_data_command
from mockca.cli.rules import MARK, console
from mockca.rules.catalogue import clauses
from token_emulator.cli.options import shelf_options, take_pin, whole_serial
from token_emulator.device import Shelf
from token_emulator.documents.drafts import Draft, render_draft
from token_emulator.documents.judging import Finding, Given, Judgement, judge
from token_emulator.documents.rules import Role, available, load
from token_emulator.documents.rules.asking import shown
from token_emulator.documents.rules.paths import said
from token_emulator.documents.signing import DeviceKey, Facts, PdfOptions, SubFilter, device_key, issue
from token_emulator.documents.signing.keys import common_name
from token_emulator.errors import TokenError

PINS = {
    Role.PERSON: ("MOCKTOKEN_PIN", "PIN"),
    Role.ORGANISATION: ("MOCKTOKEN_SEAL_PIN", "PIN (cơ quan / organisation)"),
}
"""Variables that PINs are read from where nobody can type them, and what is asked otherwise."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])
regulation_option = click.option(
    "--regulation", "regulation", type=click.Choice(available()), required=True, help="Quy định. The regulation."
)
kind_option = click.option(
    "--kind",
    default="issued",
    show_default=True,
    help="Loại: issued, copy, attachment, annex, scanned, nếu quy định có. Kind of document, as the regulation has it.",
)
number_option = click.option("--number", help="Số và ký hiệu. Number and symbol, such as 79/SNV-VP.")
issued_option = click.option("--issued", type=DAY, help="Ngày ban hành. Issue date, such as 2026-11-28.")


class Documents(click.Group):
    """Says what is wrong with a document or a device in a line, not in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand."""
        try:
            return super().invoke(ctx)
        except TokenError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Documents, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Văn bản điện tử ký số. Signed documents.

    \b
    mockca document draft cong-van.pdf
    mockca document sign cong-van.pdf -o da-ky.pdf --regulation lai-chau --person 64f7 --organisation 9a0b \\
        --number 79/SNV-VP --issued 2026-11-28
    mockca document judge da-ky.pdf --regulation lai-chau
    mockca document sign-data ho-so.xml -o ho-so-ky.xml --device 64f7
    mockca document check da-ky.pdf --evidence evidence --regulation lai-chau
    mockca document rules lai-chau
    """


@command.command()
@click.argument("target", type=TARGET)
@number_option
@issued_option
@click.option("--signer", default=Draft().signer, show_default=True, help="Người ký. Who signs.")
@click.option("--title", multiple=True, help="Dòng chức vụ, lặp lại được. A line of the title; may be repeated.")
@click.option("--secret", help="Dấu chỉ độ mật. A mark such as MẬT.")
@click.option("--annexes", type=click.IntRange(0, 50), default=0, help="Số trang phụ lục. Pages with annexes.")
def draft(
    target: Path,
    number: str | None,
    issued: datetime | None,
    signer: str,
    title: tuple[str, ...],
    secret: str | None,
    annexes: int,
) -> None:
    """Dự thảo công văn để thử. A draft of an official letter to try with; without a number there is room for it."""
    plain = Draft(
        number=number.split("/")[0] if number else None,
        issued=issued.date() if issued else None,
        signer=signer,
        title=title or Draft().title,
        secret=secret,
        annexes=annexes,
    )
    target.write_bytes(render_draft(plain))
    click.echo(f"{target}: mockca document sign {target} …")


@command.command()
@click.argument("file", type=FILE)
@click.option("-o", "--out", "target", type=TARGET, required=True, help="Nơi ghi. Where it goes.")
@regulation_option
@kind_option
@shelf_options
@click.option("--person", metavar="SERIAL", help="Thiết bị của người có thẩm quyền. The competent person's device.")
@click.option("--organisation", metavar="SERIAL", help="Thiết bị của cơ quan. The organisation's device.")
@number_option
@issued_option
@click.option(
    "--signer", help="Họ tên người ký, nếu khác chứng thư. The signer's name, when not as in the certificate."
)
@click.option("--body", help="Tên cơ quan như cần hiển thị. The organisation's name as it is to be shown.")
@click.option("--subfilter", type=click.Choice([*SubFilter]), default=SubFilter.PKCS7, show_default=True)
@click.option("--tsa", metavar="URL", help="Dịch vụ cấp dấu thời gian. The time-stamping authority.")
@click.option("--chain", type=FILE, multiple=True, help="Chứng thư CA (DER) đưa vào CMS. Issuers' certificates, DER.")
@click.option(
    "--at", type=Instant(), help="Thời điểm ký; không có thì theo đồng hồ sandbox. When; else the sandbox's clock."
)
def sign(
    shelf: Shelf,
    file: Path,
    target: Path,
    regulation: str,
    kind: str,
    person: str | None,
    organisation: str | None,
    number: str | None,
    issued: datetime | None,
    signer: str | None,
    body: str | None,
    subfilter: str,
    tsa: str | None,
    chain: tuple[Path, ...],
    at: datetime | None,
) -> None:
    """Ký văn bản theo quy định. Sign a document as the regulation wants it.

    PINs are typed, or read from MOCKTOKEN_PIN (the person's) and MOCKTOKEN_SEAL_PIN (the organisation's).
    """
    rules = load(regulation)
    keys: dict[Role, DeviceKey] = {}
    for role, serial in ((Role.PERSON, person), (Role.ORGANISATION, organisation)):
        if serial is not None:
            keys[role] = device_key(shelf, whole_serial(shelf, serial), take_pin(*PINS[role]))
    if not keys:
        raise click.UsageError("Cần --person hoặc --organisation. Name a device: --person, --organisation.")
    names = {role: common_name(key.certificate) for role, key in keys.items()}
    facts = Facts(
        signer=signer or names.get(Role.PERSON) or Draft().signer,
        organisation=body or names.get(Role.ORGANISATION) or "",
        number=number,
        issued=issued.date() if issued else None,
    )
    options = PdfOptions(
        subfilter=SubFilter(subfilter), timestamp_url=tsa, chain=tuple(path.read_bytes() for path in chain)
    )
    signed = issue(file.read_bytes(), rules, keys, facts, at or now_of(shelf), kind, options)
    target.write_bytes(signed)
    click.echo(f"{target}: mockca document judge {target} --regulation {regulation} --kind {kind}")


@command.command("judge")
@click.argument("file", type=FILE)
@regulation_option
@kind_option
@number_option
@issued_option
@click.option("--signer", help="Họ tên người ký. The signer's name.")
@click.option("--body", help="Tên cơ quan. The organisation's name.")
@click.option(
    "--seal", type=click.FloatRange(10, 80), metavar="MM", help="Đường kính con dấu. The seal's diameter, mm."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def judge_file(
    file: Path,
    regulation: str,
    kind: str,
    number: str | None,
    issued: datetime | None,
    signer: str | None,
    body: str | None,
    seal: float | None,
    as_json: bool,
) -> None:
    """Văn bản có đúng quy định không. Is a signed document as the regulation wants it; nothing is verified here.

    Exit code 1 when something is not.
    """
    given = Given(number, issued.date() if issued else None, signer, body, seal)
    judgement = judge(file.read_bytes(), load(regulation), kind, given)
    if as_json:
        click.echo(json.dumps(told(judgement), ensure_ascii=False, indent=2))
    else:
        _print(judgement)
    if judgement.findings:
        sys.exit(1)


def told(judgement: Judgement) -> dict[str, Any]:
    """A judgement for JSON."""
    return {
        "regulation": judgement.regulation,
        "kind": judgement.kind,
        "obeys": judgement.obeys,
        "signatures": [
            {
                "field": one.field,
                "role": one.role,
                "common_name": one.common_name,
                "serial": one.serial,
                "at": one.at.isoformat() if one.at else None,
            }
            for one in judgement.signatures
        ],
        "findings": [
            {name: getattr(one, name) for name in ("rule", "clause", "signature", "vi", "en")}
            for one in judgement.findings
        ],
        "unseen": list(judgement.unseen),
    }


def _print(judgement: Judgement) -> None:
    out = console()
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for one in judgement.signatures:
        at = one.at.isoformat() if one.at else "–"
        table.add_row(one.field, {"person": "cá nhân", "organisation": "cơ quan"}[one.role], one.common_name, at)
    out.print(table)
    for finding in judgement.findings:
        out.print(Text(f"✗ {finding.vi}", style="red"), Text(_source(finding), style="dim"))
        out.print(Text(f"  {finding.en}", style="dim"))
    if judgement.unseen:
        out.print(Text(f"– không xem được / not to be seen in this file: {', '.join(judgement.unseen)}", style="dim"))
    count = len(judgement.findings)
    out.print(
        Text("đúng quy định / as it should be" if not count else f"{count} điểm chưa đúng / findings", style="bold")
    )


def _source(finding: Finding) -> str:
    return f"({finding.clause or MARK})"


@command.command("rules")
@click.argument("regulation", type=click.Choice(available()), required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show_rules(regulation: str | None, as_json: bool) -> None:
    """Quy định về văn bản ký số, mỗi giá trị một điều khoản. What is asked of signed documents, value by value.

    ◇ marks what no text says: our choice.
    """
    if regulation is None:
        for id_ in available():
            click.echo(f"{id_}\t{load(id_).title.vi}")
        return
    rules = load(regulation)
    if as_json:
        click.echo(rules.model_dump_json(indent=2))
        return
    out = console()
    out.print(Text(f"{rules.title.vi} · {rules.title.en}", style="bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    known = clauses()
    for path, value in said(rules):
        source = value.clause or MARK
        clause = known.get(value.clause or "")
        table.add_row(path, shown(value.value), source, Text(clause.vi if clause else value.basis or "", style="dim"))
    out.print(table)


command.add_command(check_command)
command.add_command(sign_data_command)
