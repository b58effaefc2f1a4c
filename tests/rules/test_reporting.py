"""Reports and plans: when each can be filed and is due, who owes it, which figures it has to have."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mockca.errors import NotFound, Violation
from mockca.registry.figures import COUNTED
from mockca.rules import reporting
from mockca.rules.catalogue import words
from mockca.rules.deadlines import VIETNAM
from mockca.rules.facts import UnitFacts
from mockca.rules.loading import available, load, read
from mockca.rules.periods import parse
from mockca.rules.reading import RulesError
from mockca.rules.regulation import Regulation
from mockca.rules.terms import COUNTERS, Report

PROVINCE = """extends = "nd-68-2024"
province = "Mẫu"
title_vi = "Mẫu"
title_en = "Model"
in_force_from = { value = 2025-06-01, unsourced = true }
"""
OFFICE = UnitFacts(id="van-phong", name="Văn phòng", category="state-body")
REGISTRAR = "registrar"


def at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=VIETNAM).astimezone(UTC)


def of(regulation: str, name: str) -> tuple[Regulation, Report]:
    found = load(regulation)
    return found, found.report(name)


def period_problem(regulation: str, name: str, text: str | None, now: datetime) -> tuple[str, str] | None:
    period, found = reporting.check_period(*of(regulation, name), text, now)
    assert (period is None) <= bool(found)
    return (found[0].field, found[0].clause) if found else None


def told(found: list[Violation]) -> list[tuple[str, str, str]]:
    return [(one.field, one.clause, one.accepted) for one in found]


def window(regulation: str, name: str, text: str) -> reporting.Window:
    period = parse(text)
    assert period is not None
    return reporting.window(*of(regulation, name), period)


def test_the_registry_counts_every_figure_that_the_rules_leave_to_it() -> None:
    assert {name for name, source in COUNTERS.items() if source == "registry"} == COUNTED
    assert set(words("counters")) == set(COUNTERS)


def test_every_report_of_every_province_has_figures_and_lines_for_them() -> None:
    for name in available():
        for report in load(name).reports:
            assert report.counters, (name, report.id)
            assert [one for line in reporting.lines_of(report) for one in line.counters] == list(report.counters)


def test_a_half_year_is_reported_once_it_is_over_and_within_the_days_of_grace() -> None:
    assert window("an-giang", "half-year", "2026-H1") == reporting.Window(at(2026, 7, 1, 0), at(2026, 7, 16, 0))
    assert period_problem("an-giang", "half-year", "2026-H1", at(2026, 6, 30, 23)) == ("period", "AG-12.6")
    assert period_problem("an-giang", "half-year", "2026-H1", at(2026, 7, 1, 0)) is None
    assert period_problem("an-giang", "half-year", "2026-H1", at(2027, 7, 1)) is None


def test_form_07_is_due_in_november_and_late_from_december_on() -> None:
    assert window("thai-binh", "yearly", "2026") == reporting.Window(at(2026, 11, 1, 0), at(2026, 12, 1, 0))
    assert period_problem("thai-binh", "yearly", "2026", at(2026, 10, 31)) == ("period", "TB-13.6")
    assert period_problem("thai-binh", "yearly", "2026", at(2026, 11, 15)) is None


def test_what_adds_bodies_reports_up_has_their_periods_and_opens_with_them() -> None:
    assert window("thai-binh", "consolidated", "2026") == reporting.Window(at(2026, 11, 1, 0), None)
    assert period_problem("thai-binh", "consolidated", "2026-H1", at(2026, 12, 1)) == ("period", "TB-13.6")


def test_a_report_on_demand_may_go_up_to_the_day_on_which_it_is_written() -> None:
    today = at(2026, 3, 15)
    assert period_problem("ninh-binh", "province", "2026-01-01/2026-03-15", today) is None
    assert period_problem("ninh-binh", "province", "2026-02", today) is None
    assert period_problem("ninh-binh", "province", "2026-01-01/2026-03-16", today) == ("period", "NB-15.7")
    assert period_problem("ninh-binh", "province", "2026-Q1", today) == ("period", "NB-15.7")
    assert window("ninh-binh", "province", "2026-02").due is None


def test_a_plan_is_for_this_year_or_the_next() -> None:
    today = at(2026, 8, 3)
    assert period_problem("lai-chau", "demand", "2026", today) is None
    assert period_problem("lai-chau", "demand", "2027", today) is None
    assert period_problem("lai-chau", "demand", "2028", today) == ("period", "LC-18.4")
    assert period_problem("lai-chau", "demand", "2025", today) == ("period", "LC-18.4")
    assert period_problem("lai-chau", "demand", "2027-H1", today) == ("period", "LC-18.4")


@pytest.mark.parametrize(
    ("regulation", "name", "clause"),
    [
        ("an-giang", "half-year", "AG-12.6"),
        ("ninh-binh", "province", "NB-15.7"),
        ("thai-binh", "province", "TB-12.8"),
        ("cao-bang", "yearly-demand", "CB-4.2"),
    ],
)
@pytest.mark.parametrize("text", [None, "", " ", "2026-H9"])
def test_without_a_period_no_report_is_taken(regulation: str, name: str, clause: str, text: str | None) -> None:
    assert period_problem(regulation, name, text, at(2027, 1, 1)) == ("period", clause)


def test_what_was_over_before_the_regulation_came_into_force_is_not_reported() -> None:
    assert period_problem("an-giang", "half-year", "2014-H1", at(2026, 1, 1)) == ("period", "AG-QD.2")
    assert period_problem("an-giang", "half-year", "2014-H2", at(2026, 1, 1)) is None


def test_figures_of_a_period_that_goes_on_are_counted_up_to_now() -> None:
    year = parse("2026")
    assert year is not None
    now = at(2026, 11, 15)
    assert reporting.counted_until(year, now) == now + timedelta(microseconds=1)
    assert reporting.counted_until(year, at(2027, 2, 1)) == year.until


def test_each_period_is_owed_in_its_turn() -> None:
    regulation, report = of("an-giang", "half-year")
    opened = []
    after = at(2025, 3, 3)
    for _ in range(3):
        following = reporting.next_opening(regulation, report, after)
        assert following is not None
        after = following[0]
        opened.append((following[1].name, after))
    assert opened == [
        ("2025-H1", at(2025, 7, 1, 0)),
        ("2025-H2", at(2026, 1, 1, 0)),
        ("2026-H1", at(2026, 7, 1, 0)),
    ]


def test_nothing_is_owed_of_the_time_before_the_regulation_came_into_force() -> None:
    following = reporting.next_opening(*of("an-giang", "half-year"), at(2001, 1, 1))
    assert following is not None
    assert following[1].name == "2014-H2"


def test_the_november_report_is_owed_at_once_by_a_world_that_begins_in_november() -> None:
    thai_binh = of("thai-binh", "yearly")
    opened = reporting.open_at(*thai_binh, at(2026, 11, 20))
    assert opened is not None
    assert opened.name == "2026"
    assert reporting.open_at(*thai_binh, at(2026, 12, 1, 1)) is None
    assert reporting.open_at(*thai_binh, at(2026, 10, 31)) is None
    assert reporting.open_at(*thai_binh, at(2015, 11, 20)) is None
    assert reporting.open_at(*of("an-giang", "half-year"), at(2026, 7, 2)) is None
    following = reporting.next_opening(*thai_binh, at(2026, 11, 20))
    assert following is not None
    assert (following[0], following[1].name) == (at(2027, 11, 1, 0), "2027")


def test_a_yearly_plan_with_a_month_is_due_in_the_year_before() -> None:
    regulation, report = of("lai-chau", "demand")
    report = replace(report, month=12)
    plan = parse("2027")
    assert plan is not None
    assert reporting.window(regulation, report, plan) == reporting.Window(at(2026, 12, 1, 0), at(2027, 1, 1, 0))
    following = reporting.next_opening(regulation, report, at(2026, 5, 1))
    assert following is not None
    assert (following[0], following[1].name) == (at(2026, 12, 1, 0), "2027")


@pytest.mark.parametrize(("regulation", "name"), [("ninh-binh", "province"), ("lai-chau", "demand")])
def test_what_no_text_gives_a_day_is_owed_only_when_it_is_asked_for(regulation: str, name: str) -> None:
    assert reporting.next_opening(*of(regulation, name), at(2026, 1, 1)) is None


def test_at_the_end_of_the_calendar_nothing_more_is_owed() -> None:
    assert reporting.next_opening(*of("an-giang", "half-year"), datetime(9999, 1, 1, tzinfo=UTC)) is None


def test_the_registrar_owes_its_own_reports_and_every_sealed_body_the_bodies() -> None:
    regulation, yearly = of("thai-binh", "yearly")
    _, province = of("thai-binh", "province")
    assert reporting.owes(regulation, yearly, OFFICE, REGISTRAR)
    assert reporting.owes(regulation, yearly, replace(OFFICE, id=REGISTRAR), REGISTRAR)
    assert not reporting.owes(regulation, yearly, replace(OFFICE, has_seal=False), REGISTRAR)
    assert not reporting.owes(regulation, yearly, replace(OFFICE, category="company"), REGISTRAR)
    assert not reporting.owes(regulation, province, OFFICE, REGISTRAR)
    assert reporting.owes(regulation, province, replace(OFFICE, id=REGISTRAR), REGISTRAR)
    (wrong,) = reporting.check_body(regulation, yearly, replace(OFFICE, category="company"), REGISTRAR)
    assert (wrong.field, wrong.clause) == ("unit", regulation.eligible_clause)


def test_figures_must_be_there_be_counts_and_agree_with_the_registry() -> None:
    _, report = of("cao-bang", "unit-use")
    known = {"organisation_certificates": 2, "personal_certificates": 7}
    assert reporting.check_counts(report, known, known) == []
    assert told(reporting.check_counts(report, {}, known)) == [
        ("counts.organisation_certificates", "CB-7.4", "2"),
        ("counts.personal_certificates", "CB-7.4", "7"),
    ]
    for wrong in (-1, 1.5, True, "7", 2**53 + 1):
        values = known | {"personal_certificates": wrong}
        assert told(reporting.check_counts(report, values, known)) == [("counts.personal_certificates", "CB-7.4", "7")]
    disagreeing = reporting.check_counts(report, known | {"personal_certificates": 8}, known)
    assert told(disagreeing) == [("counts.personal_certificates", "CB-7.4", "7")]
    assert "sổ đăng ký" in disagreeing[0].vi
    (unknown,) = reporting.check_counts(report, known | {"colour": 1}, known)
    assert (unknown.field, unknown.clause) == ("counts.colour", "unsourced")


def test_what_adds_reports_up_must_be_their_sum() -> None:
    _, report = of("cao-bang", "province-use")
    bodies = [{"organisation_certificates": 1, "personal_certificates": 3}, {"personal_certificates": 4}]
    known = reporting.total(bodies, report.counters)
    assert known == {"organisation_certificates": 1, "personal_certificates": 7}
    (wrong,) = reporting.check_counts(report, known | {"organisation_certificates": 2}, known)
    assert (wrong.clause, wrong.accepted) == ("CB-6.2", "1")
    assert "tổng" in wrong.vi


def test_figures_that_the_body_alone_knows_are_taken_as_they_are() -> None:
    _, report = of("cao-bang", "application-use")
    assert reporting.check_counts(report, {"application_users": 12, "transactions_signed": 3456}, {}) == []


def test_a_report_on_an_application_names_one_that_there_is() -> None:
    cao_bang, report = of("cao-bang", "application-use")
    assert reporting.check_application(cao_bang, report, "tax") == []
    (unknown,) = reporting.check_application(cao_bang, report, "games")
    assert (unknown.field, unknown.clause) == ("application", "CB-8.2")
    assert "tax" in unknown.accepted
    assert [one.clause for one in reporting.check_application(cao_bang, report, None)] == ["CB-8.2"]
    other = cao_bang.report("unit-use")
    assert reporting.check_application(cao_bang, other, None) == []
    assert [one.clause for one in reporting.check_application(cao_bang, other, "tax")] == ["unsourced"]


def test_the_year_on_the_form_is_the_one_that_is_reported_on() -> None:
    thai_binh, _ = of("thai-binh", "yearly")
    form, year = thai_binh.forms["TB-F07"], parse("2026")
    assert year is not None
    assert reporting.year_fields(form) == ("report_year",)
    assert reporting.check_year_field(form, {"report_year": 2026}, year) == []
    (wrong,) = reporting.check_year_field(form, {"report_year": 2025}, year)
    assert (wrong.field, wrong.clause, wrong.accepted) == ("form.fields.report_year", "TB-F07", "2026")


def test_a_report_that_there_is_none_of_is_not_found() -> None:
    with pytest.raises(NotFound):
        load("an-giang").report("weekly")


REPORT = '[[reports]]\nid = "a"\nvi = "A"\nen = "a"\nby = "registrar"\nrecipients = ["ministry"]\nunsourced = true\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("every_months = 4", "1, 3, 6 or 12"),
        ("every_months = 6\nmonth = 3", "not both"),
        ("month = 13", "1 to 12"),
        ("every_months = 6\nplan = true", "a plan is for a year"),
        ("grace_days = { value = -1, unsourced = true }", "0 to 366"),
        ('counters = ["smiles"]', "'smiles' is not among"),
        ('consolidates = "b"', "which no body files"),
        ("per_application = true", "there are none"),
    ],
)
def test_a_report_that_makes_no_sense_is_told_when_it_is_read(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "mau.toml"
    file.write_text(f"{PROVINCE}{REPORT}{text}\n", "utf-8")
    with pytest.raises(RulesError, match=why):
        read(file)
