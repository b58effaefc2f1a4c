"""Revocation cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from mockca.registry.records import insert, insert_all, many, one
from mockca.registry.tables import revocation_items, revocations


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


def of_certificate(connection: Connection, serial: str) -> list[Revocation]:
    """The cases that name the certificate, oldest first."""
    statement = (
        select(revocations)
        .join(revocation_items, revocation_items.c.revocation == revocations.c.number)
        .where(revocation_items.c.serial == serial)
        .order_by(revocations.c.number)
    )
    return many(connection, statement, Revocation)
