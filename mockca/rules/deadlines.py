"""Working days in Việt Nam: Monday to Friday but for public holidays, with the days that the State swaps.

A deadline of n working days ends with the n-th working day after the day of its start (AG-10.5: received on a Friday,
three working days, so Wednesday is in time). The end of a day is midnight in Việt Nam, not the close of office hours:
the texts don't say, so this is our choice. Swapped days are known only where the State has announced them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
ONE_DAY = timedelta(days=1)


@cache
def _calendar(year: int) -> holidays.HolidayBase:
    # One calendar a year, never expanded afterwards, so that threads can share it.
    return holidays.country_holidays("VN", years=year, expand=False)


def local_date(instant: datetime) -> date:
    """The date in Việt Nam at an instant."""
    return instant.astimezone(VIETNAM).date()


def is_working_day(day: date) -> bool:
    """Whether offices work on this date."""
    return bool(_calendar(day.year).is_working_day(day))


def beginning_of(day: date) -> datetime:
    """The instant, in UTC, at which a day begins in Việt Nam."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def due_after(start: datetime, working_days: int) -> datetime:
    """The end, in UTC, of the n-th working day after the day of `start`.

    Raises ValueError for less than one day.
    """
    if working_days < 1:
        raise ValueError(f"{working_days} working days: at least 1")
    day = local_date(start)
    while working_days:
        day += ONE_DAY
        working_days -= is_working_day(day)
    return beginning_of(day + ONE_DAY)
