"""A certificate's life under An Giang's regulation: effect comes only from publication."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mockca.desk import activation, custody, dossiers, queries, revocation, rosters, suspension
from mockca.desk.actors import Actor
from mockca.desk.commands import (
    CheckDossier,
    DecideDossier,
    DecideRevocation,
    Decision,
    FormSheet,
    HandoverItem,
    LiftSuspension,
    ReportLoss,
    Signatory,
    SuspendCertificate,
    TurnClock,
)
from mockca.desk.control import turn_clock
from mockca.errors import Conflict, Forbidden, NotFound, OutOfOrder, Refused
from tests.desk.conftest import PAPER, START, People

TRAINER = Actor("trainer", "trainer")


def status(people: People, serial: str) -> str:
    return queries.status(people.sandbox, people.actor("authority"), serial).status.value


def clauses(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {violation.clause for violation in error.value.violations}


def revocation_form(serial: str) -> FormSheet:
    return FormSheet(
        code="TT05-F05",
        fields={
            "full_name": "Nguyễn Văn Mẫu",
            "certificate_number": serial,
            "revocation_reason": "Nghi lộ khóa bí mật",
            "form_date": "2025-03-03",
        },
    )


def test_a_certificate_goes_from_request_to_the_return_of_its_device(an_giang: People) -> None:
    issued = an_giang.issued(algorithm="p256")
    serial = issued.certificate.serial
    assert issued.pin_letter is not None
    assert status(an_giang, serial) == "issued"
    assert issued.certificate.custody == "authority"
    assert issued.certificate.subject.startswith("CN=Nguyễn Văn Mẫu,OU=Văn phòng Ủy ban nhân dân tỉnh")

    an_giang.hands_over("authority-registrar", issued)
    an_giang.hands_over("registrar-subscriber", issued)
    proposal = an_giang.proposes(serial)
    assert status(an_giang, serial) == "issued"
    assert an_giang.publishes(proposal).state == "published"
    assert status(an_giang, serial) == "effective"

    case = an_giang.asks_to_revoke(
        "subscriber",
        serial,
        "key-compromise",
        form=revocation_form(serial),
        confirmed_by="Lãnh đạo Văn phòng",
        invalidity_date=START - timedelta(minutes=5),
    )
    assert case.state == "requested"
    assert status(an_giang, serial) == "effective"
    confirm = DecideRevocation(decision="confirm", document_number="9/STTTT")
    case = an_giang.does("registrar", revocation.decide_revocation, confirm, number=case.number)
    assert (case.state, case.crl_reason) == ("executed", "keyCompromise")
    assert case.devices_outstanding == (issued.certificate.device,)
    told = queries.status(an_giang.sandbox, an_giang.actor("authority"), serial)
    assert (told.status.value, told.in_force) == ("revoked", False)
    assert told.invalidity_date == START - timedelta(minutes=5)

    an_giang.hands_over("subscriber-registrar", issued)
    an_giang.hands_over("registrar-authority", issued)
    case = queries.revocation(an_giang.sandbox, an_giang.actor("authority"), case.number)
    assert (case.state, case.devices_outstanding) == ("closed", ())
    device = queries.device(an_giang.sandbox, an_giang.actor("authority"), issued.certificate.device or "")
    assert (device.state, device.holder, len(device.handovers)) == ("returned", "authority", 4)


def test_the_certificate_is_on_the_device_that_is_handed_over(an_giang: People) -> None:
    issued = an_giang.issued(algorithm="p256")
    shelf = an_giang.sandbox.shelf
    on_device = shelf.read_certificate(issued.certificate.device or "")
    assert on_device is not None
    assert issued.pin_letter is not None
    assert shelf.sign(issued.certificate.device or "", issued.pin_letter.user_pin, b"abc")


def test_publication_is_announced_and_nothing_was_before(an_giang: People) -> None:
    issued = an_giang.issued()
    with pytest.raises(NotFound):
        queries.public_certificate(an_giang.sandbox, issued.certificate.serial)
    an_giang.publishes(an_giang.proposes(issued.certificate.serial))
    told = queries.public_certificate(an_giang.sandbox, issued.certificate.serial)
    assert [announcement.kind for announcement in told.announcements] == ["activation"]
    assert told.status.in_force
    found = queries.announcements(an_giang.sandbox, words="Nguyễn Văn")
    assert found.items == told.announcements
    assert queries.announcements(an_giang.sandbox, words="không có").items == ()


def test_a_proposed_time_to_come_takes_effect_when_the_clock_reaches_it(an_giang: People) -> None:
    issued = an_giang.issued()
    serial = issued.certificate.serial
    wanted = START + timedelta(days=3)
    proposal = an_giang.publishes(an_giang.proposes(serial, effective_at=wanted))
    assert proposal.state == "scheduled"
    turn_clock(an_giang.sandbox, TRAINER, TurnClock(set=wanted - timedelta(seconds=1)))
    assert status(an_giang, serial) == "issued"
    turned = turn_clock(an_giang.sandbox, TRAINER, TurnClock(advance_seconds=10))
    assert turned.ran == (f"activation {proposal.number} published",)
    told = queries.status(an_giang.sandbox, an_giang.actor("authority"), serial)
    assert (told.status.value, told.effective_at) == ("effective", wanted)


def test_one_revoked_while_it_waited_for_its_publication_stays_revoked(an_giang: People) -> None:
    issued = an_giang.issued()
    serial = issued.certificate.serial
    an_giang.publishes(an_giang.proposes(serial, effective_at=START + timedelta(days=3)))
    an_giang.asks_to_revoke("registrar", serial, "manager-request")
    turn_clock(an_giang.sandbox, TRAINER, TurnClock(advance_seconds=4 * 86400))
    assert status(an_giang, serial) == "revoked"


def test_suspension_is_lifted_and_revocation_is_not(an_giang: People) -> None:
    serial = an_giang.effective().certificate.serial
    suspend = SuspendCertificate(reason="Chờ xác minh")
    view = an_giang.does("registrar", suspension.suspend_certificate, suspend, serial=serial)
    assert (view.status.status.value, view.status.reason) == ("suspended", "certificateHold")
    lift = LiftSuspension(reason="Đã xác minh")
    view = an_giang.does("registrar", suspension.lift_suspension, lift, serial=serial)
    assert view.status.in_force
    an_giang.asks_to_revoke("registrar", serial, "manager-request")
    with pytest.raises(OutOfOrder) as error:
        an_giang.does("registrar", suspension.lift_suspension, lift, serial=serial)
    assert (error.value.state, error.value.allowed, error.value.clause) == ("revoked", (), "AG-3.14")
    with pytest.raises(Forbidden):
        an_giang.does("subscriber", suspension.suspend_certificate, suspend, serial=serial)


def test_activation_waits_for_the_handover(an_giang: People) -> None:
    issued = an_giang.issued(algorithm="p256")
    with pytest.raises(OutOfOrder) as error:
        an_giang.proposes(issued.certificate.serial)
    assert (error.value.kind, error.value.state, error.value.clause) == ("device", "prepared", "AG-10.2.dd")


def test_a_certificate_is_proposed_once(an_giang: People) -> None:
    issued = an_giang.issued()
    an_giang.proposes(issued.certificate.serial)
    with pytest.raises(Conflict):
        an_giang.proposes(issued.certificate.serial)


def test_the_registrar_alone_proposes_and_the_authority_alone_publishes(an_giang: People) -> None:
    issued = an_giang.issued()
    proposal = an_giang.proposes(issued.certificate.serial)
    with pytest.raises(Forbidden):
        an_giang.does("registrar", activation.publish_activation, None, number=proposal.number)


def test_every_broken_rule_of_a_filing_is_named_at_once(an_giang: People) -> None:
    with pytest.raises(Refused) as error:
        an_giang.files(fields={"validity_years": 6, "email": "ai.do@example.test"}, attachments=(), sets=())
    assert {"AG-10.3.a.2", "AG-10.3.a.3", "AG-10.4.a", "AG-10.4.b"} <= clauses(error)
    assert {violation.field for violation in error.value.violations} >= {
        "form.fields.validity_years",
        "attachments",
        "sets",
    }


def test_a_company_gets_no_certificate(an_giang: People) -> None:
    with pytest.raises(Refused) as error:
        an_giang.does("company", dossiers.file_dossier, an_giang.filing())
    assert "AG-10.1.a" in clauses(error)


def test_nobody_files_for_another_body(an_giang: People) -> None:
    filing = an_giang.filing(unit="other-agency-an-giang")
    with pytest.raises(Forbidden):
        an_giang.does("subscriber", dossiers.file_dossier, filing)


def test_a_returned_dossier_names_its_reasons_and_is_filed_again(an_giang: People) -> None:
    dossier = an_giang.files()
    with pytest.raises(Refused):
        an_giang.does("registrar", dossiers.check_dossier, CheckDossier(decision="return"), number=dossier.number)
    back = CheckDossier(decision="return", reasons=("Bản sao giấy chứng nhận mẫu dấu bị mờ",))
    dossier = an_giang.does("registrar", dossiers.check_dossier, back, number=dossier.number)
    assert (dossier.state, dossier.reasons, dossier.allowed) == ("returned", back.reasons, ("refile",))
    assert queries.notices(an_giang.sandbox, an_giang.actor("agency")).items[0].text.endswith("bị mờ")
    dossier = an_giang.does("subscriber", dossiers.refile_dossier, an_giang.filing(), number=dossier.number)
    assert (dossier.state, dossier.reasons) == ("filed", ())
    assert dossier.attachments == ("seal-registration-copy", "title-confirmation-copy")


def test_a_dossier_cannot_be_filed_again_for_another_unit(an_giang: People) -> None:
    dossier = an_giang.files()
    back = CheckDossier(decision="return", reasons=("Thiếu chữ ký",))
    an_giang.does("registrar", dossiers.check_dossier, back, number=dossier.number)
    filing = an_giang.filing(unit="other-agency-an-giang")
    with pytest.raises(NotFound):
        an_giang.does("other-agency", dossiers.refile_dossier, filing, number=dossier.number)


def test_an_unchecked_dossier_cannot_be_listed(an_giang: People) -> None:
    dossier = an_giang.files()
    with pytest.raises(OutOfOrder) as error:
        an_giang.does("registrar", rosters.submit_roster, an_giang.roster(dossier))
    assert error.value.allowed == ("accept", "return")


def test_a_roster_counts_what_it_lists(an_giang: People) -> None:
    dossier = an_giang.files()
    with pytest.raises(Refused) as error:
        an_giang.does("registrar", rosters.submit_roster, an_giang.roster(dossier, declared_count=3))
    assert "declared_count" in {violation.field for violation in error.value.violations}


def test_a_roster_keeps_persons_and_organisations_apart(an_giang: People) -> None:
    both = [an_giang.files("person"), an_giang.files("organisation")]
    with pytest.raises(Refused) as error:
        an_giang.does("registrar", rosters.submit_roster, an_giang.roster(*both))
    assert clauses(error) & {"AG-10.2.b.1", "AG-10.2.b.2"}


def test_the_authority_refuses_with_a_reason(an_giang: People) -> None:
    dossier = an_giang.files()
    an_giang.does("registrar", dossiers.check_dossier, CheckDossier(decision="accept"), number=dossier.number)
    roster = an_giang.does("registrar", rosters.submit_roster, an_giang.roster(dossier))
    assert queries.roster(an_giang.sandbox, an_giang.actor("authority"), roster.number) == roster
    silent = DecideDossier(decision="refuse")
    with pytest.raises(Refused):
        an_giang.does("authority", dossiers.decide_dossier, silent, number=dossier.number)
    refusal = DecideDossier(decision="refuse", reason="Trùng hồ sơ")
    view = an_giang.does("authority", dossiers.decide_dossier, refusal, number=dossier.number)
    assert (view.state, view.reasons) == ("refused", ("Trùng hồ sơ",))


def test_a_handover_needs_both_signatures_and_the_right_certificate(an_giang: People) -> None:
    issued = an_giang.issued(algorithm="p256")
    with pytest.raises(Refused) as error:
        an_giang.hands_over("authority-registrar", issued, receiver=Signatory(name="Phạm Thị Dung"))
    assert "receiver" in {violation.field.split(".")[0] for violation in error.value.violations}
    wrong = HandoverItem(certificate="1234", device=issued.certificate.device or "")
    with pytest.raises(Refused):
        an_giang.hands_over("authority-registrar", issued, items=(wrong,))
    unknown = HandoverItem(certificate=issued.certificate.serial, device="0123456789abcdef")
    with pytest.raises(NotFound):
        an_giang.hands_over("authority-registrar", issued, items=(unknown,))


def test_custody_is_a_chain(an_giang: People) -> None:
    issued = an_giang.issued(algorithm="p256")
    with pytest.raises(OutOfOrder):
        an_giang.hands_over("registrar-subscriber", issued)
    first = an_giang.hands_over("authority-registrar", issued)
    assert queries.handover(an_giang.sandbox, an_giang.actor("registrar"), first.number) == first
    with pytest.raises(OutOfOrder):
        an_giang.hands_over("authority-registrar", issued)


def test_nobody_hands_over_what_is_not_theirs(an_giang: People, lai_chau: People) -> None:
    issued = an_giang.effective(algorithm="p256")
    items = (HandoverItem(certificate=issued.certificate.serial, device=issued.certificate.device or ""),)
    other = lai_chau.issued(algorithm="p256")
    with pytest.raises(NotFound):
        lai_chau.hands_over("agency-subscriber", other, items=items)
    with pytest.raises(NotFound):
        lai_chau.hands_over("authority-agency", other, items=items)


def test_a_device_goes_back_only_after_the_certificate_has_ended(an_giang: People) -> None:
    issued = an_giang.effective(algorithm="p256")
    an_giang.hands_over("subscriber-registrar", issued)
    with pytest.raises(OutOfOrder) as error:
        an_giang.hands_over("registrar-authority", issued)
    assert error.value.clause == "AG-11.3.c"
    an_giang.asks_to_revoke("registrar", issued.certificate.serial, "manager-request")
    an_giang.hands_over("registrar-authority", issued)


def test_a_delivery_that_is_late_is_an_overdue_deadline(an_giang: People) -> None:
    issued = an_giang.issued(algorithm="p256")
    an_giang.hands_over("authority-registrar", issued)
    turned = turn_clock(an_giang.sandbox, TRAINER, TurnClock(advance_seconds=10 * 86400))
    assert turned.ran == (f"deadline missed: registrar-delivery device {issued.certificate.device}",)
    overdue = queries.deadlines(an_giang.sandbox, an_giang.actor("registrar"), overdue=True).items
    assert [deadline.clause for deadline in overdue] == ["AG-10.5"]
    an_giang.hands_over("registrar-subscriber", issued)
    assert queries.deadlines(an_giang.sandbox, an_giang.actor("registrar"), overdue=True).items == ()


def test_a_security_body_needs_no_consent_but_the_registrar_carries_it_out(an_giang: People) -> None:
    serial = an_giang.effective().certificate.serial
    case = an_giang.asks_to_revoke("security", serial, "security-demand")
    assert case.state == "requested"
    with pytest.raises(Forbidden):
        an_giang.does(
            "subscriber", revocation.decide_revocation, DecideRevocation(decision="confirm"), number=case.number
        )
    with pytest.raises(Forbidden):
        an_giang.asks_to_revoke("agency", serial, "security-demand")


def test_a_refused_revocation_gives_its_reason_and_changes_nothing(an_giang: People) -> None:
    serial = an_giang.effective().certificate.serial
    case = an_giang.asks_to_revoke("security", serial, "security-demand")
    with pytest.raises(Refused):
        an_giang.does(
            "registrar", revocation.decide_revocation, DecideRevocation(decision="refuse"), number=case.number
        )
    refusal = DecideRevocation(decision="refuse", reason="Không đủ căn cứ")
    case = an_giang.does("registrar", revocation.decide_revocation, refusal, number=case.number)
    assert (case.state, case.refusal) == ("refused", "Không đủ căn cứ")
    assert status(an_giang, serial) == "effective"


def test_a_certificate_is_revoked_once(an_giang: People) -> None:
    serial = an_giang.effective().certificate.serial
    first = an_giang.asks_to_revoke("security", serial, "security-demand")
    an_giang.asks_to_revoke("registrar", serial, "manager-request")
    with pytest.raises(OutOfOrder):
        an_giang.asks_to_revoke("registrar", serial, "manager-request")
    with pytest.raises(OutOfOrder):
        an_giang.does(
            "registrar", revocation.decide_revocation, DecideRevocation(decision="confirm"), number=first.number
        )


def test_an_organisation_is_revoked_by_a_decision_in_effect(an_giang: People) -> None:
    issued = an_giang.issued("organisation")
    assert issued.certificate.common_name == "VĂN PHÒNG ỦY BAN NHÂN DÂN TỈNH"
    merged = Decision(kind="merge", number="15/QĐ-UBND", effective_on=START.date() + timedelta(days=30))
    with pytest.raises(Refused) as error:
        an_giang.asks_to_revoke("registrar", issued.certificate.serial, "reorganised", decision=merged)
    assert "AG-11.1.e" in clauses(error)
    merged = merged.model_copy(update={"effective_on": START.date()})
    case = an_giang.asks_to_revoke("registrar", issued.certificate.serial, "reorganised", decision=merged)
    assert case.state == "closed"


def test_an_expired_certificate_is_collected_without_a_crl_entry(an_giang: People) -> None:
    issued = an_giang.effective(algorithm="p256")
    serial = issued.certificate.serial
    turned = turn_clock(an_giang.sandbox, TRAINER, TurnClock(advance_seconds=5 * 365 * 86400 + 60))
    assert f"certificate {serial} expired" in turned.ran
    case = an_giang.asks_to_revoke("registrar", serial, "expired")
    assert (case.state, case.crl_reason) == ("executed", None)
    assert status(an_giang, serial) == "expired"
    an_giang.hands_over("subscriber-registrar", issued)
    an_giang.hands_over("registrar-authority", issued)
    assert queries.revocation(an_giang.sandbox, an_giang.actor("registrar"), case.number).state == "closed"


def test_a_lost_device_closes_its_case(an_giang: People) -> None:
    issued = an_giang.effective(algorithm="p256")
    case = an_giang.asks_to_revoke("registrar", issued.certificate.serial, "manager-request")
    lost = ReportLoss(circumstances="Rơi khi đi công tác")
    device = an_giang.does("subscriber", custody.report_loss, lost, serial=issued.certificate.device)
    assert device.state == "lost"
    assert queries.revocation(an_giang.sandbox, an_giang.actor("registrar"), case.number).state == "closed"
    with pytest.raises(NotFound):
        an_giang.does("other-agency", custody.report_loss, lost, serial=issued.certificate.device)
    with pytest.raises(NotFound):
        an_giang.does("subscriber", custody.report_loss, lost, serial="0123456789abcdef")


def test_people_see_what_is_theirs(an_giang: People, lai_chau: People) -> None:
    dossier = an_giang.approved()
    issued = an_giang.issues(dossier, algorithm="p256")
    box = an_giang.sandbox
    for role, seen in (("authority", 1), ("registrar", 1), ("subscriber", 1), ("other-agency", 0), ("security", 0)):
        actor = an_giang.actor(role)
        assert len(queries.dossiers(box, actor).items) == seen
        assert len(queries.certificates(box, actor).items) == seen
        assert len(queries.devices(box, actor).items) == seen
    assert queries.dossiers(box, lai_chau.actor("registrar")).items == ()
    for query in (
        lambda: queries.dossier(box, an_giang.actor("other-agency"), dossier.number),
        lambda: queries.certificate(box, an_giang.actor("other-agency"), issued.certificate.serial),
        lambda: queries.status(box, lai_chau.actor("registrar"), issued.certificate.serial),
        lambda: queries.device(box, an_giang.actor("other-agency"), issued.certificate.device or ""),
    ):
        with pytest.raises(NotFound):
            query()
    assert queries.dossiers(box, an_giang.actor("registrar"), state="filed").items == ()
    assert {unit.regulation for unit in queries.units(box, an_giang.actor("registrar")).items} == {"an-giang"}


def test_what_was_true_at_an_earlier_instant_is_still_told(an_giang: People) -> None:
    serial = an_giang.effective().certificate.serial
    turn_clock(an_giang.sandbox, TRAINER, TurnClock(advance_seconds=3600))
    an_giang.asks_to_revoke("registrar", serial, "manager-request")
    before = queries.status(an_giang.sandbox, an_giang.actor("authority"), serial, START)
    assert before.status.value == "effective"
    turn_clock(an_giang.sandbox, TRAINER, TurnClock(set=START + timedelta(seconds=1)))
    assert status(an_giang, serial) == "effective"


def test_papers_say_who_signed_them(an_giang: People) -> None:
    issued = an_giang.issued()
    with pytest.raises(Refused) as error:
        an_giang.proposes(issued.certificate.serial, submission=PAPER.model_copy(update={"signed_by": None}))
    assert "AG-10.2.dd" in clauses(error)
