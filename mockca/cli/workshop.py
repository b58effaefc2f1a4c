"""`mockca workshop`: classes opened and listed, directly on the data folder."""

from __future__ import annotations

from pathlib import Path

import click

from mockca.cli.sandbox import PUBLIC_URL, data_option, ending_in_a_line
from mockca.clock import WallClock
from mockca.desk.sandbox import Sandboxes
from mockca.web.access import ensure_admin_credential
from mockca.workshop.classroom import MOST_PLACES, Classroom, ClassState, OpenClass


@click.group("workshop")
def command() -> None:
    """Lớp học. Classes: a sandbox and lessons for each learner, a board for the trainer.

    \b
    mockca workshop open --lesson an-giang/new-person --learners 40
    mockca workshop list
    mockca workshop close ABCDEF
    """


@command.command("open")
@click.option("--lesson", "lessons", multiple=True, required=True, help="Kịch bản (mockca scenario list). A scenario.")
@click.option("--learners", default=30, show_default=True, type=click.IntRange(1, MOST_PLACES), help="Số chỗ. Places.")
@click.option("--title", default="Lớp tập huấn", show_default=True, help="Tên lớp. Name of the class.")
@click.option("--whole", is_flag=True, help="Cả bài, không chỉ bước chính. With refusals and look-ups, too.")
@click.option(
    "--public-url",
    default=PUBLIC_URL,
    show_default=True,
    envvar="MOCKCA_PUBLIC_URL",
    help="Địa chỉ máy chủ. The server's address.",
)
@data_option
def open_class(lessons: tuple[str, ...], learners: int, title: str, whole: bool, public_url: str, data: Path) -> None:
    """Mở lớp; in mã lớp và địa chỉ của giảng viên. Opens a class, prints its code and the trainer's address.

    That address bears the admin credential after `#`, which browsers keep to themselves: give it to nobody.
    """
    with ending_in_a_line():
        room = _room(data)
        opened = room.open_class(OpenClass(title=title, lessons=lessons, whole=whole, places=learners))
        base = public_url.rstrip("/")
        click.echo(f"mã lớp · code    {opened.code}")
        click.echo(f"học viên · join  {base}/-/join/{opened.code}")
        back = f"?back=/-/workshop/{opened.code}/"
        click.echo(f"giảng viên · trainer  {base}/-/workshop/sign-in{back}#{ensure_admin_credential(data)}")


@command.command("list")
@data_option
def list_classes(data: Path) -> None:
    """Liệt kê. Lists the classes."""
    with ending_in_a_line():
        room = _room(data)
        for one in room.all():
            joined = len(room.learners(one.code))
            click.echo(f"{one.code}\t{one.state.value}\t{joined}/{one.places}\t{', '.join(one.lessons)}\t{one.title}")


@command.command("close")
@click.argument("code")
@data_option
def close(code: str, data: Path) -> None:
    """Kết thúc lớp. Ends a class; its results stay."""
    with ending_in_a_line():
        closed = _room(data).set_state(code, ClassState.CLOSED)
        click.echo(f"{closed.code}\t{closed.state.value}")


def _room(data: Path) -> Classroom:
    return Classroom(Sandboxes(data, PUBLIC_URL), WallClock())
