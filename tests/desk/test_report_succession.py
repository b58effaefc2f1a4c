"""Reports that a body owes when a decision ends it."""

from __future__ import annotations

from datetime import date

import pytest

from mockca.desk import owed_reports, queries
from mockca.desk.commands import PlanReorganisation, RequestReport, SuccessorBody
from mockca.desk.reorganisation.planning import plan_reorganisation
from mockca.desk.sandbox import Sandbox
from mockca.errors import Refused
from tests.desk.conftest import People
from tests.desk.test_reports import BODY_TOLD, draft, due, files, files_draft, form_07, overdue_terms, stage, turn

PERIOD = "2025-01-01/2025-03-02"


@pytest.fixture
def thai_binh(sandbox: Sandbox) -> People:
    return People(sandbox, "thai-binh")


@pytest.fixture
def cao_bang(sandbox: Sandbox) -> People:
    return People(sandbox, "cao-bang")


def ends(people: People, kind: str, *bodies: str, into: SuccessorBody | None = None, day: date) -> None:
    decision = PlanReorganisation(
        regulation=people.regulation,
        kind=kind,
        number="12/NQ-HĐND",
        effective_on=day,
        units=tuple(f"{body}-{people.regulation}" for body in bodies),
        successors=() if into is None else (into,),
    )
    people.does("authority", plan_reorganisation, decision)


def a_new_body(people: People) -> SuccessorBody:
    return SuccessorBody(
        id="co-quan-moi",
        name="Cơ quan Mới",
        category=next(iter(people.sandbox.regulation(people.regulation).eligible)),
        superiors=("Ủy ban nhân dân tỉnh Mẫu",),
        email="moi@mau.test",
    )


def states(people: People, unit: str, **filters: str) -> list[tuple[str, str | None]]:
    return [(one.state, one.passed_to) for one in due(people, "registrar", unit=unit, **filters)]


def entries(people: People, report: str) -> list[tuple[str, str, str | None]]:
    found = queries.journal_entries(people.sandbox, people.actor("authority"), about=f"report {report}").items
    return [(one.action, one.detail["unit"], one.detail["passed_to"]) for one in found if "passed_to" in one.detail]


def test_who_takes_over_owes_the_report_with_the_figures_of_both(thai_binh: People) -> None:
    stage(thai_binh, "person", 2)
    stage(thai_binh, "person", 3, unit="other-agency")
    turn(thai_binh, 2025, 11, 15)
    ends(thai_binh, "merge", "other-agency", into=SuccessorBody(id="agency-thai-binh"), day=date(2025, 11, 10))
    assert states(thai_binh, "other-agency-thai-binh") == [("passed-on", "agency-thai-binh")]
    assert states(thai_binh, "agency-thai-binh") == [("open", None)]
    assert entries(thai_binh, "yearly") == [("report.passed-on", "other-agency-thai-binh", "agency-thai-binh")]
    assert draft(thai_binh, "agency", "yearly", "2025").body["form"]["fields"]["personal_certificates"] == 5
    with pytest.raises(Refused, match="reports no more"):
        files_draft(thai_binh, "other-agency", "yearly", "2025")
    files(thai_binh, "agency", "yearly", "2025", form=form_07(thai_binh, **BODY_TOLD))
    turn(thai_binh, 2025, 12, 15)
    assert states(thai_binh, "agency-thai-binh") == [("filed", None)]
    assert not [one for one in overdue_terms(thai_binh) if "agency-thai-binh 2025" in one]
    assert "other-agency-thai-binh" not in [
        one.unit for one in due(thai_binh, "registrar", overdue=True, period="2025")
    ]


def test_a_new_body_owes_once_what_two_old_ones_had_not_filed_and_is_told(cao_bang: People) -> None:
    asked = RequestReport(
        regulation="cao-bang",
        report="unit-use",
        period=PERIOD,
        units=("agency-cao-bang", "other-agency-cao-bang"),
        due=date(2025, 3, 4),
    )
    cao_bang.does("registrar", owed_reports.request_report, asked)
    turn(cao_bang, 2025, 3, 20)
    assert {state for state, _ in states(cao_bang, "agency-cao-bang")} == {"overdue"}
    ends(cao_bang, "merge", "agency", "other-agency", into=a_new_body(cao_bang), day=date(2025, 3, 10))
    for old in ("agency-cao-bang", "other-agency-cao-bang"):
        assert states(cao_bang, old) == [("passed-on", "co-quan-moi")]
    (owed,) = due(cao_bang, "registrar", unit="co-quan-moi")
    assert (owed.state, owed.requested_by, owed.period) == ("overdue", "registrar", PERIOD)
    assert len(entries(cao_bang, "unit-use")) == 2
    told = queries.notices(cao_bang.sandbox, cao_bang.actor("authority")).items
    assert sum(one.to == "co-quan-moi" and "04/03/2025" in one.text for one in told) == 2


def test_where_nobody_takes_over_nobody_owes_the_report_any_more(thai_binh: People) -> None:
    turn(thai_binh, 2025, 12, 15)
    assert states(thai_binh, "other-agency-thai-binh") == [("overdue", None)]
    assert "other-agency-thai-binh 2025" in overdue_terms(thai_binh)
    ends(thai_binh, "dissolve", "other-agency", day=date(2025, 12, 1))
    assert states(thai_binh, "other-agency-thai-binh") == [("ended", None)]
    assert "other-agency-thai-binh 2025" not in overdue_terms(thai_binh)
    assert entries(thai_binh, "yearly") == [("report.ended", "other-agency-thai-binh", None)]
    assert "agency-thai-binh 2025" in overdue_terms(thai_binh)
    assert owed_reports.owed(thai_binh.sandbox, thai_binh.actor("other-agency"))[1] == ()


def test_what_was_passed_on_is_passed_on_again_with_all_figures(thai_binh: People) -> None:
    stage(thai_binh, "person", 3, unit="other-agency")
    stage(thai_binh, "person", 2)
    turn(thai_binh, 2025, 11, 15)
    ends(thai_binh, "merge", "other-agency", into=SuccessorBody(id="agency-thai-binh"), day=date(2025, 11, 10))
    ends(thai_binh, "merge", "agency", into=SuccessorBody(id="registrar-thai-binh"), day=date(2025, 11, 12))
    for old in ("agency-thai-binh", "other-agency-thai-binh"):
        assert states(thai_binh, old) == [("passed-on", "registrar-thai-binh")]
    assert draft(thai_binh, "registrar", "yearly", "2025").body["form"]["fields"]["personal_certificates"] == 5
