"""Periods of reports: their names, their first and last instants."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from mockca.rules.periods import Period, containing, parse


def named(text: str) -> Period:
    found = parse(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("2026", "2026-01-01", "2026-12-31", "năm 2026"),
        ("2026-H1", "2026-01-01", "2026-06-30", "6 tháng đầu năm 2026"),
        ("2026-H2", "2026-07-01", "2026-12-31", "6 tháng cuối năm 2026"),
        ("2024-Q1", "2024-01-01", "2024-03-31", "quý I năm 2024"),
        ("2026-Q4", "2026-10-01", "2026-12-31", "quý IV năm 2026"),
        ("2024-02", "2024-02-01", "2024-02-29", "tháng 2 năm 2024"),
        ("2026-12", "2026-12-01", "2026-12-31", "tháng 12 năm 2026"),
        ("2026-01-05/2026-03-15", "2026-01-05", "2026-03-15", "từ 05/01/2026 đến 15/03/2026"),
    ],
)
def test_a_period_is_known_by_its_name(text: str, first: str, last: str, words: str) -> None:
    period = named(text)
    assert (period.name, period.vi) == (text, words)
    assert (period.first, period.last) == (date.fromisoformat(first), date.fromisoformat(last))


def test_a_period_begins_and_ends_at_midnight_in_vietnam() -> None:
    half = named("2026-H1")
    assert half.since == datetime(2025, 12, 31, 17, tzinfo=UTC)
    assert half.until == datetime(2026, 6, 30, 17, tzinfo=UTC) == named("2026-H2").since


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2026-01-01/2026-12-31", "2026"),
        ("2026-07-01/2026-12-31", "2026-H2"),
        ("2026-04-01/2026-06-30", "2026-Q2"),
        ("2026-02-01/2026-02-28", "2026-02"),
    ],
)
def test_a_range_of_days_that_has_a_name_goes_by_it(text: str, name: str) -> None:
    assert named(text) == named(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "26",
        "2026-H3",
        "2026-Q0",
        "2026-13",
        "2026-1",
        "0000",
        "3000",
        "2026-02-01/2026-02-30",
        "2026-02-02/2026-02-01",
        "2026-01-01",
        "1949-01-01/1950-01-01",
        "2026 ",
        "２０２６",
    ],
)
def test_what_names_no_period_is_none(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(("months", "name"), [(1, "2026-11"), (3, "2026-Q4"), (6, "2026-H2"), (12, "2026")])
def test_a_day_lies_in_a_period_of_each_length(months: int, name: str) -> None:
    assert containing(date(2026, 11, 15), months).name == name
