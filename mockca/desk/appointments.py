"""Whom bodies appoint: the officer for digital signatures, who receives devices."""

from __future__ import annotations

from mockca.desk.actors import EVERYWHERE, Actor, Role
from mockca.desk.commands import Appoint
from mockca.desk.facts import require_unit
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import Transaction, reading
from mockca.desk.views import AppointmentView, Page
from mockca.errors import Forbidden, Refused
from mockca.registry import appointments, units
from mockca.registry.appointments import Appointment
from mockca.rules import keeping
from mockca.rules.regulation import Regulation

APPOINTERS = {
    Role.SUBSCRIBER: frozenset({Role.SUBSCRIBER, Role.AGENCY}),
    Role.AGENCY: frozenset({Role.AGENCY}),
    Role.REGISTRAR: frozenset({Role.REGISTRAR}),
    Role.AUTHORITY: frozenset({Role.AUTHORITY}),
    Role.SECURITY: frozenset({Role.SECURITY}),
}
"""Who may fill a post of a body of each role: an agency also those of the subscribers that it manages."""


def appoint(transaction: Transaction, command: Appoint) -> AppointmentView:
    """Appoint somebody to a post of the actor's own body."""
    unit = require_unit(transaction, command.unit)
    regulation = transaction.regulation(unit.regulation, "appoint")
    violations = keeping.check_post(regulation, command.post)
    if violations:
        raise Refused(violations)
    post = regulation.posts[command.post]
    allowed = APPOINTERS[Role(post.role)]
    if transaction.actor.role not in allowed:
        raise Forbidden(transaction.actor.role, f"appoint {command.post}", allowed, post.clause)
    if unit.id != transaction.actor.unit:
        who = f"{transaction.actor.role} of {transaction.actor.unit}"
        raise Forbidden(who, f"appoint for {unit.id}", (f"{post.role} of {unit.id}",), post.clause)
    number = appointments.appoint(
        transaction.connection,
        unit.id,
        command.post,
        transaction.now,
        name=command.name,
        position=command.position,
        decision_number=command.decision_number,
        recorded_by=transaction.actor.account,
    )
    transaction.record(
        "post.filled",
        f"unit {unit.id}",
        {"post": command.post, "appointment": number},
        [post.clause, regulation.operations["appoint"].clause],
    )
    made = appointments.get(transaction.connection, number)
    assert made is not None  # noqa: S101 - inserted above
    return appointment_view(regulation, made)


def listing(
    sandbox: Sandbox, actor: Actor, *, unit: str | None = None, after: int | None = None, limit: int = 100
) -> Page:
    """A slice of the appointments, those that have ended too: the authority's all, a registrar's of the province."""
    wanted = unit if actor.role in (*EVERYWHERE, Role.REGISTRAR) else actor.unit or ""
    province = None if actor.role in EVERYWHERE else actor.regulation
    with reading(sandbox, actor) as transaction:
        found, following, total = appointments.listing(
            transaction.connection, regulation=province, unit=wanted, after=after or 0, limit=limit
        )
        items = tuple(appointment_view(_regulation_of(transaction, one.unit), one) for one in found)
    return Page(items=items, next=following, total=total)


def appointment_view(regulation: Regulation, one: Appointment) -> AppointmentView:
    post = regulation.posts[one.post]
    return AppointmentView(
        number=one.number,
        regulation=regulation.id,
        unit=one.unit,
        post=one.post,
        vi=post.vi,
        en=post.en,
        name=one.name,
        position=one.position,
        decision_number=one.decision_number,
        since=one.since,
        until=one.until,
        clause=post.clause,
    )


def _regulation_of(transaction: Transaction, unit: str) -> Regulation:
    found = units.get(transaction.connection, unit)
    assert found is not None  # noqa: S101 - a foreign key of the appointment
    return transaction.sandbox.regulation(found.regulation)
