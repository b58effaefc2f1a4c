"""Handovers and the keeping of devices."""

from __future__ import annotations

from mockca.rules.parsing.words import DEVICE_STEPS, ROLES
from mockca.rules.reading import Table
from mockca.rules.terms import Custody, Leg, Sourced


def leg(name: str, table: Table) -> Leg:
    """One leg of the custody chain."""
    clause, unsourced = table.source()
    found = Leg(
        name=name,
        vi=table.text("vi"),
        en=table.text("en"),
        giver=table.choice("giver", ROLES),
        receiver=table.choice("receiver", ROLES),
        form=table.text("form"),
        step=table.choice("step", DEVICE_STEPS),
        after_revocation=table.flag("after_revocation", False),
        certificate_named=table.sourced_flag_or_none("certificate_named") or Sourced(False, clause, True),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def custody_rules(table: Table | None) -> Custody:
    """How devices are kept; all None where the text is silent."""
    if table is None:
        return Custody(None, None, None)
    found = Custody(
        table.sourced_text_or_none("classification"),
        table.sourced_flag_or_none("outside_permission"),
        table.sourced_flag_or_none("assignment_decision"),
    )
    table.finish()
    return found
