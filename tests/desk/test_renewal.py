"""Renewal and change of information: a new certificate for the key on the device."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from mockca.desk import dossiers, queries
from mockca.desk.commands import CheckDossier, DecideDossier, FileDossier, FormSheet, IssueCertificate, TurnClock
from mockca.desk.control import turn_clock
from mockca.desk.due import run_due
from mockca.desk.issuance import issue_certificate
from mockca.desk.views import CertificateView, DossierView, IssuedView
from mockca.errors import NotAvailable, NotFound, OutOfOrder, Refused
from mockca.registry import journal, schedule
from tests.desk.conftest import PAPER, People, a_csr

DER = Encoding.DER


def asks(people: People, certificate: CertificateView, operation: str = "renew", **changes: Any) -> DossierView:
    fields = {
        "subscriber_name": certificate.common_name,
        "certificate_number": certificate.serial,
        "request_reason": "Sắp hết hạn",
        **changes.pop("fields", {"validity_years": 3} if operation == "renew" else {}),
    }
    command = FileDossier(
        regulation="lai-chau",
        operation=operation,
        subscriber_kind=certificate.subscriber_kind,
        certificate=certificate.serial,
        form=FormSheet(code="ND68-F04", fields=fields),
        submission=PAPER,
        **changes,
    )
    return people.does("agency", dossiers.file_dossier, command)


def done(people: People, dossier: DossierView, role: str = "authority") -> IssuedView:
    people.does(role, dossiers.check_dossier, CheckDossier(decision="accept"), number=dossier.number)
    people.does(role, dossiers.decide_dossier, DecideDossier(decision="approve"), number=dossier.number)
    return issue_certificate(people.sandbox, people.actor(role), IssueCertificate(), number=dossier.number)


def handed_over(people: People) -> IssuedView:
    issued = people.issued(algorithm="p256")
    people.hands_over("authority-agency", issued)
    people.hands_over("agency-subscriber", issued)
    return issued


def test_the_device_bears_the_new_certificate_and_signs_with_its_old_key(lai_chau: People) -> None:
    issued = handed_over(lai_chau)
    former, device = issued.certificate, issued.certificate.device
    assert device is not None
    assert issued.pin_letter is not None
    renewed = done(lai_chau, asks(lai_chau, former)).certificate
    assert renewed.not_after == former.not_after + timedelta(days=3 * 365)
    assert (renewed.device, renewed.replaces, renewed.subject) == (device, former.serial, former.subject)
    read = x509.load_pem_x509_certificate(renewed.pem.encode())
    shelf = lai_chau.sandbox.shelf
    on_device = shelf.read_certificate(device)
    assert on_device is not None
    assert x509.load_der_x509_certificate(on_device) == read
    key = read.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(shelf.sign(device, issued.pin_letter.user_pin, b"x"), b"x", ec.ECDSA(hashes.SHA256()))
    told = queries.status(lai_chau.sandbox, lai_chau.actor("agency"), former.serial)
    assert (told.status.value, told.reason) == ("revoked", "superseded")
    with lai_chau.sandbox.store.read() as connection:
        assert journal.verify(connection).ok
        assert not schedule.waiting(connection, lai_chau.sandbox.clock.now())


def test_a_certificate_for_a_key_of_ones_own_is_renewed_without_a_device(lai_chau: People) -> None:
    issued = lai_chau.issued(csr=a_csr())
    renewed = done(lai_chau, asks(lai_chau, issued.certificate)).certificate
    assert renewed.device is None
    keys = [x509.load_pem_x509_certificate(one.pem.encode()).public_key() for one in (issued.certificate, renewed)]
    assert keys[0] == keys[1]


def test_what_a_killed_process_left_unwritten_is_written_when_what_is_due_is_run_next(lai_chau: People) -> None:
    issued = handed_over(lai_chau)
    device = issued.certificate.device
    assert device is not None
    shelf = lai_chau.sandbox.shelf
    renewed = done(lai_chau, asks(lai_chau, issued.certificate)).certificate
    shelf.replace_certificate(device, x509.load_pem_x509_certificate(issued.certificate.pem.encode()).public_bytes(DER))
    with lai_chau.sandbox.store.write() as connection:
        schedule.add(connection, lai_chau.sandbox.clock.now(), "write-certificate", f"{device} {renewed.serial}")
    assert run_due(lai_chau.sandbox) == (f"certificate {renewed.serial} written to device {device}",)
    assert shelf.read_certificate(device) == x509.load_pem_x509_certificate(renewed.pem.encode()).public_bytes(DER)


def test_a_device_that_is_not_here_keeps_the_former_certificate(lai_chau: People) -> None:
    with lai_chau.sandbox.store.write() as connection:
        now = lai_chau.sandbox.clock.now()
        schedule.add(connection, now, "write-certificate", "0000000000000000 1")
        issued = "1"
    assert run_due(lai_chau.sandbox) == (f"certificate {issued} is gone",)
    issued = handed_over(lai_chau).certificate.serial
    with lai_chau.sandbox.store.write() as connection:
        schedule.add(connection, lai_chau.sandbox.clock.now(), "write-certificate", f"0000000000000000 {issued}")
    assert run_due(lai_chau.sandbox) == (f"device 0000000000000000 is not here to be given certificate {issued}",)


def test_a_term_that_was_not_asked_for_is_the_longest_one(lai_chau: People) -> None:
    former = lai_chau.issued(csr=a_csr()).certificate
    renewed = done(lai_chau, asks(lai_chau, former, fields={})).certificate
    assert renewed.not_after == former.not_after + timedelta(days=3 * 365)


def test_what_ended_between_the_request_and_the_renewal_is_not_renewed(lai_chau: People) -> None:
    former = lai_chau.issued(csr=a_csr()).certificate
    dossier = asks(lai_chau, former)
    turn_clock(lai_chau.sandbox, lai_chau.actor("trainer"), TurnClock(set=former.not_after + timedelta(days=1)))
    with pytest.raises(OutOfOrder) as caught:
        done(lai_chau, dossier)
    assert caught.value.state == "expired"


def test_a_person_who_moves_keeps_key_and_day_of_expiry(lai_chau: People) -> None:
    former = handed_over(lai_chau).certificate
    changed = done(lai_chau, asks(lai_chau, former, "change", case="email", fields={"new_email": "moi@laichau.test"}))
    assert changed.certificate.not_after == former.not_after
    read = x509.load_pem_x509_certificate(changed.certificate.pem.encode())
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.RFC822Name) == ["moi@laichau.test"]
    assert changed.certificate.subject == former.subject


def test_where_there_is_no_renewal_the_refusal_names_the_clause(an_giang: People) -> None:
    filing = an_giang.filing().model_copy(update={"operation": "renew", "certificate": "1"})
    with pytest.raises(NotAvailable) as caught:
        an_giang.does("subscriber", dossiers.file_dossier, filing)
    assert caught.value.clause == "TT05-2"


def test_a_certificate_that_is_not_there_is_not_found(lai_chau: People) -> None:
    former = lai_chau.issued(csr=a_csr()).certificate
    with pytest.raises(NotFound):
        asks(lai_chau, former.model_copy(update={"serial": "abc"}))


def test_a_returned_request_is_filed_again_for_the_same_operation_only(lai_chau: People) -> None:
    former = lai_chau.issued(csr=a_csr()).certificate
    dossier = asks(lai_chau, former)
    returned = CheckDossier(decision="return", reasons=("Thiếu lý do",))
    lai_chau.does("authority", dossiers.check_dossier, returned, number=dossier.number)
    with pytest.raises(NotFound):
        lai_chau.does("agency", dossiers.refile_dossier, lai_chau.filing(), number=dossier.number)


def test_reissue_is_no_service_under_the_decree(lai_chau: People) -> None:
    former = lai_chau.issued(csr=a_csr()).certificate
    filing = lai_chau.filing().model_copy(update={"operation": "reissue", "certificate": former.serial})
    with pytest.raises((NotAvailable, Refused)):
        lai_chau.does("agency", dossiers.file_dossier, filing)
