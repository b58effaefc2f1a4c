"""The one truth about a certificate: its status at any instant. CRLs, OCSP, portal and API derive from it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, or_, select, update

from mockca.registry.records import insert, insert_all
from mockca.registry.tables import FOREVER, certificates, status_changes

AnyRow: TypeAlias = Row[*tuple[Any, ...]]


class Status(StrEnum):
    """What a certificate is at an instant."""

    ISSUED = "issued"
    """Made, not in force yet: regimes where it takes effect with its announcement."""
    EFFECTIVE = "effective"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    """Past its notAfter and not revoked before. Never written down: it follows from the certificate."""


@dataclass(frozen=True, slots=True)
class StatusAt:
    """The status of one certificate at one instant."""

    serial: str
    status: Status
    since: datetime
    reason: str | None
    """CRLReason by its RFC 5280 §5.3.1 name."""
    invalidity_date: datetime | None
    """Since when the key is thought to be unsafe (RFC 5280 §5.3.2)."""
    effective_at: datetime | None
    """When it took effect for the first time; None while it has not."""
    not_before: datetime
    not_after: datetime


_instant = bindparam("then", type_=status_changes.c.instant.type)
_in_force = (status_changes.c.instant <= _instant) & (status_changes.c.until > _instant)
_earlier = status_changes.alias("earlier")
_first_effect = (
    select(func.min(_earlier.c.instant))
    .where(
        _earlier.c.serial == bindparam("serial"),
        _earlier.c.status == Status.EFFECTIVE.value,
        _earlier.c.instant <= _instant,
        _earlier.c.until > _earlier.c.instant,
    )
    .scalar_subquery()
)
_STATUS_AT = (
    select(
        status_changes.c.status,
        status_changes.c.instant,
        status_changes.c.reason,
        status_changes.c.invalidity_date,
        certificates.c.not_before,
        certificates.c.not_after,
        _first_effect.label("effective_at"),
    )
    .join_from(status_changes, certificates)
    .where(status_changes.c.serial == bindparam("serial"), _in_force)
)


def has_status(status: str, instant: datetime) -> ColumnElement[bool]:
    """The condition on certificates that, by `status_at`, they have this status at this instant."""
    written = select(status_changes.c.serial).where(
        status_changes.c.instant <= instant, status_changes.c.until > instant
    )
    gone = certificates.c.not_after <= instant
    if status == Status.EXPIRED:
        revoked = written.where(status_changes.c.status == Status.REVOKED.value)
        return gone & certificates.c.serial.in_(written) & certificates.c.serial.not_in(revoked)
    now = certificates.c.serial.in_(written.where(status_changes.c.status == status))
    return now if status == Status.REVOKED else now & ~gone


def status_at(conn: Connection, serial: str, instant: datetime) -> StatusAt | None:
    """The status of `serial` (lower-case hexadecimal) at `instant`; None where it was not issued by then.

    A certificate is EXPIRED from its notAfter on, unless it was revoked before: revoked stays revoked.
    """
    row = conn.execute(_STATUS_AT, {"serial": serial, "then": instant}).one_or_none()
    if row is None:
        return None
    expired = row.not_after <= instant and row.status != Status.REVOKED
    return StatusAt(
        serial=serial,
        status=Status.EXPIRED if expired else Status(row.status),
        since=row.not_after if expired else row.instant,
        reason=None if expired else row.reason,
        invalidity_date=None if expired else row.invalidity_date,
        effective_at=row.effective_at,
        not_before=row.not_before,
        not_after=row.not_after,
    )


def has_effective(conn: Connection, unit: str, subscriber_kind: str, instant: datetime) -> bool:
    """Whether the unit has a certificate of this kind that is EFFECTIVE at `instant`."""
    query = (
        select(status_changes.c.number)
        .join_from(status_changes, certificates)
        .where(
            certificates.c.unit == unit,
            certificates.c.subscriber_kind == subscriber_kind,
            certificates.c.not_after > instant,
            status_changes.c.status == Status.EFFECTIVE.value,
            _in_force,
        )
        .limit(1)
    )
    return conn.execute(query, {"then": instant}).first() is not None


_ENDED = (status_changes.c.status == Status.REVOKED.value) | (certificates.c.not_after <= _instant)
_NOT_ENDED = (
    select(status_changes.c.serial)
    .join_from(status_changes, certificates)
    .where(status_changes.c.serial.in_(bindparam("serials", expanding=True)), _in_force, ~_ENDED)
)


def not_ended(conn: Connection, serials: Collection[str], instant: datetime) -> set[str]:
    """Those of the certificates that are neither revoked nor expired at `instant`, as `status_at` says of each."""
    if not serials:
        return set()
    return set(conn.execute(_NOT_ENDED, {"serials": list(serials), "then": instant}).scalars())


def begin_all(conn: Connection, begun: Sequence[Mapping[str, Any]]) -> None:
    """Write down the first status of certificates that were entered just now, as `change` does the later ones.

    Each by its `serial`, `instant`, `status`, `keep_until` and `crl_entry`.
    """
    insert_all(conn, status_changes, [{"until": FOREVER, **one} for one in begun])


_own = status_changes.c.serial == bindparam("of_serial")
_later = _own & (status_changes.c.instant > _instant)
# A change that a revocation did away with lasts no time, and ends nothing.
_NEXT = select(func.min(status_changes.c.instant)).where(_later, status_changes.c.until > status_changes.c.instant)
_DO_AWAY = update(status_changes).where(_later).values(until=status_changes.c.instant)
_CUT = update(status_changes).where(_own, _in_force).values(until=_instant)


def change(
    conn: Connection,
    serial: str,
    *,
    instant: datetime,
    status: Status,
    reason: str | None = None,
    invalidity_date: datetime | None = None,
    keep_until: datetime,
    crl_entry: bytes | None,
) -> int:
    """Write down that `serial` has `status` from `instant` on. Returns the change's number.

    The change ends the one it falls into and lasts until the next later one, which exists where the clock was
    turned back or a change was set for the future. Of two changes at the same instant the later written holds.
    A revocation is for good: it does away with the changes written for later instants.

    `crl_entry` is the revokedCertificates entry while this status lasts, listed on CRLs before `keep_until`.
    """
    here = {"of_serial": serial, "then": instant}
    until = FOREVER
    if status is Status.REVOKED:
        conn.execute(_DO_AWAY, here)
    else:
        until = conn.execute(_NEXT, here).scalar_one() or FOREVER
    conn.execute(_CUT, here)
    return insert(
        conn,
        status_changes,
        serial=serial,
        instant=instant,
        until=until,
        status=status.value,
        reason=reason,
        invalidity_date=invalidity_date,
        keep_until=keep_until,
        crl_entry=crl_entry,
    )


_theirs = status_changes.c.serial.in_(bindparam("serials", expanding=True))
_DO_AWAY_ALL = (
    update(status_changes).where(_theirs, status_changes.c.instant > _instant).values(until=status_changes.c.instant)
)
_CUT_ALL = update(status_changes).where(_theirs, _in_force).values(until=_instant)


def revoke_all(conn: Connection, revoked: Sequence[Mapping[str, Any]], instant: datetime) -> None:
    """Write down that certificates are REVOKED from `instant` on, as `change` does of one.

    Each by its `serial`, `reason`, `invalidity_date`, `keep_until` and `crl_entry`.
    """
    if not revoked:
        return
    theirs = {"serials": [one["serial"] for one in revoked], "then": instant}
    conn.execute(_DO_AWAY_ALL, theirs)
    conn.execute(_CUT_ALL, theirs)
    same = {"instant": instant, "until": FOREVER, "status": Status.REVOKED.value}
    insert_all(conn, status_changes, [{**same, **one} for one in revoked])


_ENTRIES_AT = (
    select(status_changes.c.crl_entry)
    .where(_in_force, status_changes.c.crl_entry.is_not(None), status_changes.c.keep_until > _instant)
    .order_by(status_changes.c.number)
)


def entries_at(conn: Connection, instant: datetime) -> Iterator[bytes]:
    """The entries of a full CRL at `instant`, as they were written down, a part of them in memory at a time."""
    return iter(conn.execute(_ENTRIES_AT, {"then": instant}, execution_options={"yield_per": 10_000}).scalars())


def changed_since(
    conn: Connection, change: int, base_instant: datetime, instant: datetime
) -> list[tuple[str, bytes | None, bytes | None]]:
    """What a delta CRL at `instant` says whose base was made at `base_instant`, `change` being the latest then.

    For each certificate whose entry differs: serial, the entry now, the entry that the base has; None for no
    entry. In the order of serials. Counts what was written down since, and what was known before and took effect
    in between.
    """
    first, last = min(base_instant, instant), max(base_instant, instant)
    touched = select(status_changes.c.serial).where(
        or_(
            status_changes.c.number > change,
            (status_changes.c.instant > first) & (status_changes.c.instant <= last),
        )
    )
    columns = status_changes.c
    history = conn.execute(
        select(
            columns.serial,
            columns.number,
            columns.instant,
            columns.status,
            columns.keep_until,
            columns.crl_entry,
        )
        .where(columns.serial.in_(touched))
        .order_by(columns.serial, columns.number)
    )
    found = []
    for serial, group in groupby(history, attrgetter("serial")):
        rows: list[AnyRow] = list(group)
        now = _entry(rows, instant)
        base = _entry([row for row in rows if row.number <= change], base_instant)
        if now != base:
            found.append((serial, now, base))
    return found


def latest_change(conn: Connection) -> int:
    """The number of the last change written down; 0 for none."""
    return conn.execute(select(func.max(status_changes.c.number))).scalar_one() or 0


def _entry(rows: Sequence[AnyRow], instant: datetime) -> bytes | None:
    """The entry at `instant` for someone who knows these changes only, ordered by number.

    The stored intervals cannot say: they are cut by changes that were written down later.
    """
    held: AnyRow | None = None
    for row in rows:
        if row.instant > instant:
            continue
        if held is None or row.instant >= held.instant or row.status == Status.REVOKED:
            held = row
    return held.crl_entry if held is not None and held.keep_until > instant else None
