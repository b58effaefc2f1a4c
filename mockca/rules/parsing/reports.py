"""Periodic reports."""

from __future__ import annotations

from mockca.rules.reading import Table
from mockca.rules.terms import Report


def report(table: Table) -> Report:
    """A periodic report."""
    clause, unsourced = table.source()
    found = Report(
        table.text("vi"),
        table.text("en"),
        table.whole_or_none("every_months"),
        table.texts("recipients"),
        clause,
        unsourced,
    )
    table.finish()
    return found
