"""Time stamps: OpenSSL and rfc3161-client believe them, and requests are read to the last octet."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms, core, tsp
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3161_client import TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from mockca.pki import der, tsa
from mockca.pki.certificates import TIMESTAMP_POLICY
from mockca.pki.hierarchy import Hierarchy, expired
from mockca.pki.tsa import Rejected, Stamp, TimestampAuthority, parse_request

from .openssl import OpenSsl

DATA = "Công văn số 12".encode()
AT = datetime(2026, 11, 3, 8, 30, 15, 987_654, UTC)
POLICY = TIMESTAMP_POLICY


def query(
    *,
    version: int = 1,
    algorithm: str = "2.16.840.1.101.3.4.2.1",
    parameters: bytes = der.NULL,
    hashed: bytes = hashlib.sha256(DATA).digest(),
    policy: str | None = None,
    nonce: bytes = b"",
    rest: bytes = b"",
) -> bytes:
    """A TimeStampReq, as wrong as wanted."""
    return der.sequence(
        der.integer(version),
        der.sequence(der.sequence(der.oid(algorithm), parameters), der.octets(hashed)),
        b"" if policy is None else der.oid(policy),
        nonce,
        rest,
    )


def answered(hierarchy: Hierarchy, request: bytes, *, serial: int = 0x80, weakly: bool = False) -> bytes:
    asked = parse_request(request)
    authority = TimestampAuthority(hierarchy.tsa, hierarchy.issuing, weakly=weakly)
    return authority.respond(Stamp(asked.imprint, asked.nonce, serial, AT, asked.wants_certificate))


def failure_of(request: bytes) -> str:
    with pytest.raises(Rejected) as caught:
        parse_request(request)
    return caught.value.failure


def read(response: bytes) -> tuple[tsp.TSTInfo, cms.SignedData]:
    signed = tsp.TimeStampResp.load(response, strict=True)["time_stamp_token"]["content"]
    return signed["encap_content_info"]["content"].parsed, signed


@pytest.mark.parametrize("wants", [["-cert"], []], ids=["with certificates", "without"])
@pytest.mark.parametrize("hash_option", ["-sha1", "-sha256", "-sha512"])
def test_openssl_asks_and_believes_the_answer(
    either_hierarchy: Hierarchy, openssl: OpenSsl, wants: list[str], hash_option: str
) -> None:
    openssl.hierarchy(either_hierarchy)
    openssl.write("data", DATA)
    openssl("ts", "-query", "-data", "data", hash_option, "-out", "query.tsq", *wants)
    openssl.write("reply.tsr", answered(either_hierarchy, (openssl.folder / "query.tsq").read_bytes()))
    openssl.write("both.pem", b"".join((openssl.folder / f"{name}.pem").read_bytes() for name in ("issuing", "tsa")))
    trust = ["-CAfile", "root.pem", "-attime", str(int(AT.timestamp()))]
    if not wants:
        trust += ["-untrusted", "both.pem"]
    assert "Verification: OK" in openssl("ts", "-verify", "-queryfile", "query.tsq", "-in", "reply.tsr", *trust)
    openssl.write("data", DATA + b"!")
    assert openssl.try_to("ts", "-verify", "-data", "data", "-in", "reply.tsr", *trust).returncode != 0


def test_another_client_believes_it_too(ec_hierarchy: Hierarchy) -> None:
    request = TimestampRequestBuilder().data(DATA).nonce(nonce=True).cert_request(cert_request=True).build()
    response = decode_timestamp_response(answered(ec_hierarchy, request.as_bytes()))
    verifier = (
        VerifierBuilder()
        .add_root_certificate(ec_hierarchy.root.certificate)
        .policy_id(x509.ObjectIdentifier(POLICY))
        .nonce(request.nonce or 0)
        .build()
    )
    assert verifier.verify_message(response, DATA)
    with pytest.raises(VerificationError):
        verifier.verify_message(response, DATA + b"!")


def test_a_token_says_what_was_asked_when_and_by_whom(mixed_hierarchy: Hierarchy) -> None:
    info, signed = read(answered(mixed_hierarchy, query(nonce=der.integer(-5), rest=der.TRUE)))
    assert info["policy"].native == POLICY
    assert info["serial_number"].native == 0x80
    assert info["gen_time"].native == AT.replace(microsecond=0)
    assert info["accuracy"]["seconds"].native == tsa.ACCURACY_SECONDS
    assert info["nonce"].native == -5
    assert info["tsa"].chosen.untag().dump() == mixed_hierarchy.tsa.subject
    assert {one.chosen.dump() for one in signed["certificates"]} == {
        mixed_hierarchy.tsa.der,
        mixed_hierarchy.issuing.der,
    }
    [signer] = signed["signer_infos"]
    attributes = {one["type"].native: one["values"][0] for one in signer["signed_attrs"]}
    certified = attributes["signing_certificate_v2"]["certs"][0]
    assert certified["cert_hash"].native == hashlib.sha256(mixed_hierarchy.tsa.der).digest()
    assert certified["issuer_serial"]["serial_number"].native == mixed_hierarchy.tsa.certificate.serial_number
    assert attributes["signing_time"].native == AT.replace(microsecond=0)
    # What was signed is a SET OF, whose order DER lays down.
    encoded = [one.dump() for one in signer["signed_attrs"]]
    assert encoded == sorted(encoded)


def test_no_certificates_go_along_unless_they_are_asked_for(ec_hierarchy: Hierarchy) -> None:
    _, signed = read(answered(ec_hierarchy, query(rest=b"\x01\x01\x00")))
    assert signed["certificates"].native is None


def test_an_answer_for_the_next_century_is_still_der(ec_hierarchy: Hierarchy) -> None:
    asked = parse_request(query())
    stamp = Stamp(asked.imprint, None, 1, datetime(2101, 1, 1, tzinfo=UTC), False)
    info, _ = read(TimestampAuthority(ec_hierarchy.tsa, ec_hierarchy.issuing).respond(stamp))
    assert info["gen_time"].native == stamp.instant


@pytest.mark.parametrize(
    ("request_", "failure"),
    [
        (b"", "badDataFormat"),
        (b"<html></html>", "badDataFormat"),
        (query()[:-1], "badDataFormat"),
        (query() + der.NULL, "badDataFormat"),
        (query(hashed=b"\0" * 31), "badDataFormat"),
        (query(algorithm="1.3.14.3.2.26"), "badDataFormat"),
        (query(nonce=b"\x02\x02\x00\x01"), "badDataFormat"),
        (query(nonce=b"\x02\x00"), "badDataFormat"),
        (query(nonce=der.integer(1 << 520)), "badDataFormat"),
        (query(rest=der.tlv(der.BOOLEAN, b"\xff\xff")), "badDataFormat"),
        (query(rest=der.tlv(der.explicit(0))), "badDataFormat"),
        (query(rest=bytes(tsa.MAX_OCTETS)), "badDataFormat"),
        (query(version=2), "badRequest"),
        (query(algorithm="1.2.840.113549.2.5", hashed=bytes(16)), "badAlg"),
        (query(parameters=der.integer(1)), "badAlg"),
        (
            query(
                rest=der.tlv(der.explicit(0), der.sequence(der.oid("1.3.6.1.4.1.32473.9"), der.TRUE, der.octets(b"")))
            ),
            "unacceptedExtension",
        ),
        (
            query(rest=der.tlv(der.explicit(0), der.sequence(der.oid("1.3.6.1.4.1.32473.9"), der.octets(b"")))),
            "unacceptedExtension",
        ),
    ],
)
def test_what_is_no_request_is_refused_by_what_is_wrong_with_it(request_: bytes, failure: str) -> None:
    assert failure_of(request_) == failure


def test_a_hash_may_come_without_parameters(ec_hierarchy: Hierarchy) -> None:
    info, _ = read(answered(ec_hierarchy, query(parameters=b"")))
    assert info["message_imprint"]["hash_algorithm"]["parameters"].dump() == b""


@given(st.binary(max_size=120))
@settings(max_examples=150)
def test_garbage_is_never_more_than_bad_format(octets: bytes) -> None:
    assert failure_of(octets) == "badDataFormat"


@given(st.integers(0, len(query(policy=POLICY, nonce=der.integer(7), rest=der.TRUE)) - 1), st.integers(1, 255))
@settings(max_examples=150)
def test_a_request_with_one_octet_changed_is_read_or_refused(at: int, change: int) -> None:
    octets = bytearray(query(policy=POLICY, nonce=der.integer(7), rest=der.TRUE))
    octets[at] ^= change
    try:
        outcome = parse_request(bytes(octets)).imprint in octets
    except Rejected as error:
        outcome = error.failure in ("badDataFormat", "badAlg", "badRequest", "unacceptedExtension")
    assert outcome


@pytest.mark.parametrize("failure", tsa.FAILURES)
def test_a_refusal_is_read_by_its_name(failure: str) -> None:
    # asn1crypto does not know that the token may be missing.
    [status] = core.SequenceOf.load(tsa.rejection(failure, "Không nhận.", "Not taken."), spec=tsp.PKIStatusInfo)
    assert status["status"].native == "rejection"
    assert [text.native for text in status["status_string"]] == ["Không nhận.", "Not taken."]
    flags = status["fail_info"]
    # A named bit list ends with its last one bit, so its length tells it.
    assert (len(flags.contents) - 2) * 8 + 7 - flags.contents[0] == tsa.FAILURES[failure]


def test_only_its_own_policy_is_accepted(ec_hierarchy: Hierarchy) -> None:
    authority = TimestampAuthority(ec_hierarchy.tsa, ec_hierarchy.issuing)
    assert authority.accepts(None)
    assert authority.accepts(parse_request(query(policy=POLICY)).policy)
    assert not authority.accepts(parse_request(query(policy=f"{POLICY}.1")).policy)


def test_a_weak_signature_says_that_it_is_one(mixed_hierarchy: Hierarchy) -> None:
    _, signed = read(answered(mixed_hierarchy, query(), weakly=True))
    assert signed["signer_infos"][0]["digest_algorithm"]["algorithm"].native == "sha1"
    assert signed["signer_infos"][0]["signature_algorithm"].signature_algo == "rsassa_pkcs1v15"


def test_an_expired_certificate_is_refused_for_that_alone(
    either_hierarchy: Hierarchy, openssl: OpenSsl, tmp_path: Path
) -> None:
    began = either_hierarchy.tsa.certificate.not_valid_before_utc
    signer = expired(either_hierarchy.tsa, either_hierarchy.issuing, began - timedelta(seconds=1), 77)
    openssl.hierarchy(either_hierarchy)
    openssl.certificate("expired.pem", signer.der)
    said = openssl.try_to("verify", "-purpose", "timestampsign", "-CAfile", "chain.pem", "expired.pem")
    assert "certificate has expired" in said.stderr
    assert said.stderr.count("error ") == 2
