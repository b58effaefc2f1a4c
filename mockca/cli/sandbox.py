"""`mockca sandbox`: list, make and reset sandboxes, directly on the data folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import URL
from sqlalchemy.exc import OperationalError

from mockca.desk import control
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import (
    MOST_STAGED,
    AuthorityKeys,
    CreateSandbox,
    ResetSandbox,
    StageCertificates,
    SubscriberKind,
)
from mockca.desk.restore import letter_of
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.desk.staging import stage_certificates
from mockca.desk.views import SandboxView
from mockca.errors import MockcaError, NotFound
from mockca.registry import databases
from mockca.web.calendar import require_in_calendar
from mockca.web.problems import shape_problem
from token_emulator.cli.options import whole_serial
from token_emulator.errors import TokenError

DATA = Path("var/mockca")
PUBLIC_URL = "http://127.0.0.1:8400"
KEYS = AuthorityKeys()
"""Key algorithms of new hierarchies."""
TRAINER = Actor("trainer", Role.TRAINER)
"""Whoever may write the data folder may do what the trainer may."""

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=DATA,
    show_default=True,
    envvar="MOCKCA_DATA",
    help="Thư mục dữ liệu. Data folder.",
)
sandbox_option = click.option("--sandbox", "name", default="demo", show_default=True, help="Sandbox.")


@contextmanager
def ending_in_a_line() -> Iterator[None]:
    """Let what goes wrong on purpose end the command in one line, without a traceback."""
    try:
        yield
    except ValidationError as error:
        mistakes = shape_problem(error).violations
        raise click.ClickException(
            "; ".join(f"{v.field} {v.value!r}: {v.vi} · {v.en} ({v.accepted})" for v in mistakes)
        ) from error
    except (MockcaError, OSError) as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        # Without the statement, whose values are nobody's business here.
        raise click.ClickException(f"không dùng được sổ đăng ký · the registry cannot be used: {error.orig}") from error


def _read_database(context: click.Context, option: click.Parameter, value: str | None) -> URL | None:
    del context, option
    with ending_in_a_line():
        return databases.server(value)


database_option = click.option(
    "--database",
    envvar="MOCKCA_DATABASE",
    show_envvar=True,
    callback=_read_database,
    help="Cơ sở dữ liệu PostgreSQL cho sandbox mới. PostgreSQL database in which a new sandbox gets a schema, e.g. "
    f"{databases.EXAMPLE}; a file of its own by default.",
)


def open_sandbox(data: Path, name: str) -> Sandbox:
    """Open a sandbox of the data folder; NotFound tells what there is."""
    sandboxes = Sandboxes(data, PUBLIC_URL)
    with ending_in_a_line():
        try:
            return sandboxes.open(name)
        except NotFound as error:
            there = ", ".join(sandboxes.names()) or "none; type: mockca sandbox create " + name
            raise click.ClickException(f"{error} (in {data}: {there})") from error


def make_sandbox(
    sandboxes: Sandboxes,
    name: str,
    *,
    seed: str | None = None,
    regulations: str | None = None,
    keys: AuthorityKeys | None = None,
    **more: Any,
) -> SandboxView:
    """Make a sandbox from what a command line says."""
    wanted = CreateSandbox(
        name=name,
        seed=seed,
        regulations=tuple(regulations.split(",")) if regulations else (),
        keys=keys or KEYS,
        **more,
    )
    if wanted.start is not None:
        require_in_calendar("start", wanted.start)
    return control.create(sandboxes, wanted)


@click.group("sandbox")
def command() -> None:
    """Các sandbox trong thư mục dữ liệu. The sandboxes of the data folder."""


@command.command("list")
@data_option
def list_sandboxes(data: Path) -> None:
    """Liệt kê. List them with their clocks."""
    sandboxes = Sandboxes(data, PUBLIC_URL)
    for name in sandboxes.names():
        with ending_in_a_line():
            sandbox = sandboxes.open(name)
        click.echo(f"{name}\t{sandbox.clock.now().isoformat()}\t{sandbox.url}\t{', '.join(sandbox.regulations)}")


@command.command("create")
@click.argument("name")
@data_option
@click.option("--public-url", default=PUBLIC_URL, show_default=True, help="Base address that certificates bear.")
@click.option("--seed", help="Same seed, same names and serials.")
@click.option("--regulations", help="Separated by commas; all by default.")
@click.option("--start", help="The clock's first reading, e.g. 2026-01-05T08:00:00+07:00; now by default.")
@click.option("--frozen", is_flag=True, help="Start with the clock stopped.")
@database_option
def create(
    name: str,
    data: Path,
    public_url: str,
    seed: str | None,
    regulations: str | None,
    start: str | None,
    frozen: bool,
    database: URL | None,
) -> None:
    """Tạo sandbox. Make a sandbox."""
    instant = _instant(start)
    with ending_in_a_line():
        sandboxes = Sandboxes(data, public_url, database)
        view = make_sandbox(sandboxes, name, seed=seed, regulations=regulations, start=instant, frozen=frozen)
    click.echo(f"{view.url}\tseed {view.seed}\t{', '.join(view.regulations)}")


def _instant(text: str | None) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text} is no instant such as 2026-01-05T08:00:00+07:00") from None


@command.command("populate")
@click.argument("name")
@data_option
@click.option("--regulation", required=True, help="Under which regulation, e.g. an-giang.")
@click.option("--count", default=100, show_default=True, type=click.IntRange(1, MOST_STAGED), help="How many.")
@click.option(
    "--kind",
    default="person",
    show_default=True,
    type=click.Choice([kind.value for kind in SubscriberKind]),
    help="Of what.",
)
@click.option("--unit", help="Of which body; spread over all eligible ones by default.")
@click.option("--issued-at", help="Since when they are in effect, e.g. 2024-06-03T08:00:00+07:00; now by default.")
@click.option("--years", type=click.IntRange(1, 20), help="Their term; the regulation's longest by default.")
def populate(
    name: str,
    data: Path,
    regulation: str,
    count: int,
    kind: str,
    unit: str | None,
    issued_at: str | None,
    years: int | None,
) -> None:
    """Đặt sẵn chứng thư số. Put certificates into a sandbox as if they had been issued earlier, without devices."""
    sandbox = open_sandbox(data, name)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    with ending_in_a_line():
        wanted = StageCertificates(
            regulation=regulation,
            unit=unit,
            subscriber_kind=SubscriberKind(kind),
            count=count,
            issued_at=_instant(issued_at),
            years=years,
        )
        with bar:
            task = bar.add_task("Đang cấp · issuing", total=count)
            view = stage_certificates(sandbox, TRAINER, wanted, lambda done: bar.update(task, completed=done))
    click.echo(
        f"{view.count}\t{view.issued_at.isoformat()} – {view.not_after.isoformat()}\t"
        f"{', '.join(f'{unit} {share}' for unit, share in view.units.items())}"
    )


@command.command("letter")
@click.argument("device")
@data_option
@sandbox_option
def letter(device: str, data: Path, name: str) -> None:
    """Thư PIN của một thiết bị. The PINs that the authority last gave a device, as its letter has them.

    Whoever can read the data folder may have them; the device's holder may have changed them since.
    """
    sandbox = open_sandbox(data, name)
    with ending_in_a_line():
        try:
            found = letter_of(sandbox, whole_serial(sandbox.shelf, device))
        except TokenError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"PIN\t{found.user_pin}\nSO PIN\t{found.so_pin}")


@command.command("reset")
@click.argument("name")
@data_option
@click.option("--seed", help="Another seed makes another world; the same one by default.")
@click.confirmation_option("--yes", prompt="Xóa mọi dữ liệu của sandbox này? Empty this sandbox?")
def reset(name: str, data: Path, seed: str | None) -> None:
    """Làm lại từ đầu. Empty a sandbox and fill it again; keys and credentials stay."""
    open_sandbox(data, name).close()
    with ending_in_a_line():
        view = control.reset(Sandboxes(data, PUBLIC_URL), name, TRAINER, ResetSandbox(seed=seed))
    click.echo(f"{view.url}\tseed {view.seed}")


@command.command("sign-in")
@click.argument("name")
@click.argument("account", default="trainer")
@data_option
def sign_in(name: str, account: str, data: Path) -> None:
    """Địa chỉ đăng nhập vào các trang. An address that signs the browser in as one of the sandbox's accounts.

    It bears the account's credential after `#`, which browsers keep to themselves: give it to nobody.
    """
    with ending_in_a_line():
        document = Sandboxes(data, PUBLIC_URL).credentials(open_sandbox(data, name).name)
        found = next((each["credential"] for each in document["accounts"] if each["name"] == account), None)
        if found is None:
            raise NotFound("account", account)
        click.echo(f"{document['url']}/sign-in#{found}")
