"""Renewal and change of information."""

from __future__ import annotations

from mockca.rules.parsing.words import KINDS
from mockca.rules.reading import Table
from mockca.rules.terms import ChangeRules, RenewalRules


def renewal_rules(table: Table | None) -> RenewalRules | None:
    """Renewal, None where the regime knows none."""
    if table is None:
        return None
    found = RenewalRules(
        max_years=table.sourced_whole("max_years"),
        form=table.sourced_text("form"),
        times=table.sourced_whole("times"),
        days_left=table.sourced_whole("days_left"),
    )
    table.finish()
    return found


def change(table: Table | None) -> ChangeRules | None:
    """Change of information, None where the regime knows none."""
    if table is None:
        return None
    cases = table.table("cases")
    found = ChangeRules(
        form=table.sourced_text("form"),
        cases={kind: cases.labels(kind) for kind in sorted(KINDS) if cases.has(kind)},
    )
    cases.finish()
    table.finish()
    return found
