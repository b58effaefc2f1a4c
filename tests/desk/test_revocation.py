"""Revocation cases: passed on or declined, their terms kept or not, their papers, what no longer fits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mockca.desk import archive, queries, revocation
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import (
    Attachment,
    DecideRevocation,
    FormSheet,
    ForwardRevocation,
    RequestRevocation,
    StageCertificates,
    Submission,
    TurnClock,
    Unfit,
)
from mockca.desk.control import turn_clock
from mockca.desk.sandbox import Sandbox
from mockca.desk.staging import stage_certificates
from mockca.desk.views import RevocationView
from mockca.errors import Forbidden, Malformed, NotAvailable, NotFound, OutOfOrder, Refused
from mockca.rules.deadlines import local_date
from tests.desk.conftest import PAPER, START, People

TRAINER = Actor("trainer", Role.TRAINER)
CONFIRM = DecideRevocation(decision="confirm")
MIDNIGHT = datetime(2025, 3, 6, 17, tzinfo=UTC)
"""The end of Thursday in Vietnam, three working days after START, a Monday."""


@pytest.fixture
def cao_bang(sandbox: Sandbox) -> People:
    return People(sandbox, "cao-bang")


@pytest.fixture
def thai_binh(sandbox: Sandbox) -> People:
    return People(sandbox, "thai-binh")


def staged(people: People, count: int = 1, **asked: Any) -> tuple[str, ...]:
    unit = asked.pop("unit", f"agency-{people.regulation}")
    command = StageCertificates(regulation=people.regulation, unit=unit, count=count, **asked)
    return stage_certificates(people.sandbox, TRAINER, command).serials


def asks(people: People, role: str, serial: str, ground: str, form: str, **changes: Any) -> RevocationView:
    fields = {"certificate_number": serial, "revocation_reason": "Có căn cứ"}
    sheet = FormSheet(code=form, fields=fields)
    return people.asks_to_revoke(role, serial, ground, form=sheet, **changes)


def forwards(people: People, number: int, *, role: str = "agency", **changes: Any) -> RevocationView:
    sheet = FormSheet(code="TT185-F10", fields={"revocation_reason": "Xác nhận"})
    command = ForwardRevocation(decision="forward", form=sheet, submission=PAPER).model_copy(update=changes)
    return people.does(role, revocation.forward_revocation, command, number=number)


def decides(
    people: People, number: int, command: DecideRevocation = CONFIRM, role: str = "authority"
) -> RevocationView:
    return people.does(role, revocation.decide_revocation, command, number=number)


def turn(people: People, to: datetime) -> tuple[str, ...]:
    return turn_clock(people.sandbox, TRAINER, TurnClock(set=to)).ran


def journal(people: People, about: str) -> list[tuple[str, dict[str, Any]]]:
    found = queries.journal_entries(people.sandbox, people.actor("authority"), about=about).items
    return [(one.action, one.detail) for one in found]


# --- passed on ----------------------------------------------------------------------------------------------------


def test_a_subscribers_request_is_executed_only_after_his_body_confirmed_it(cao_bang: People) -> None:
    (serial,) = staged(cao_bang)
    case = asks(cao_bang, "subscriber", serial, "key-compromise", "TT185-F09")
    assert (case.state, case.allowed, case.due, case.forwarded_by) == ("requested", ("forward", "decline"), None, None)
    with pytest.raises(OutOfOrder, match="TT185-10"):
        decides(cao_bang, case.number)
    with pytest.raises(OutOfOrder, match="TT185-10"):
        decides(cao_bang, case.number, DecideRevocation(decision="refuse", reason="Không rõ"))
    passed_on = forwards(cao_bang, case.number)
    assert (passed_on.state, passed_on.forwarded_by, passed_on.forwarded_at) == ("forwarded", "agency@cao-bang", START)
    assert passed_on.due == MIDNIGHT
    done = decides(cao_bang, case.number)
    assert (done.state, done.late, done.warnings) == ("closed", False, ())
    with pytest.raises(OutOfOrder):
        forwards(cao_bang, case.number)


def test_a_body_that_asks_for_itself_has_passed_the_request_on(cao_bang: People) -> None:
    (serial,) = staged(cao_bang)
    case = asks(cao_bang, "agency", serial, "left", "TT185-F10")
    assert (case.state, case.forwarded_by, case.due) == ("forwarded", "agency@cao-bang", MIDNIGHT)


@pytest.mark.parametrize(
    ("role", "error"), [("other-agency", NotFound), ("registrar", Forbidden), ("subscriber", Forbidden)]
)
def test_only_the_subscribers_own_body_passes_his_request_on(
    cao_bang: People, role: str, error: type[Exception]
) -> None:
    (serial,) = staged(cao_bang)
    case = asks(cao_bang, "subscriber", serial, "device-lost", "TT185-F09")
    with pytest.raises(error):
        forwards(cao_bang, case.number, role=role)


def test_what_the_body_declines_goes_no_further(cao_bang: People) -> None:
    (serial,) = staged(cao_bang)
    case = asks(cao_bang, "subscriber", serial, "device-lost", "TT185-F09")
    with pytest.raises(Refused, match="reason"):
        forwards(cao_bang, case.number, decision="refuse")
    declined = forwards(cao_bang, case.number, decision="refuse", reason="Thiết bị đã tìm thấy")
    assert (declined.state, declined.refusal, declined.allowed) == ("refused", "Thiết bị đã tìm thấy", ())
    with pytest.raises(OutOfOrder):
        decides(cao_bang, case.number)
    assert queries.certificate(cao_bang.sandbox, TRAINER, serial).status.in_force


def test_form_10_is_asked_for_and_signed_letters_are_judged(cao_bang: People) -> None:
    (serial,) = staged(cao_bang)
    case = asks(cao_bang, "subscriber", serial, "device-lost", "TT185-F09")
    with pytest.raises(Refused) as caught:
        forwards(cao_bang, case.number, form=None)
    assert [(one.field, one.clause) for one in caught.value.violations] == [("form.code", "TT185-10")]
    with pytest.raises(Malformed, match="CMS"):
        forwards(cao_bang, case.number, submission=Submission(channel="electronic", signature="AAAA"))
    assert queries.revocation(cao_bang.sandbox, cao_bang.actor("agency"), case.number).state == "requested"


def test_where_nobody_passes_requests_on_there_is_no_such_step(an_giang: People) -> None:
    (serial,) = staged(an_giang)
    case = an_giang.asks_to_revoke("security", serial, "security-demand")
    with pytest.raises(NotAvailable):
        forwards(an_giang, case.number)
    (listed,) = queries.revocations(an_giang.sandbox, an_giang.actor("security")).items
    assert listed == case


def test_the_body_is_told_that_a_request_waits_for_it(cao_bang: People) -> None:
    (serial,) = staged(cao_bang)
    asks(cao_bang, "subscriber", serial, "device-lost", "TT185-F09")
    (notice,) = queries.notices(cao_bang.sandbox, cao_bang.actor("agency")).items
    assert serial in notice.text


# --- terms --------------------------------------------------------------------------------------------------------


def test_a_term_that_is_missed_is_told_and_stays_told(cao_bang: People) -> None:
    (serial,) = staged(cao_bang)
    number = asks(cao_bang, "agency", serial, "left", "TT185-F10").number
    turn(cao_bang, MIDNIGHT)
    assert not queries.revocation(cao_bang.sandbox, TRAINER, number).late
    assert f"deadline missed: revocation revocation {number}" in turn(cao_bang, MIDNIGHT + timedelta(seconds=1))
    waiting = queries.revocation(cao_bang.sandbox, TRAINER, number)
    assert (waiting.late, [one.clause for one in waiting.warnings]) == (True, ["DVC-1105709"])
    done = decides(cao_bang, number)
    assert (done.late, [one.clause for one in done.warnings]) == (True, ["DVC-1105709"])
    assert ("revocation.executed", {"ground": "left", "certificates": [serial], "late": ["revocation"]}) in journal(
        cao_bang, f"revocation {number}"
    )


def test_a_refusal_ends_the_term_as_well(cao_bang: People) -> None:
    (serial,) = staged(cao_bang)
    number = asks(cao_bang, "agency", serial, "left", "TT185-F10").number
    decides(cao_bang, number, DecideRevocation(decision="refuse", reason="Sai chứng thư số"))
    turn(cao_bang, MIDNIGHT + timedelta(days=30))
    assert not queries.revocation(cao_bang.sandbox, TRAINER, number).late


def thai_binh_request(people: People, serial: str, ground: str, **changes: Any) -> RequestRevocation:
    certificate = queries.certificate(people.sandbox, TRAINER, serial)
    filed = queries.dossier(people.sandbox, TRAINER, certificate.dossier).fields
    sheet = {
        "subscriber_full_name": certificate.common_name,
        "birth_date": "1990-09-02",
        "id_number": "034190000001",
        "id_issue_date": "2021-06-01",
        "id_issue_place": "Cục Mẫu",
        "workplace": "Sở Y tế",
        "position": "Giám đốc",
        "certificate_subject": certificate.subject,
        "email": filed["email"],
        "certificate_serial": serial,
        "certificate_issue_date": local_date(certificate.not_before).isoformat(),
        "certificate_expiry_date": local_date(certificate.not_after).isoformat(),
        "device_serial": "00ab",
        "revocation_reason": "Nghỉ hưu",
        "agency_confirmation": True,
        "form_date": "2025-03-03",
        "applicant_signature": True,
    }
    line = {
        "full_name": certificate.common_name,
        "birth_date": "1990-09-02",
        "id": "034190000001",
        "position": "Giám đốc",
        "organisation_name": "Sở Y tế",
        "certificate_kind": "person",
        "reason": "Nghỉ hưu",
    }
    top = {"covering_letter": "60/CV-VP", "item_count": 1, "compiler_signature": True, "compiler_phone": "0000123456"}
    enclosed = FormSheet(code="TB-F06", fields={**top, "list_date": "2025-03-03", "head_signature": True}, rows=(line,))
    command = RequestRevocation(
        regulation="thai-binh",
        certificates=(serial,),
        ground=ground,
        form=FormSheet(code="TB-F05", fields=sheet),
        enclosed=(enclosed,),
        event_on=date(2025, 3, 13),
        submission=PAPER,
    )
    return command.model_copy(update=changes)


def asks_thai_binh(people: People, serial: str, ground: str = "left", **changes: Any) -> RevocationView:
    command = thai_binh_request(people, serial, ground, **changes)
    return people.does("agency", revocation.request_revocation, command)


def test_a_revocation_before_the_event_is_in_time(thai_binh: People) -> None:
    (serial,) = staged(thai_binh)
    case = asks_thai_binh(thai_binh, serial)
    assert (case.event_on, case.due) == (date(2025, 3, 13), datetime(2025, 3, 12, 17, tzinfo=UTC))
    turn(thai_binh, datetime(2025, 3, 12, 17, tzinfo=UTC))
    done = decides(thai_binh, case.number, role="registrar")
    assert (done.state, done.late) == ("closed", False)
    turn(thai_binh, datetime(2025, 3, 20, tzinfo=UTC))
    assert archive.file_of(thai_binh.sandbox, thai_binh.actor("registrar"), serial).gaps[-1].kind != "late-revocation"


def test_a_certificate_that_is_active_on_the_day_of_the_event_is_reported(thai_binh: People) -> None:
    (serial,) = staged(thai_binh)
    case = asks_thai_binh(thai_binh, serial)
    ran = turn(thai_binh, datetime(2025, 3, 12, 17, 1, tzinfo=UTC))
    assert f"deadline missed: before-event revocation {case.number}" in ran
    registrar = thai_binh.actor("registrar")
    (term,) = queries.deadlines(thai_binh.sandbox, registrar, about=f"revocation {case.number}").items
    assert (term.clause, term.overdue) == ("TB-6.1.b", True)
    found = queries.revocation(thai_binh.sandbox, registrar, case.number)
    assert (found.late, [one.clause for one in found.warnings]) == (True, ["TB-6.1.b"])

    def told() -> list[tuple[str, str]]:
        return [(gap.kind, gap.clause) for gap in archive.file_of(thai_binh.sandbox, registrar, serial).gaps]

    assert ("late-revocation", "TB-6.1.b") in told()
    assert decides(thai_binh, case.number, role="registrar").late
    assert ("late-revocation", "TB-6.1.b") in told()


@pytest.mark.parametrize("event_on", [date(2025, 3, 3), date(2024, 12, 1), date(1950, 1, 1)])
def test_a_request_on_the_day_of_the_event_or_later_is_taken_and_late(thai_binh: People, event_on: date) -> None:
    (serial,) = staged(thai_binh)
    case = asks_thai_binh(thai_binh, serial, event_on=event_on)
    assert (case.state, case.late, [one.clause for one in case.warnings]) == ("requested", True, ["TB-6.1.b"])
    assert ("deadline.missed", {"kind": "before-event"}) in journal(thai_binh, f"revocation {case.number}")
    assert decides(thai_binh, case.number, role="registrar").late
    ran = turn(thai_binh, datetime(2025, 4, 1, tzinfo=UTC))
    assert not [what for what in ran if "deadline" in what]


def test_what_was_refused_or_had_expired_is_not_reported_as_late(thai_binh: People) -> None:
    refused, short = (*staged(thai_binh), *staged(thai_binh, issued_at=START - timedelta(days=360), years=1))
    number = asks_thai_binh(thai_binh, refused).number
    decides(thai_binh, number, DecideRevocation(decision="refuse", reason="Không nghỉ hưu"), "registrar")
    asks_thai_binh(thai_binh, short, event_on=date(2025, 4, 13))
    turn(thai_binh, datetime(2025, 5, 1, tzinfo=UTC))
    for serial in (refused, short):
        gaps = archive.file_of(thai_binh.sandbox, thai_binh.actor("registrar"), serial).gaps
        assert "late-revocation" not in {gap.kind for gap in gaps}


# --- papers -------------------------------------------------------------------------------------------------------


def test_the_notice_of_a_crime_is_on_file(thai_binh: People) -> None:
    (serial,) = staged(thai_binh)
    with pytest.raises(Refused, match=r"TB-6\.1\.b"):
        asks_thai_binh(thai_binh, serial, "crime")
    notice = Attachment(kind="prosecution-notice", file_name="thong-bao.pdf", content="JVBERi0xLjQK")
    with pytest.raises(Malformed):
        asks_thai_binh(thai_binh, serial, "crime", attachments=(notice.model_copy(update={"content": "JVB"}),))
    case = asks_thai_binh(thai_binh, serial, "crime", attachments=(notice,))
    assert (case.state, case.attachments, case.due) == ("requested", ("prosecution-notice",), None)


def test_a_change_of_position_is_judged_by_what_the_certificate_says(lai_chau: People) -> None:
    (serial,) = staged(lai_chau)
    unit = queries.units(lai_chau.sandbox, lai_chau.actor("agency")).items
    own = next(one.name for one in unit if one.id == "agency-lai-chau")
    with pytest.raises(Refused, match=r"ND68-17\.2\.b"):
        asks(lai_chau, "agency", serial, "position-changed", "ND68-F05", unfit=Unfit(organisation=own))
    asked = Unfit(organisation="Sở Công Thương")
    assert asks(lai_chau, "agency", serial, "position-changed", "ND68-F05", unfit=asked).state == "requested"


def test_a_case_by_form_and_without_any_can_be_listed_by_state(cao_bang: People) -> None:
    first, second, foreign = (*staged(cao_bang, 2), *staged(cao_bang, unit="other-agency-cao-bang"))
    one = asks(cao_bang, "subscriber", first, "device-lost", "TT185-F09").number
    two = asks(cao_bang, "agency", second, "left", "TT185-F10").number
    three = asks(cao_bang, "other-agency", foreign, "left", "TT185-F10").number

    def listed(role: str, **wanted: Any) -> list[int]:
        page = queries.revocations(cao_bang.sandbox, cao_bang.actor(role), **wanted)
        return [case.number for case in page.items]

    assert listed("agency") == [one, two]
    assert listed("agency", state="requested") == [one]
    assert listed("other-agency") == [three]
    assert listed("registrar") == listed("authority") == [one, two, three]
    assert listed("authority", certificate=second) == [two]
    assert listed("security") == []
    assert queries.revocations(cao_bang.sandbox, cao_bang.actor("authority"), limit=2).next == two
