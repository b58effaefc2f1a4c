"""Periods that reports are for: a year, a half, a quarter, a month, or from one day to another.

They are named `2026`, `2026-H1`, `2026-Q3`, `2026-05`, `2026-01-01/2026-03-15` (ISO 8601 interval). A day begins and
ends at midnight in Việt Nam.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from mockca.rules.deadlines import ONE_DAY, VIETNAM, local_date

FIRST_YEAR, LAST_YEAR = 1950, 2999
_NAMED = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})", re.ASCII)
QUARTERS = ("I", "II", "III", "IV")
HALVES = ("đầu", "cuối")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole days."""

    name: str
    first: date
    last: date
    months: int | None
    """12, 6, 3 or 1 for one that has a name in the calendar; None from one day to another."""

    @property
    def since(self) -> datetime:
        """Its first instant, in UTC."""
        return midnight(self.first)

    @property
    def until(self) -> datetime:
        """The first instant that is no longer in it, in UTC."""
        return midnight(self.last + ONE_DAY)

    @property
    def year(self) -> int:
        """The year in which it begins."""
        return self.first.year

    @property
    def vi(self) -> str:
        """The period in Vietnamese words."""
        part = (self.first.month - 1) // (self.months or 1)
        match self.months:
            case 12:
                return f"năm {self.year}"
            case 6:
                return f"6 tháng {HALVES[part]} năm {self.year}"
            case 3:
                return f"quý {QUARTERS[part]} năm {self.year}"
            case 1:
                return f"tháng {self.first.month} năm {self.year}"
        return f"từ {self.first:%d/%m/%Y} đến {self.last:%d/%m/%Y}"


def midnight(day: date) -> datetime:
    """The instant, in UTC, at which a day begins in Việt Nam."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def parse(text: str) -> Period | None:
    """The period of that name; None where there is none such. A range that has a name gets it."""
    named = _NAMED.fullmatch(text)
    if named is not None:
        year, half, quarter, month = (None if part is None else int(part) for part in named.groups())
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            return None
        months, part = (6, half) if half else (3, quarter) if quarter else (1, month) if month else (12, 1)
        return _of(year, months, (part or 1) - 1)
    ends = _RANGE.fullmatch(text)
    try:
        first, last = (date.fromisoformat(day) for day in ends.groups()) if ends is not None else (date.max, date.min)
    except ValueError:
        return None
    if not date(FIRST_YEAR, 1, 1) <= first <= last <= date(LAST_YEAR, 12, 31):
        return None
    same = (containing(first, months) for months in (12, 6, 3, 1))
    whole = next((period for period in same if (period.first, period.last) == (first, last)), None)
    return whole or Period(text, first, last, None)


def containing(day: date, months: int) -> Period:
    """The period of so many months (1, 3, 6 or 12) that the day lies in."""
    return _of(day.year, months, (day.month - 1) // months)


def containing_instant(instant: datetime, months: int) -> Period:
    """The period of so many months that the instant lies in."""
    return containing(local_date(instant), months)


def _of(year: int, months: int, part: int) -> Period:
    first = date(year, part * months + 1, 1)
    following = part * months + months
    last = date(year + following // 12, following % 12 + 1, 1) - ONE_DAY
    name = {12: "", 6: f"-H{part + 1}", 3: f"-Q{part + 1}", 1: f"-{part + 1:02d}"}[months]
    return Period(f"{year}{name}", first, last, months)
