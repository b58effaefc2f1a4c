"""Restoring a locked device."""

from __future__ import annotations

from mockca.rules.parsing.dossiers import submission
from mockca.rules.parsing.words import DEVICE_KINDS
from mockca.rules.reading import Table
from mockca.rules.terms import ANY_DEVICE, RestoreProcedure, RestoreRules


def restore(table: Table | None) -> RestoreRules | None:
    """Restoring a locked device, None where the regime knows none."""
    if table is None:
        return None
    clause, unsourced = table.source()
    procedures = {device: _restore_procedure(entry) for device, entry in table.tables("procedures", among=DEVICE_KINDS)}
    if ANY_DEVICE not in procedures:
        raise table.fail("procedures", f"one for `{ANY_DEVICE}` must be there")
    found = RestoreRules(table.labels("grounds", clause), procedures, clause, unsourced)
    table.finish()
    return found


def _restore_procedure(table: Table) -> RestoreProcedure:
    found = RestoreProcedure(
        form=table.sourced_text("form"),
        submission=submission(table.table("submission")),
        done=table.table("done").label(),
        refused=table.table("refused").label(),
    )
    table.finish()
    return found
