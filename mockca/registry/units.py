"""Agencies and organisations."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

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


def get(connection: Connection, unit_id: str) -> Unit | None:
    return one(connection, select(units).where(units.c.id == unit_id), Unit)


def listing(connection: Connection) -> list[Unit]:
    return many(connection, select(units).order_by(units.c.id), Unit)
