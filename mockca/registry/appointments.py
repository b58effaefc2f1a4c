"""Whom bodies appointed to which post, from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from mockca.registry.records import insert, many, one, page
from mockca.registry.tables import appointments, units


@dataclass(frozen=True, slots=True)
class Appointment:
    """One person in one post; `until` is None while it lasts."""

    number: int
    unit: str
    post: str
    name: str
    position: str | None
    decision_number: str | None
    since: datetime
    until: datetime | None
    recorded_by: str


def appoint(connection: Connection, unit: str, post: str, since: datetime, **values: Any) -> int:
    """End the present holder's time at `since` and begin the new one's there; returns its number."""
    mine = (appointments.c.unit == unit) & (appointments.c.post == post) & appointments.c.until.is_(None)
    connection.execute(appointments.update().where(mine).values(until=since))
    return insert(connection, appointments, unit=unit, post=post, since=since, **values)


def get(connection: Connection, number: int) -> Appointment | None:
    return one(connection, select(appointments).where(appointments.c.number == number), Appointment)


def filled(connection: Connection, unit: str) -> frozenset[str]:
    """Posts of the unit that somebody holds now."""
    statement = select(appointments.c.post).where(appointments.c.unit == unit, appointments.c.until.is_(None))
    return frozenset(connection.execute(statement).scalars())


def holders(connection: Connection, in_units: Iterable[str], post: str) -> dict[str, str]:
    """By unit, the name of who holds the post now; units where nobody does are left out."""
    statement = select(appointments).where(
        appointments.c.unit.in_(list(in_units)), appointments.c.post == post, appointments.c.until.is_(None)
    )
    return {found.unit: found.name for found in many(connection, statement, Appointment)}


def listing(
    connection: Connection, *, regulation: str | None, unit: str | None, after: int = 0, limit: int = 100
) -> tuple[list[Appointment], int | None, int]:
    """A slice of the appointments, oldest first; None leaves a filter out."""
    where: list[ColumnElement[bool]] = []
    if regulation is not None:
        where.append(appointments.c.unit.in_(select(units.c.id).where(units.c.regulation == regulation)))
    if unit is not None:
        where.append(appointments.c.unit == unit)
    return page(connection, appointments, Appointment, *where, after=after, limit=limit)
