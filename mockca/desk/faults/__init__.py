"""Faults on order: exchanges with relying parties that go wrong because the trainer wants them to.

A fault says which exchanges it means, at which of them it fires, and what then becomes of the answer. `effects` has the
table of all effects; `firing` decides, counts and writes the journal; `desk` is where the trainer sets them.
"""

from __future__ import annotations

from mockca.desk.faults.desk import add_fault, list_faults, remove_fault
from mockca.desk.faults.drafts import ENDPOINTS, Carriage, ListDraft, StatusDraft, TimestampDraft
from mockca.desk.faults.effects import EFFECTS, Effect
from mockca.desk.faults.firing import Exchange, Firing, armed, fire

__all__ = [
    "EFFECTS",
    "ENDPOINTS",
    "Carriage",
    "Effect",
    "Exchange",
    "Firing",
    "ListDraft",
    "StatusDraft",
    "TimestampDraft",
    "add_fault",
    "armed",
    "fire",
    "list_faults",
    "remove_fault",
]
