"""Renewal, change of information, reissue."""

from __future__ import annotations

from mockca.rules.parsing.words import ENDED, REPLACED
from mockca.rules.reading import KINDS, Table
from mockca.rules.terms import (
    UNSOURCED,
    ChangeRules,
    EarlyRenewal,
    ReissueGround,
    ReissueRules,
    RenewalRules,
    Sourced,
)


def renewal_rules(table: Table | None) -> RenewalRules | None:
    """Renewal, None where the regime knows none."""
    if table is None:
        return None
    found = RenewalRules(
        max_years=table.sourced_whole("max_years"),
        early=_early(table.table_or_none("early")),
        forms=table.sourced_texts("forms"),
        as_new=table.sourced_flag_or_none("as_new") or Sourced(False, UNSOURCED, True),
        confirmation=table.sourced_flag_or_none("confirmation") or Sourced(False, UNSOURCED, True),
        times=table.sourced_whole("times"),
        days_left=table.sourced_whole("days_left"),
        replaced=_replaced(table),
    )
    table.finish()
    return found


def _early(table: Table | None) -> EarlyRenewal | None:
    if table is None:
        return None
    clause, unsourced = table.source()
    found = EarlyRenewal(table.day("before"), table.whole("max_years"), clause, unsourced)
    table.finish()
    return found


def _replaced(table: Table) -> Sourced[str]:
    return table.sourced_choice("replaced", REPLACED)


def change(table: Table | None) -> ChangeRules | None:
    """Change of information, None where the regime knows none."""
    if table is None:
        return None
    cases = table.table("cases")
    found = ChangeRules(
        forms=table.sourced_texts("forms"),
        cases={kind: cases.labels(kind) for kind in sorted(KINDS) if cases.has(kind)},
        moving=frozenset(table.texts("moving", [])),
        days_left=table.sourced_whole("days_left"),
        keeps_expiry=table.sourced_flag("keeps_expiry"),
        replaced=_replaced(table),
    )
    cases.finish()
    table.finish()
    return found


def reissue(table: Table | None) -> ReissueRules | None:
    """Reissue, None where the regime knows none."""
    if table is None:
        return None
    clause, unsourced = table.source()
    after = table.table("after")
    found = ReissueRules(
        after=Sourced(after.choices("value", ENDED), *after.source()),
        grounds={name: _reissue_ground(entry, clause) for name, entry in table.tables("grounds")},
        clause=clause,
        unsourced=unsourced,
    )
    after.finish()
    table.finish()
    return found


def _reissue_ground(table: Table, clause: str) -> ReissueGround:
    own, unsourced = table.source(clause)
    found = ReissueGround(
        vi=table.text("vi"),
        en=table.text("en"),
        kinds=table.choices("kinds", KINDS, sorted(KINDS)),
        attachments=table.labels("attachments", own),
        clause=own,
        unsourced=unsourced,
    )
    table.finish()
    return found
