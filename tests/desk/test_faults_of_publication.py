"""Faults on order at OCSP and CRLs, as relying parties' software sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import ocsp

from mockca.desk import faults
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import AddFault
from mockca.desk.publication import CrlName, Publisher
from mockca.pki.hierarchy import Signer
from mockca.registry import journal
from mockca.registry.status import Status
from tests.desk.publication_world import MINUTE, START, World, base_of, found_world, listed, number_of, told

TRAINER = Actor("trainer", Role.TRAINER)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> World:
    return found_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def held(founded: World) -> tuple[str, str]:
    """Two certificates that are on the CRL."""
    return founded.issue(), founded.issue()


@pytest.fixture
def world(founded: World, held: tuple[str, str]) -> Iterator[World]:
    yield founded
    for fault in faults.list_faults(founded.sandbox).items:
        faults.remove_fault(founded.sandbox, TRAINER, fault.number)


@pytest.fixture
def publisher(world: World) -> Publisher:
    return Publisher(world.sandbox)


def order(world: World, endpoint: str, effect: str, **more: object) -> None:
    faults.add_fault(world.sandbox, TRAINER, AddFault.model_validate({"endpoint": endpoint, "effect": effect, **more}))


def is_signed_by(signer: Signer, signature: bytes, data: bytes) -> bool:
    key = signer.certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    try:
        key.verify(signature, data, ec.ECDSA(SHA256()))
    except Exception:
        return False
    return True


def nonce_of(answer: ocsp.OCSPResponse) -> bytes:
    return answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce


def crl(publisher: Publisher, name: CrlName = CrlName.ISSUING) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl(publisher.crl(name).der)


# --- OCSP ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "status"),
    [("try-later", "try_later"), ("unauthorized", "unauthorized"), ("internal-error", "internal_error")],
)
def test_no_status_but_a_failure(world: World, publisher: Publisher, held: Any, effect: str, status: str) -> None:
    before = told(world.ask(held[0], publisher=publisher))
    order(world, "ocsp", effect, next=1)
    assert told(world.ask(held[0], publisher=publisher)) == (status, None)
    assert told(world.ask(held[0], publisher=publisher)) == before == ("revoked", "certificateHold")


def test_an_answer_that_is_past_its_next_update(world: World, publisher: Publisher, held: Any) -> None:
    right = world.ask(held[0], publisher=publisher)
    order(world, "ocsp", "stale", stale_seconds=120)
    answer = world.ask(held[0], publisher=publisher)
    assert answer.next_update_utc == START - 2 * MINUTE
    assert answer.produced_at_utc == answer.this_update_utc
    assert right.next_update_utc is not None
    assert answer.next_update_utc - answer.this_update_utc == right.next_update_utc - right.this_update_utc
    assert told(answer) == told(right)
    assert is_signed_by(world.sandbox.hierarchy.ocsp, answer.signature, answer.tbs_response_bytes)


def test_another_nonce_than_the_requests(world: World, publisher: Publisher, held: Any) -> None:
    order(world, "ocsp", "wrong-nonce")
    asked = bytes(range(32))
    found = nonce_of(world.ask(held[0], publisher=publisher, nonce=asked))
    assert found != asked
    assert found[:-1] == asked[:-1]
    assert nonce_of(world.ask(held[0], publisher=publisher))


def test_signed_by_a_certificate_that_is_not_for_ocsp(world: World, publisher: Publisher, held: Any) -> None:
    order(world, "ocsp", "wrong-signer")
    answer = world.ask(held[0], publisher=publisher)
    assert answer.certificates == [world.sandbox.hierarchy.tsa.certificate]
    assert is_signed_by(world.sandbox.hierarchy.tsa, answer.signature, answer.tbs_response_bytes)


def test_signed_by_a_responder_that_has_expired(world: World, publisher: Publisher, held: Any) -> None:
    order(world, "ocsp", "expired-certificate")
    answer = world.ask(held[0], publisher=publisher)
    [certificate] = answer.certificates
    assert certificate.not_valid_after_utc < START
    assert certificate.subject == world.sandbox.hierarchy.ocsp.certificate.subject
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert x509.oid.ExtendedKeyUsageOID.OCSP_SIGNING in purposes
    assert is_signed_by(world.sandbox.hierarchy.ocsp, answer.signature, answer.tbs_response_bytes)


def test_garbage_stays_garbage(world: World, publisher: Publisher) -> None:
    order(world, "ocsp", "stale")
    answer = ocsp.load_der_ocsp_response(publisher.ocsp(b"garbage").der)
    assert told(answer) == ("malformed_request", None)


# --- CRLs ---------------------------------------------------------------------------------------------------------


def test_a_crl_without_one_entry_and_one_without_any(world: World, publisher: Publisher, held: Any) -> None:
    order(world, "crl", "missing-entry", entry=held[0], next=1)
    without = crl(publisher)
    assert list(listed(without)) == [held[1]]
    whole = crl(publisher)
    assert set(listed(whole)) == set(held)
    assert (number_of(without), without.last_update_utc) == (number_of(whole), whole.last_update_utc)
    assert without.next_update_utc == whole.next_update_utc
    order(world, "crl", "missing-entry")
    assert listed(crl(publisher)) == {}


def test_a_number_that_goes_back_and_what_else_there_is_stays(world: World, publisher: Publisher, held: Any) -> None:
    world.change(held[0], Status.SUSPENDED)
    full, delta = crl(publisher), crl(publisher, CrlName.DELTA)
    order(world, "crl", "number-back", back=1)
    lower, lower_delta = crl(publisher), crl(publisher, CrlName.DELTA)
    assert number_of(lower) == number_of(full) - 1
    assert number_of(lower_delta) == number_of(delta) - 1
    assert base_of(lower_delta) <= number_of(lower_delta) - 1
    assert listed(lower) == listed(full)
    assert [one.oid for one in lower.extensions] == [one.oid for one in full.extensions]
    assert is_signed_by(world.sandbox.hierarchy.issuing, lower.signature, lower.tbs_certlist_bytes)
    order(world, "crl", "number-back", back=1_000_000)
    assert (number_of(crl(publisher)), number_of(crl(publisher, CrlName.DELTA))) == (0, 1)
    assert base_of(crl(publisher, CrlName.DELTA)) == 0


def test_a_crl_that_is_past_its_next_update(world: World, publisher: Publisher) -> None:
    right = crl(publisher, CrlName.ROOT)
    order(world, "crl", "stale", stale_seconds=1, role="root")
    stale = crl(publisher, CrlName.ROOT)
    assert stale.next_update_utc is not None
    assert (START - stale.next_update_utc).total_seconds() == 1
    assert right.next_update_utc is not None
    assert stale.next_update_utc - stale.last_update_utc == right.next_update_utc - right.last_update_utc
    assert crl(publisher).next_update_utc != stale.next_update_utc


def test_a_crl_signed_by_somebody_else(world: World, publisher: Publisher) -> None:
    order(world, "crl", "wrong-signer")
    found = crl(publisher)
    hierarchy = world.sandbox.hierarchy
    assert found.issuer == hierarchy.issuing.certificate.subject
    assert is_signed_by(hierarchy.ocsp, found.signature, found.tbs_certlist_bytes)
    assert not is_signed_by(hierarchy.issuing, found.signature, found.tbs_certlist_bytes)


def test_what_went_wrong_is_in_the_journal(world: World, publisher: Publisher, held: Any) -> None:
    order(world, "crl", "missing-entry", entry=held[1], next=1)
    crl(publisher)
    with world.sandbox.store.read() as connection:
        last = journal.entries(connection, action="exchange.disturbed", limit=1000)[-1]
    [fault] = last.detail["faults"]
    assert (last.about, last.detail["crl"]) == ("crl", "issuing")
    assert (fault["effect"], fault["entry"]) == ("missing-entry", held[1])
