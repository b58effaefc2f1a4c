"""Faults on order, and how often each has had its chance and taken it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from mockca.registry.records import insert, many, one
from mockca.registry.tables import faults


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule: these exchanges, at these times, go wrong in this way."""

    number: int
    endpoint: str
    serial: str | None
    """Only exchanges about this certificate, its serial number in hexadecimal; None for any."""
    role: str | None
    """Only exchanges about what this one of the authority's certificates signs or is, or of accounts with this role;
    None for any."""
    operation: str | None
    """Only exchanges in which this is asked for, by its name in the contract; None for any."""
    next: int | None
    """The next so many exchanges. Of this, `every` and `probability` at most one is given; without any, each."""
    every: int | None
    """Each so-many-th."""
    probability: float | None
    seed: str | None
    """What decides, with the count, where there is a probability."""
    effect: str
    parameters: dict[str, Any]
    seen: int
    """Exchanges that it was held against."""
    fired: int
    """Those of them that it changed."""
    set_by: str
    set_at: datetime

    @property
    def spent(self) -> bool:
        """Whether it will never fire again."""
        return self.next is not None and self.fired >= self.next


_IS_LEFT = or_(faults.c.next.is_(None), faults.c.fired < faults.c.next)
_ARMED = select(faults.c.endpoint).where(_IS_LEFT).distinct()


def add(connection: Connection, **values: Any) -> int:
    """Put a fault in; returns its number."""
    return insert(connection, faults, seen=0, fired=0, **values)


def get(connection: Connection, number: int) -> Fault | None:
    return one(connection, select(faults).where(faults.c.number == number), Fault)


def listing(connection: Connection) -> list[Fault]:
    """All of them, those that are spent too, in the order in which they were set."""
    return many(connection, select(faults).order_by(faults.c.number), Fault)


def total(connection: Connection) -> int:
    """How many there are."""
    return connection.execute(select(func.count()).select_from(faults)).scalar_one()


def left_at(connection: Connection, endpoint: str) -> list[Fault]:
    """Those of an endpoint that may yet fire."""
    return many(
        connection, select(faults).where(faults.c.endpoint == endpoint, _IS_LEFT).order_by(faults.c.number), Fault
    )


def armed(connection: Connection) -> frozenset[str]:
    """The endpoints that have a fault which may yet fire."""
    return frozenset(connection.execute(_ARMED).scalars())


def count(connection: Connection, number: int, *, seen: int, fired: int) -> None:
    """Note how often a fault was held against an exchange, and how often it fired."""
    connection.execute(faults.update().where(faults.c.number == number).values(seen=seen, fired=fired))


def remove(connection: Connection, number: int) -> None:
    connection.execute(faults.delete().where(faults.c.number == number))
