"""Agencies and organisations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from mockca.registry.records import PAGE_LIMIT, many, one
from mockca.registry.tables import units


@dataclass(frozen=True, slots=True)
class Unit:
    """A body with a name, a place in the administration, and perhaps a seal."""

    id: str
    regulation: str
    name: str
    category: str
    superiors: list[str]
    locality: str
    email: str
    has_seal: bool
    ended_on: str | None = None
    """The day since which it is no more (ISO 8601), by a decision that reorganised it."""
    ended_by: int | None = None
    """Number of that reorganisation."""
    successors: list[str] = field(default_factory=list)
    """Who took over."""


def add(connection: Connection, unit: Unit) -> None:
    """Enter a unit; IntegrityError where the id is taken."""
    connection.execute(units.insert().values(**asdict(unit)))


def enter(connection: Connection, entries: Iterable[Unit]) -> None:
    """Enter units; IntegrityError where an id is taken."""
    rows = [asdict(unit) for unit in entries]
    if rows:
        connection.execute(units.insert(), rows)


_GET = select(units).where(units.c.id == bindparam("unit"))


def get(connection: Connection, unit_id: str) -> Unit | None:
    return one(connection, _GET, Unit, unit=unit_id)


def gather(connection: Connection, ids: Iterable[str]) -> dict[str, Unit]:
    """The units with these ids, by id; those that are missing are left out."""
    found = many(connection, select(units).where(units.c.id.in_(list(ids))), Unit)
    return {unit.id: unit for unit in found}


def update(connection: Connection, unit_id: str, **values: Any) -> None:
    connection.execute(units.update().where(units.c.id == unit_id).values(**values))


def slice_of(
    connection: Connection, *, regulation: str | None, after: int = 0, limit: int = 100
) -> tuple[list[Unit], int | None, int]:
    """A slice of the units by their ids, the next cursor (how many came before it), the total."""
    where = [] if regulation is None else [units.c.regulation == regulation]
    total = connection.execute(select(func.count()).select_from(units).where(*where)).scalar_one()
    limit = max(1, min(limit, PAGE_LIMIT))
    rows = many(connection, select(units).where(*where).order_by(units.c.id).offset(after).limit(limit), Unit)
    following = after + len(rows)
    return rows, (following if following < total else None), total


def listing(connection: Connection) -> list[Unit]:
    return many(connection, select(units).order_by(units.c.id), Unit)


def of_regulation(connection: Connection, regulation: str) -> list[Unit]:
    """The bodies of one province by their ids."""
    return many(connection, select(units).where(units.c.regulation == regulation).order_by(units.c.id), Unit)
