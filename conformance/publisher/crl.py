"""Reading CRLs: full and delta, checked enough to believe what they say of one serial number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes

ABSENT = "absent"
UNSPECIFIED = "unspecified"
REMOVED = "removeFromCRL"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a CRL says of a serial."""

    word: str
    """`absent`, or the CRLReason; `unspecified` where the entry gives none (RFC 5280 §5.3.1)."""
    revoked_at: datetime | None = None
    invalidity_date: datetime | None = None


def parse(content: bytes) -> x509.CertificateRevocationList:
    """A CRL from DER, or from PEM where a publisher serves that. ValueError where it is neither."""
    if content.lstrip().startswith(b"-----BEGIN"):
        return x509.load_pem_x509_crl(content)
    return x509.load_der_x509_crl(content)


def entry(crl: x509.CertificateRevocationList, serial: int) -> Entry:
    """What the CRL says of this serial."""
    found = crl.get_revoked_certificate_by_serial_number(serial)
    if found is None:
        return Entry(ABSENT)
    word, invalidity = UNSPECIFIED, None
    for extension in found.extensions:
        if isinstance(extension.value, x509.CRLReason):
            word = str(extension.value.reason.value)
        elif isinstance(extension.value, x509.InvalidityDate):
            invalidity = extension.value.invalidity_date_utc
    return Entry(word, found.revocation_date_utc, invalidity)


def number(crl: x509.CertificateRevocationList) -> int | None:
    """The CRL number (RFC 5280 §5.2.3)."""
    return next((one.value.crl_number for one in crl.extensions if isinstance(one.value, x509.CRLNumber)), None)


def base_number(crl: x509.CertificateRevocationList) -> int | None:
    """The number of the full CRL that a delta builds on (RFC 5280 §5.2.4); None where it is no delta."""
    found = (one.value for one in crl.extensions if isinstance(one.value, x509.DeltaCRLIndicator))
    return next((value.crl_number for value in found), None)


def faults(
    crl: x509.CertificateRevocationList, issuer: x509.Certificate, since: datetime, until: datetime
) -> Iterator[str]:
    """What is wrong with a CRL fetched between two readings of the target's clock."""
    if crl.issuer != issuer.subject:
        yield f"its issuer is {crl.issuer.rfc4514_string()}, not {issuer.subject.rfc4514_string()}"
    elif not _is_signed(crl, issuer):
        yield "its signature is not the issuer's"
    if crl.last_update_utc > until:
        yield f"its thisUpdate {crl.last_update_utc.isoformat()} lies ahead of {until.isoformat()}"
    if crl.next_update_utc is None:
        yield "it has no nextUpdate (RFC 5280 §5.1.2.5)"
    elif crl.next_update_utc < since:
        yield f"its nextUpdate {crl.next_update_utc.isoformat()} had passed by {since.isoformat()}"
    if number(crl) is None:
        yield "it has no CRL number (RFC 5280 §5.2.3)"


def delta_faults(delta: x509.CertificateRevocationList, full: x509.CertificateRevocationList) -> Iterator[str]:
    """What is wrong between a delta and the full CRL served beside it (RFC 5280 §5.2.4)."""
    base, full_number, own = base_number(delta), number(full), number(delta)
    if base is None:
        yield "it has no delta CRL indicator"
    elif full_number is not None and full_number < base:
        yield f"its base is {base}, but the full CRL served is older: {full_number}"
    if own is not None and full_number is not None and own < full_number:
        yield f"its number {own} is lower than the full CRL's {full_number}"


def combined(base_word: str, delta_word: str) -> str:
    """What a reader with the base and the delta believes (RFC 5280 §5.2.4)."""
    if delta_word == ABSENT:
        return base_word
    return ABSENT if delta_word == REMOVED else delta_word


def _is_signed(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return crl.is_signature_valid(cast(CertificateIssuerPublicKeyTypes, issuer.public_key()))
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False
