"""When a CRL is issued, and what is on it.

A CRL is issued when it is asked for and the stored one no longer tells the truth: a status has changed, its
time has passed, or the clock was turned. Otherwise the stored one is served, so that every process serves the
same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from mockca.desk.telling import PublicationSettings, crl_entry, later, publication_settings, told_at
from mockca.pki import crl
from mockca.registry import crls as stored_crls
from mockca.registry import status
from mockca.registry.crls import CrlRecord, last_numbers, next_number
from mockca.registry.status import StatusAt
from mockca.registry.tables import crls, status_changes

if TYPE_CHECKING:
    from mockca.desk.sandbox import Sandbox


class CrlName(StrEnum):
    """The CRLs that are published."""

    ROOT = "root"
    """The root's, about the issuing CA."""
    ISSUING = "issuing"
    """The issuing CA's full CRL."""
    DELTA = "delta"
    """What changed since an earlier full one (RFC 5280 §5.2.4)."""

    @property
    def issuer(self) -> str:
        """The CA whose CRL it is. Its full and delta CRLs share a sequence of numbers (RFC 5280 §5.2.3)."""
        return "root" if self is CrlName.ROOT else "issuing"

    def period(self, wanted: PublicationSettings) -> timedelta:
        """How long after a CRL the next one is issued at the latest."""
        if self is CrlName.ROOT:
            return wanted.root_period
        return wanted.delta_period if self is CrlName.DELTA else wanted.full_period


def next_change(connection: Connection, after: datetime) -> datetime | None:
    """The first instant after `after` at which some certificate's status changes by what is recorded already.

    There are such changes when the clock was turned back, and where one was recorded for a later instant.
    """
    found: datetime | None = connection.execute(
        select(func.min(status_changes.c.instant)).where(status_changes.c.instant > after)
    ).scalar_one()
    return found


def current_record(sandbox: Sandbox, name: CrlName) -> CrlRecord:
    """The CRL in force by the sandbox's clock, issued now where that is due. Numbers only grow."""
    with sandbox.store.read() as connection:
        desk = _CrlDesk(sandbox, connection)
        found = desk.stored(name)
        if found is not None:
            return found
        before = last_numbers(connection, name.issuer)
        # Built before the write lock is taken: with a million entries that takes seconds.
        draft = desk.draft(name)
    with sandbox.store.write() as connection:
        if last_numbers(connection, name.issuer) != before:
            desk = _CrlDesk(sandbox, connection)
            found = desk.stored(name)
            if found is not None:
                return found
            draft = desk.draft(name)
        for record in draft:
            stored_crls.insert(connection, record)
    return draft[-1]


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What every CRL of one issue shares."""

    this_update: datetime
    epoch: int
    last_change: int


class _CrlDesk:
    """One look at registry and clock, from which CRLs are served or made."""

    def __init__(self, sandbox: Sandbox, connection: Connection) -> None:
        self.sandbox, self.connection = sandbox, connection
        self.settings = publication_settings(connection)
        reading = sandbox.clock.reading()
        self.stamp = _Stamp(reading.now, reading.epoch, status.latest_change(connection))

    def stored(self, name: CrlName) -> CrlRecord | None:
        """The latest CRL of that name if it still tells the truth."""
        record = stored_crls.latest(self.connection, name.issuer, delta=name is CrlName.DELTA)
        if record is None:
            return None
        now = self.stamp.this_update
        if record.clock_epoch != self.stamp.epoch or not self._in_period(record, name, now):
            return None
        if name is CrlName.ROOT:
            return record
        if record.last_change != self.stamp.last_change:
            return None
        coming = next_change(self.connection, record.this_update)
        if coming is not None and coming <= now:
            return None
        if name is CrlName.DELTA and record.number + 1 < next_number(self.connection, name.issuer):
            # A relying party may not combine a delta with a full CRL of a higher number (RFC 5280 §5.2.4 d).
            return None
        return record

    def _in_period(self, record: CrlRecord, name: CrlName, now: datetime) -> bool:
        return record.this_update <= now < later(record.this_update, name.period(self.settings))

    def draft(self, name: CrlName) -> tuple[CrlRecord, ...]:
        """New CRLs, not stored yet: the one of that name, after the full one that a first delta needs."""
        number = next_number(self.connection, name.issuer)
        if name is CrlName.ROOT:
            return (self._root(number),)
        if name is CrlName.ISSUING:
            return (self._full(self._number_beside(CrlName.DELTA, number)),)
        base = self._base()
        if base is not None:
            return (self._delta(self._number_beside(CrlName.ISSUING, number), base),)
        full = self._full(number)
        return full, self._delta(number, full)

    def _number_beside(self, other: CrlName, number: int) -> int:
        """The number of the other list where that is of this instant and says the same (RFC 5280 §5.2.4)."""
        twin = self.stored(other)
        if twin is None or twin.number + 1 != number:
            return number
        instants = (twin.this_update, self.stamp.this_update)
        return twin.number if len({instant.replace(microsecond=0) for instant in instants}) == 1 else number

    def _root(self, number: int) -> CrlRecord:
        record = self._record(CrlName.ROOT, number)
        return self._signed(record, (), self.sandbox.endpoints.root_crl)

    def _full(self, number: int) -> CrlRecord:
        record = self._record(CrlName.ISSUING, number)
        entries = status.entries_at(self.connection, record.this_update)
        endpoints = self.sandbox.endpoints
        return self._signed(record, entries, endpoints.issuing_crl, freshest=endpoints.issuing_delta)

    def _base(self) -> CrlRecord | None:
        """The full CRL that a delta issued now refers to: the first one of the present period.

        Not the latest: who reads the latest first, then its delta, would never see a removeFromCRL.
        """
        now = self.stamp.this_update
        number = self.connection.execute(
            select(func.min(crls.c.number)).where(
                crls.c.issuer == CrlName.DELTA.issuer,
                crls.c.is_delta.is_(False),
                crls.c.this_update > now - self.settings.full_period,
                crls.c.this_update <= now,
            )
        ).scalar_one()
        return None if number is None else stored_crls.by_number(self.connection, CrlName.DELTA.issuer, number)

    def _delta(self, number: int, base: CrlRecord) -> CrlRecord:
        # The distribution point is the full CRL's: a delta applies to CRLs of the very same scope
        # (RFC 5280 §5.2.4).
        return self._signed(
            self._record(CrlName.DELTA, number, base.number),
            self._entries_since(base),
            self.sandbox.endpoints.issuing_crl,
        )

    def _entries_since(self, base: CrlRecord) -> Iterator[bytes]:
        """What a delta lists, by serial: whoever stands otherwise than on the base, or on a later full CRL.

        A delta applies to full CRLs later than its base too (RFC 5280 §5.2.4). One of those may list a
        certificate that was held after the base and is free again.
        """
        now = self.stamp.this_update
        listed = {
            serial: entry
            for serial, entry, _ in status.changed_since(self.connection, base.last_change, base.this_update, now)
        }
        for serial in self._listed_since(base):
            if serial not in listed:
                listed[serial] = self._entry(serial)
        for serial in sorted(listed):
            yield listed[serial] or self._removal(serial)

    def _listed_since(self, base: CrlRecord) -> Sequence[str]:
        """Whom a full CRL between the base and now may have listed, the base perhaps not."""
        changes = status_changes.c
        return self.connection.scalars(
            select(changes.serial)
            .distinct()
            .where(
                changes.crl_entry.is_not(None),
                changes.instant <= self.stamp.this_update,
                (changes.number > base.last_change) | (changes.instant > base.this_update),
            )
        ).all()

    def _entry(self, serial: str) -> bytes | None:
        found = self._told(serial)
        return crl_entry(serial, found.status, found.since, found.reason, found.invalidity_date)

    def _removal(self, serial: str) -> bytes:
        return crl.removal(int(serial, 16), self._told(serial).since)

    def _told(self, serial: str) -> StatusAt:
        found = told_at(self.connection, serial, self.stamp.this_update)
        if found is None:
            raise AssertionError(f"{serial} was on a CRL before it was issued")
        return found

    def _record(self, name: CrlName, number: int, base: int | None = None) -> CrlRecord:
        """The record of a CRL that is still to be signed."""
        now = self.stamp.this_update
        return CrlRecord(
            issuer=name.issuer,
            number=number,
            base=base,
            this_update=now,
            next_update=later(now, name.period(self.settings) + self.settings.overlap),
            last_change=0 if name is CrlName.ROOT else self.stamp.last_change,
            clock_epoch=self.stamp.epoch,
            der=b"",
        )

    def _signed(
        self, record: CrlRecord, entries: Iterable[bytes], point: str, freshest: str | None = None
    ) -> CrlRecord:
        hierarchy = self.sandbox.hierarchy
        der = crl.build(
            hierarchy.root if record.issuer == CrlName.ROOT.issuer else hierarchy.issuing,
            number=record.number,
            this_update=record.this_update,
            next_update=record.next_update,
            entries=entries,
            distribution_point=point,
            base=record.base,
            freshest=freshest,
        )
        return replace(record, der=der)
