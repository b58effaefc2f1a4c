"""OCSP (RFC 6960): requests read strictly, answers signed by a delegated responder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from mockca.errors import Malformed
from mockca.pki import der
from mockca.pki.crl import Reason
from mockca.pki.hierarchy import Signer

MAX_OCTETS: Final = 64 * 1024
MAX_CERTIFICATES: Final = 20
MAX_NONCE: Final = 128
"""Octets of a nonce that a responder has to take (RFC 9654 §2.1)."""

HASHES: Final = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1"}
"""The hashes by which a request may name its issuer here, with their object identifiers."""

STATUSES: Final = {
    "malformedRequest": 1,
    "internalError": 2,
    "tryLater": 3,
    "sigRequired": 5,
    "unauthorized": 6,
}
"""OCSPResponseStatus of answers without a certificate status (RFC 6960 §4.2.1)."""

_WHAT: Final = "OCSP request"
_HASH_NAMES: Final = {der.oid(dotted): name for name, dotted in HASHES.items()}
_NONCE_OID: Final = der.oid("1.3.6.1.5.5.7.48.1.2")
_ARCHIVE_CUTOFF_OID: Final = der.oid("1.3.6.1.5.5.7.48.1.6")
_BASIC_OID: Final = der.oid("1.3.6.1.5.5.7.48.1.1")
_GOOD: Final = der.tlv(der.implicit(0))
_UNKNOWN: Final = der.tlv(der.implicit(2))
_SUCCESSFUL: Final = der.enumerated(0)
_REASONS: Final = {reason: der.tlv(der.explicit(0), der.enumerated(reason.code)) for reason in Reason}


@dataclass(frozen=True, slots=True)
class CertId:
    """The certificate that a request asks about."""

    serial: int
    hash_algorithm: str
    """A key of `HASHES`, or else the DER of the object identifier in hexadecimal."""
    name_hash: bytes
    """Hash over the issuer's name."""
    key_hash: bytes
    """Hash over the issuer's public key."""
    der: bytes
    """As the client wrote it, for the answer to repeat."""


@dataclass(frozen=True, slots=True)
class OcspRequest:
    """What a client asks."""

    cert_ids: tuple[CertId, ...]
    nonce: bytes | None


@dataclass(frozen=True, slots=True)
class SingleAnswer:
    """The status of one certificate."""

    cert_id: CertId
    status: Literal["good", "revoked", "unknown"]
    revoked_at: datetime | None
    """When it was revoked or put on hold; needed for `revoked`."""
    reason: Reason | None
    """Told with `revoked`; None and `unspecified` are left out."""
    this_update: datetime
    next_update: datetime | None
    """None: newer information is available all the time (RFC 6960 §4.2.2.1)."""


def _cert_id(reader: der.Reader) -> CertId:
    start = reader.at
    fields = reader.enter(der.SEQUENCE)
    algorithm = fields.enter(der.SEQUENCE)
    oid = algorithm.object_identifier()
    if algorithm.more():
        if algorithm.content(der.NULL_TAG):
            raise algorithm.malformed("NULL with content")
        algorithm.finish()
    name_hash = fields.content(der.OCTET_STRING)
    key_hash = fields.content(der.OCTET_STRING)
    serial = fields.unsigned()
    fields.finish()
    return CertId(serial, _HASH_NAMES.get(oid) or oid.hex(), name_hash, key_hash, reader.data[start : reader.at])


def _nonce(extensions: der.Reader) -> bytes | None:
    """Reads Extensions to their end; the nonce if there is one. Unknown critical ones are malformed."""
    listing = extensions.enter(der.SEQUENCE)
    extensions.finish()
    found = None
    while listing.more():
        item = listing.enter(der.SEQUENCE)
        oid = item.object_identifier()
        critical = item.next_is(der.BOOLEAN) and item.content(der.BOOLEAN) != b"\x00"
        value = item.enter(der.OCTET_STRING)
        item.finish()
        if oid == _NONCE_OID:
            if found is not None:
                raise listing.malformed("two nonces")
            found = value.content(der.OCTET_STRING)
            value.finish()
            if not 1 <= len(found) <= MAX_NONCE:
                raise listing.malformed(f"a nonce has 1 to {MAX_NONCE} octets")
        elif critical:
            raise listing.malformed("a critical extension that is not known here")
    return found


def parse_request(request: bytes) -> OcspRequest:
    """Reads an OCSPRequest (RFC 6960 §4.1.1). A signature on it is passed over: nobody has to sign here.

    Raises Malformed for everything that is not DER to the last octet, for more than MAX_OCTETS octets or
    MAX_CERTIFICATES certificates, and for unknown critical extensions.
    """
    if len(request) > MAX_OCTETS:
        raise Malformed(_WHAT, f"longer than {MAX_OCTETS} octets")
    outer = der.Reader(_WHAT, request)
    whole = outer.enter(der.SEQUENCE)
    outer.finish()
    fields = whole.enter(der.SEQUENCE)
    if whole.more():
        whole.enter(der.explicit(0)).enter(der.SEQUENCE)
        whole.finish()
    if fields.next_is(der.explicit(0)):
        version = fields.enter(der.explicit(0))
        if version.unsigned() != 0:
            raise version.malformed("a version other than v1")
        version.finish()
    if fields.next_is(der.explicit(1)):
        fields.enter(der.explicit(1))
    listing = fields.enter(der.SEQUENCE)
    nonce = None
    if fields.more():
        nonce = _nonce(fields.enter(der.explicit(2)))
        fields.finish()
    cert_ids = []
    while listing.more():
        single = listing.enter(der.SEQUENCE)
        cert_ids.append(_cert_id(single))
        if single.more():
            _nonce(single.enter(der.explicit(0)))
            single.finish()
        if len(cert_ids) > MAX_CERTIFICATES:
            raise Malformed(_WHAT, f"asks about more than {MAX_CERTIFICATES} certificates")
    if not cert_ids:
        raise Malformed(_WHAT, "asks about no certificate")
    return OcspRequest(tuple(cert_ids), nonce)


def failure(name: str) -> bytes:
    """An unsigned answer with one of `STATUSES`, e.g. `tryLater`. Raises KeyError for another name."""
    return der.sequence(der.enumerated(STATUSES[name]))


def _extension(oid: bytes, value: bytes) -> bytes:
    return der.sequence(oid, der.octets(value))


_EXTENDED_REVOKE: Final = _extension(der.oid("1.3.6.1.5.5.7.48.1.9"), der.NULL)


class Responder:
    """Answers for one CA, signed by the delegate whose certificate goes along.

    `by_name` names the responder by its subject instead of its key (RFC 6960 §4.2.1, responderID). `certificates` (DER)
    go along in the place of the signer's own; none where the list is empty.
    """

    def __init__(
        self, issuer: Signer, signer: Signer, *, by_name: bool = False, certificates: Sequence[bytes] | None = None
    ) -> None:
        self.issuer, self.signer = issuer, signer
        self._issuer_hashes = {
            name: (
                hashlib.new(name, issuer.subject, usedforsecurity=False).digest(),
                hashlib.new(name, issuer.key_bits, usedforsecurity=False).digest(),
            )
            for name in HASHES
        }
        self._responder_id = (
            der.tlv(der.explicit(1), signer.subject) if by_name else der.tlv(der.explicit(2), der.octets(signer.key_id))
        )
        self._algorithm = signer.signature_algorithm
        along = (signer.der,) if certificates is None else certificates
        self._certificates = der.tlv(der.explicit(0), der.sequence(*along)) if along else b""

    def matches(self, cert_id: CertId) -> bool:
        """Whether the request means a certificate of this CA."""
        return self._issuer_hashes.get(cert_id.hash_algorithm) == (cert_id.name_hash, cert_id.key_hash)

    def cert_id(self, serial: int) -> CertId:
        """How a certificate of this CA is asked about, by SHA-256 (RFC 6960 §4.1.1)."""
        name_hash, key_hash = self._issuer_hashes["sha256"]
        algorithm = der.sequence(der.oid(HASHES["sha256"]))
        encoded = der.sequence(algorithm, der.octets(name_hash), der.octets(key_hash), der.integer(serial))
        return CertId(serial, "sha256", name_hash, key_hash, encoded)

    def respond(
        self,
        answers: Iterable[SingleAnswer],
        *,
        produced_at: datetime,
        nonce: bytes | None = None,
        archive_cutoff: datetime | None = None,
        extended_revoke: bool = False,
    ) -> bytes:
        """A signed OCSPResponse with the given answers in their order.

        `archive_cutoff` goes to each answer: since when the responder remembers certificates (§4.4.4).
        `extended_revoke` goes with `revoked` for a certificate that was never issued (§2.2, §4.4.8).
        """
        cutoff = b""
        if archive_cutoff is not None:
            value = _extension(_ARCHIVE_CUTOFF_OID, der.generalized_time(archive_cutoff))
            cutoff = der.tlv(der.explicit(1), der.sequence(value))
        extensions = b"" if nonce is None else _extension(_NONCE_OID, der.octets(nonce))
        if extended_revoke:
            extensions += _EXTENDED_REVOKE
        data = der.sequence(
            self._responder_id,
            der.generalized_time(produced_at),
            der.sequence(*[_single(answer, cutoff) for answer in answers]),
            der.tlv(der.explicit(1), der.sequence(extensions)) if extensions else b"",
        )
        basic = der.sequence(data, self._algorithm, der.bits(self.signer.sign(data)), self._certificates)
        return der.sequence(_SUCCESSFUL, der.tlv(der.explicit(0), der.sequence(_BASIC_OID, der.octets(basic))))

    def failure(self, name: str) -> bytes:
        """An unsigned answer, see the function of the same name."""
        return failure(name)


def _single(answer: SingleAnswer, extensions: bytes) -> bytes:
    if answer.status == "good":
        status = _GOOD
    elif answer.status == "unknown":
        status = _UNKNOWN
    else:
        if answer.revoked_at is None:
            raise ValueError("a revoked certificate needs the time of its revocation")
        told = answer.reason not in {None, Reason.UNSPECIFIED}
        status = der.tlv(
            der.explicit(1),
            der.generalized_time(answer.revoked_at),
            _REASONS[answer.reason] if told and answer.reason is not None else b"",
        )
    next_update = (
        b"" if answer.next_update is None else der.tlv(der.explicit(0), der.generalized_time(answer.next_update))
    )
    return der.sequence(answer.cert_id.der, status, der.generalized_time(answer.this_update), next_update, extensions)
