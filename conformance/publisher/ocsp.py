"""Asking an OCSP responder (RFC 6960, RFC 5019) and believing the answer only when it is properly signed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from conformance.publisher.addresses import is_signed_by
from conformance.publisher.crl import UNSPECIFIED

REQUEST_TYPE = "application/ocsp-request"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the responder says of one serial."""

    word: str
    """`good`, `unknown`, `revoked:` and the CRLReason; else the name of the failure (`unauthorized`, …)."""
    faults: tuple[str, ...] = ()


def request(issuer: x509.Certificate, serial: int, nonce: bytes | None = None) -> bytes:
    """A request for one serial, with SHA-1 ids as RFC 5019 §2.1.1 asks for."""
    name_hash = hashlib.sha1(issuer.subject.public_bytes()).digest()  # noqa: S324 - an identifier
    key_hash = x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        name_hash,
        key_hash,
        serial,
        hashes.SHA1(),  # noqa: S303 - an identifier, not a signature
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(serialization.Encoding.DER)


def get_url(responder: str, der: bytes) -> str:
    """The URL that asks by GET (RFC 6960 appendix A.1)."""
    return f"{responder.rstrip('/')}/{quote(base64.b64encode(der).decode(), safe='')}"


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
    response = ocsp.load_der_ocsp_response(content)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        words = response.response_status.name.lower().split("_")
        return Reply(words[0] + "".join(word.title() for word in words[1:]))
    faults = list(_faults(response, issuer, serial, since, until, nonce))
    match response.certificate_status:
        case ocsp.OCSPCertStatus.GOOD:
            word = "good"
        case ocsp.OCSPCertStatus.REVOKED:
            reason = response.revocation_reason
            word = f"revoked:{UNSPECIFIED if reason is None else reason.value}"
        case _:
            word = "unknown"
    return Reply(word, tuple(faults))


def _faults(
    response: ocsp.OCSPResponse,
    issuer: x509.Certificate,
    serial: int,
    since: datetime,
    until: datetime,
    nonce: bytes | None,
) -> Iterator[str]:
    if response.serial_number != serial:
        yield f"it is about serial {response.serial_number:x}"
    yield from _signature_faults(response, issuer)
    if response.this_update_utc > until:
        yield f"its thisUpdate {response.this_update_utc.isoformat()} lies ahead of {until.isoformat()}"
    if response.next_update_utc is not None and response.next_update_utc < since:
        yield f"its nextUpdate {response.next_update_utc.isoformat()} had passed by {since.isoformat()}"
    if nonce is not None:
        echoed = [one.value.nonce for one in response.extensions if isinstance(one.value, x509.OCSPNonce)]
        if echoed != [nonce]:
            yield "it does not repeat the request's nonce (RFC 9654)"


def _signature_faults(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> Iterator[str]:
    signer = issuer
    for candidate in response.certificates:
        if candidate.public_key() != issuer.public_key():
            signer = candidate
            if not is_signed_by(signer, issuer):
                yield "its signer was not certified by the issuer (RFC 6960 §4.2.2.2)"
            elif not _may_sign_ocsp(signer):
                yield "its signer's certificate lacks the extended key usage OCSPSigning (RFC 6960 §4.2.2.2)"
            break
    if not _is_signed(response, signer):
        yield "its signature does not verify"


def _may_sign_ocsp(signer: x509.Certificate) -> bool:
    try:
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _is_signed(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key = signer.public_key()
    try:
        algorithm = response.signature_hash_algorithm
        if algorithm is None:
            return False
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
