"""Periodic reports, and plans."""

from __future__ import annotations

from dataclasses import replace

from mockca.rules.parsing.words import ROLES
from mockca.rules.reading import Table
from mockca.rules.terms import COUNTERS, Report, ReportLine

RECIPIENTS = ("registrar", "authority", "provincial-committee", "ministry")
"""To whom reports go."""
LENGTHS = frozenset({1, 3, 6, 12})
"""Months of the periods that have a name: tháng, quý, sáu tháng, năm."""


def report(table: Table) -> Report:
    """A report that a body owes."""
    clause, unsourced = table.source()
    lines = tuple(_line(entry) for entry in table.list_of_tables("lines"))
    own = table.texts("counters", [])
    counters = tuple(dict.fromkeys([name for line in lines for name in line.counters] + list(own)))
    found = Report(
        id=table.text("id"),
        vi=table.text("vi"),
        en=table.text("en"),
        by=table.choice("by", ROLES),
        every_months=table.whole_or_none("every_months"),
        month=table.whole_or_none("month"),
        grace_days=table.sourced_whole_or_none("grace_days"),
        recipients=tuple(_recipients(table)),
        form=table.text_or_none("form"),
        counters=counters,
        lines=lines,
        plan=table.flag("plan", False),
        consolidates=table.text_or_none("consolidates"),
        per_application=table.flag("per_application", False),
        clause=clause,
        unsourced=unsourced,
    )
    if found.every_months is not None and found.month is not None:
        raise table.fail("month", "a report is due every so many months, or in one month of the year, not both")
    if found.every_months is not None and found.every_months not in LENGTHS:
        raise table.fail("every_months", "must be a month, a quarter, a half or a whole year: 1, 3, 6 or 12")
    if found.month is not None and not 1 <= found.month <= 12:
        raise table.fail("month", "1 to 12")
    if found.plan and found.every_months is not None:
        raise table.fail("plan", "a plan is for a year: it has a month, or none")
    if found.grace_days is not None and not 0 <= found.grace_days.value <= 366:
        raise table.fail("grace_days", "0 to 366")
    if found.consolidates is not None and (counters or found.plan):
        raise table.fail("consolidates", "what adds reports up has their figures, and is a plan where they are")
    for name in counters:
        if name not in COUNTERS:
            raise table.fail("counters", f"{name!r} is not among {', '.join(COUNTERS)}")
    table.finish()
    return found


def _recipients(table: Table) -> list[str]:
    found = table.texts("recipients")
    for name in found:
        if name not in RECIPIENTS:
            raise table.fail("recipients", f"{name!r} is none of {', '.join(RECIPIENTS)}")
    return list(found)


def with_sums(reports: tuple[Report, ...]) -> tuple[Report, ...]:
    """The reports, each that adds others up with their figures and lines, and a plan where they are plans."""
    known = {report.id: report for report in reports}
    return tuple(_summed(report, known.get(report.consolidates or "")) for report in reports)


def _summed(report: Report, base: Report | None) -> Report:
    if base is None:
        return report
    return replace(report, counters=base.counters, lines=base.lines, plan=base.plan)


def _line(table: Table) -> ReportLine:
    found = ReportLine(table.text("vi"), table.text("en"), table.texts("counters"))
    table.finish()
    return found
