"""Certificate revocation lists, full and delta (RFC 5280 §5), from entries encoded when they arose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Final

from cryptography import x509

from mockca.pki import certificates, der
from mockca.pki.hierarchy import Signer


class Reason(StrEnum):
    """CRLReason (RFC 5280 §5.3.1), by the names that the RFC gives."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    CA_COMPROMISE = "cACompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    CERTIFICATE_HOLD = "certificateHold"
    REMOVE_FROM_CRL = "removeFromCRL"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"
    AA_COMPROMISE = "aACompromise"

    @property
    def code(self) -> int:
        """The ENUMERATED value."""
        return _CODES[self]


_CODES: Final = {
    Reason.UNSPECIFIED: 0,
    Reason.KEY_COMPROMISE: 1,
    Reason.CA_COMPROMISE: 2,
    Reason.AFFILIATION_CHANGED: 3,
    Reason.SUPERSEDED: 4,
    Reason.CESSATION_OF_OPERATION: 5,
    Reason.CERTIFICATE_HOLD: 6,
    Reason.REMOVE_FROM_CRL: 8,
    Reason.PRIVILEGE_WITHDRAWN: 9,
    Reason.AA_COMPROMISE: 10,
}

_VERSION_2: Final = der.integer(1)
_REASON_OID: Final = der.oid("2.5.29.21")
_INVALIDITY_OID: Final = der.oid("2.5.29.24")
_REASONS: Final = {
    # RFC 5280 §5.3.1: `unspecified` is said by saying nothing.
    reason: b"" if reason is Reason.UNSPECIFIED else der.sequence(_REASON_OID, der.octets(der.enumerated(code)))
    for reason, code in _CODES.items()
}
_HEADERS: Final = 3 * 8
"""Octets kept free for three SEQUENCE headers: certificateList, tbsCertList, revokedCertificates."""


def entry(serial: int, at: datetime, reason: Reason | None = None, invalidity_date: datetime | None = None) -> bytes:
    """One encoded revokedCertificates entry: revoked (or held) since `at`.

    `invalidity_date` is when the key is known or suspected to have been lost (RFC 5280 §5.3.2).
    """
    extensions = b"" if reason is None else _REASONS[reason]
    if invalidity_date is not None:
        extensions += der.sequence(_INVALIDITY_OID, der.octets(der.generalized_time(invalidity_date)))
    return der.sequence(der.integer(serial), der.time(at), der.sequence(extensions) if extensions else b"")


def removal(serial: int, at: datetime) -> bytes:
    """The entry of a delta CRL that takes a certificate off the list: its hold was lifted `at`."""
    return entry(serial, at, Reason.REMOVE_FROM_CRL)


def _issuing_distribution_point(address: str) -> bytes:
    point = x509.IssuingDistributionPoint(
        [x509.UniformResourceIdentifier(address)], None, False, False, None, False, False
    )
    return certificates.extension(point, critical=True)


def build(
    issuer: Signer,
    *,
    number: int,
    this_update: datetime,
    next_update: datetime,
    entries: Iterable[bytes],
    distribution_point: str,
    base: int | None = None,
    freshest: str | None = None,
) -> bytes:
    """The signed CRL's DER, streamed from `entries` (as `entry` and `removal` make them).

    `distribution_point` is the address of the full CRL, also in a delta CRL: both must have the same scope
    (RFC 5280 §5.2.4). `base` makes a delta CRL against the full CRL of that number; `freshest` is the delta's
    address for the full one. Needs about as much memory as the CRL is long. Raises ValueError for what the
    standard rules out: a delta that names a delta, a base above `number`, times that go backwards.
    """
    if base is not None and (freshest is not None or base > number):
        raise ValueError("a delta CRL names no freshest CRL and has a base that is not above its own number")
    if next_update <= this_update:
        raise ValueError("nextUpdate does not lie after thisUpdate")
    algorithm = issuer.signature_algorithm
    head = _VERSION_2 + algorithm + issuer.subject + der.time(this_update) + der.time(next_update)
    extensions = certificates.authority_key(issuer.key_id) + certificates.extension(x509.CRLNumber(number))
    extensions += _issuing_distribution_point(distribution_point)
    if base is not None:
        extensions += certificates.extension(x509.DeltaCRLIndicator(base), critical=True)
    if freshest is not None:
        extensions += certificates.delta_place(freshest)
    tail = der.tlv(der.explicit(0), der.sequence(extensions))

    # One buffer takes the entries where they nearly belong; what goes before them is known only when their
    # length is. BytesIO then hands out its buffer as bytes without a copy: a list costs its size and no more.
    out = BytesIO()
    reserve = _HEADERS + len(head)
    out.write(bytes(reserve))
    out.writelines(entries)
    size = out.tell() - reserve
    # RFC 5280 §5.1.2.6: an empty list is left out.
    listed = der.header(der.SEQUENCE, size) if size else b""
    body = head + listed
    to_be_signed = der.header(der.SEQUENCE, len(body) + size + len(tail)) + body
    signed_length = len(to_be_signed) + size + len(tail)
    # The outer header needs the signature's length, which for ECDSA is known only after signing.
    out.write(tail)
    start = reserve - len(to_be_signed)
    with out.getbuffer() as buffer:
        buffer[start:reserve] = to_be_signed
        signature = issuer.sign(buffer[start : start + signed_length])
    trailer = algorithm + der.bits(signature)
    front = der.header(der.SEQUENCE, signed_length + len(trailer))
    out.write(trailer)
    start -= len(front)
    with out.getbuffer() as buffer:
        buffer[start : start + len(front)] = front
        buffer[: len(buffer) - start] = buffer[start:]
    out.truncate(out.tell() - start)
    return out.getvalue()
