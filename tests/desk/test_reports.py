"""Reports and plans, filed by bodies and the registrar, asked for, due and overdue."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mockca.desk import archive, control, documents, owed_reports, queries, report_drafts, report_sheets, reports
from mockca.desk.commands import (
    FileReport,
    FormSheet,
    RegisterUnit,
    RequestReport,
    StageCertificates,
    SubscriberKind,
    TurnClock,
)
from mockca.desk.sandbox import Sandbox
from mockca.desk.staging import stage_certificates
from mockca.desk.units import register_unit
from mockca.desk.views import OwedReportView, ReportDraftView, ReportView
from mockca.errors import Forbidden, NotFound, Refused, Violation
from mockca.registry import figures, journal
from tests.desk.conftest import START, People

BODY_TOLD = {"documents_signed_by_organisation": 120, "documents_signed_by_person": 300, "documents_sent": 290}


@pytest.fixture
def thai_binh(sandbox: Sandbox) -> People:
    return People(sandbox, "thai-binh")


@pytest.fixture
def cao_bang(sandbox: Sandbox) -> People:
    return People(sandbox, "cao-bang")


def turn(people: People, *when: int) -> None:
    year, month, day = when
    target = datetime(year, month, day, 2, tzinfo=UTC)
    control.turn_clock(people.sandbox, people.actor("trainer"), TurnClock(set=target))


def stage(people: People, kind: str, count: int, unit: str = "agency") -> None:
    wanted = StageCertificates(
        regulation=people.regulation,
        unit=f"{unit}-{people.regulation}",
        subscriber_kind=SubscriberKind(kind),
        count=count,
    )
    stage_certificates(people.sandbox, people.actor("trainer"), wanted)


def draft(
    people: People, role: str, report: str, period: str | None = None, application: str | None = None
) -> ReportDraftView:
    return report_drafts.draft(people.sandbox, people.actor(role), people.regulation, report, period, application)


def files(people: People, role: str, report: str, period: str | None = None, **more: Any) -> ReportView:
    command = FileReport(regulation=people.regulation, report=report, period=period, **more)
    return people.does(role, reports.file_report, command)


def files_draft(people: People, role: str, report: str, period: str, **told: Any) -> ReportView:
    """The draft, with what only the body knows, as it is."""
    body = draft(people, role, report, period).body
    return people.does(role, reports.file_report, FileReport(**{**body, **told}))


def refusal(people: People, role: str, report: str, period: str | None = None, **more: Any) -> tuple[Violation, ...]:
    with pytest.raises(Refused) as caught:
        files(people, role, report, period, **more)
    return caught.value.violations


def form_07(people: People, **changes: Any) -> FormSheet:
    fields = draft(people, "agency", "yearly", "2025").body["form"]["fields"]
    told = BODY_TOLD | {"document_number": "9/BC-VP", "report_date": "2025-11-15", "head_signature": True}
    return FormSheet(code="TB-F07", fields={**fields, **told, **changes})


def due(people: People, role: str, **filters: Any) -> list[OwedReportView]:
    return list(owed_reports.owed(people.sandbox, people.actor(role), **filters)[0].items)


def overdue_terms(people: People) -> list[str]:
    return [one.about for one in queries.deadlines(people.sandbox, people.actor("registrar"), overdue=True).items]


def test_a_half_year_agrees_with_the_journal_and_goes_to_three_recipients(an_giang: People) -> None:
    an_giang.effective(algorithm="p256")
    an_giang.files("organisation")
    gone = an_giang.effective(algorithm="p256")
    an_giang.asks_to_revoke("registrar", gone.certificate.serial, "manager-request")
    turn(an_giang, 2025, 7, 3)
    counts = draft(an_giang, "registrar", "half-year", "2025-H1").body["counts"]
    with an_giang.sandbox.store.read() as connection:
        happened = [one.action for one in journal.entries(connection, limit=500)]
    assert counts["new_person"] + counts["new_organisation"] == happened.count("dossier.filed") == 3
    assert counts["revoked_person"] == happened.count("revocation.requested") == 1
    assert (counts["personal_certificates"], counts["organisation_certificates"]) == (1, 0)
    filed = files(an_giang, "registrar", "half-year", "2025-H1", counts=counts, document_number="31/BC-STTTT")
    assert filed.recipients == ("provincial-committee", "ministry", "authority")
    assert (filed.in_time, filed.counted_to, filed.period_vi) == (True, filed.until, "6 tháng đầu năm 2025")
    told = queries.notices(an_giang.sandbox, an_giang.actor("authority")).items
    assert [one.to for one in told if one.clause == "AG-12.6"] == list(filed.recipients)
    with an_giang.sandbox.store.read() as connection:
        (entry,) = [one for one in journal.entries(connection, limit=500) if one.action == "report.filed"]
    assert (entry.about, entry.clauses) == ("report 1", ("AG-12.6",))


def test_a_closed_half_year_has_the_same_figures_for_ever(an_giang: People) -> None:
    gone = an_giang.effective(algorithm="p256").certificate.serial
    turn(an_giang, 2025, 7, 3)
    before = draft(an_giang, "registrar", "half-year", "2025-H1").body["counts"]
    an_giang.asks_to_revoke("registrar", gone, "manager-request")
    turn(an_giang, 2031, 7, 3)
    assert draft(an_giang, "registrar", "half-year", "2025-H1").body["counts"] == before
    assert before["personal_certificates"] == 1
    later = draft(an_giang, "registrar", "half-year", "2025-H2").body["counts"]
    assert (later["personal_certificates"], later["revoked_person"]) == (0, 1)


def test_a_half_year_that_nobody_reports_is_overdue(an_giang: People) -> None:
    assert due(an_giang, "registrar") == []
    turn(an_giang, 2025, 7, 1)
    assert [(one.period, one.state) for one in due(an_giang, "registrar")] == [("2025-H1", "open")]
    turn(an_giang, 2025, 7, 17)
    (late,) = due(an_giang, "registrar", overdue=True)
    assert (late.report, late.period, late.state, late.clause) == ("half-year", "2025-H1", "overdue", "AG-12.6")
    assert overdue_terms(an_giang) == ["registrar-an-giang 2025-H1"]
    with an_giang.sandbox.store.read() as connection:
        missed = [one for one in journal.entries(connection, limit=500) if one.action == "deadline.missed"]
    assert ("registrar-an-giang 2025-H1", late.due) in [(one.about, one.at) for one in missed]
    filed = files_draft(an_giang, "registrar", "half-year", "2025-H1")
    assert filed.in_time is False
    assert [(one.state, one.filed) for one in due(an_giang, "registrar")] == [("filed-late", filed.number)]
    assert due(an_giang, "registrar", overdue=True) == []
    assert overdue_terms(an_giang) == []


def test_a_clock_that_leaps_leaves_every_half_year_of_the_last_ten_years_owed(an_giang: People) -> None:
    turn(an_giang, 2027, 2, 1)
    assert [one.period for one in due(an_giang, "registrar")] == ["2025-H1", "2025-H2", "2026-H1", "2026-H2"]
    turn(an_giang, 2099, 8, 1)
    assert len(due(an_giang, "registrar")) == 4 + 20
    (coming,) = owed_reports.owed(an_giang.sandbox, an_giang.actor("registrar"))[1]
    assert (coming.report, coming.period) == ("half-year", "2099-H2")


def test_only_the_registrar_files_the_provinces_report_and_only_its_own(an_giang: People) -> None:
    turn(an_giang, 2025, 7, 3)
    for role in ("agency", "subscriber", "authority", "trainer"):
        with pytest.raises(Forbidden) as caught:
            files(an_giang, role, "half-year", "2025-H1")
        assert caught.value.clause == "AG-12.6"
    of_another = FileReport(regulation="lai-chau", report="use", period="2025-H1")
    with pytest.raises(Forbidden):
        an_giang.does("registrar", reports.file_report, of_another)
    with pytest.raises(NotFound):
        files(an_giang, "registrar", "weekly", "2025-H1")


def test_a_period_is_reported_once_when_it_is_over(an_giang: People) -> None:
    assert refusal(an_giang, "registrar", "half-year", "2025-H1")[0].field == "period"
    turn(an_giang, 2025, 7, 3)
    files_draft(an_giang, "registrar", "half-year", "2025-H1")
    counts = draft(an_giang, "registrar", "half-year", "2025-H1")
    assert counts.filed == 1
    (again,) = refusal(an_giang, "registrar", "half-year", "2025-H1", counts=counts.body["counts"])
    assert (again.field, again.clause) == ("period", "AG-12.6")
    assert "1" in again.accepted


def test_form_07_is_filed_in_november_with_ten_counts(thai_binh: People) -> None:
    stage(thai_binh, "person", 3)
    stage(thai_binh, "organisation", 1)
    stage(thai_binh, "person", 5, unit="other-agency")
    turn(thai_binh, 2025, 11, 15)
    assert {one.state for one in due(thai_binh, "registrar", report="yearly")} == {"open"}
    filed = files(thai_binh, "agency", "yearly", form=form_07(thai_binh, proposals="Cấp thêm thiết bị."))
    assert (filed.period, filed.in_time, filed.recipients) == ("2025", True, ("registrar",))
    assert (filed.counts["organisation_certificates"], filed.counts["personal_certificates"]) == (1, 3)
    assert filed.counts["documents_sent"] == 290
    assert (filed.document_number, filed.remarks) == ("9/BC-VP", "Cấp thêm thiết bị.")
    (received,) = queries.notices(thai_binh.sandbox, thai_binh.actor("registrar")).items
    assert filed.unit_name in received.text
    turn(thai_binh, 2025, 12, 2)
    late = {one.unit for one in due(thai_binh, "registrar", overdue=True)}
    assert "other-agency-thai-binh" in late
    assert "agency-thai-binh" not in late
    assert "section-thai-binh" not in late


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"personal_certificates": 4}, [("personal_certificates", "TB-F07", "3")]),
        ({"documents_sent": -1}, [("documents_sent", "TB-F07", None)]),
        ({"restores": None}, [("restores", "TB-F07", None)]),
        ({"new_person": "ba"}, [("new_person", "TB-F07", None)]),
        ({"report_year": None}, [("report_year", "TB-13.6", None), ("report_year", "TB-F07", None)]),
        ({"report_year": 2026}, [("report_year", "TB-13.6", None)]),
        ({"document_number": None}, [("document_number", "TB-F07", None)]),
        ({"head_signature": False}, [("head_signature", "TB-F07", None)]),
        ({"weather": "mưa"}, [("weather", "unsourced", None)]),
    ],
)
def test_a_wrong_count_on_form_07_is_told_with_what_the_registry_counted(
    thai_binh: People, changes: dict[str, Any], wrong: list[tuple[str, str, str | None]]
) -> None:
    stage(thai_binh, "person", 3)
    turn(thai_binh, 2025, 11, 15)
    found = refusal(thai_binh, "agency", "yearly", form=form_07(thai_binh, **changes))
    assert [(one.field, one.clause) for one in found] == [(f"form.fields.{name}", clause) for name, clause, _ in wrong]
    for one, (_, _, accepted) in zip(found, wrong, strict=True):
        assert accepted in (None, one.accepted)


def test_the_form_that_the_regulation_has_is_used_and_no_other(thai_binh: People, cao_bang: People) -> None:
    turn(thai_binh, 2025, 11, 15)
    (missing,) = refusal(thai_binh, "agency", "yearly", "2025", counts=BODY_TOLD)
    assert (missing.field, missing.clause, missing.accepted) == ("form", "TB-13.6", "TB-F07")
    (other,) = refusal(thai_binh, "agency", "yearly", "2025", form=FormSheet(code="TB-F08"))
    assert other.field == "form.code"
    (both,) = refusal(thai_binh, "agency", "yearly", form=form_07(thai_binh), counts=BODY_TOLD)
    assert both.field == "counts"
    (year,) = refusal(thai_binh, "agency", "yearly", "2025", form=form_07(thai_binh, report_year=2024))
    assert (year.field, year.accepted) == ("form.fields.report_year", "2025")
    counts = {"organisation_certificates": 0, "personal_certificates": 0}
    (none,) = refusal(cao_bang, "agency", "unit-use", "2025-01", counts=counts, form=FormSheet(code="TB-F07"))
    assert (none.field, none.clause) == ("form", "unsourced")


def test_a_consolidated_report_is_the_sum_of_the_bodies_reports_and_names_who_is_missing(cao_bang: People) -> None:
    stage(cao_bang, "person", 3)
    stage(cao_bang, "organisation", 1)
    stage(cao_bang, "person", 4, unit="other-agency")
    stage(cao_bang, "person", 8, unit="state-body")
    turn(cao_bang, 2025, 4, 2)
    for role in ("agency", "other-agency", "registrar"):
        files_draft(cao_bang, role, "unit-use", "2025-Q1")
    made = draft(cao_bang, "registrar", "province-use", "2025-Q1")
    assert made.body["counts"] == {"organisation_certificates": 1, "personal_certificates": 7}
    assert {one.name: one.registry for one in made.counters}["personal_certificates"] == 15
    (wrong,) = refusal(
        cao_bang,
        "registrar",
        "province-use",
        "2025-Q1",
        counts={"organisation_certificates": 1, "personal_certificates": 15},
    )
    assert (wrong.field, wrong.clause, wrong.accepted) == ("counts.personal_certificates", "CB-6.2", "7")
    filed = files_draft(cao_bang, "registrar", "province-use", "2025-Q1")
    assert filed.recipients == ("provincial-committee",)
    assert [part.unit for part in filed.parts] == ["agency-cao-bang", "other-agency-cao-bang", "registrar-cao-bang"]
    total = sum(part.counts["personal_certificates"] for part in filed.parts)
    assert filed.counts["personal_certificates"] == total == 7
    assert "state-body-cao-bang" in {one.unit for one in filed.missing}
    assert "agency-cao-bang" not in {one.unit for one in filed.missing}
    assert all(one.name for one in filed.missing)


def test_bodies_plans_make_the_plan_of_the_province(cao_bang: People) -> None:
    for role, persons in (("agency", 4), ("other-agency", 3)):
        files(cao_bang, role, "unit-demand", "2026", counts={"planned_organisation": 1, "planned_person": persons})
    filed = files_draft(cao_bang, "registrar", "yearly-demand", "2026")
    assert filed.plan
    assert filed.counts == {"planned_organisation": 2, "planned_person": 7}
    assert filed.recipients == ("authority",)
    assert [one.clause for one in refusal(cao_bang, "registrar", "yearly-demand", counts=filed.counts)] == ["CB-4.2"]


def test_a_plan_without_year_or_counts_is_refused(lai_chau: People) -> None:
    counts = {"planned_organisation": 2, "planned_person": 30, "planned_equipment": 1}
    without_year = refusal(lai_chau, "registrar", "demand", counts=counts)
    assert [(one.field, one.clause) for one in without_year] == [("period", "LC-18.4")]
    without_counts = refusal(lai_chau, "registrar", "demand", "2026")
    assert [(one.field, one.clause) for one in without_counts] == [(f"counts.{name}", "LC-18.4") for name in counts]
    assert files(lai_chau, "registrar", "demand", "2026", counts=counts).counts == counts
    assert draft(lai_chau, "registrar", "demand", "2026").body["counts"] == dict.fromkeys(counts)


def test_sector_bodies_report_on_an_application_when_they_are_asked(cao_bang: People) -> None:
    ask = RequestReport(
        regulation="cao-bang",
        report="application-use",
        period="2025-02",
        application="tax",
        units=("agency-cao-bang", "agency-cao-bang"),
        due=date(2025, 3, 14),
        document_number="88/STTTT-CNTT",
        reason="Phục vụ họp giao ban.",
    )
    (asked,) = cao_bang.does("registrar", owed_reports.request_report, ask).items
    assert (asked.unit, asked.state, asked.requested_by, asked.application) == (
        "agency-cao-bang",
        "open",
        "registrar",
        "tax",
    )
    (told,) = queries.notices(cao_bang.sandbox, cao_bang.actor("agency")).items
    for word in ("88/STTTT-CNTT", "14/03/2025", "Giao dịch điện tử về thuế", "Phục vụ họp giao ban."):
        assert word in told.text
    assert queries.notices(cao_bang.sandbox, cao_bang.actor("other-agency")).items == ()
    turn(cao_bang, 2025, 3, 16)
    assert overdue_terms(cao_bang) == ["agency-cao-bang 2025-02 tax"]
    counts = {"application_users": 12, "transactions_signed": 3400}
    (unknown,) = refusal(cao_bang, "agency", "application-use", "2025-02", counts=counts, application="games")
    assert (unknown.field, unknown.clause) == ("application", "CB-8.2")
    filed = files(cao_bang, "agency", "application-use", "2025-02", counts=counts, application="tax")
    assert (filed.in_time, filed.due) == (False, asked.due)
    assert overdue_terms(cao_bang) == []
    # The same month again for another application; of this one the latest counts.
    files(cao_bang, "agency", "application-use", "2025-02", counts=counts, application="one-stop")
    later = ask.model_copy(update={"due": date(2025, 3, 20)})
    cao_bang.does("registrar", owed_reports.request_report, later)
    assert files(cao_bang, "agency", "application-use", "2025-02", counts=counts, application="tax").in_time


def test_everybody_who_owes_a_report_can_be_asked_at_once(cao_bang: People) -> None:
    ask = RequestReport(regulation="cao-bang", report="unit-use", period="2025-01", due=date(2025, 3, 31))
    asked = cao_bang.does("registrar", owed_reports.request_report, ask).items
    assert {"agency-cao-bang", "registrar-cao-bang", "state-body-cao-bang"} <= {one.unit for one in asked}
    assert "company-cao-bang" not in {one.unit for one in asked}
    assert len(due(cao_bang, "registrar")) == len(asked)
    assert [one.unit for one in due(cao_bang, "agency")] == ["agency-cao-bang"]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"period": None}, ("period", "CB-8.2")),
        ({"application": "games"}, ("application", "CB-8.2")),
        ({"due": date(2025, 3, 2)}, ("due", "unsourced")),
        ({"units": ("company-cao-bang",)}, ("units", "CB-2")),
    ],
)
def test_what_cannot_be_reported_is_not_asked_for(
    cao_bang: People, changes: dict[str, Any], wrong: tuple[str, str]
) -> None:
    ask = {"regulation": "cao-bang", "report": "application-use", "period": "2025-02", "application": "tax"}
    command = RequestReport(**{**ask, "due": date(2025, 3, 14), "units": ("agency-cao-bang",), **changes})
    with pytest.raises(Refused) as caught:
        cao_bang.does("registrar", owed_reports.request_report, command)
    assert [(one.field, one.clause) for one in caught.value.violations] == [wrong]


def test_who_receives_a_report_may_ask_for_it(cao_bang: People) -> None:
    ask = RequestReport(regulation="cao-bang", report="yearly-demand", period="2026", due=date(2025, 3, 31))
    (asked,) = cao_bang.does("authority", owed_reports.request_report, ask).items
    assert (asked.unit, asked.requested_by) == ("registrar-cao-bang", "authority")
    for role in ("registrar", "agency"):
        with pytest.raises(Forbidden):
            cao_bang.does(role, owed_reports.request_report, ask)
    elsewhere = ask.model_copy(update={"units": ("registrar-an-giang",)})
    with pytest.raises(NotFound):
        cao_bang.does("authority", owed_reports.request_report, elsewhere)


def test_bodies_that_have_no_certificates_to_report_on_file_nothing(cao_bang: People) -> None:
    (wrong,) = refusal(cao_bang, "company", "unit-use", "2025-01")
    assert (wrong.field, wrong.clause) == ("unit", "CB-2")


def test_everybody_reads_what_concerns_him(cao_bang: People, lai_chau: People) -> None:
    box = cao_bang.sandbox
    number = files_draft(cao_bang, "agency", "unit-use", "2025-01").number
    for role in ("agency", "registrar", "authority"):
        assert reports.report(box, cao_bang.actor(role), number).unit == "agency-cao-bang"
        assert reports.listing(box, cao_bang.actor(role), report="unit-use", period="2025-01-01/2025-01-31").total == 1
    assert reports.listing(box, cao_bang.actor("registrar"), unit="other-agency-cao-bang").total == 0
    for stranger in (cao_bang.actor("other-agency"), lai_chau.actor("registrar")):
        with pytest.raises(NotFound):
            reports.report(box, stranger, number)
        assert reports.listing(box, stranger).items == ()
    with pytest.raises(Forbidden):
        reports.listing(box, cao_bang.actor("subscriber"))
    (found,) = archive.search(box, cao_bang.actor("registrar"), kind="report").items
    assert (found.clause, found.number) == ("CB-7.4", number)


def test_what_was_filed_once_is_filed_again_when_it_is_asked_for(an_giang: People) -> None:
    turn(an_giang, 2025, 7, 3)
    files_draft(an_giang, "registrar", "half-year", "2025-H1")
    ask = RequestReport(regulation="an-giang", report="half-year", period="2025-H1", due=date(2025, 7, 31))
    an_giang.does("authority", owed_reports.request_report, ask)
    assert [one.state for one in due(an_giang, "registrar")] == ["filed", "open"]
    assert files_draft(an_giang, "registrar", "half-year", "2025-H1").in_time
    assert [one.filed for one in due(an_giang, "registrar")] == [1, 2]


def test_a_late_body_gets_into_the_next_consolidated_report(cao_bang: People) -> None:
    files_draft(cao_bang, "agency", "unit-use", "2025-01")
    first = files_draft(cao_bang, "registrar", "province-use", "2025-01")
    files_draft(cao_bang, "other-agency", "unit-use", "2025-01")
    second = files_draft(cao_bang, "registrar", "province-use", "2025-01")
    assert len(second.missing) == len(first.missing) - 1
    assert len(second.parts) == 2


def test_what_opened_in_a_future_that_was_left_again_is_not_owed_yet(an_giang: People) -> None:
    turn(an_giang, 2025, 7, 3)
    files_draft(an_giang, "registrar", "half-year", "2025-H1")
    turn(an_giang, 2025, 3, 4)
    items, coming = owed_reports.owed(an_giang.sandbox, an_giang.actor("registrar"))
    assert items.items == ()
    assert [one.period for one in coming] == ["2025-H2"]


def test_what_a_body_will_owe_next_is_told(thai_binh: People) -> None:
    _, coming = owed_reports.owed(thai_binh.sandbox, thai_binh.actor("agency"))
    assert [(one.report, one.period, one.opens) for one in coming] == [
        ("yearly", "2025", datetime(2025, 10, 31, 17, tzinfo=UTC))
    ]
    (plan,) = owed_reports.owed(thai_binh.sandbox, People(thai_binh.sandbox, "lai-chau").actor("registrar"))[1]
    assert (plan.report, plan.period, plan.due, plan.filed) == ("demand", "2026", None, None)
    for role in ("company", "authority", "trainer"):
        assert owed_reports.owed(thai_binh.sandbox, thai_binh.actor(role))[1] == ()


def test_a_body_that_is_entered_later_owes_what_opens_later(thai_binh: People) -> None:
    unit = RegisterUnit(
        id="thu-vien",
        regulation="thai-binh",
        name="Thư viện tỉnh",
        category=next(iter(thai_binh.sandbox.regulation("thai-binh").eligible)),
        superiors=("Ủy ban nhân dân tỉnh Thái Bình",),
        locality="Thái Bình",
        email="thuvien@thaibinh.test",
    )
    thai_binh.does("authority", register_unit, unit)
    turn(thai_binh, 2025, 11, 2)
    assert [one.unit_name for one in due(thai_binh, "registrar", unit="thu-vien", period="2025")] == ["Thư viện tỉnh"]


def test_the_figures_of_any_period_are_told_body_by_body(cao_bang: People) -> None:
    box = cao_bang.sandbox
    stage(cao_bang, "person", 3)
    stage(cao_bang, "organisation", 2, unit="other-agency")
    told = reports.period_figures(box, cao_bang.actor("registrar"), "2025")
    assert set(told.counts) == figures.COUNTED
    assert (told.counts["new_person"], told.counts["new_organisation"], told.counted_to) == (3, 2, START)
    assert {one.unit: one.counts for one in told.units} == {
        "agency-cao-bang": {"new_person": 3, "personal_certificates": 3},
        "other-agency-cao-bang": {"new_organisation": 2, "organisation_certificates": 2},
    }
    own = reports.period_figures(box, cao_bang.actor("agency"), "2025")
    assert own.counts["new_organisation"] == 0
    everywhere = reports.period_figures(box, cao_bang.actor("authority"), "2025-Q1", regulation="cao-bang")
    assert everywhere.counts == told.counts
    assert reports.period_figures(box, cao_bang.actor("registrar"), "2024").units == ()
    with pytest.raises(Refused):
        reports.period_figures(box, cao_bang.actor("registrar"), "2025-H7")
    with pytest.raises(NotFound):
        reports.period_figures(box, cao_bang.actor("authority"), "2025")


def test_a_report_is_printed_and_told_as_a_table(cao_bang: People) -> None:
    box = cao_bang.sandbox
    stage(cao_bang, "person", 3)
    files_draft(cao_bang, "agency", "unit-use", "2025-02-01/2025-03-03")
    number = files_draft(
        cao_bang, "registrar", "province-use", "2025-02-01/2025-03-03", document_number="5/BC", signed_by="Lê Văn Mẫu"
    ).number
    registrar = cao_bang.actor("registrar")
    printed = documents.document(box, registrar, "report", number)
    assert (printed.name, printed.content[:5]) == (f"report-{number}.pdf", b"%PDF-")
    table = report_sheets.as_csv(box, registrar, number)
    assert table.startswith(b"\xef\xbb\xbfSTT;")
    lines = [line.split(";") for line in table.decode("utf-8-sig").splitlines()]
    assert lines[0] == ["STT", "Dòng", "Mã chỉ tiêu", "Chỉ tiêu", "Cơ quan", "Số lượng"]
    assert lines[2][:3] == ["2", "Tổng cộng", "personal_certificates"]
    assert lines[2][-1] == "3"
    assert {line[1] for line in lines[1:]} == {"Tổng cộng", "Trong đó", "Chưa có báo cáo"}
    with pytest.raises(NotFound):
        documents.document(box, cao_bang.actor("agency"), "report", number)
    with pytest.raises(Forbidden):
        report_sheets.as_csv(box, cao_bang.actor("subscriber"), number)
