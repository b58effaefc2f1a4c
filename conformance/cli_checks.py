"""`conformance list` and `conformance explain`: what there is to check, and what a check means."""

from __future__ import annotations

import json
from typing import Any

import click

from conformance import catalogue, regulations
from conformance.checks import KINDS, Check
from conformance.errors import HarnessError
from conformance.exits import could_not_run
from scenarios import Importance


@click.command("list")
@click.option("--regulation", type=click.Choice(regulations.known()), help="Chỉ quy định này. Only this one.")
@click.option("--target-kind", type=click.Choice(KINDS), help="Chỉ loại đích này. Only this kind of target.")
@click.option("--clause", metavar="ID", help="Chỉ phép kiểm của điều khoản này. Only what checks this clause.")
@click.option(
    "--importance", type=click.Choice([each.value for each in Importance]), help="Chỉ mức này. Only of this importance."
)
@click.option("--json", "json_", is_flag=True, help="In JSON. Print JSON.")
def list_command(
    regulation: str | None, target_kind: str | None, clause: str | None, importance: str | None, json_: bool
) -> None:
    """Liệt kê mọi phép kiểm. Lists every check with its clauses."""
    found = [
        check
        for check in catalogue.every_check()
        if target_kind in (None, check.suite)
        and catalogue.is_made_under(regulation, check)
        and clause in (None, *catalogue.clauses_of(check, regulation))
        and importance in (None, check.importance.value)
    ]
    if json_:
        click.echo(json.dumps([_entry(check, regulation) for check in found], ensure_ascii=False, indent=1))
        return
    for check in found:
        clauses = ", ".join(catalogue.clauses_of(check, regulation)) or "–"
        click.echo(f"{check.id}  [{clauses}]  {check.importance.value}")


@click.command()
@click.argument("check")
def explain(check: str) -> None:
    """Giải thích một phép kiểm. Explains a check, or all that begin with this id."""
    try:
        found = catalogue.find(check)
    except HarnessError as error:
        could_not_run(error)
    click.echo("\n\n".join(_explained(one) for one in found))


def _entry(check: Check, regulation: str | None) -> dict[str, Any]:
    return {
        "id": check.id,
        "target_kind": check.suite,
        "vi": check.says.vi,
        "en": check.says.en,
        "clauses": catalogue.clauses_of(check, regulation),
        "importance": check.importance.value,
        "features": check.features,
    }


def _explained(check: Check) -> str:
    return "\n".join((check.id, *(f"  {line}" for line in check.explanation.splitlines())))
