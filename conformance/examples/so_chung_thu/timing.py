"""Its time: that of the clock it was given, moved by what the administrator said; to the second, and written as people
write it.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
DAY, MOMENT = "%d/%m/%Y", "%d/%m/%Y %H:%M:%S"


def now(db: sqlite3.Connection) -> int:
    """Seconds since 1970."""
    (second,) = db.execute("SELECT gio_may() + lech FROM dong_ho").fetchone()
    return int(second)


def turn(db: sqlite3.Connection, to: int) -> None:
    """Let it be this second."""
    db.execute("UPDATE dong_ho SET lech = ? - gio_may()", (to,))


def written(second: int | None) -> str | None:
    """As people write it, in Vietnam."""
    return None if second is None else datetime.fromtimestamp(second, VIETNAM).strftime(MOMENT)


def read(text: str) -> int:
    """The second that somebody wrote. ValueError where it is none."""
    return int(datetime.strptime(text, MOMENT).replace(tzinfo=VIETNAM).timestamp())


def is_day(text: object) -> bool:
    """Whether it is a date as people write it."""
    try:
        return isinstance(text, str) and bool(datetime.strptime(text, DAY).replace(tzinfo=VIETNAM))
    except ValueError:
        return False


def instant(second: int) -> datetime:
    """For X.509."""
    return datetime.fromtimestamp(second, UTC)


def after_working_days(second: int, days: int) -> int:
    """So many days later that are no Saturday or Sunday; it knows no holidays."""
    due = datetime.fromtimestamp(second, VIETNAM)
    while days:
        due += timedelta(days=1)
        days -= is_working_day(due.date())
    return int(due.timestamp())


def is_working_day(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5
