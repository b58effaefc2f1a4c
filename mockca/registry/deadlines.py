"""The terms that a regulation sets: when something must have happened, and whether it did."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, not_, select, update

from mockca.registry.records import PAGE_LIMIT, insert, insert_all, many
from mockca.registry.tables import deadlines


@dataclass(frozen=True, slots=True)
class Deadline:
    """One term."""

    number: int
    regulation: str
    kind: str
    about: str
    clause: str
    due: datetime
    met_at: datetime | None
    missed_at: datetime | None
    """When it was noticed that the term had passed; it can still be met after that, late."""


_UNMET = deadlines.c.met_at.is_(None)
_MINE = (deadlines.c.kind == bindparam("of_kind")) & (deadlines.c.about == bindparam("of_matter"))
_SAME = select(deadlines.c.number).where(_MINE, deadlines.c.due == bindparam("of_due", type_=deadlines.c.due.type))
_MET = update(deadlines).where(_MINE, _UNMET).values(met_at=bindparam("at"))


def add(conn: Connection, regulation: str, kind: str, about: str, clause: str, due: datetime) -> int:
    """Set a term. Returns its number: that of the same kind, matter and instant where there is one already."""
    same = {"of_kind": kind, "of_matter": about, "of_due": due}
    number: int | None = conn.execute(_SAME, same).scalar_one_or_none()
    if number is None:
        number = insert(conn, deadlines, regulation=regulation, kind=kind, about=about, clause=clause, due=due)
    return number


def add_all(conn: Connection, terms: Sequence[Mapping[str, Any]]) -> None:
    """Set many terms, each with the values that `add` takes, apart from those that are there already."""
    if not terms:
        return
    columns = deadlines.c
    of_matters = columns.about.in_({term["about"] for term in terms})
    there = {tuple(row) for row in conn.execute(select(columns.kind, columns.about, columns.due).where(of_matters))}
    new = {(term["kind"], term["about"], term["due"]): dict(term) for term in terms}
    insert_all(conn, deadlines, [term for same, term in new.items() if same not in there])


def met(conn: Connection, kind: str, about: str, at: datetime) -> int:
    """What was due has happened. Returns how many terms were met by it: none where none was open."""
    return conn.execute(_MET, {"of_kind": kind, "of_matter": about, "at": at}).rowcount


def missed(conn: Connection, until: datetime) -> list[Deadline]:
    """Terms that passed unmet before `until` and are not marked as missed yet, in the order of passing."""
    return _found(conn, _UNMET & deadlines.c.missed_at.is_(None) & (deadlines.c.due < until))


_MISSED = update(deadlines).where(deadlines.c.number == bindparam("of_number")).values(missed_at=bindparam("at"))


def mark_missed(conn: Connection, missed: Sequence[tuple[int, datetime]]) -> None:
    """It was noticed at these instants that the terms of these numbers have passed."""
    if missed:
        conn.execute(_MISSED, [{"of_number": number, "at": at} for number, at in missed])


def of(conn: Connection, kinds: Collection[str], about: str) -> list[Deadline]:
    """The terms of these kinds that one matter has, by due time."""
    return _found(conn, deadlines.c.kind.in_(kinds), deadlines.c.about == about)


def get(conn: Connection, number: int) -> Deadline | None:
    return next(iter(_found(conn, deadlines.c.number == number)), None)


def listing(conn: Connection, overdue: bool | None, now: datetime) -> list[Deadline]:
    """All terms (None), the unmet ones past at `now` (True), or the rest (False), by due time."""
    late = and_(_UNMET, deadlines.c.due < now)
    return _found(conn, *(() if overdue is None else (late if overdue else not_(late),)))


def slice_of(
    conn: Connection,
    *,
    regulation: str | None,
    overdue: bool | None,
    about: str | None,
    now: datetime,
    after: int = 0,
    limit: int = 100,
) -> tuple[list[Deadline], int | None, int]:
    """A slice of the terms by due time, the next cursor (how many came before it), the total. None: no filter."""
    late = and_(_UNMET, deadlines.c.due < now)
    where: list[ColumnElement[bool]] = [] if overdue is None else [late if overdue else not_(late)]
    if regulation is not None:
        where.append(deadlines.c.regulation == regulation)
    if about is not None:
        where.append(deadlines.c.about == about)
    total = conn.execute(select(func.count()).select_from(deadlines).where(*where)).scalar_one()
    limit = max(1, min(limit, PAGE_LIMIT))
    query = select(deadlines).where(*where).order_by(deadlines.c.due, deadlines.c.number).offset(after).limit(limit)
    rows = many(conn, query, Deadline)
    following = after + len(rows)
    return rows, (following if following < total else None), total


def _found(conn: Connection, *conditions: Any) -> list[Deadline]:
    query = select(deadlines).where(*conditions).order_by(deadlines.c.due, deadlines.c.number)
    rows: Iterable[Row[Any]] = conn.execute(query)
    return [
        Deadline(
            number=row.number,
            regulation=row.regulation,
            kind=row.kind,
            about=row.about,
            clause=row.clause,
            due=row.due,
            met_at=row.met_at,
            missed_at=row.missed_at,
        )
        for row in rows
    ]
