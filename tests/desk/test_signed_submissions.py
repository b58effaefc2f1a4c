"""Documents signed by a certificate of the authority's own, as the regulations allow in place of paper."""

from __future__ import annotations

import base64

import pytest

from mockca.desk import dossiers, revocation
from mockca.desk.commands import (
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
    case = lai_chau.asks_to_revoke("agency", signer.view.serial, "left", form=form)
    confirm = DecideRevocation(decision="confirm")
    lai_chau.does("authority", revocation.decide_revocation, confirm, number=case.number)
    with pytest.raises(Refused):
        lai_chau.does("agency", dossiers.file_dossier, signed(lai_chau.filing(), signer))
    assert lai_chau.files().state == "filed"


def test_a_signature_before_the_certificate_takes_effect_is_refused(an_giang: People) -> None:
    signer = Signer(an_giang)
    serial = an_giang.issued().certificate.serial
    with pytest.raises(Refused):
        an_giang.proposes(serial, submission=signer.signs(canonical({})))
    an_giang.publishes(an_giang.proposes(signer.view.serial))
    an_giang.proposes(serial, submission=signer.signs(canonical({})))


def test_a_suspension_needs_a_right_signature_too(an_giang: People) -> None:
    signer = Signer(an_giang)
    an_giang.publishes(an_giang.proposes(signer.view.serial))
    command = SuspendCertificate(reason="Chờ", submission=signer.signs(b"something else"))
    with pytest.raises(Refused):
        an_giang.does("registrar", suspend_certificate, command, serial=signer.view.serial)


@pytest.mark.parametrize("signature", ["AAAA", "MA==", base64.b64encode(b"\x30\x82" + b"x" * 40).decode(), "A"])
def test_what_is_no_cms_is_malformed(lai_chau: People, signature: str) -> None:
    filing = lai_chau.filing(submission=Submission(channel="electronic", signature=signature))
    with pytest.raises(Malformed):
        lai_chau.does("agency", dossiers.file_dossier, filing)
