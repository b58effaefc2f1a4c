"""Working days in Việt Nam."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockca.rules.deadlines import VIETNAM, due_after, is_working_day, local_date


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=VIETNAM)


def test_received_on_friday_three_working_days_end_with_wednesday() -> None:
    friday = local(2026, 3, 13, 9)
    assert due_after(friday, 3) == local(2026, 3, 19)
    assert due_after(friday, 3).tzinfo is UTC


def test_one_working_day_ends_with_the_next_day() -> None:
    assert due_after(local(2026, 3, 10, 23, 59), 1) == local(2026, 3, 12)


def test_the_day_of_the_start_is_the_day_in_viet_nam() -> None:
    late_on_monday_in_utc = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)
    assert local_date(late_on_monday_in_utc) == date(2026, 3, 10)
    assert due_after(late_on_monday_in_utc, 1) == local(2026, 3, 12)


def test_tet_stretches_a_deadline() -> None:
    assert not is_working_day(date(2025, 1, 29))
    assert due_after(local(2025, 1, 24, 10), 3) == local(2025, 2, 6)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 1), False),
        (date(2026, 4, 30), False),
        (date(2026, 9, 2), False),
        (date(2026, 3, 14), False),
        (date(2026, 3, 15), False),
        (date(2026, 3, 16), True),
        (date(2025, 5, 2), False),
        (date(2025, 4, 26), True),
    ],
)
def test_holidays_weekends_and_swapped_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_a_deadline_has_at_least_one_day() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        due_after(local(2026, 3, 10), 0)


@given(
    st.datetimes(datetime(2010, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(1, 30),
)
def test_exactly_that_many_working_days_lie_between(start: datetime, days: int) -> None:
    due = due_after(start, days)
    first, last = local_date(start).toordinal(), local_date(due).toordinal()
    between = [date.fromordinal(ordinal) for ordinal in range(first + 1, last)]
    assert sum(map(is_working_day, between)) == days
    assert is_working_day(between[-1])
