"""Asking an OCSP responder (RFC 6960, RFC 5019) and believing the answer only when it is properly signed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from asn1crypto import core
from asn1crypto import ocsp as asn1
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from conformance.publisher.crl import UNSPECIFIED
from conformance.publisher.signatures import is_signed_by, verifies

REQUEST_TYPE: Final = "application/ocsp-request"
RESPONSE_TYPE: Final = "application/ocsp-response"
SUCCESSFUL: Final = "successful"


@dataclass(frozen=True, slots=True)
class CertId:
    """How a request names a certificate (RFC 6960 §4.1.1)."""

    algorithm: str
    """`sha1` or `sha256`."""
    name_hash: bytes
    key_hash: bytes
    serial: int


@dataclass(frozen=True, slots=True)
class Single:
    """What a response says of one certificate."""

    cert_id: CertId
    status: str
    """`good`, `revoked` or `unknown`."""
    revoked_at: datetime | None
    reason: str | None
    this_update: datetime
    next_update: datetime | None
    archive_cutoff: datetime | None

    @property
    def word(self) -> str:
        """`good`, `unknown`, or `revoked:` and the CRLReason."""
        return f"revoked:{self.reason or UNSPECIFIED}" if self.status == "revoked" else self.status


@dataclass(frozen=True, slots=True)
class Response:
    """An OCSP response, read whole."""

    status: str
    """`successful`, or the name of the failure (`unauthorized`, …)."""
    singles: tuple[Single, ...] = ()
    parsed: ocsp.OCSPResponse | None = None
    """None where it is no successful one."""
    nonces: tuple[bytes, ...] = ()
    extended_revoke: bool = False
    """Whether it says that never-issued serials count as revoked (RFC 6960 §4.4.8)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the responder says of one serial."""

    word: str
    """`good`, `unknown`, `revoked:` and the CRLReason; else the name of the failure (`unauthorized`, …)."""
    faults: tuple[str, ...] = ()


def cert_id(issuer: x509.Certificate, serial: int, algorithm: str = "sha1") -> CertId:
    """The certificate with this serial from this issuer; by SHA-1 as RFC 5019 §2.1.1 asks for."""
    return CertId(
        algorithm,
        hashlib.new(algorithm, issuer.subject.public_bytes(), usedforsecurity=False).digest(),
        hashlib.new(algorithm, key_bits(issuer), usedforsecurity=False).digest(),
        serial,
    )


def key_bits(certificate: x509.Certificate) -> bytes:
    """The content of subjectPublicKey, over which key hashes are made (RFC 6960 §4.1.1)."""
    read = Certificate.load(certificate.public_bytes(Encoding.DER))
    bits: bytes = read["tbs_certificate"]["subject_public_key_info"]["public_key"].contents[1:]
    return bits


def request(*asked: CertId, nonce: bytes | None = None) -> bytes:
    """A request for these certificates."""
    body: dict[str, object] = {
        "request_list": [
            {
                "req_cert": {
                    "hash_algorithm": {"algorithm": one.algorithm, "parameters": core.Null()},
                    "issuer_name_hash": one.name_hash,
                    "issuer_key_hash": one.key_hash,
                    "serial_number": one.serial,
                }
            }
            for one in asked
        ]
    }
    if nonce is not None:
        body["request_extensions"] = [{"extn_id": "nonce", "extn_value": core.OctetString(nonce)}]
    made: bytes = asn1.OCSPRequest({"tbs_request": body}).dump()
    return made


def get_url(responder: str, der: bytes) -> str:
    """The URL that asks by GET (RFC 6960 appendix A.1)."""
    return f"{responder.rstrip('/')}/{quote(base64.b64encode(der).decode(), safe='')}"


def parse(content: bytes) -> Response:
    """The response. ValueError where it is none, or anything in it cannot be read."""
    try:
        parsed = ocsp.load_der_ocsp_response(content)
        if parsed.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            words = parsed.response_status.name.lower().split("_")
            return Response(words[0] + "".join(word.title() for word in words[1:]))
        basic = asn1.OCSPResponse.load(content, strict=True).response_data
        extensions = [] if basic["response_extensions"].native is None else list(basic["response_extensions"])
        return Response(
            SUCCESSFUL,
            tuple(_single(one, raw) for one, raw in zip(parsed.responses, basic["responses"], strict=True)),
            parsed,
            tuple(one.value.nonce for one in parsed.extensions if isinstance(one.value, x509.OCSPNonce)),
            any(one["extn_id"].native == "extended_revoke" for one in extensions),
        )
    except Exception as error:  # parsers throw whatever a foreign DER makes them throw
        raise ValueError(f"{type(error).__name__}: {error}") from error


def read(
    content: bytes,
    *,
    issuer: x509.Certificate,
    serial: int,
    since: datetime,
    until: datetime,
    nonce: bytes | None = None,
) -> Reply:
    """The answer, fetched between two readings of the target's clock. ValueError where it is no OCSP response."""
    response = parse(content)
    if response.parsed is None:
        return Reply(response.status)
    if not response.singles:
        return Reply("no status", ("it is about no certificate",))
    single = response.singles[0]
    return Reply(single.word, tuple(_faults(response, single, issuer, serial, since, until, nonce)))


def _single(one: ocsp.OCSPSingleResponse, raw: asn1.SingleResponse) -> Single:
    status = one.certificate_status.name.lower()
    reason = one.revocation_reason
    return Single(
        CertId(one.hash_algorithm.name, one.issuer_name_hash, one.issuer_key_hash, one.serial_number),
        status,
        one.revocation_time_utc,
        None if reason is None else str(reason.value),
        one.this_update_utc,
        one.next_update_utc,
        next(
            (
                extension["extn_value"].parsed.native
                for extension in raw["single_extensions"] or ()
                if extension["extn_id"].native == "archive_cutoff"
            ),
            None,
        ),
    )


def _faults(
    response: Response,
    single: Single,
    issuer: x509.Certificate,
    serial: int,
    since: datetime,
    until: datetime,
    nonce: bytes | None,
) -> Iterator[str]:
    if single.cert_id.serial != serial:
        yield f"it is about serial {single.cert_id.serial:x}"
    yield from signature_faults(response, issuer)
    if single.this_update > until:
        yield f"its thisUpdate {single.this_update.isoformat()} lies ahead of {until.isoformat()}"
    if single.next_update is not None and single.next_update < since:
        yield f"its nextUpdate {single.next_update.isoformat()} had passed by {since.isoformat()}"
    if nonce is not None and response.nonces != (nonce,):
        yield "it does not repeat the request's nonce (RFC 9654)"


def signer_of(response: Response, issuer: x509.Certificate) -> x509.Certificate | None:
    """Whom the responderID names, among the issuer and the certificates sent along; None where it is nobody."""
    parsed = response.parsed
    if parsed is None:
        return None
    for candidate in (*parsed.certificates, issuer):
        if parsed.responder_name is not None and candidate.subject == parsed.responder_name:
            return candidate
        if parsed.responder_key_hash == hashlib.sha1(key_bits(candidate), usedforsecurity=False).digest():
            return candidate
    return None


def signature_faults(response: Response, issuer: x509.Certificate) -> Iterator[str]:
    """What is wrong with who signed a successful response, and with the signature."""
    signer = signer_of(response, issuer)
    if signer is None:
        yield "its responderID fits neither the issuer nor a certificate sent along (RFC 6960 §4.2.2.3)"
        return
    if signer.public_key() != issuer.public_key():
        if not is_signed_by(signer, issuer):
            yield "its signer was not certified by the issuer (RFC 6960 §4.2.2.2)"
        elif not may_sign_ocsp(signer):
            yield "its signer's certificate lacks the extended key usage OCSPSigning (RFC 6960 §4.2.2.2)"
    parsed = response.parsed
    if parsed is None or not verifies(
        signer.public_key(), parsed.signature, parsed.tbs_response_bytes, parsed.signature_hash_algorithm
    ):
        yield "its signature does not verify"


def may_sign_ocsp(signer: x509.Certificate) -> bool:
    """Whether the certificate has the extended key usage OCSPSigning."""
    try:
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage
