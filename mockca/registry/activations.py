"""Proposals of the time of effect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mockca.registry.records import insert, insert_all, one
from mockca.registry.tables import activation_items, activations


@dataclass(frozen=True, slots=True)
class Activation:
    """One proposal, for one or many certificates."""

    number: int
    regulation: str
    form: str
    fields: dict[str, Any]
    state: str
    proposed_by: str
    proposed_at: datetime
    wanted_at: datetime | None
    effective_at: datetime | None


def add(connection: Connection, serials: Iterable[str], **values: Any) -> int:
    """Record a proposal; returns its number."""
    number = insert(connection, activations, **values)
    insert_all(connection, activation_items, [{"activation": number, "serial": serial} for serial in serials])
    return number


def get(connection: Connection, number: int) -> Activation | None:
    return one(connection, select(activations).where(activations.c.number == number), Activation)


def update(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(activations.update().where(activations.c.number == number).values(**values))


def serials_of(connection: Connection, number: int) -> tuple[str, ...]:
    statement = (
        select(activation_items.c.serial)
        .where(activation_items.c.activation == number)
        .order_by(activation_items.c.serial)
    )
    return tuple(connection.execute(statement).scalars())


def pending_for(connection: Connection, serial: str) -> Activation | None:
    """The proposal that covers the certificate and is not published yet."""
    statement = (
        select(activations)
        .join(activation_items, activation_items.c.activation == activations.c.number)
        .where(activation_items.c.serial == serial, activations.c.state != "published")
    )
    return one(connection, statement, Activation)
