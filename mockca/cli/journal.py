"""`mockca journal`: read a sandbox's journal and check that nobody has changed it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from mockca.cli.sandbox import data_option, sandbox_option
from mockca.registry import databases, journal
from mockca.registry.store import Store


@click.group("journal")
def command() -> None:
    """Nhật ký. The journal: each entry is bound to the one before it by its hash."""


@command.command("verify")
@data_option
@click.option("--sandbox", "name", help="Một sandbox; mặc định là tất cả. One sandbox; all where left out.")
def verify(data: Path, name: str | None) -> None:
    """Kiểm tra chuỗi băm. Check the chain of hashes; exit code 1 where it is broken.

    The last hash is shown: keep it, and a later run shows whether entries were cut off at the end.
    """
    broken = 0
    for home in _homes(data, name):
        with _opened(home) as connection:
            result = journal.verify(connection)
        if result.ok:
            click.echo(f"{home.name}: {result.entries} mục, nguyên vẹn · {result.entries} entries, whole")
            click.echo(f"  {result.head}")
        else:
            broken += 1
            at = result.first_bad
            click.echo(f"{home.name}: HỎNG tại mục {at} · BROKEN at entry {at}: {result.why}")
            click.echo(f"  {result.entries} mục trước đó nguyên vẹn · the {result.entries} before it are whole")
    if broken:
        raise click.exceptions.Exit(1)


@command.command("show")
@data_option
@sandbox_option
@click.option("--about", help="Chỉ về việc này. Only about this, e.g. `dossier 1`.")
@click.option("--action", help="Chỉ loại này. Only this action, e.g. `activation.published`.")
@click.option("--after", type=click.IntRange(min=0), default=0, help="Sau mục số này. After this entry.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Số mục. How many.")
@click.option("--json", "as_json", is_flag=True, help="Mỗi dòng một mục JSON. One JSON object a line.")
def show(data: Path, name: str, about: str | None, action: str | None, after: int, limit: int, as_json: bool) -> None:
    """Xem nhật ký. Show what happened, oldest first."""
    (home,) = _homes(data, name)
    with _opened(home) as connection:
        found = journal.entries(connection, about=about, action=action, after=after, limit=limit)
    for entry in found:
        click.echo(_as_json(entry) if as_json else _as_text(entry))


def _homes(data: Path, name: str | None) -> list[Path]:
    """The folders of the sandboxes that were asked for; an error that says what to type where there is none."""
    homes = [home for home in databases.homes(data) if name in (None, home.name)]
    if not homes:
        what = "sandbox" if name is None else f"sandbox {name}"
        raise click.UsageError(
            f"không có {what} trong {data} · no {what} in {data}; `mockca sandbox list --data {data}` lists them"
        )
    return homes


@contextmanager
def _opened(home: Path) -> Iterator[Connection]:
    url = databases.at(home)
    store = Store(url)
    try:
        with store.read() as connection:
            yield connection
    except (DatabaseError, sqlite3.Error, OSError) as error:
        cause = error.orig if isinstance(error, DatabaseError) else error
        raise click.ClickException(f"không đọc được · cannot read {databases.shown(url)}: {cause}") from error
    finally:
        store.close()


def _as_json(entry: journal.Entry) -> str:
    fields: dict[str, Any] = {name: getattr(entry, name) for name in entry.__slots__}
    return json.dumps(fields | {"at": entry.at.isoformat()}, ensure_ascii=False)


def _as_text(entry: journal.Entry) -> str:
    line = f"{entry.number:>6}  {entry.at:%Y-%m-%d %H:%M:%SZ}  {entry.actor}  {entry.action}  {entry.about}"
    detail = json.dumps(entry.detail, ensure_ascii=False) if entry.detail else ""
    return "  ".join(part for part in (line, detail, ", ".join(entry.clauses)) if part)
