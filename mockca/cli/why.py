"""`mockca why`: why an exchange was refused, directly on the data folder."""

from __future__ import annotations

from pathlib import Path

import click

from mockca.cli.sandbox import data_option, ending_in_a_line, open_sandbox, sandbox_option
from mockca.desk import exchanges


@click.command("why")
@click.argument("number", type=click.IntRange(min=1))
@data_option
@sandbox_option
def command(number: int, data: Path, name: str) -> None:
    """Vì sao bị từ chối. Why an exchange was refused: the rule, what would be accepted, and what comes nearest.

    The numbers are those of `mockca exchanges list`.
    """
    # Fields are known by the whole API, which takes a second to read.
    from mockca.web.operations import fields_of

    sandbox = open_sandbox(data, name)
    with ending_in_a_line():
        view = exchanges.why(sandbox, number, fields_of)
    click.echo(f"{view.exchange.status}  {view.exchange.outcome}\n{view.vi}\n{view.en}")
    for rule in view.rules:
        click.echo(f"\n{rule.clause}  {rule.clause_vi}\n{' ' * len(rule.clause)}  {rule.clause_en}")
        if rule.field is not None:
            click.echo(f"  {rule.field} = {rule.value!r}: {rule.vi} · {rule.en}")
        if rule.accepted:
            click.echo(f"  được nhận · accepted: {rule.accepted}")
        if rule.nearest is not None:
            click.echo(f"  gần nhất · nearest: {rule.nearest}")
    for near in view.nearest:
        click.echo(f"→ {near.vi}\n  {near.en}")
    for fault in view.near_faults:
        misses = ", ".join(fault.misses) or "chưa đến lượt · its turn had not come"
        click.echo(f"lỗi · fault {fault.number} {fault.effect}: {', '.join(fault.fits)}; không khớp · misses: {misses}")
