"""OCSP: requests from several makers, answers read by cryptography, asn1crypto and openssl, and garbage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as x509_ocsp
from hypothesis import given, settings
from hypothesis import strategies as st

from mockca.errors import Malformed
from mockca.pki import der, ocsp
from mockca.pki.crl import Reason
from mockca.pki.hierarchy import Endpoints, Hierarchy
from mockca.pki.issuing import LeafIssuer
from mockca.pki.keys import KeyAlgorithm, PrivateKey
from mockca.pki.names import SubjectName
from mockca.pki.ocsp import CertId, Responder, SingleAnswer, parse_request

from .openssl import OpenSsl

SERIAL = 0x7558_0912_3456_789A
DAY = timedelta(days=1)
SHA1 = hashes.SHA1()  # noqa: S303 - the hash by which most clients name an issuer


@pytest.fixture(scope="module")
def leaf(leaf_issuer: LeafIssuer, subscriber_keys: dict[KeyAlgorithm, PrivateKey], now: datetime) -> bytes:
    public = subscriber_keys[KeyAlgorithm.P256].public_key()
    return leaf_issuer.issue(
        SubjectName("Mẫu"), public, serial=SERIAL, not_before=now, not_after=now + timedelta(days=1825)
    )


@pytest.fixture(scope="module")
def responder(ec_hierarchy: Hierarchy) -> Responder:
    return Responder(ec_hierarchy.issuing, ec_hierarchy.ocsp)


def ask(leaf: bytes, issuer: x509.Certificate, algorithm: hashes.HashAlgorithm, nonce: bytes | None = None) -> bytes:
    builder = x509_ocsp.OCSPRequestBuilder().add_certificate(x509.load_der_x509_certificate(leaf), issuer, algorithm)
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def cert_id(serial: int = SERIAL, algorithm: bytes | None = None) -> bytes:
    sha1 = der.sequence(der.oid(ocsp.HASHES["sha1"]), der.NULL)
    return der.sequence(algorithm or sha1, der.octets(bytes(20)), der.octets(bytes(20)), der.integer(serial))


def request(*, version: bytes = b"", name: bytes = b"", listing: bytes | None = None, rest: bytes = b"") -> bytes:
    listed = der.sequence(der.sequence(cert_id())) if listing is None else listing
    return der.sequence(der.sequence(version, name, listed, rest))


def extension(oid: str, value: bytes, critical: bytes = b"") -> bytes:
    return der.sequence(der.oid(oid), critical, der.octets(value))


def extensions(*items: bytes) -> bytes:
    return der.tlv(der.explicit(2), der.sequence(*items))


NONCE = "1.3.6.1.5.5.7.48.1.2"


@pytest.mark.parametrize(("algorithm", "name"), [(SHA1, "sha1"), (hashes.SHA256(), "sha256")])
def test_a_request_by_either_hash_means_our_ca(
    leaf: bytes, ec_hierarchy: Hierarchy, responder: Responder, algorithm: hashes.HashAlgorithm, name: str
) -> None:
    asked = parse_request(ask(leaf, ec_hierarchy.issuing.certificate, algorithm, b"n" * 16))
    [only] = asked.cert_ids
    assert (only.serial, only.hash_algorithm, asked.nonce) == (SERIAL, name, b"n" * 16)
    assert responder.matches(only)


def test_another_ca_or_hash_is_not_ours(
    leaf: bytes, ec_hierarchy: Hierarchy, mixed_hierarchy: Hierarchy, responder: Responder
) -> None:
    for issuer, algorithm in (
        (ec_hierarchy.root, SHA1),
        (mixed_hierarchy.issuing, hashes.SHA256()),
        (ec_hierarchy.issuing, hashes.SHA512()),
    ):
        [only] = parse_request(ask(leaf, issuer.certificate, algorithm)).cert_ids
        assert not responder.matches(only)


def test_a_request_about_several_certificates_is_read_in_its_order() -> None:
    listing = der.sequence(*[der.sequence(cert_id(serial)) for serial in (5, 3, 4)])
    asked = parse_request(request(listing=listing))
    assert [one.serial for one in asked.cert_ids] == [5, 3, 4]
    assert asked.cert_ids[1].der == cert_id(3)
    assert asked.nonce is None


def test_the_optional_parts_of_a_request_are_passed_over() -> None:
    name = der.tlv(der.explicit(1), der.tlv(der.explicit(4), der.sequence()))
    service = extension("1.3.6.1.5.5.7.48.1.7", der.sequence())
    listing = der.sequence(der.sequence(cert_id(), der.tlv(der.explicit(0), der.sequence(service))))
    version = der.tlv(der.explicit(0), der.integer(0))
    fields = der.sequence(version, name, listing, extensions(extension(NONCE, der.octets(b"n"), b"\x01\x01\x00")))
    signature = der.tlv(der.explicit(0), der.sequence(der.sequence(), der.bits(b"")))
    asked = parse_request(der.sequence(fields, signature))
    assert asked.nonce == b"n"
    no_parameters = der.sequence(der.oid(ocsp.HASHES["sha256"]))
    [only] = parse_request(request(listing=der.sequence(der.sequence(cert_id(1, no_parameters))))).cert_ids
    assert only.hash_algorithm == "sha256"


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\x30\x00",
        bytes(70_000),
        request() + b"\x00",
        request(listing=der.sequence()),
        request(listing=der.sequence(*[der.sequence(cert_id())] * 21)),
        request(listing=der.sequence(der.sequence(cert_id(-1)))),
        request(listing=der.sequence(der.sequence(cert_id(1, der.sequence(der.oid("1.2.3"), b"\x05\x01\x00"))))),
        request(listing=der.sequence(der.sequence(cert_id(1, der.sequence(der.oid("1.2.3"), der.NULL, der.NULL))))),
        request(listing=der.sequence(der.sequence(cert_id(), der.NULL))),
        request(version=der.tlv(der.explicit(0), der.integer(1))),
        request(version=der.tlv(der.explicit(0), der.integer(0), der.NULL)),
        request(rest=der.NULL),
        request(rest=extensions() + der.NULL),
        request(rest=extensions(extension(NONCE, b"bare"))),
        request(rest=extensions(extension(NONCE, der.octets(b"")))),
        request(rest=extensions(extension(NONCE, der.octets(bytes(129))))),
        request(rest=extensions(extension(NONCE, der.octets(b"n") + b"\x00"))),
        request(rest=extensions(*[extension(NONCE, der.octets(b"n"))] * 2)),
        request(rest=extensions(extension("1.2.3", b"", der.TRUE))),
        request(rest=extensions(der.sequence(der.oid(NONCE), der.octets(der.octets(b"n")), der.NULL))),
        der.sequence(der.sequence(der.sequence(der.sequence(cert_id()))), der.NULL),
    ],
)
def test_a_damaged_request_is_malformed(damaged: bytes) -> None:
    with pytest.raises(Malformed, match="OCSP request"):
        parse_request(damaged)


def test_the_longest_nonce_is_taken() -> None:
    assert parse_request(request(rest=extensions(extension(NONCE, der.octets(bytes(128)))))).nonce == bytes(128)


@given(st.binary(max_size=300))
def test_arbitrary_octets_are_malformed_and_nothing_else(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_request(data)


@settings(max_examples=500)
@given(data=st.data())
def test_a_request_with_a_bit_flipped_is_read_or_malformed(
    data: st.DataObject, leaf: bytes, ec_hierarchy: Hierarchy
) -> None:
    damaged = bytearray(ask(leaf, ec_hierarchy.issuing.certificate, SHA1, b"n" * 16))
    damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        asked = parse_request(bytes(damaged))
    except Malformed:
        return
    # Whoever reads it at all reads the same as cryptography does.
    peer = x509_ocsp.load_der_ocsp_request(bytes(damaged))
    assert asked.cert_ids[0].serial == peer.serial_number
    assert asked.cert_ids[0].name_hash == peer.issuer_name_hash


def single(asked: bytes, now: datetime, status: Any, reason: Reason | None = None) -> SingleAnswer:
    [only] = parse_request(asked).cert_ids
    return SingleAnswer(only, status, now - DAY if status == "revoked" else None, reason, now, now + DAY)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("good", None),
        ("unknown", None),
        ("revoked", None),
        ("revoked", Reason.UNSPECIFIED),
        ("revoked", Reason.CERTIFICATE_HOLD),
        ("revoked", Reason.KEY_COMPROMISE),
    ],
)
def test_cryptography_reads_each_answer(
    leaf: bytes, ec_hierarchy: Hierarchy, responder: Responder, now: datetime, status: str, reason: Reason | None
) -> None:
    asked = ask(leaf, ec_hierarchy.issuing.certificate, hashes.SHA256())
    answer = single(asked, now, status, reason)
    read = x509_ocsp.load_der_ocsp_response(responder.respond([answer], produced_at=now + DAY, nonce=b"n" * 16))
    second = now.replace(microsecond=0)
    assert read.certificate_status is x509_ocsp.OCSPCertStatus[status.upper()]
    assert read.serial_number == SERIAL
    assert read.produced_at_utc == second + DAY
    assert (read.this_update_utc, read.next_update_utc) == (second, second + DAY)
    assert read.revocation_time_utc == (second - DAY if status == "revoked" else None)
    told = None if reason in {None, Reason.UNSPECIFIED} else x509.ReasonFlags(reason)
    assert read.revocation_reason is told
    assert read.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 16
    assert read.certificates == [ec_hierarchy.ocsp.certificate]
    key = ec_hierarchy.ocsp.key.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(read.signature, read.tbs_response_bytes, ec.ECDSA(hashes.SHA256()))
    assert read.responder_key_hash == ec_hierarchy.ocsp.key_id


def test_an_answer_needs_no_next_update_and_no_nonce(
    leaf: bytes, ec_hierarchy: Hierarchy, responder: Responder, now: datetime
) -> None:
    asked = ask(leaf, ec_hierarchy.issuing.certificate, SHA1)
    [only] = parse_request(asked).cert_ids
    answer = SingleAnswer(only, "good", None, None, now, None)
    read = x509_ocsp.load_der_ocsp_response(responder.respond([answer], produced_at=now))
    assert read.next_update_utc is None
    assert len(read.extensions) == 0


def test_a_responder_may_be_named_by_its_subject(leaf: bytes, ec_hierarchy: Hierarchy, now: datetime) -> None:
    asked = ask(leaf, ec_hierarchy.issuing.certificate, SHA1)
    named = Responder(ec_hierarchy.issuing, ec_hierarchy.ocsp, by_name=True)
    read = x509_ocsp.load_der_ocsp_response(named.respond([single(asked, now, "good")], produced_at=now))
    assert read.responder_name == ec_hierarchy.ocsp.certificate.subject


def test_archive_cutoff_and_extended_revoke_stand_where_the_standard_wants_them(
    leaf: bytes, ec_hierarchy: Hierarchy, responder: Responder, now: datetime
) -> None:
    asked = ask(leaf, ec_hierarchy.issuing.certificate, SHA1)
    cutoff = datetime(2019, 1, 1, tzinfo=UTC)
    made = responder.respond([single(asked, now, "good")], produced_at=now, archive_cutoff=cutoff, extended_revoke=True)
    basic = asn1_ocsp.OCSPResponse.load(made, strict=True).basic_ocsp_response["tbs_response_data"]
    [one] = basic["responses"]
    assert one["single_extensions"].native[0] == {"extn_id": "archive_cutoff", "critical": False, "extn_value": cutoff}
    assert [e["extn_id"] for e in basic["response_extensions"].native] == ["extended_revoke"]


def test_several_answers_go_out_in_one_response_in_their_order(responder: Responder, now: datetime) -> None:
    listing = der.sequence(*[der.sequence(cert_id(serial)) for serial in (5, 3, 4)])
    asked = parse_request(request(listing=listing))
    answers = [SingleAnswer(one, "good", None, None, now, now + DAY) for one in asked.cert_ids]
    made = asn1_ocsp.OCSPResponse.load(responder.respond(answers, produced_at=now), strict=True)
    responses = made.basic_ocsp_response["tbs_response_data"]["responses"]
    assert [one["cert_id"]["serial_number"].native for one in responses] == [5, 3, 4]


def test_a_revocation_without_its_time_is_not_answered(responder: Responder, now: datetime) -> None:
    answer = SingleAnswer(CertId(1, "sha1", b"", b"", cert_id(1)), "revoked", None, None, now, None)
    with pytest.raises(ValueError, match="time of its revocation"):
        responder.respond([answer], produced_at=now)


@pytest.mark.parametrize("name", sorted(ocsp.STATUSES))
def test_a_failure_carries_its_status_and_nothing_else(responder: Responder, name: str) -> None:
    assert responder.failure(name) == ocsp.failure(name)
    read = x509_ocsp.load_der_ocsp_response(responder.failure(name))
    assert read.response_status.name.replace("_", "").lower() in {name.lower(), "sigrequired"}
    assert read.response_status.value == ocsp.STATUSES[name]


@pytest.mark.parametrize("digest", ["-sha1", "-sha256"])
@pytest.mark.parametrize("by_name", [False, True])
def test_openssl_asks_and_believes_the_answer(
    either_hierarchy: Hierarchy,
    endpoints: Endpoints,
    subscriber_keys: dict[KeyAlgorithm, PrivateKey],
    openssl: OpenSsl,
    digest: str,
    by_name: bool,
) -> None:
    # openssl compares with the real time, so this answer is of the real time.
    present = datetime.now(UTC)
    began = either_hierarchy.issuing.certificate.not_valid_before_utc
    leaf = LeafIssuer(either_hierarchy.issuing, endpoints).issue(
        SubjectName("Mẫu"),
        subscriber_keys[KeyAlgorithm.P256].public_key(),
        serial=SERIAL,
        not_before=began,
        not_after=began + timedelta(days=1825),
    )
    openssl.hierarchy(either_hierarchy)
    openssl.certificate("leaf.pem", leaf)
    openssl("ocsp", digest, "-issuer", "issuing.pem", "-cert", "leaf.pem", "-reqout", "request.der")
    asked = parse_request((openssl.folder / "request.der").read_bytes())
    assert asked.nonce is not None
    responder = Responder(either_hierarchy.issuing, either_hierarchy.ocsp, by_name=by_name)
    [only] = asked.cert_ids
    assert responder.matches(only)
    answer = SingleAnswer(only, "revoked", present, Reason.CERTIFICATE_HOLD, present, present + DAY)
    openssl.write("response.der", responder.respond([answer], produced_at=present, nonce=asked.nonce))
    at = str(int((began + DAY).timestamp()))
    said = openssl(
        "ocsp", "-no_nonce", "-reqin", "request.der", "-respin", "response.der", "-issuer", "issuing.pem", digest,
        "-cert", "leaf.pem", "-CAfile", "chain.pem", "-attime", at,
    )  # fmt: skip
    assert "Response verify OK" in said
    assert "leaf.pem: revoked" in said
    assert "Reason: certificateHold" in said

    openssl.write("replayed.der", responder.respond([answer], produced_at=present, nonce=bytes(16)))
    refused = openssl.try_to(
        "ocsp", "-no_nonce", "-reqin", "request.der", "-respin", "replayed.der", "-CAfile", "chain.pem", "-attime", at
    )
    assert "Nonce Verify error" in refused.stderr
