"""Deadlines of a regulation: started by one event, met by another."""

from __future__ import annotations

from collections.abc import Sequence

from mockca.desk.transaction import Transaction
from mockca.registry import deadlines
from mockca.rules.deadlines import due_after
from mockca.rules.regulation import Regulation


def start(transaction: Transaction, regulation: Regulation, event: str, about: str) -> None:
    """Start every deadline that begins with this event."""
    for rule in regulation.deadlines_from(event):
        deadlines.add(
            transaction.connection,
            regulation.id,
            rule.kind,
            about,
            rule.clause,
            due_after(transaction.now, rule.days),
        )


def start_all(transaction: Transaction, regulation: Regulation, event: str, matters: Sequence[str]) -> None:
    """Start every deadline that begins with this event, for each of the matters."""
    deadlines.add_all(
        transaction.connection,
        [
            {
                "regulation": regulation.id,
                "kind": rule.kind,
                "about": about,
                "clause": rule.clause,
                "due": due_after(transaction.now, rule.days),
            }
            for rule in regulation.deadlines_from(event)
            for about in matters
        ],
    )


def met(transaction: Transaction, regulation: Regulation, event: str, about: str) -> None:
    """Mark every deadline as met that ends with this event."""
    for rule in regulation.deadlines_to(event):
        deadlines.met(transaction.connection, rule.kind, about, transaction.now)
