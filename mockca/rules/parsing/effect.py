"""Activation and suspension."""

from __future__ import annotations

from mockca.rules.parsing.dossiers import submission
from mockca.rules.parsing.words import DEVICE_STATES, REASONS, ROLES
from mockca.rules.reading import Table
from mockca.rules.terms import ActivationRules, Suspension


def activation(table: Table | None) -> ActivationRules | None:
    """Activation, None where notBefore alone brings effect."""
    if table is None:
        return None
    clause, unsourced = table.source()
    found = ActivationRules(
        form=table.text("form"),
        device_state=table.choice("device_state", DEVICE_STATES),
        effect_clause=table.text("effect_clause"),
        submission=submission(table.table("submission")),
        clause=clause,
        unsourced=unsourced,
    )
    table.finish()
    return found


def suspension(table: Table | None) -> Suspension | None:
    """Suspension, None where the regime knows none."""
    if table is None:
        return None
    clause, unsourced = table.source()
    found = Suspension(table.choices("lifted_by", ROLES), table.choice("crl_reason", REASONS), clause, unsourced)
    table.finish()
    return found
