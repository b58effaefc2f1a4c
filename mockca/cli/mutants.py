"""`mockca mutants`: the deliberate defects that the server can be started with."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from mockca.mutants import KNOWN, families


@click.command("mutants")
@click.option("--json", "as_json", is_flag=True, help="Cho máy đọc. For machines.")
def command(as_json: bool) -> None:
    """Các lỗi cố ý. The deliberate defects, for `mockca serve --mutant NAME`."""
    if as_json:
        click.echo(
            json.dumps([{"name": one.name, "vi": one.vi, "en": one.en} for one in KNOWN.values()], ensure_ascii=False)
        )
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("tên · name", no_wrap=True)
    table.add_column("làm sai điều gì · what it does wrong")
    for one in KNOWN.values():
        table.add_row(one.name, f"{one.vi}\n{one.en}")
    Console(highlight=False).print(table)
    click.echo(f"\n{families.__doc__}")
