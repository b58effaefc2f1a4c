"""What is to happen by itself when the clock gets there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, func, or_, select, update

from mockca.registry.records import insert, insert_all
from mockca.registry.tables import deadlines, schedule


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to be done."""

    number: int
    due: datetime
    action: str
    about: str


_open = schedule.c.done_at.is_(None)


def add(conn: Connection, due: datetime, action: str, about: str) -> int:
    """Plan `action` on `about` for the instant `due`. Returns its number."""
    return insert(conn, schedule, due=due, action=action, about=about)


def add_all(conn: Connection, action: str, planned: Sequence[tuple[datetime, str]]) -> None:
    """Plan the same action many times: the instants, and what each is about."""
    insert_all(conn, schedule, [{"due": due, "action": action, "about": about} for due, about in planned])


_UNTIL = bindparam("until", type_=schedule.c.due.type)
_WAITING = select(
    or_(
        exists().where(_open, schedule.c.due <= _UNTIL),
        exists().where(deadlines.c.met_at.is_(None), deadlines.c.missed_at.is_(None), deadlines.c.due < _UNTIL),
    )
)


def waiting(conn: Connection, until: datetime) -> bool:
    """Whether something is due by `until`, or a term has passed unmet that nobody noticed: asked of each request."""
    return bool(conn.execute(_WAITING, {"until": until}).scalar_one())


def due(conn: Connection, until: datetime) -> list[Due]:
    """What is due at `until` or before and not done, in the order in which it falls due."""
    query = select(schedule).where(_open, schedule.c.due <= until).order_by(schedule.c.due, schedule.c.number)
    return [Due(number=row.number, due=row.due, action=row.action, about=row.about) for row in conn.execute(query)]


def coming(conn: Connection, limit: int) -> list[Due]:
    """What falls due next, in order, at most `limit`."""
    query = select(schedule).where(_open).order_by(schedule.c.due, schedule.c.number).limit(limit)
    return [Due(number=row.number, due=row.due, action=row.action, about=row.about) for row in conn.execute(query)]


def next_due(conn: Connection) -> datetime | None:
    """When the next thing falls due, or fell due; None where nothing is planned."""
    found: datetime | None = conn.execute(select(func.min(schedule.c.due)).where(_open)).scalar_one()
    return found


_DONE = update(schedule).where(schedule.c.number == bindparam("of_number")).values(done_at=bindparam("at"))


def done(conn: Connection, dues: Sequence[Due]) -> None:
    """Tick off, each at its instant. What was done stays done when the clock is turned back."""
    if dues:
        conn.execute(_DONE, [{"of_number": due.number, "at": due.due} for due in dues])
