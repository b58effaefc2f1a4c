"""Proposals of the time of effect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from mockca.registry.records import insert, insert_all, one, page
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


def listing(
    connection: Connection,
    *,
    regulation: str | None,
    state: str | None,
    certificate: str | None,
    after: int = 0,
    limit: int = 100,
) -> tuple[list[Activation], int | None, int]:
    """A slice of the proposals, oldest first; None leaves a filter out."""
    where: list[ColumnElement[bool]] = []
    if regulation is not None:
        where.append(activations.c.regulation == regulation)
    if state is not None:
        where.append(activations.c.state == state)
    if certificate is not None:
        named = select(activation_items.c.activation).where(activation_items.c.serial == certificate)
        where.append(activations.c.number.in_(named))
    return page(connection, activations, Activation, *where, after=after, limit=limit)


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
