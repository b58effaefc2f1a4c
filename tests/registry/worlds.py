"""What the tests of the registry share: instants, certificates to have a status, and work that is undone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert

from mockca.registry import journal
from mockca.registry.store import Store
from mockca.registry.tables import certificates, dossiers, units

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def day(number: int) -> datetime:
    """So many days after the start."""
    return START + number * DAY


class Undone(Exception):
    """Raised to roll back."""


@contextmanager
def undone(store: Store) -> Iterator[Connection]:
    """A connection to write with, whose work is rolled back."""
    try:
        with store.write() as connection:
            yield connection
            raise Undone
    except Undone:
        pass


def add_certificate(conn: Connection, serial: str, *, not_after: datetime = START + 1000 * DAY) -> None:
    """A certificate from the start until `not_after`, with the dossier and unit that it needs."""
    if conn.execute(units.select()).first() is None:
        unit = {"id": "unit", "regulation": "an-giang", "name": "Sở Thử nghiệm", "category": "agency"}
        conn.execute(insert(units), unit | {"superiors": [], "locality": "", "email": "", "has_seal": True})
    dossier = conn.execute(
        insert(dossiers).returning(dossiers.c.number),
        {
            "regulation": "an-giang",
            "operation": "issue",
            "subscriber_kind": "person",
            "unit": "unit",
            "state": "issued",
            "form": "TT05-F01",
            "fields": {},
            "sets": [],
            "submission": {},
            "filed_by": "registrar",
            "filed_at": START,
            "reasons": [],
        },
    ).scalar_one()
    conn.execute(
        insert(certificates),
        {
            "serial": serial,
            "regulation": "an-giang",
            "subscriber_kind": "person",
            "unit": "unit",
            "subject": "CN=Nguyễn Thử",
            "common_name": "Nguyễn Thử",
            "not_before": START,
            "not_after": not_after,
            "dossier": dossier,
            "algorithm": "p256",
            "issued_at": START,
            "der": b"",
        },
    )


def note(conn: Connection, about: str = "dossier 1", action: str = "dossier.filed") -> int:
    """One journal entry."""
    return journal.append(
        conn, at=START, actor="registrar", action=action, about=about, detail={"tên": "Nguyễn Thử"}, clauses=["AG-3"]
    )
