"""Devices, and the minutes of each time they changed hands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, select

from mockca.registry.records import PAGE_LIMIT, insert, insert_all, many, one
from mockca.registry.status import Status
from mockca.registry.tables import (
    FOREVER,
    certificates,
    devices,
    dossiers,
    handover_items,
    handovers,
    status_changes,
)


@dataclass(frozen=True, slots=True)
class Device:
    """A token, where it is in its life, and who holds it."""

    serial: str
    model: str
    state: str
    holder: str
    certificate: str | None
    algorithm: str
    dossier: int
    """The dossier that the device was personalised for; its first PINs are derived from it."""
    personalised_at: datetime


@dataclass(frozen=True, slots=True)
class HandoverItem:
    """What changed hands."""

    device: str
    certificate: str | None
    row: dict[str, Any] = field(default_factory=dict)
    """What the minutes say of it besides, by column."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A device that should have been returned, and what was asked for the certificate on it."""

    device: str
    certificate: str
    common_name: str
    form: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Handover:
    """The minutes of one leg."""

    number: int
    regulation: str
    leg: str
    form: str
    at: datetime
    giver: dict[str, Any]
    receiver: dict[str, Any]
    document_number: str | None
    recorded_by: str
    fields: dict[str, Any]
    """What the minutes' form says beyond its signatories and items."""
    copies: int | None
    via: str | None
    """How the devices travelled."""


def add(connection: Connection, device: Device) -> None:
    """Enter a personalised device."""
    connection.execute(devices.insert().values(**{name: getattr(device, name) for name in Device.__dataclass_fields__}))


_GET = select(devices).where(devices.c.serial == bindparam("serial"))


def get(connection: Connection, serial: str) -> Device | None:
    return one(connection, _GET, Device, serial=serial)


def gather(connection: Connection, serials: Iterable[str]) -> list[Device]:
    """The devices with these serials; those that are missing are left out."""
    return many(connection, select(devices).where(devices.c.serial.in_(list(serials))), Device)


def update(connection: Connection, serial: str, **values: Any) -> None:
    connection.execute(devices.update().where(devices.c.serial == serial).values(**values))


def listing(connection: Connection) -> list[Device]:
    """Every device, in the order of personalisation."""
    return many(connection, select(devices).order_by(devices.c.personalised_at, devices.c.serial), Device)


def slice_of(
    connection: Connection,
    *,
    regulation: str | None = None,
    unit: str | None = None,
    states: Iterable[str] | None = None,
    serial: str | None = None,
    holder: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> tuple[list[Device], int | None]:
    """A slice of the devices whose certificates are of a regulation or unit; None leaves a filter out.

    In the order of the dossiers that they were made for, whose number is the cursor.
    """
    limit = max(1, min(limit, PAGE_LIMIT))
    statement = select(devices).where(*_among(regulation, unit, states, holder), devices.c.dossier > after)
    if serial is not None:
        statement = statement.where(devices.c.serial == serial)
    rows = many(connection, statement.order_by(devices.c.dossier).limit(limit + 1), Device)
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, rows[-1].dossier if more else None


def count(
    connection: Connection,
    *,
    regulation: str | None = None,
    unit: str | None = None,
    states: Iterable[str] | None = None,
    holder: str | None = None,
) -> int:
    """How many devices `slice_of` goes through."""
    statement = select(func.count()).select_from(devices).where(*_among(regulation, unit, states, holder))
    return int(connection.execute(statement).scalar_one())


def _among(
    regulation: str | None, unit: str | None, states: Iterable[str] | None, holder: str | None = None
) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [devices.c.certificate.is_not(None)]
    if holder is not None:
        where.append(devices.c.holder == holder)
    if states is not None:
        where.append(devices.c.state.in_(sorted(states)))
    scope = []
    if regulation is not None:
        scope.append(certificates.c.regulation == regulation)
    if unit is not None:
        scope.append(certificates.c.unit == unit)
    if scope:
        where.append(exists().where(certificates.c.serial == devices.c.certificate, *scope))
    return where


def owed_by(connection: Connection, *, unit: str, kind: str, states: Iterable[str]) -> list[Owed]:
    """Devices in one of these states whose certificate, of this unit and kind of subscriber, is revoked."""
    statement = (
        select(devices.c.serial, certificates.c.serial, certificates.c.common_name, dossiers.c.form, dossiers.c.fields)
        .join_from(devices, certificates, devices.c.certificate == certificates.c.serial)
        .join(dossiers, dossiers.c.number == certificates.c.dossier)
        .join(status_changes, status_changes.c.serial == certificates.c.serial)
        .where(
            certificates.c.unit == unit,
            certificates.c.subscriber_kind == kind,
            devices.c.state.in_(sorted(states)),
            status_changes.c.until == FOREVER,
            status_changes.c.status == Status.REVOKED.value,
        )
        .order_by(devices.c.dossier)
    )
    return [Owed(*row) for row in connection.execute(statement)]


def of_certificates(connection: Connection, serials: Iterable[str]) -> list[Device]:
    """The devices that these certificates are on."""
    return many(connection, select(devices).where(devices.c.certificate.in_(list(serials))), Device)


def add_handover(connection: Connection, items: Sequence[HandoverItem], **values: Any) -> int:
    """Record minutes with their items; returns the number."""
    number = insert(connection, handovers, **values)
    insert_all(connection, handover_items, [{"handover": number, **asdict(item)} for item in items])
    return number


def get_handover(connection: Connection, number: int) -> Handover | None:
    return one(connection, select(handovers).where(handovers.c.number == number), Handover)


def items_of(connection: Connection, handover: int) -> list[HandoverItem]:
    """The items of the minutes."""
    columns = handover_items.c
    statement = (
        select(columns.device, columns.certificate, columns.row)
        .where(columns.handover == handover)
        .order_by(columns.device)
    )
    return many(connection, statement, HandoverItem)


def minutes_of(connection: Connection, device: str) -> list[Handover]:
    """The minutes that name the device, oldest first."""
    mine = select(handover_items.c.handover).where(handover_items.c.device == device)
    return many(
        connection, select(handovers).where(handovers.c.number.in_(mine)).order_by(handovers.c.number), Handover
    )


def handovers_of(connection: Connection, device: str) -> tuple[int, ...]:
    """Numbers of the minutes that name the device, oldest first."""
    statement = (
        select(handover_items.c.handover).where(handover_items.c.device == device).order_by(handover_items.c.handover)
    )
    return tuple(connection.execute(statement).scalars())
