"""Time stamps (RFC 3161, RFC 5816): requests read strictly, tokens put together and signed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mockca.errors import Malformed, MockcaError
from mockca.pki import der, keys
from mockca.pki.certificates import TIMESTAMP_POLICY
from mockca.pki.hierarchy import Signer

MAX_OCTETS: Final = 16 * 1024
MAX_NONCE: Final = 64
"""Octets of the longest nonce that is taken; the RFC names no limit, and clients send 8 to 32."""
ACCURACY_SECONDS: Final = 1
"""By how much genTime, told in whole seconds, may lie before the clock's instant."""

HASHES: Final = {
    "sha1": ("1.3.14.3.2.26", 20),
    "sha224": ("2.16.840.1.101.3.4.2.4", 28),
    "sha256": ("2.16.840.1.101.3.4.2.1", 32),
    "sha384": ("2.16.840.1.101.3.4.2.2", 48),
    "sha512": ("2.16.840.1.101.3.4.2.3", 64),
    "sha3-256": ("2.16.840.1.101.3.4.2.8", 32),
    "sha3-384": ("2.16.840.1.101.3.4.2.9", 48),
    "sha3-512": ("2.16.840.1.101.3.4.2.10", 64),
}
"""The hashes that imprints may be made by: name -> object identifier, octets. MD5 is none of them."""

FAILURES: Final = {
    "badAlg": 0,
    "badRequest": 2,
    "badDataFormat": 5,
    "timeNotAvailable": 14,
    "unacceptedPolicy": 15,
    "unacceptedExtension": 16,
    "addInfoNotAvailable": 17,
    "systemFailure": 25,
}
"""PKIFailureInfo: the bit of each failure that a time-stamping authority may tell (RFC 3161 §2.4.2)."""

_WHAT: Final = "time-stamp request"
_BY_OID: Final = {der.oid(dotted): (name, octets) for name, (dotted, octets) in HASHES.items()}
_VERSION_1: Final = der.integer(1)
_TST_INFO: Final = der.oid("1.2.840.113549.1.9.16.1.4")
_SIGNED_DATA: Final = der.oid("1.2.840.113549.1.7.2")
_GRANTED: Final = der.sequence(der.integer(0))
_REJECTION: Final = 2
_ACCURACY: Final = der.sequence(der.integer(ACCURACY_SECONDS))


class Rejected(MockcaError):
    """The request gets no token, for one of `FAILURES`."""

    def __init__(self, failure: str, vi: str, en: str) -> None:
        self.failure, self.vi, self.en = failure, vi, en
        super().__init__(f"{failure}: {en}")


@dataclass(frozen=True, slots=True)
class TimestampRequest:
    """What a client wants stamped."""

    imprint: bytes
    """The messageImprint as the client wrote it, for the token to repeat."""
    algorithm: str
    """A key of `HASHES`."""
    policy: bytes | None
    """The object identifier of the policy that it wants, encoded; None for any."""
    nonce: bytes | None
    """The nonce as the client wrote it, an encoded INTEGER."""
    wants_certificate: bool


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is to be signed."""

    imprint: bytes
    """The encoded messageImprint."""
    nonce: bytes | None
    """An encoded INTEGER."""
    serial: int
    instant: datetime
    with_certificates: bool


def parse_request(request: bytes) -> TimestampRequest:
    """Reads a TimeStampReq (RFC 3161 §2.4.1).

    Raises Rejected: badDataFormat for whatever is not DER to the last octet, is longer than MAX_OCTETS or has an
    imprint whose length does not fit its hash; badRequest for another version; badAlg for a hash that is none of
    `HASHES`; unacceptedExtension for any extension, critical or not, for none is known here.
    """
    if len(request) > MAX_OCTETS:
        raise _bad_format(f"longer than {MAX_OCTETS} octets")
    try:
        return _read(request)
    except Malformed as error:
        raise _bad_format(str(error)) from None


def _bad_format(why: str) -> Rejected:
    return Rejected("badDataFormat", "Yêu cầu không đúng định dạng TimeStampReq.", why)


def _read(request: bytes) -> TimestampRequest:
    outer = der.Reader(_WHAT, request)
    fields = outer.enter(der.SEQUENCE)
    outer.finish()
    version = fields.unsigned()
    imprint = fields.whole(der.SEQUENCE)
    policy = fields.object_identifier() if fields.next_is(der.OBJECT_IDENTIFIER) else None
    nonce = _nonce(fields) if fields.next_is(der.INTEGER) else None
    wants = fields.next_is(der.BOOLEAN) and _boolean(fields)
    extended = fields.next_is(der.explicit(0))
    if extended:
        _pass_extensions(fields)
    fields.finish()
    if version != 1:
        raise Rejected("badRequest", "Phiên bản yêu cầu không phải 1.", f"the version is {version}; 1 expected")
    algorithm = _algorithm(imprint)
    if extended:
        raise Rejected("unacceptedExtension", "Không nhận phần mở rộng nào.", "no extension is known here")
    return TimestampRequest(imprint, algorithm, policy, nonce, wants)


def _boolean(reader: der.Reader) -> bool:
    content = reader.content(der.BOOLEAN)
    if len(content) != 1:
        raise reader.malformed("not a BOOLEAN")
    return content != b"\x00"


def _nonce(reader: der.Reader) -> bytes:
    """An INTEGER, negative ones too: some clients send eight random octets as they come."""
    start = reader.at
    content = reader.content(der.INTEGER)
    padded = len(content) > 1 and content[0] in (0x00, 0xFF) and (content[0] ^ content[1]) < 0x80
    if not 1 <= len(content) <= MAX_NONCE or padded:
        raise reader.malformed(f"not a nonce of 1 to {MAX_NONCE} octets in its shortest form")
    return reader.data[start : reader.at]


def _pass_extensions(fields: der.Reader) -> None:
    listing = fields.enter(der.explicit(0))
    if not listing.more():
        raise listing.malformed("no extension in the list")
    while listing.more():
        item = listing.enter(der.SEQUENCE)
        item.object_identifier()
        if item.next_is(der.BOOLEAN):
            _boolean(item)
        item.content(der.OCTET_STRING)
        item.finish()


def _algorithm(imprint: bytes) -> str:
    """The name of the imprint's hash."""
    fields = der.Reader(_WHAT, imprint).enter(der.SEQUENCE)
    identifier = fields.enter(der.SEQUENCE)
    oid = identifier.object_identifier()
    has_parameters = identifier.more() and identifier.data[identifier.at : identifier.end] != der.NULL
    hashed = fields.content(der.OCTET_STRING)
    fields.finish()
    known = _BY_OID.get(oid)
    if known is None or has_parameters:
        names = ", ".join(HASHES)
        raise Rejected("badAlg", f"Chỉ nhận các hàm băm: {names}.", f"imprints are taken by {names}")
    name, octets = known
    if len(hashed) != octets:
        raise _bad_format(f"an imprint by {name} has {octets} octets, not {len(hashed)}")
    return name


def rejection(failure: str, *texts: str) -> bytes:
    """A TimeStampResp without a token, for one of `FAILURES`; `texts` are for people. KeyError for another name."""
    bit = FAILURES[failure]
    octets = bytearray(bit // 8 + 1)
    octets[-1] = 0x80 >> (bit % 8)
    # A named bit list ends with its last one bit (X.690 §11.2.2).
    flags = der.tlv(der.BIT_STRING, bytes((7 - bit % 8,)), bytes(octets))
    free_text = der.sequence(*(der.tlv(der.UTF8_STRING, text.encode()) for text in texts)) if texts else b""
    return der.sequence(der.sequence(der.integer(_REJECTION), free_text, flags))


def _attribute(oid: bytes, value: bytes) -> bytes:
    return der.sequence(oid, der.tlv(der.SET, value))


_CONTENT_TYPE: Final = _attribute(der.oid("1.2.840.113549.1.9.3"), _TST_INFO)
_MESSAGE_DIGEST_OID: Final = der.oid("1.2.840.113549.1.9.4")
_SIGNING_TIME_OID: Final = der.oid("1.2.840.113549.1.9.5")
_SIGNING_CERTIFICATE_OID: Final = der.oid("1.2.840.113549.1.9.16.2.47")


class TimestampAuthority:
    """Signs time stamps with one key, under one policy.

    With the signer's certificate goes that of its `issuer`, to whoever wants certificates. `weakly` signs with SHA-1,
    as nobody should. RFC 3161 §2.4.2 leaves open whether `accuracy`, that stamps can be put in `ordering` by their
    times alone, and the authority's name (`named`) are told.
    """

    def __init__(
        self,
        signer: Signer,
        issuer: Signer,
        *,
        policy: str = TIMESTAMP_POLICY,
        weakly: bool = False,
        accuracy: bool = True,
        ordering: bool = False,
        named: bool = True,
    ) -> None:
        self.signer = signer
        self.policy = der.oid(policy)
        self._digest = keys.WEAK if weakly else keys.digest_of(signer.key)
        self._hash = getattr(hashlib, self._digest)
        self._weakly = weakly
        self._head = _VERSION_1 + self.policy
        self._name = der.tlv(der.explicit(0), der.tlv(der.explicit(4), signer.subject)) if named else b""
        self._order = (_ACCURACY if accuracy else b"") + (der.TRUE if ordering else b"")
        digest = der.sequence(der.oid(HASHES[self._digest][0]))
        issued = signer.certificate.issuer.public_bytes()
        number = der.integer(signer.certificate.serial_number)
        self._signing_certificate = _attribute(
            _SIGNING_CERTIFICATE_OID,
            der.sequence(
                der.sequence(
                    der.sequence(
                        # ESSCertIDv2, whose hash is SHA-256 where none is named (RFC 5035 §4).
                        der.octets(hashlib.sha256(signer.der).digest()),
                        der.sequence(der.sequence(der.tlv(der.explicit(4), issued)), number),
                    )
                )
            ),
        )
        self._before_content = der.integer(3) + der.tlv(der.SET, digest)
        certificates = sorted((signer.der, issuer.der))
        self._certificates = der.tlv(der.explicit(0), *certificates)
        self._signer_head = _VERSION_1 + der.sequence(issued, number) + digest
        self._signature_algorithm = (
            keys.weak_signature_algorithm_der(signer.key) if weakly else signer.signature_algorithm
        )

    def accepts(self, policy: bytes | None) -> bool:
        """Whether this is the policy that the client wants (encoded), or it wants none."""
        return policy is None or policy == self.policy

    def respond(self, stamp: Stamp) -> bytes:
        """A TimeStampResp with a token (RFC 3161 §2.4.2). Raises ValueError for an instant without its zone."""
        info = self.info(stamp)
        attributes = self._attributes(self._hash(info, usedforsecurity=False).digest(), stamp.instant)
        signed = der.tlv(der.SET, attributes)
        signature = keys.sign_weakly(self.signer.key, signed) if self._weakly else self.signer.sign(signed)
        token = der.sequence(
            self._before_content,
            der.sequence(_TST_INFO, der.tlv(der.explicit(0), der.octets(info))),
            self._certificates if stamp.with_certificates else b"",
            der.tlv(
                der.SET,
                der.sequence(
                    self._signer_head,
                    der.tlv(der.explicit(0), attributes),
                    self._signature_algorithm,
                    der.octets(signature),
                ),
            ),
        )
        return der.sequence(_GRANTED, der.sequence(_SIGNED_DATA, der.tlv(der.explicit(0), token)))

    def info(self, stamp: Stamp) -> bytes:
        """The TSTInfo that is signed."""
        return der.sequence(
            self._head,
            stamp.imprint,
            der.integer(stamp.serial),
            der.generalized_time(stamp.instant),
            self._order,
            stamp.nonce or b"",
            self._name,
        )

    def _attributes(self, digest: bytes, instant: datetime) -> bytes:
        """The signed attributes in the order that DER asks of a SET OF (X.690 §11.6)."""
        attributes: Sequence[bytes] = (
            _CONTENT_TYPE,
            _attribute(_SIGNING_TIME_OID, der.time(instant)),
            _attribute(_MESSAGE_DIGEST_OID, der.octets(digest)),
            self._signing_certificate,
        )
        return b"".join(sorted(attributes))
