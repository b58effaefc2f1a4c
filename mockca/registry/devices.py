"""Devices, and the minutes of each time they changed hands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from mockca.registry.records import insert, insert_all, many, one
from mockca.registry.tables import devices, handover_items, handovers


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


def update(connection: Connection, serial: str, **values: Any) -> None:
    connection.execute(devices.update().where(devices.c.serial == serial).values(**values))


def listing(connection: Connection) -> list[Device]:
    """Every device, in the order of personalisation."""
    return many(connection, select(devices).order_by(devices.c.personalised_at, devices.c.serial), Device)


def of_certificates(connection: Connection, serials: Iterable[str]) -> list[Device]:
    """The devices that these certificates are on."""
    return many(connection, select(devices).where(devices.c.certificate.in_(list(serials))), Device)


def add_handover(connection: Connection, items: Sequence[tuple[str, str | None]], **values: Any) -> int:
    """Record minutes with their (device, certificate) items; returns the number."""
    number = insert(connection, handovers, **values)
    rows = [{"handover": number, "device": device, "certificate": certificate} for device, certificate in items]
    insert_all(connection, handover_items, rows)
    return number


def get_handover(connection: Connection, number: int) -> Handover | None:
    return one(connection, select(handovers).where(handovers.c.number == number), Handover)


def items_of(connection: Connection, handover: int) -> list[tuple[str, str | None]]:
    """(device, certificate) of each item of the minutes."""
    statement = (
        select(handover_items.c.device, handover_items.c.certificate)
        .where(handover_items.c.handover == handover)
        .order_by(handover_items.c.device)
    )
    return [(row.device, row.certificate) for row in connection.execute(statement)]


def handovers_of(connection: Connection, device: str) -> tuple[int, ...]:
    """Numbers of the minutes that name the device, oldest first."""
    statement = (
        select(handover_items.c.handover).where(handover_items.c.device == device).order_by(handover_items.c.handover)
    )
    return tuple(connection.execute(statement).scalars())
