"""pyhanko-certvalidator follows the path and asks for revocation at a simulated time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as x509_ocsp
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import InsufficientRevinfoError, RevokedError

from mockca.pki import crl
from mockca.pki.crl import Reason
from mockca.pki.hierarchy import Endpoints, Hierarchy
from mockca.pki.issuing import LeafIssuer
from mockca.pki.keys import KeyAlgorithm, PrivateKey
from mockca.pki.names import SubjectName
from mockca.pki.ocsp import Responder, SingleAnswer, parse_request

SERIAL = 0x7558_0912_3456_789A


@pytest.fixture(params=[KeyAlgorithm.P256, KeyAlgorithm.RSA_2048])
def leaf(
    request: pytest.FixtureRequest,
    either_hierarchy: Hierarchy,
    endpoints: Endpoints,
    subscriber_keys: dict[KeyAlgorithm, PrivateKey],
    now: datetime,
) -> bytes:
    return LeafIssuer(either_hierarchy.issuing, endpoints).issue(
        SubjectName("Nguyễn Thị Mẫu", ("UBND tỉnh Mẫu",), "Mẫu", "mau@mau.test"),
        subscriber_keys[request.param].public_key(),
        serial=SERIAL,
        not_before=now,
        not_after=now + timedelta(days=1825),
    )


def validate(
    hierarchy: Hierarchy, leaf: bytes, at: datetime, crls: Iterable[bytes] = (), answers: Iterable[bytes] = ()
) -> None:
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(hierarchy.root.der)],
        moment=at,
        crls=[asn1_crl.CertificateList.load(one) for one in crls],
        ocsps=[asn1_ocsp.OCSPResponse.load(one) for one in answers],
        revocation_mode="require",
        allow_fetching=False,
    )
    validator = CertificateValidator(
        asn1_x509.Certificate.load(leaf),
        intermediate_certs=[asn1_x509.Certificate.load(hierarchy.issuing.der)],
        validation_context=context,
    )
    asyncio.run(validator.async_validate_usage({"digital_signature", "non_repudiation"}, {"email_protection"}))


def crl_of(hierarchy: Hierarchy, endpoints: Endpoints, name: str, at: datetime, *entries: bytes) -> bytes:
    return crl.build(
        getattr(hierarchy, name),
        number=7,
        this_update=at,
        next_update=at + timedelta(days=7),
        entries=entries,
        distribution_point=getattr(endpoints, f"{name}_crl"),
    )


def answer(hierarchy: Hierarchy, leaf: bytes, at: datetime, *, revoked: bool) -> bytes:
    builder = x509_ocsp.OCSPRequestBuilder().add_certificate(
        x509.load_der_x509_certificate(leaf), hierarchy.issuing.certificate, SHA256()
    )
    [asked] = parse_request(builder.build().public_bytes(Encoding.DER)).cert_ids
    single = SingleAnswer(
        asked,
        "revoked" if revoked else "good",
        at if revoked else None,
        Reason.CERTIFICATE_HOLD if revoked else None,
        at,
        at + timedelta(days=1),
    )
    return Responder(hierarchy.issuing, hierarchy.ocsp).respond([single], produced_at=at)


def test_a_good_certificate_is_valid_by_crl_and_by_ocsp(
    either_hierarchy: Hierarchy, endpoints: Endpoints, leaf: bytes, now: datetime
) -> None:
    at = now + timedelta(days=100)
    root = crl_of(either_hierarchy, endpoints, "root", at)
    validate(either_hierarchy, leaf, at, [root, crl_of(either_hierarchy, endpoints, "issuing", at)])
    validate(either_hierarchy, leaf, at, [root], [answer(either_hierarchy, leaf, at, revoked=False)])


def test_a_revoked_certificate_is_refused_by_crl_and_by_ocsp(
    either_hierarchy: Hierarchy, endpoints: Endpoints, leaf: bytes, now: datetime
) -> None:
    at = now + timedelta(days=100)
    root = crl_of(either_hierarchy, endpoints, "root", at)
    listed = crl_of(either_hierarchy, endpoints, "issuing", at, crl.entry(SERIAL, at, Reason.KEY_COMPROMISE))
    with pytest.raises(RevokedError, match="compromised key"):
        validate(either_hierarchy, leaf, at, [root, listed])
    with pytest.raises(RevokedError, match=r"(?i)hold"):
        validate(either_hierarchy, leaf, at, [root], [answer(either_hierarchy, leaf, at, revoked=True)])


def test_without_revocation_data_nothing_is_certain(either_hierarchy: Hierarchy, leaf: bytes, now: datetime) -> None:
    with pytest.raises(InsufficientRevinfoError):
        validate(either_hierarchy, leaf, now + timedelta(days=100))
