"""Requests to restore locked devices, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mockca.registry.records import insert, one, page
from mockca.registry.tables import restores


@dataclass(frozen=True, slots=True)
class Restore:
    """One request for one device."""

    number: int
    regulation: str
    unit: str
    """The unit of the certificate on the device."""
    device: str
    device_kind: str
    certificate: str
    executor: str
    """The role that has to decide it, by the delegation of its regulation when it was asked for."""
    state: str
    ground: str
    request: dict[str, Any]
    requested_by: str
    requested_at: datetime
    deadline: int | None
    """Number of its term; None where the regulation sets none."""
    decided_by: str | None
    decided_at: datetime | None
    refusal: str | None
    document_number: str | None


def add(connection: Connection, **values: Any) -> int:
    """Record a request; returns its number."""
    return insert(connection, restores, **values)


def get(connection: Connection, number: int) -> Restore | None:
    return one(connection, select(restores).where(restores.c.number == number), Restore)


def update(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(restores.update().where(restores.c.number == number).values(**values))


def open_for(connection: Connection, device: str, state: str) -> Restore | None:
    """The device's request that is still in this state, None where there is none."""
    statement = select(restores).where(restores.c.device == device, restores.c.state == state)
    return one(connection, statement.order_by(restores.c.number), Restore)


def last_in(connection: Connection, device: str, state: str) -> Restore | None:
    """The device's latest request in this state, None where there is none."""
    statement = select(restores).where(restores.c.device == device, restores.c.state == state)
    return one(connection, statement.order_by(restores.c.number.desc()).limit(1), Restore)


def listing(
    connection: Connection,
    *,
    regulation: str | None,
    unit: str | None,
    state: str | None,
    after: int = 0,
    limit: int = 100,
) -> tuple[list[Restore], int | None, int]:
    """A slice of the requests, oldest first; None leaves a filter out."""
    wanted = {"regulation": regulation, "unit": unit, "state": state}
    where = [restores.c[name] == value for name, value in wanted.items() if value is not None]
    return page(connection, restores, Restore, *where, after=after, limit=limit)
