"""Reorganisations: who may see one, and how far it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from mockca.desk.actors import EVERYWHERE, Actor
from mockca.desk.transaction import Transaction
from mockca.desk.views import ReorganisationItemView, ReorganisationView, ViolationView
from mockca.errors import NotFound, Violation
from mockca.registry import reorganisations
from mockca.registry.reorganisations import DONE, EXCEPTION, PENDING, REISSUING, Listed, Reorganisation
from mockca.rules import lifecycle
from mockca.rules.regulation import Regulation
from mockca.rules.reorganisations import OPERATION


def require_reorganisation(transaction: Transaction, number: int) -> Reorganisation:
    """The reorganisation, for those who carry such decisions out and for the trainer.

    NotFound for another province's, Forbidden for other roles.
    """
    found = reorganisations.get(transaction.connection, number)
    actor = transaction.actor
    if found is None or not (actor.role in EVERYWHERE or actor.regulation == found.regulation):
        raise NotFound("reorganisation", str(number))
    require_reader(actor, transaction.sandbox.regulation(found.regulation))
    return found


def require_reader(actor: Actor, regulation: Regulation) -> None:
    """Raise Forbidden for a role that neither carries decisions out nor is the trainer."""
    if actor.role not in EVERYWHERE:
        regulation.require_role(actor.role, OPERATION)


def reorganisation_view(transaction: Transaction, number: int) -> ReorganisationView:
    """A decision with its progress."""
    found = require_reorganisation(transaction, number)
    regulation = transaction.sandbox.regulation(found.regulation)
    rule, decision = regulation.reorganisations[found.kind], found.decision
    actions = reorganisations.counts(transaction.connection, number)

    def among(state: str) -> int:
        return sum(states.get(state, 0) for states in actions.values())

    return ReorganisationView(
        number=found.number,
        regulation=found.regulation,
        kind=found.kind,
        title_vi=rule.vi,
        title_en=rule.en,
        clause=rule.clause,
        decision_number=decision["number"],
        signed_on=None if decision["signed_on"] is None else date.fromisoformat(decision["signed_on"]),
        effective_on=date.fromisoformat(decision["effective_on"]),
        units=tuple(found.units),
        successors=tuple(decision["successors"]),
        state=found.state,
        total=found.total,
        pending=among(PENDING),
        reissuing=among(REISSUING),
        done=among(DONE),
        exceptions=among(EXCEPTION),
        actions=actions,
        planned_by=found.planned_by,
        planned_at=found.planned_at,
        finished_at=found.finished_at,
        allowed=lifecycle.REORGANISATION.allowed(regulation, found.state),
    )


def item_view(item: Listed) -> ReorganisationItemView:
    """An item as it is told."""
    outcome = item.outcome
    return ReorganisationItemView(
        place=item.place,
        certificate=item.serial,
        common_name=item.common_name,
        subscriber_kind=item.subscriber_kind,
        unit=item.unit,
        action=item.action,
        ground=outcome.get("ground"),
        case=outcome.get("case"),
        clause=item.clause,
        unsourced=outcome.get("unsourced", False),
        successor=item.successor,
        state=item.state,
        done_at=item.done_at,
        revocation=outcome.get("revocation"),
        dossier=outcome.get("dossier"),
        replaced_by=outcome.get("certificate"),
        device=outcome.get("device"),
        why=tuple(ViolationView(**why) for why in outcome.get("why", ())),
    )


def told(violations: tuple[Violation, ...]) -> list[dict[str, Any]]:
    """Violations as an item keeps them."""
    return [{name: getattr(one, name) for name in Violation.__slots__} for one in violations]
