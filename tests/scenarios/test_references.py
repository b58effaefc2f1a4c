"""`${…}` in scenarios."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from scenarios.errors import BadReference
from scenarios.references import Context, moment, next_day, resolve

NOW = datetime(2026, 3, 4, 18, 30, tzinfo=UTC)  # already 5 March, a Thursday, in Vietnam
CONTEXT = Context(
    steps={"issue": {"number": 7, "at": "2026-03-01T00:00:00Z", "late": "2026-03-01T18:00:00Z", "day": "2026-03-01"}},
    people={"lan": {"full_name": "Trần Thị Lan"}},
    keys={"office": {"csr": "PEM"}},
    given={"years": 5},
    seed="1",
    regulation="an-giang",
    now=NOW,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${steps.issue.number}", 7),
        ("số ${steps.issue.number}/BB", "số 7/BB"),
        ("${people.lan.full_name}", "Trần Thị Lan"),
        ("${keys.office.csr}", "PEM"),
        ("${given.years}", 5),
        ("${seed} ${regulation}", "1 an-giang"),
        ("${now}", "2026-03-04T18:30:00+00:00"),
        ("${now-1d}", "2026-03-03T18:30:00+00:00"),
        ("${today}", "2026-03-05"),
        ("${today+30d}", "2026-04-04"),
        ("${next_friday}", "2026-03-06T09:00:00+07:00"),
        ("${next_thursday}", "2026-03-12T09:00:00+07:00"),
        ("${steps.issue.at+90s}", "2026-03-01T00:01:30+00:00"),
        ("${steps.issue.day-1d}", "2026-02-28"),
        ("${steps.issue.late|day}", "2026-03-02"),
        ("${steps.issue.late-1d|day}", "2026-03-01"),
        ("no reference", "no reference"),
    ],
)
def test_a_reference_becomes_what_it_leads_to(text: str, value: object) -> None:
    assert resolve(text, CONTEXT) == value


def test_references_are_found_in_keys_lists_and_objects() -> None:
    given = {"items[n=${steps.issue.number}]": ["${given.years}", {"x": "${seed}"}], "left": True}
    assert resolve(given, CONTEXT) == {"items[n=7]": [5, {"x": "1"}], "left": True}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("${steps.issue.name}", "has no 'name'"),
        ("${nowhere.at}", "begins with one of"),
        ("${steps}", "begins with one of"),
        ("${next_holiday}", "begins with one of"),
        ("${given.years|day}", "no instant"),
        ("${given.years+1d}", "neither an instant nor a date"),
        ("${people.lan.full_name+1d}", "neither an instant nor a date"),
    ],
)
def test_a_reference_that_leads_nowhere_is_named(text: str, says: str) -> None:
    with pytest.raises(BadReference, match=says):
        resolve(text, CONTEXT)


def test_only_aware_instants_count_as_moments() -> None:
    assert moment("2026-03-01T00:00:00Z") == datetime(2026, 3, 1, tzinfo=UTC)
    assert moment("2026-03-01T00:00:00") is None
    assert moment("Thứ hai") is None
    assert moment("T") is None
    assert moment(5) is None


def test_the_next_day_of_the_week_is_never_today() -> None:
    for weekday in range(7):
        found = next_day(NOW, weekday)
        assert found.weekday() == weekday
        assert 0 < (found.date() - date(2026, 3, 5)).days <= 7
