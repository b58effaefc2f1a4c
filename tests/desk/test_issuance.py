"""Issuance: once per dossier, retried safely, by CSR or on a token, and refused without a trace."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from cryptography import x509

from mockca.desk import issuance, units
from mockca.desk.commands import CheckDossier, IssueCertificate, RegisterUnit
from mockca.desk.dossiers import check_dossier
from mockca.desk.transaction import perform
from mockca.desk.views import IssuedView
from mockca.errors import Conflict, Forbidden, Malformed, MockcaError, NotFound, OutOfOrder, Refused
from tests.desk.conftest import People, a_csr


def issue(people: People, number: int, command: IssueCertificate, key: str | None = None) -> IssuedView:
    return issuance.issue_certificate(
        people.sandbox, people.actor("authority"), command, number=number, idempotency_key=key
    )


def test_a_retry_with_the_same_key_gets_the_same_certificate_and_pins(lai_chau: People) -> None:
    number = lai_chau.approved().number
    command = IssueCertificate(algorithm="p256")
    first = issue(lai_chau, number, command, "k1")
    assert issue(lai_chau, number, command, "k1") == first
    assert lai_chau.sandbox.shelf.serials() == (first.certificate.device,)
    with pytest.raises(Conflict):
        issue(lai_chau, number, IssueCertificate(algorithm="p384"), "k1")
    with pytest.raises(OutOfOrder):
        issue(lai_chau, number, command)


def test_a_retry_of_any_use_case_gets_the_first_answer(lai_chau: People) -> None:
    number = lai_chau.files().number
    accept = partial(check_dossier, number=number)
    authority = lai_chau.actor("authority")
    command = CheckDossier(decision="accept")
    first = perform(lai_chau.sandbox, authority, accept, command, idempotency_key="k")
    assert perform(lai_chau.sandbox, authority, accept, command, idempotency_key="k") == first
    other = partial(check_dossier, number=number + 1)
    with pytest.raises(Conflict):
        perform(lai_chau.sandbox, authority, other, command, idempotency_key="k")


def test_of_many_at_once_one_issues(lai_chau: People) -> None:
    number = lai_chau.approved().number

    def attempt(algorithm: str) -> str:
        try:
            return issue(lai_chau, number, IssueCertificate(algorithm=algorithm)).certificate.serial
        except (OutOfOrder, Conflict) as error:
            return type(error).__name__

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(attempt, ["p256"] * 4))
    assert sum(result not in ("OutOfOrder", "Conflict") for result in results) == 1
    assert len(lai_chau.sandbox.shelf.serials()) == 1


def test_the_certificate_is_as_the_profile_says(lai_chau: People) -> None:
    view = lai_chau.issued().certificate
    certificate = x509.load_pem_x509_certificate(view.pem.encode())
    assert f"{certificate.serial_number:x}" == view.serial
    assert len(view.serial) == 16
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 1825
    assert certificate.issuer == lai_chau.sandbox.hierarchy.issuing.certificate.subject
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.RFC822Name) == ["gamau@laichau.test"]


@pytest.mark.parametrize(
    "csr", ["", "nonsense", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----"]
)
def test_a_bad_csr_is_malformed_and_changes_nothing(lai_chau: People, csr: str) -> None:
    number = lai_chau.approved().number
    with pytest.raises(Malformed):
        issue(lai_chau, number, IssueCertificate(csr=csr))
    assert issue(lai_chau, number, IssueCertificate(csr=a_csr())).certificate.device is None


def test_an_unknown_device_model_is_refused_with_those_there_are(lai_chau: People) -> None:
    with pytest.raises(Refused) as error:
        lai_chau.issued(algorithm="p256", device_model="abacus")
    assert "generic-10" in error.value.violations[0].accepted


@pytest.mark.parametrize(
    ("role", "number", "kind"), [("agency", 1, Forbidden), ("authority", 99, NotFound), ("authority", 1, OutOfOrder)]
)
def test_only_the_authority_issues_and_only_what_is_approved(
    lai_chau: People, role: str, number: int, kind: type[MockcaError]
) -> None:
    lai_chau.files()
    with pytest.raises(kind):
        issuance.issue_certificate(lai_chau.sandbox, lai_chau.actor(role), IssueCertificate(csr=a_csr()), number=number)


def test_a_unit_is_entered_once_and_judged_when_it_files(lai_chau: People) -> None:
    command = RegisterUnit(
        id="truong-thpt",
        regulation="lai-chau",
        name="Trường THPT Mô Phỏng",
        category="public-service-unit",
        superiors=("Ủy ban nhân dân tỉnh Lai Châu", "Sở Giáo dục và Đào tạo"),
        locality="Lai Châu",
        email="thpt@laichau.test",
    )
    view = lai_chau.does("registrar", units.register_unit, command)
    assert view.superiors == command.superiors
    with pytest.raises(Conflict):
        lai_chau.does("registrar", units.register_unit, command)
    with pytest.raises(Forbidden):
        lai_chau.does("agency", units.register_unit, command)
