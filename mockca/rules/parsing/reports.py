"""Periodic reports, and plans."""

from __future__ import annotations

from mockca.rules.parsing.words import ROLES
from mockca.rules.reading import Table
from mockca.rules.terms import Report


def report(table: Table) -> Report:
    """A report that a body owes."""
    clause, unsourced = table.source()
    found = Report(
        id=table.text("id"),
        vi=table.text("vi"),
        en=table.text("en"),
        by=table.choice("by", ROLES),
        every_months=table.whole_or_none("every_months"),
        month=table.whole_or_none("month"),
        grace_days=table.whole_or_none("grace_days") or 0,
        recipients=table.texts("recipients"),
        form=table.text_or_none("form"),
        counters=table.texts("counters", []),
        plan=table.flag("plan", False),
        clause=clause,
        unsourced=unsourced,
    )
    if found.every_months is not None and found.month is not None:
        raise table.fail("month", "a report is due every so many months, or in one month of the year, not both")
    if found.every_months is not None and 12 % max(found.every_months, 1):
        raise table.fail("every_months", "must divide the year: 1, 2, 3, 4, 6 or 12")
    if found.month is not None and not 1 <= found.month <= 12:
        raise table.fail("month", "1 to 12")
    table.finish()
    return found
