"""A CRL taken apart: what a relying party needs not look at, and a check must (RFC 5280 §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asn1crypto import crl as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.publisher import crl

FULL: Final = "full CRL"
DELTA: Final = "delta CRL"
ABOVE: Final = "CRL of the CA above"

KNOWN: Final = {
    "2.5.29.35": "authorityKeyIdentifier",
    "2.5.29.20": "cRLNumber",
    "2.5.29.28": "issuingDistributionPoint",
    "2.5.29.27": "deltaCRLIndicator",
    "2.5.29.46": "freshestCRL",
    "1.3.6.1.5.5.7.1.1": "authorityInfoAccess",
    "2.5.29.18": "issuerAltName",
}
"""What stands for each extension of a CRL in reports."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of revokedCertificates."""

    serial: int
    revoked_at: datetime
    reason: str | None
    """The CRLReason as it stands there; None where there is none."""
    invalidity_date: datetime | None
    critical: tuple[str, ...]
    """Its critical extensions, dotted."""


@dataclass(frozen=True, slots=True)
class List:
    """One CRL."""

    name: str
    """FULL, DELTA or ABOVE."""
    der: bytes
    parsed: x509.CertificateRevocationList
    version: int | None
    """2 for v2; None where the field is left out."""
    has_empty_list: bool
    """Whether revokedCertificates is there though nothing is in it."""
    entries: Mapping[int, Entry]
    repeated: tuple[int, ...]
    """Serials that are listed more than once."""

    @property
    def number(self) -> int | None:
        """The CRL number."""
        return crl.number(self.parsed)

    @property
    def base(self) -> int | None:
        """The number of the CRL that a delta builds on; None for a full one."""
        return crl.base_number(self.parsed)

    def extension(self, kind: type[x509.ExtensionType]) -> x509.Extension[x509.ExtensionType] | None:
        """The extension of that kind."""
        return next((one for one in self.parsed.extensions if isinstance(one.value, kind)), None)

    def word(self, serial: int) -> str:
        """`absent`, or the CRLReason; `unspecified` where the entry gives none."""
        found = self.entries.get(serial)
        return crl.ABSENT if found is None else found.reason or crl.UNSPECIFIED


def read(name: str, content: bytes) -> List:
    """The CRL from DER or PEM. ValueError where it is none, or anything in it cannot be read."""
    try:
        parsed = crl.parse(content)
        der = parsed.public_bytes(Encoding.DER)
        body = asn1.CertificateList.load(der, strict=True)["tbs_cert_list"]
        listed = body["revoked_certificates"]
        entries: dict[int, Entry] = {}
        repeated: list[int] = []
        for one in parsed:
            if one.serial_number in entries:
                repeated.append(one.serial_number)
            entries[one.serial_number] = _entry(one)
        for extension in parsed.extensions:
            _ = extension.value
        return List(
            name=name,
            der=der,
            parsed=parsed,
            version={"v1": 1, "v2": 2, "v3": 3}.get(body["version"].native) if body["version"].contents else None,
            has_empty_list=not entries and bool(listed.native is not None),
            entries=entries,
            repeated=tuple(repeated),
        )
    except Exception as error:  # parsers throw whatever a foreign DER makes them throw
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _entry(one: x509.RevokedCertificate) -> Entry:
    reason, invalidity, critical = None, None, []
    for extension in one.extensions:
        if isinstance(extension.value, x509.CRLReason):
            reason = str(extension.value.reason.value)
        elif isinstance(extension.value, x509.InvalidityDate):
            invalidity = extension.value.invalidity_date_utc
        if extension.critical:
            critical.append(extension.oid.dotted_string)
    return Entry(one.serial_number, one.revocation_date_utc, reason, invalidity, tuple(critical))
