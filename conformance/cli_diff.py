"""`conformance diff`: what changed from one run to the next."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conformance.comparison import CHANGE_NAMES, REGRESSIONS, Change, differences
from conformance.errors import HarnessError
from conformance.events import RESULT_NAMES, Result
from conformance.exits import could_not_run
from conformance.reports.json_report import Report, read_report

REGRESSED = 1
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
def diff(old: Path, new: Path) -> None:
    """So hai báo cáo JSON. Compares two reports of `run --json`.

    \b
    Mã thoát / exit codes: 0 không xấu đi / nothing got worse, 1 có điều xấu đi / a check fails or is
    no longer made, 2 không đọc được / cannot be read.
    """
    try:
        before, after = read_report(old), read_report(new)
    except HarnessError as error:
        could_not_run(error)
    for line in _runs_apart(before, after):
        click.echo(line, err=True)
    found = differences(before, after)
    for change in Change:
        group = [one for one in found if one.change is change]
        if group:
            name = CHANGE_NAMES[change]
            click.echo(f"{name.vi} / {name.en} ({len(group)})")
        for one in group:
            click.echo(
                f"  {one.check}: {_word(one.before)} → {_word(one.after)}" + (f" ({one.why})" if one.why else "")
            )
    if not found:
        click.echo("Không có gì khác. / Nothing changed.")
    sys.exit(REGRESSED if any(one.change in REGRESSIONS for one in found) else 0)


def _runs_apart(before: Report, after: Report) -> list[str]:
    """What makes the two runs hard to compare."""
    pairs = (
        ("loại đích / kind of target", before.began.target.kind, after.began.target.kind),
        ("quy định / regulation", before.began.regulation, after.began.regulation),
    )
    return [f"! {what}: {old} → {new}" for what, old, new in pairs if old != new]


def _word(result: Result | None) -> str:
    return "–" if result is None else RESULT_NAMES[result].en
