"""What the authority tells: announcements to everybody, notices to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from mockca.registry.records import PAGE_LIMIT, insert, insert_all, many, one, page
from mockca.registry.tables import announcements, certificates, notices, units


@dataclass(frozen=True, slots=True)
class Announcement:
    """A published activation or revocation, with what names the certificate."""

    number: int
    kind: str
    serial: str
    common_name: str
    unit: str
    regulation: str
    published_at: datetime
    effective_at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class Announced:
    """A certificate that something was published about."""

    serial: str
    common_name: str
    unit: str
    regulation: str
    device: str | None
    not_before: datetime
    not_after: datetime
    latest: int
    """Number of the latest announcement about it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A written notice."""

    number: int
    to: str
    regulation: str
    subject: str
    text: str
    serial: str | None
    sent_at: datetime
    clause: str


def publish(
    connection: Connection,
    *,
    kind: str,
    serial: str,
    published_at: datetime,
    effective_at: datetime,
    reason: str | None = None,
) -> int:
    """Publish an activation or a revocation; returns its number."""
    return insert(
        connection,
        announcements,
        kind=kind,
        serial=serial,
        published_at=published_at,
        effective_at=effective_at,
        reason=reason,
    )


def publish_all(connection: Connection, published: Sequence[dict[str, Any]]) -> None:
    """Publish many, each with the values that `publish` takes."""
    insert_all(connection, announcements, published)


def search(
    connection: Connection,
    *,
    until: datetime,
    kind: str | None = None,
    serial: str | None = None,
    words: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[list[Announcement], int | None]:
    """Announcements published by `until`, newest first; `before` is the cursor of the previous slice."""
    limit = max(1, min(limit, PAGE_LIMIT))
    table = announcements
    statement = (
        select(
            table.c.number,
            table.c.kind,
            table.c.serial,
            certificates.c.common_name,
            units.c.name.label("unit"),
            certificates.c.regulation,
            table.c.published_at,
            table.c.effective_at,
            table.c.reason,
        )
        .join(certificates, certificates.c.serial == table.c.serial)
        .join(units, units.c.id == certificates.c.unit)
        .where(table.c.published_at <= until)
        .order_by(table.c.number.desc())
        .limit(limit + 1)
    )
    if kind is not None:
        statement = statement.where(table.c.kind == kind)
    if serial is not None:
        statement = statement.where(table.c.serial == serial)
    if words is not None:
        statement = statement.where(_bears(words))
    if before is not None:
        statement = statement.where(table.c.number < before)
    rows = many(connection, statement, Announcement)
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, (rows[-1].number if more else None)


def announced(
    connection: Connection, *, until: datetime, words: str | None = None, before: int | None = None, limit: int = 50
) -> tuple[list[Announced], int | None]:
    """Certificates that something was published about by `until`, the latest told of first.

    `words` looks where `search` does; `before` is the cursor of the previous slice.
    """
    limit = max(1, min(limit, PAGE_LIMIT))
    columns = certificates.c
    newer = announcements.alias("newer")
    has_newer = exists().where(
        newer.c.serial == announcements.c.serial,
        newer.c.number > announcements.c.number,
        newer.c.published_at <= until,
    )
    statement = (
        select(
            columns.serial,
            columns.common_name,
            units.c.name.label("unit"),
            columns.regulation,
            columns.device,
            columns.not_before,
            columns.not_after,
            announcements.c.number.label("latest"),
        )
        .join_from(announcements, certificates, certificates.c.serial == announcements.c.serial)
        .join(units, units.c.id == columns.unit)
        .where(announcements.c.published_at <= until, ~has_newer)
        .order_by(announcements.c.number.desc())
        .limit(limit + 1)
    )
    if words is not None:
        statement = statement.where(_bears(words))
    if before is not None:
        statement = statement.where(announcements.c.number < before)
    rows = many(connection, statement, Announced)
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, (rows[-1].latest if more else None)


def _bears(words: str) -> ColumnElement[bool]:
    """Whether a certificate's name, body, serial or device number is like these words."""
    return or_(
        certificates.c.common_name.icontains(words, autoescape=True),
        units.c.name.icontains(words, autoescape=True),
        announcements.c.serial.startswith(words.lower(), autoescape=True),
        certificates.c.device.startswith(words.lower(), autoescape=True),
    )


def notify(
    connection: Connection,
    *,
    to: str,
    regulation: str,
    subject: str,
    text: str,
    serial: str | None,
    sent_at: datetime,
    clause: str,
) -> int:
    """Send a written notice; returns its number."""
    return insert(
        connection,
        notices,
        to=to,
        regulation=regulation,
        subject=subject,
        text=text,
        serial=serial,
        sent_at=sent_at,
        clause=clause,
    )


def notify_all(connection: Connection, written: Sequence[dict[str, Any]]) -> None:
    """Send many written notices, each by the values that `notify` takes."""
    insert_all(connection, notices, written)


def notice(connection: Connection, number: int) -> Notice | None:
    return one(connection, select(notices).where(notices.c.number == number), Notice)


def notices_to(
    connection: Connection, to: str | None, regulation: str | None, *, after: int = 0, limit: int = 100
) -> tuple[list[Notice], int | None, int]:
    """A slice of the notices to one reader (all readers for None)."""
    where = []
    if to is not None:
        where.append(notices.c.to == to)
    if regulation is not None:
        where.append(notices.c.regulation == regulation)
    return page(connection, notices, Notice, *where, after=after, limit=limit)
