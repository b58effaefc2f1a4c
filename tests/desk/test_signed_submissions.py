"""Documents signed by a certificate of the authority's own, as the regulations allow in place of paper."""

from __future__ import annotations

import base64

import pytest

from mockca.desk import dossiers, revocation, rosters
from mockca.desk.commands import (
    CheckDossier,
    DecideDossier,
    DecideRevocation,
    FileDossier,
    FormSheet,
    Submission,
    SuspendCertificate,
)
from mockca.desk.signatures import canonical
from mockca.desk.suspension import suspend_certificate
from mockca.errors import Malformed, Refused
from tests.desk.conftest import People
from tests.desk.signing import Signer

OFFICE_NAME = "Sở Thông tin và Truyền thông tỉnh An Giang"


def signed(filing: FileDossier, signer: Signer) -> FileDossier:
    submission = signer.signs(canonical(filing.form.fields))
    return filing.model_copy(update={"submission": submission})


def test_a_signed_dossier_is_accepted(lai_chau: People) -> None:
    signer = Signer(lai_chau)
    dossier = lai_chau.does("agency", dossiers.file_dossier, signed(lai_chau.filing(), signer))
    assert dossier.state == "filed"


def test_a_second_dossier_on_paper_is_refused_once_the_agency_can_sign(lai_chau: People) -> None:
    Signer(lai_chau)
    with pytest.raises(Refused) as error:
        lai_chau.files()
    assert [violation.clause for violation in error.value.violations] == ["ND68-4"]


def test_a_signature_over_other_fields_is_refused(lai_chau: People) -> None:
    signer = Signer(lai_chau)
    filing = signed(lai_chau.filing(), signer)
    changed = lai_chau.filing(fields={"position": "Giám đốc"}).model_copy(update={"submission": filing.submission})
    with pytest.raises(Refused) as error:
        lai_chau.does("agency", dossiers.file_dossier, changed)
    assert [violation.field for violation in error.value.violations] == ["submission.signature"]


def test_a_signature_by_a_revoked_certificate_is_refused(lai_chau: People) -> None:
    signer = Signer(lai_chau)
    form = FormSheet(code="ND68-F05", fields={"revocation_reason": "Nghỉ hưu"})
    case = lai_chau.asks_to_revoke("agency", signer.view.serial, "agency-request", form=form)
    confirm = DecideRevocation(decision="confirm")
    lai_chau.does("authority", revocation.decide_revocation, confirm, number=case.number)
    with pytest.raises(Refused):
        lai_chau.does("agency", dossiers.file_dossier, signed(lai_chau.filing(), signer))
    assert lai_chau.files().state == "filed"


def test_a_signature_by_another_body_is_refused(lai_chau: People) -> None:
    signer = Signer(lai_chau)
    with pytest.raises(Refused):
        lai_chau.does("other-agency", dossiers.file_dossier, signed(lai_chau.filing(), signer))


def test_a_signature_covers_the_list_of_the_form_too(lai_chau: People) -> None:
    signer = Signer(lai_chau)
    filing = lai_chau.filing("organisation")
    with pytest.raises(Refused) as error:
        lai_chau.does("agency", dossiers.file_dossier, signed(filing, signer))
    assert [violation.field for violation in error.value.violations] == ["submission.signature"]
    submission = signer.signs(canonical({**filing.form.fields, "rows": filing.form.rows}))
    dossier = lai_chau.does("agency", dossiers.file_dossier, filing.model_copy(update={"submission": submission}))
    assert dossier.fields["organisation_name"] == filing.form.rows[0]["organisation_name"]


def test_a_person_certificate_does_not_end_sealed_paper(lai_chau: People) -> None:
    lai_chau.effective()
    assert lai_chau.files().state == "filed"


def an_giang_letter(signer: Signer, serial: str) -> FormSheet:
    return FormSheet(
        code="AG-F03",
        fields={
            "organisation_name": signer.view.common_name,
            "organisation_email": "vanphong@angiang.test",
            "certificate_number": serial,
            "certificate_issue_date": "2025-03-03",
            "certificate_expiry_date": "2030-03-02",
            "revocation_reason": "Thay thiết bị",
            "form_date": "2025-03-03",
            "head_signature": True,
        },
    )


def test_a_signature_counts_only_while_its_certificate_is_in_force(an_giang: People) -> None:
    signer = Signer(an_giang)
    serial = signer.view.serial
    form = an_giang_letter(signer, serial)
    asked = {"form": form, "confirmed_by": "Lãnh đạo", "submission": signer.signs(canonical(form.fields))}
    with pytest.raises(Refused):
        an_giang.asks_to_revoke("agency", serial, "other-insecurity", **asked)
    an_giang.publishes(an_giang.proposes(serial))
    assert an_giang.asks_to_revoke("agency", serial, "other-insecurity", **asked).state == "requested"


class Office:
    """The registrar's own office with a certificate in force, for lists and letters."""

    def __init__(self, people: People) -> None:
        filing = people.filing("organisation", fields={"organisation_name": OFFICE_NAME})
        dossier = people.does("registrar", dossiers.file_dossier, filing)
        people.does("registrar", dossiers.check_dossier, CheckDossier(decision="accept"), number=dossier.number)
        people.does("registrar", rosters.submit_roster, people.roster(dossier))
        decision = DecideDossier(decision="approve")
        dossier = people.does("authority", dossiers.decide_dossier, decision, number=dossier.number)
        self.signer = Signer(people, dossier)
        people.publishes(people.proposes(self.signer.view.serial))


def test_the_registrar_signs_lists_and_letters_each_over_its_own_content(an_giang: People) -> None:
    signer = Office(an_giang).signer
    dossier = an_giang.files()
    an_giang.does("registrar", dossiers.check_dossier, CheckDossier(decision="accept"), number=dossier.number)
    roster = an_giang.roster(dossier)
    content = roster.model_dump(include={"declared_count", "document_number", "dossiers", "form"})
    signature = signer.signs(canonical(content))
    other = roster.model_copy(update={"submission": signature, "document_number": "8/DS-STTTT"})
    with pytest.raises(Refused):
        an_giang.does("registrar", rosters.submit_roster, other)
    an_giang.does("registrar", rosters.submit_roster, roster.model_copy(update={"submission": signature}))
    decision = DecideDossier(decision="approve")
    dossier = an_giang.does("authority", dossiers.decide_dossier, decision, number=dossier.number)
    serial = an_giang.issues(dossier).certificate.serial

    with pytest.raises(Refused):
        an_giang.proposes(serial, submission=signer.signs(canonical({})))
    an_giang.publishes(an_giang.proposes(serial, submission=signer.signs(canonical({"certificates": [serial]}))))

    letter = {"certificate": serial, "reason": "Chờ"}
    wrong = SuspendCertificate(reason="Chờ", submission=signer.signs(canonical(letter | {"certificate": "00"})))
    with pytest.raises(Refused):
        an_giang.does("registrar", suspend_certificate, wrong, serial=serial)
    right = SuspendCertificate(reason="Chờ", submission=signer.signs(canonical(letter)))
    assert an_giang.does("registrar", suspend_certificate, right, serial=serial).status.status == "suspended"

    demand = signer.signs(canonical({"certificates": [serial], "ground": "manager-request"}))
    assert an_giang.asks_to_revoke("registrar", serial, "manager-request", submission=demand).state == "closed"


@pytest.mark.parametrize("signature", ["AAAA", "MA==", base64.b64encode(b"\x30\x82" + b"x" * 40).decode(), "A"])
def test_what_is_no_cms_is_malformed(lai_chau: People, signature: str) -> None:
    filing = lai_chau.filing(submission=Submission(channel="electronic", signature=signature))
    with pytest.raises(Malformed):
        lai_chau.does("agency", dossiers.file_dossier, filing)
