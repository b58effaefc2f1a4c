"""Asking a time-stamping authority (RFC 3161), and reading what it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asn1crypto import cms, core, tsp
from asn1crypto.algos import DigestAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.publisher.signatures import verifies

REQUEST_TYPE: Final = "application/timestamp-query"
RESPONSE_TYPE: Final = "application/timestamp-reply"
GRANTED: Final = ("granted", "granted_with_mods")
FAILURES: Final = {
    0: "badAlg",
    2: "badRequest",
    5: "badDataFormat",
    14: "timeNotAvailable",
    15: "unacceptedPolicy",
    16: "unacceptedExtension",
    17: "addInfoNotAvailable",
    25: "systemFailure",
}
"""PKIFailureInfo by its bits (RFC 3161 §2.4.2)."""
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "md5": hashes.MD5(),  # noqa: S303 - verified as they were made
    "sha1": hashes.SHA1(),  # noqa: S303
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A time-stamp token, read whole."""

    policy: str
    algorithm: str
    """Of the imprint: a name such as `sha256`, or a dotted identifier."""
    imprint: bytes
    serial: int
    instant: datetime
    accuracy: timedelta
    """Zero where none is told."""
    nonce: int | None
    certificates: tuple[x509.Certificate, ...]
    digest: str
    """The hash that was signed by."""
    content: bytes
    """The TSTInfo as it was signed."""
    attributes: bytes
    """The signed attributes, a DER SET."""
    message_digest: bytes | None
    content_type: str | None
    certificate_hashes: tuple[tuple[str, bytes], ...]
    """ESSCertID and ESSCertIDv2: the name of the hash, and the signing certificate's by it."""
    signature: bytes
    signer_issuer: bytes | None
    """DER; None where the signer is named by its key."""
    signer_serial: int | None

    @property
    def signer(self) -> x509.Certificate | None:
        """The certificate that the signature names, among those sent along."""
        for one in self.certificates:
            if (one.issuer.public_bytes(), one.serial_number) == (self.signer_issuer, self.signer_serial):
                return one
        return None


@dataclass(frozen=True, slots=True)
class Response:
    """A TimeStampResp."""

    status: str
    """`granted`, `rejection`, …"""
    failure: str | None
    """The name of its failure; None where it tells none."""
    token: Token | None

    @property
    def word(self) -> str:
        """What came of the request: `granted`, else the failure or the status."""
        return "granted" if self.token is not None else self.failure or self.status


def imprint_of(data: bytes, algorithm: str = "sha256") -> bytes:
    """The hash of some data."""
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def request(
    hashed: bytes,
    algorithm: str = "sha256",
    *,
    policy: str | None = None,
    nonce: int | None = None,
    certificates: bool = True,
    extension: str | None = None,
    critical: bool = False,
) -> bytes:
    """A TimeStampReq (RFC 3161 §2.4.1); `extension` is the object identifier of one that nobody knows."""
    body: dict[str, Any] = {
        "version": 1,
        "message_imprint": {"hash_algorithm": DigestAlgorithm({"algorithm": algorithm}), "hashed_message": hashed},
        "cert_req": certificates,
    }
    if policy is not None:
        body["req_policy"] = policy
    if nonce is not None:
        body["nonce"] = nonce
    if extension is not None:
        body["extensions"] = [{"extn_id": extension, "critical": critical, "extn_value": b""}]
    made: bytes = tsp.TimeStampReq(body).dump()
    return made


def parse(content: bytes) -> Response:
    """The response. ValueError where it is none, or anything in it cannot be read."""
    try:
        # asn1crypto's own TimeStampResp does not know that the token may be missing.
        parts = core.SequenceOf.load(content, spec=core.Any, strict=True)
        if not 1 <= len(parts) <= 2:
            raise ValueError(f"{len(parts)} parts")
        status = parts[0].parse(tsp.PKIStatusInfo)
        word = str(status["status"].native)
        token = _token(parts[1].parse(cms.ContentInfo)) if len(parts) == 2 else None
        if (token is not None) is not (word in GRANTED):
            raise ValueError(f"{word} {'with' if token else 'without'} a token")
        return Response(word, _failure(status), token)
    except Exception as error:  # parsers throw whatever a foreign DER makes them throw
        raise ValueError(f"{type(error).__name__}: {error}") from error


def signature_faults(token: Token, signer: x509.Certificate) -> Iterator[str]:
    """What is wrong with the signature, and with what it covers."""
    if token.content_type != "tst_info":
        yield "its signed content type is not id-ct-TSTInfo (RFC 5652 §11.1)"
    if token.message_digest != imprint_of(token.content, token.digest):
        yield "its signed message digest is not that of the TSTInfo (RFC 5652 §11.2)"
    if not verifies(signer.public_key(), token.signature, token.attributes, _HASHES.get(token.digest)):
        yield "its signature does not verify"


def binding_faults(token: Token, signer: x509.Certificate) -> Iterator[str]:
    """What is wrong with how the signed attributes name the signer's certificate (RFC 3161 §2.4.2, RFC 5816)."""
    if not token.certificate_hashes:
        yield "its signed attributes name no signing certificate"
    else:
        name, digest = token.certificate_hashes[0]
        if digest != imprint_of(signer.public_bytes(Encoding.DER), name):
            yield "its signed attributes name another signing certificate"


def _failure(status: tsp.PKIStatusInfo) -> str | None:
    if not status["fail_info"].contents:
        return None
    unused, *octets = status["fail_info"].contents
    value = int.from_bytes(bytes(octets), "big") >> unused
    length = len(octets) * 8 - unused
    bits = [bit for bit in range(length) if value >> (length - 1 - bit) & 1]
    return ", ".join(FAILURES.get(bit, f"bit {bit}") for bit in bits) or None


def _token(content: cms.ContentInfo) -> Token:
    signed = content["content"]
    if content["content_type"].native != "signed_data" or len(signed["signer_infos"]) != 1:
        raise ValueError("not a SignedData by one signer")
    inner = signed["encap_content_info"]
    info = inner["content"].parsed
    (signer,) = signed["signer_infos"]
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    sid = signer["sid"].chosen
    named = signer["sid"].name == "issuer_and_serial_number"
    return Token(
        policy=info["policy"].dotted,
        algorithm=info["message_imprint"]["hash_algorithm"]["algorithm"].native,
        imprint=info["message_imprint"]["hashed_message"].native,
        serial=info["serial_number"].native,
        instant=info["gen_time"].native,
        accuracy=_accuracy(info["accuracy"]),
        nonce=info["nonce"].native,
        certificates=tuple(
            x509.load_der_x509_certificate(one.chosen.dump())
            for one in signed["certificates"] or ()
            if one.name == "certificate"
        ),
        digest=signer["digest_algorithm"]["algorithm"].native,
        content=inner["content"].parsed.dump(),
        attributes=signer["signed_attrs"].untag().dump(),
        message_digest=attributes["message_digest"][0].native if "message_digest" in attributes else None,
        content_type=attributes["content_type"][0].native if "content_type" in attributes else None,
        certificate_hashes=tuple(_certificate_hashes(attributes)),
        signature=signer["signature"].native,
        signer_issuer=sid["issuer"].dump() if named else None,
        signer_serial=sid["serial_number"].native if named else None,
    )


def _accuracy(told: tsp.Accuracy) -> timedelta:
    if not isinstance(told, tsp.Accuracy):
        return timedelta()
    return timedelta(
        seconds=told["seconds"].native or 0,
        milliseconds=told["millis"].native or 0,
        microseconds=told["micros"].native or 0,
    )


def _certificate_hashes(attributes: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    for one in attributes.get("signing_certificate_v2", ()):
        first = one["certs"][0]
        yield first["hash_algorithm"]["algorithm"].native, first["cert_hash"].native
    for one in attributes.get("signing_certificate", ()):
        yield "sha1", one["certs"][0]["cert_hash"].native
