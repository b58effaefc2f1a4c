"""A certificate's life under Lai Châu's regulation: effective from notBefore, asked for by the agency alone."""

from __future__ import annotations

import pytest

from mockca.desk import activation, custody, dossiers, queries, revocation, rosters, suspension
from mockca.desk.actors import Actor
from mockca.desk.commands import (
    CheckDossier,
    DecideRevocation,
    FormSheet,
    LiftSuspension,
    ProposeActivation,
    ReportLoss,
    SubmitRoster,
    SuspendCertificate,
    TurnClock,
)
from mockca.desk.control import turn_clock
from mockca.errors import Forbidden, NotAvailable, NotFound, OutOfOrder, Refused
from tests.desk.conftest import PAPER, People

REVOCATION_FORM = FormSheet(code="ND68-F05", fields={"revocation_reason": "Nghỉ hưu"})
CONFIRM = DecideRevocation(decision="confirm")


def test_a_certificate_goes_from_request_to_the_return_of_its_device(lai_chau: People) -> None:
    issued = lai_chau.issued(algorithm="p256")
    serial = issued.certificate.serial
    assert issued.certificate.status.in_force
    assert issued.certificate.common_name == "Giàng A Mẫu"
    told = queries.public_certificate(lai_chau.sandbox, serial)
    assert [announcement.kind for announcement in told.announcements] == ["activation"]
    notices = queries.notices(lai_chau.sandbox, lai_chau.actor("agency")).items
    assert [notice.clause for notice in notices] == ["ND68-11.3"]
    lai_chau.hands_over("authority-agency", issued)
    lai_chau.hands_over("agency-subscriber", issued)
    with pytest.raises(OutOfOrder):
        lai_chau.hands_over("subscriber-agency", issued)

    case = lai_chau.asks_to_revoke("agency", serial, "left", form=REVOCATION_FORM)
    assert case.state == "requested"
    case = lai_chau.does("authority", revocation.decide_revocation, CONFIRM, number=case.number)
    assert case.state == "executed"
    lai_chau.hands_over("subscriber-agency", issued)
    lai_chau.hands_over("agency-authority", issued)
    assert queries.revocation(lai_chau.sandbox, lai_chau.actor("agency"), case.number).state == "closed"
    deadlines = queries.deadlines(lai_chau.sandbox, lai_chau.actor("agency")).items
    assert {deadline.clause: deadline.met_at is not None for deadline in deadlines} == {
        "ND68-11.2": True,
        "ND68-20": True,
    }


def test_a_device_kept_past_five_working_days_is_overdue(lai_chau: People) -> None:
    issued = lai_chau.effective(algorithm="p256")
    lai_chau.hands_over("authority-agency", issued)
    lai_chau.hands_over("agency-subscriber", issued)
    case = lai_chau.asks_to_revoke("agency", issued.certificate.serial, "left", form=REVOCATION_FORM)
    lai_chau.does("authority", revocation.decide_revocation, CONFIRM, number=case.number)
    turned = turn_clock(lai_chau.sandbox, Actor("trainer", "trainer"), TurnClock(advance_seconds=8 * 86400))
    assert turned.ran == (f"deadline missed: device-return device {issued.certificate.device}",)


def test_a_lost_device_is_confirmed_on_its_own_form(lai_chau: People) -> None:
    issued = lai_chau.effective(algorithm="p256")
    lai_chau.hands_over("authority-agency", issued)
    device = issued.certificate.device
    with pytest.raises(Refused) as error:
        lai_chau.does("agency", custody.report_loss, ReportLoss(circumstances="Mất"), serial=device)
    assert error.value.violations[0].accepted == "ND68-F09"
    lost = ReportLoss(circumstances="Mất", form="ND68-F09")
    assert lai_chau.does("agency", custody.report_loss, lost, serial=device).state == "lost"


def test_there_is_no_suspension(lai_chau: People) -> None:
    serial = lai_chau.effective().certificate.serial
    for command, use_case in (
        (SuspendCertificate(reason="Chờ"), suspension.suspend_certificate),
        (LiftSuspension(reason="Xong"), suspension.lift_suspension),
    ):
        with pytest.raises(NotAvailable) as error:
            lai_chau.does("agency", use_case, command, serial=serial)
        assert error.value.clause == "ND68-6"


def test_there_is_no_activation_and_no_roster(lai_chau: People) -> None:
    dossier = lai_chau.approved()
    serial = lai_chau.issues(dossier).certificate.serial
    proposal = ProposeActivation(
        regulation="lai-chau", form=FormSheet(code="TT05-F04"), certificates=(serial,), submission=PAPER
    )
    with pytest.raises(NotAvailable):
        lai_chau.does("registrar", activation.propose_activation, proposal)
    roster = SubmitRoster(
        regulation="lai-chau", form="TT05-F02", document_number="1", declared_count=1, dossiers=(dossier.number,)
    )
    with pytest.raises(NotAvailable):
        lai_chau.does("registrar", rosters.submit_roster, roster)


def test_the_subscriber_does_not_file(lai_chau: People) -> None:
    with pytest.raises(Forbidden) as error:
        lai_chau.does("subscriber", dossiers.file_dossier, lai_chau.filing())
    assert error.value.clause == "ND68-11.1"


def test_the_registrar_does_not_issue(lai_chau: People) -> None:
    dossier = lai_chau.files()
    with pytest.raises(Forbidden) as error:
        lai_chau.does("registrar", dossiers.check_dossier, CheckDossier(decision="accept"), number=dossier.number)
    assert error.value.clause == "ND68-11.2"


def test_a_term_over_the_cap_is_refused(lai_chau: People) -> None:
    with pytest.raises(Refused) as error:
        lai_chau.files(fields={"validity_years": 6})
    (violation,) = error.value.violations
    assert (violation.field, violation.value, violation.clause) == ("form.fields.validity_years", "6", "ND68-9.2")


def test_an_agency_revokes_only_its_own(lai_chau: People) -> None:
    serial = lai_chau.effective().certificate.serial
    with pytest.raises(Refused):
        lai_chau.asks_to_revoke("other-agency", serial, "agency-request", form=REVOCATION_FORM)


def test_one_province_does_not_work_in_another(lai_chau: People, an_giang: People) -> None:
    with pytest.raises(Forbidden):
        an_giang.does("agency", dossiers.file_dossier, lai_chau.filing())
    issued = lai_chau.effective()
    with pytest.raises(NotFound):
        an_giang.asks_to_revoke("registrar", issued.certificate.serial, "manager-request")
    with pytest.raises(NotFound):
        an_giang.proposes(issued.certificate.serial)
    with pytest.raises(NotFound):
        an_giang.proposes("abc123")
