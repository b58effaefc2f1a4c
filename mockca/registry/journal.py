"""The journal: what happened. Each entry is bound to the one before by its hash: no change goes unseen."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Row, Select, Text, cast, insert, select

from mockca.registry.tables import EPOCH, MICROSECOND, journal

FIRST_PREVIOUS: Final = "0" * 64
"""What stands for the hash before the first entry's."""

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SECRET = re.compile(
    r"(?:^|[_.\- ])"
    r"(?:pin|puk|credentials?|tokens?|passwords?|passphrases?|secrets?|private_?keys?)"
    r"(?:$|[_.\- ])"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    number: int
    at: datetime
    actor: str
    action: str
    about: str
    detail: dict[str, Any]
    clauses: tuple[str, ...]
    previous: str
    """Hash of the entry before, in lower-case hexadecimal."""
    hash: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to be entered."""

    at: datetime
    actor: str
    action: str
    about: str
    detail: Mapping[str, Any]
    """Plain JSON with text keys."""
    clauses: Sequence[str]


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether the chain holds. Without its latest entries it would be shorter, yet whole: `head` tells."""

    entries: int
    """Entries that were found whole, up to the first bad one."""
    ok: bool
    first_bad: int | None
    why: str | None
    head: str
    """Hash of the last whole entry."""


def append(
    conn: Connection,
    *,
    at: datetime,
    actor: str,
    action: str,
    about: str,
    detail: Mapping[str, Any],
    clauses: Sequence[str],
) -> int:
    """Write down what happened, in the transaction of `conn` (from `Store.write`). Returns the number.

    `detail` is plain JSON with text keys. ValueError where it is not, or where a key looks like a secret's.
    """
    return append_all(conn, [Event(at, actor, action, about, detail, clauses)])


def append_all(conn: Connection, events: Sequence[Event]) -> int:
    """Write down many things in their order, as `append` does each. Returns the number of the last entry there is."""
    last = conn.execute(_LAST).one_or_none()
    number, previous = (last.number, last.hash) if last is not None else (0, FIRST_PREVIOUS)
    rows = []
    for event in events:
        refuse_secrets(event.detail)
        number += 1
        digest = _digest(
            previous, number, _micros(event.at), event.actor, event.action, event.about, event.detail, event.clauses
        )
        rows.append(
            {
                "number": number,
                "at": event.at,
                "actor": event.actor,
                "action": event.action,
                "about": event.about,
                "detail": event.detail,
                "clauses": list(event.clauses),
                "previous": previous,
                "hash": digest,
            }
        )
        previous = digest
    if rows:
        conn.execute(_ADD, rows)
    return number


def entries(
    conn: Connection, about: str | None = None, action: str | None = None, after: int = 0, limit: int = 100
) -> list[Entry]:
    """Entries numbered above `after`, oldest first, at most `limit`."""
    query: Select[Any] = select(journal).where(journal.c.number > after).order_by(journal.c.number).limit(limit)
    if about is not None:
        query = query.where(journal.c.about == about)
    if action is not None:
        query = query.where(journal.c.action == action)
    return [
        Entry(
            number=row.number,
            at=row.at,
            actor=row.actor,
            action=row.action,
            about=row.about,
            detail=row.detail,
            clauses=tuple(row.clauses),
            previous=row.previous,
            hash=row.hash,
        )
        for row in conn.execute(query)
    ]


def verify(conn: Connection) -> Verification:
    """Compute the chain again, a part of it in memory at a time, up to the first entry that does not fit."""
    number, previous = 0, FIRST_PREVIOUS
    with _raw_entries(conn) as rows:
        for row in rows:
            why = _fault(row, number + 1, previous)
            if why is not None:
                return Verification(entries=number, ok=False, first_bad=row.number, why=why, head=previous)
            number, previous = row.number, row.hash
    return Verification(entries=number, ok=True, first_bad=None, why=None, head=previous)


def refuse_secrets(detail: object) -> None:
    """ValueError where a key anywhere in `detail` is not text or looks as if it named a secret."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            if not isinstance(key, str):
                raise ValueError(f"a journal entry's detail has text keys only, not {key!r}")
            if _SECRET.search(_CAMEL.sub("_", key).lower()):
                raise ValueError(f"{key} looks like a secret, and secrets never reach the journal")
            refuse_secrets(value)
    elif isinstance(detail, list | tuple):
        for value in detail:
            refuse_secrets(value)


_ADD = insert(journal)
_LAST = select(journal.c.number, journal.c.hash).order_by(journal.c.number.desc()).limit(1)


def _raw_entries(conn: Connection) -> CursorResult[Any]:
    # JSON is read as text here: a tampered entry need not be JSON any more.
    columns = [
        cast(column, Text).label(column.name) if column.name in ("detail", "clauses") else column
        for column in journal.c
    ]
    return conn.execute(select(*columns).order_by(journal.c.number), execution_options={"yield_per": 1000})


def _fault(row: Row[Any], number: int, previous: str) -> str | None:
    if row.number != number:
        return f"entry {number} is missing"
    if row.previous != previous:
        return "it does not follow the entry before it"
    try:
        detail, clauses = json.loads(row.detail), json.loads(row.clauses)
        digest = _digest(previous, number, _micros(row.at), row.actor, row.action, row.about, detail, clauses)
    except (TypeError, ValueError):
        return "it cannot be read"
    return None if digest == row.hash else "its hash does not fit its content"


def _digest(
    previous: str,
    number: int,
    at: int,
    actor: str,
    action: str,
    about: str,
    detail: Any,
    clauses: Sequence[str],
) -> str:
    fields = {
        "about": about,
        "action": action,
        "actor": actor,
        "at": at,
        "clauses": list(clauses),
        "detail": detail,
        "number": number,
    }
    return sha256(f"{previous}\n{_CANONICAL.encode(fields)}".encode()).hexdigest()


def _micros(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND
