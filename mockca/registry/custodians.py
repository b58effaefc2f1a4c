"""Who kept a device from when to when, and when it was out of the office."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mockca.registry.records import insert, many, one
from mockca.registry.tables import custodians, outings


@dataclass(frozen=True, slots=True)
class Custodian:
    """One period of keeping; `until` is None while it lasts."""

    number: int
    device: str
    name: str
    position: str | None
    post: str
    since: datetime
    until: datetime | None
    decision: dict[str, Any] | None
    minutes: dict[str, Any] | None
    classification: str | None
    asset_number: str | None
    house_rules: bool | None
    assigned_by: str


@dataclass(frozen=True, slots=True)
class Outing:
    """One trip of a device outside the office; `back_at` is None while it lasts."""

    number: int
    device: str
    carrier: str
    purpose: str
    permitted_by: str
    out_at: datetime
    back_at: datetime | None
    recorded_by: str


def assign(connection: Connection, device: str, since: datetime, **values: Any) -> int:
    """End the present custodian's period at `since` and begin the new one's there; returns its number."""
    end(connection, device, since)
    return insert(connection, custodians, device=device, since=since, **values)


def end(connection: Connection, device: str, at: datetime) -> None:
    """Nobody keeps the device from `at` on."""
    mine = (custodians.c.device == device) & custodians.c.until.is_(None)
    connection.execute(custodians.update().where(mine).values(until=at))


def present(connection: Connection, device: str) -> Custodian | None:
    """Who keeps the device now."""
    return one(
        connection, select(custodians).where(custodians.c.device == device, custodians.c.until.is_(None)), Custodian
    )


def present_of(connection: Connection, devices: Iterable[str]) -> dict[str, Custodian]:
    """Who keeps each of these devices now; those that nobody keeps are left out."""
    statement = select(custodians).where(custodians.c.device.in_(list(devices)), custodians.c.until.is_(None))
    return {found.device: found for found in many(connection, statement, Custodian)}


def of_device(connection: Connection, device: str) -> list[Custodian]:
    """Everybody who kept the device, first to last."""
    statement = select(custodians).where(custodians.c.device == device)
    return many(connection, statement.order_by(custodians.c.since, custodians.c.number), Custodian)


def take_out(connection: Connection, **values: Any) -> int:
    """Record that a device leaves the office; returns the outing's number."""
    return insert(connection, outings, **values)


def bring_back(connection: Connection, device: str, at: datetime) -> None:
    """The device is back in the office."""
    mine = (outings.c.device == device) & outings.c.back_at.is_(None)
    connection.execute(outings.update().where(mine).values(back_at=at))


def outing(connection: Connection, number: int) -> Outing | None:
    return one(connection, select(outings).where(outings.c.number == number), Outing)


def outings_of(connection: Connection, device: str) -> list[Outing]:
    """Every outing of the device, first to last."""
    return many(connection, select(outings).where(outings.c.device == device).order_by(outings.c.number), Outing)
