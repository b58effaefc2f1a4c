"""Revocation cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from mockca.registry.records import insert, insert_all, many, one, page
from mockca.registry.tables import certificates, revocation_items, revocations


@dataclass(frozen=True, slots=True)
class Revocation:
    """A request to revoke, what became of it, and whether the devices are back."""

    number: int
    regulation: str
    state: str
    ground: str
    request: dict[str, Any]
    requested_by: str
    requested_at: datetime
    executed_at: datetime | None
    refusal: str | None
    document_number: str | None


def add(connection: Connection, serials: Iterable[str], **values: Any) -> int:
    """Record a case; returns its number."""
    number = insert(connection, revocations, **values)
    insert_all(connection, revocation_items, [{"revocation": number, "serial": serial} for serial in serials])
    return number


_ADD = revocations.insert().returning(revocations.c.number, sort_by_parameter_order=True)


def add_all(connection: Connection, cases: Sequence[tuple[str, dict[str, Any]]]) -> list[int]:
    """Record many cases about one certificate each, by its serial and the values that `add` takes; their numbers."""
    if not cases:
        return []
    numbers = list(connection.execute(_ADD, [values for _, values in cases]).scalars())
    items = [{"revocation": number, "serial": serial} for number, (serial, _) in zip(numbers, cases, strict=True)]
    insert_all(connection, revocation_items, items)
    return numbers


def get(connection: Connection, number: int) -> Revocation | None:
    return one(connection, select(revocations).where(revocations.c.number == number), Revocation)


def update(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(revocations.update().where(revocations.c.number == number).values(**values))


def event_day(case: Revocation) -> date | None:
    """Day of the event that the request rests on; None where none was named."""
    day = case.request.get("event_on")
    return None if day is None else date.fromisoformat(day)


def serials_of(connection: Connection, number: int) -> tuple[str, ...]:
    statement = (
        select(revocation_items.c.serial)
        .where(revocation_items.c.revocation == number)
        .order_by(revocation_items.c.serial)
    )
    return tuple(connection.execute(statement).scalars())


def listing(
    connection: Connection,
    *,
    regulation: str | None,
    unit: str | None,
    asked_by: str,
    state: str | None,
    certificate: str | None,
    after: int = 0,
    limit: int = 100,
) -> tuple[list[Revocation], int | None, int]:
    """A slice of the cases, oldest first; None leaves a filter out.

    A unit's are those about its certificates alone, and those that its account `asked_by` asked for.
    """
    mine = (revocation_items.c.revocation == revocations.c.number) & (
        revocation_items.c.serial == certificates.c.serial
    )
    where: list[ColumnElement[bool]] = []
    if regulation is not None:
        where.append(revocations.c.regulation == regulation)
    if state is not None:
        where.append(revocations.c.state == state)
    if certificate is not None:
        named = select(revocation_items.c.revocation).where(revocation_items.c.serial == certificate)
        where.append(revocations.c.number.in_(named))
    if unit is not None:
        of_unit = select(revocation_items.c.revocation).join(certificates).where(certificates.c.unit == unit)
        alone = revocations.c.number.in_(of_unit) & ~exists().where(mine, certificates.c.unit != unit)
        where.append(or_(revocations.c.requested_by == asked_by, alone))
    return page(connection, revocations, Revocation, *where, after=after, limit=limit)


def of_certificate(connection: Connection, serial: str) -> list[Revocation]:
    """The cases that name the certificate, oldest first."""
    statement = (
        select(revocations)
        .join(revocation_items, revocation_items.c.revocation == revocations.c.number)
        .where(revocation_items.c.serial == serial)
        .order_by(revocations.c.number)
    )
    return many(connection, statement, Revocation)
