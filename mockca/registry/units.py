"""Agencies and organisations."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, select

from mockca.registry.records import many, one
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


def add(connection: Connection, unit: Unit) -> None:
    """Enter a unit; IntegrityError where the id is taken."""
    connection.execute(units.insert().values(**asdict(unit)))


_GET = select(units).where(units.c.id == bindparam("unit"))


def get(connection: Connection, unit_id: str) -> Unit | None:
    return one(connection, _GET, Unit, unit=unit_id)


def listing(connection: Connection) -> list[Unit]:
    return many(connection, select(units).order_by(units.c.id), Unit)
