"""`conformance coverage`: what became of each clause of the law."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console

from conformance import catalogue
from conformance.checks import KINDS
from conformance.coverage import cover, missing, totals
from conformance.law import law
from conformance.regulations import known, under
from conformance.reports.coverage_html import as_html
from conformance.reports.coverage_json import as_json
from conformance.reports.coverage_table import print_coverage, print_missing, print_totals

PIPED_WIDTH = 140
"""Columns where there is no terminal that says its own."""
TARGETS = (*KINDS, "archive", "none")
INCOMPLETE = 1


@click.command()
@click.option("--regulation", type=click.Choice(known()), help="Chỉ văn bản của nó. Only its texts.")
@click.option("--target", type=click.Choice(TARGETS), help="Chỉ đối tượng này. Only what this can keep or break.")
@click.option("--missing", "lacking", is_flag=True, help="Chỉ điều khoản thiếu phép kiểm. Only what lacks a check.")
@click.option(
    "--strict", is_flag=True, help="Với --missing: mã thoát 1 khi còn thiếu. Exit with 1 where any lacks one."
)
@click.option("--json", "json_", is_flag=True, help="In JSON. Print JSON.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Ghi một trang HTML. Write one page.")
def coverage(
    regulation: str | None, target: str | None, lacking: bool, strict: bool, json_: bool, html: Path | None
) -> None:
    """Điều khoản nào đã kiểm, điều nào chưa, vì sao. Which clauses are checked, which are not, and why.

    \b
    conformance coverage --regulation an-giang
    conformance coverage --missing --strict
    conformance coverage --html coverage.html
    conformance coverage --json | jq '.clauses[] | select(.checks == [] and .why_not == null) | .id'
    """
    if strict and not lacking:
        raise click.UsageError("--strict goes with --missing")
    books, clauses = law().books, law().clauses
    ids = under(regulation, clauses) if regulation else tuple(clauses)
    covered = cover(
        (clauses[id_] for id_ in ids if target in (None, clauses[id_].target)),
        catalogue.every_check(),
    )
    wanted = missing(covered) if lacking else covered
    if html is not None:
        html.write_text(as_html(books, wanted, totals(books, wanted)), "utf-8")
        click.echo(f"Đã ghi / written: {html}", err=True)
    if json_:
        click.echo(as_json(wanted))
    elif lacking:
        print_missing(_console(), covered)
    elif html is None:
        print_coverage(_console(), books, covered)
        print_totals(_console(), totals(books, covered))
    if strict and wanted:
        sys.exit(INCOMPLETE)


def _console() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
