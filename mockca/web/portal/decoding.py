"""What certificates and CRLs say, for people: every extension by its name, with its values as lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from mockca.pki.certificates import USAGES

REASONS: Final = {one: one.value for one in x509.ReasonFlags}
"""CRLReason by the names of RFC 5280 §5.3.1."""


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension of a certificate or CRL."""

    name: str
    oid: str
    critical: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CertificateContent:
    """A certificate, decoded."""

    subject: tuple[tuple[str, str], ...]
    """Attribute and value, most general first."""
    issuer: tuple[tuple[str, str], ...]
    serial: str
    not_before: datetime
    not_after: datetime
    key: str
    signature: str
    """Its algorithm."""
    sha256: str
    extensions: tuple[Extension, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a CRL."""

    serial: str
    at: datetime
    reason: str | None
    invalidity_date: datetime | None


@dataclass(frozen=True, slots=True)
class CrlContent:
    """A CRL, decoded, with a part of its entries."""

    issuer: tuple[tuple[str, str], ...]
    number: int
    base: int | None
    this_update: datetime
    next_update: datetime | None
    signature: str
    octets: int
    count: int
    """Entries in all."""
    entries: tuple[Entry, ...]
    extensions: tuple[Extension, ...]


def certificate_content(certificate: x509.Certificate) -> CertificateContent:
    """A certificate. Raises ValueError where parts of it cannot be read."""
    return CertificateContent(
        subject=name_lines(certificate.subject),
        issuer=name_lines(certificate.issuer),
        serial=f"{certificate.serial_number:x}",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=key_words(certificate.public_key()),
        signature=_algorithm(certificate.signature_algorithm_oid),
        sha256=certificate.fingerprint(SHA256()).hex(),
        extensions=tuple(_extensions(certificate.extensions)),
    )


def crl_content(der: bytes, first: int, most: int) -> CrlContent:
    """A CRL with at most so many entries from place `first` on; the others are passed over unread."""
    crl = x509.load_der_x509_crl(der)
    extensions = tuple(_extensions(crl.extensions))
    return CrlContent(
        issuer=name_lines(crl.issuer),
        number=crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number,
        base=_base(crl),
        this_update=crl.last_update_utc,
        next_update=crl.next_update_utc,
        signature=_algorithm(crl.signature_algorithm_oid),
        octets=len(der),
        count=len(crl),
        entries=tuple(_entry(one) for one in islice(iter(crl), first, first + most)),
        extensions=extensions,
    )


def crl_entry(der: bytes, serial: int) -> Entry | None:
    """The CRL's entry for a certificate."""
    found = x509.load_der_x509_crl(der).get_revoked_certificate_by_serial_number(serial)
    return None if found is None else _entry(found)


def name_lines(name: x509.Name) -> tuple[tuple[str, str], ...]:
    """A name's attributes in their order."""
    return tuple((one.rfc4514_attribute_name, str(one.value)) for one in name)


def key_words(key: Any) -> str:
    """Kind and size of a public key."""
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__.strip("_")


def _base(crl: x509.CertificateRevocationList) -> int | None:
    try:
        return crl.extensions.get_extension_for_class(x509.DeltaCRLIndicator).value.crl_number
    except x509.ExtensionNotFound:
        return None


def _entry(one: x509.RevokedCertificate) -> Entry:
    reason = invalid = None
    for extension in one.extensions:
        if isinstance(extension.value, x509.CRLReason):
            reason = REASONS[extension.value.reason]
        elif isinstance(extension.value, x509.InvalidityDate):
            invalid = extension.value.invalidity_date_utc
    return Entry(f"{one.serial_number:x}", one.revocation_date_utc, reason, invalid)


def _algorithm(oid: x509.ObjectIdentifier) -> str:
    name: str = oid._name
    return oid.dotted_string if name == "Unknown OID" else name


def _oid(oid: x509.ObjectIdentifier) -> str:
    name: str = oid._name
    return oid.dotted_string if name == "Unknown OID" else f"{name} ({oid.dotted_string})"


def _extensions(extensions: x509.Extensions) -> Iterator[Extension]:
    for one in extensions:
        told = TELLERS.get(type(one.value), _unknown)
        yield Extension(
            NAMES.get(type(one.value), one.oid._name), one.oid.dotted_string, one.critical, tuple(told(one.value))
        )


def _unknown(value: Any) -> Iterable[str]:
    octets: bytes = value.value if isinstance(value, x509.UnrecognizedExtension) else value.public_bytes()
    return (octets[:64].hex(" ") + (" …" if len(octets) > 64 else ""),)


def _basic(value: x509.BasicConstraints) -> Iterable[str]:
    yield f"cA={'TRUE' if value.ca else 'FALSE'}"
    if value.path_length is not None:
        yield f"pathLenConstraint={value.path_length}"


def _usage(value: x509.KeyUsage) -> Iterable[str]:
    return (name for attribute, name in USAGES.items() if getattr(value, attribute))


def _names(names: Iterable[x509.GeneralName] | None) -> Iterator[str]:
    for one in names or ():
        yield f"{KINDS_OF_NAMES.get(type(one), type(one).__name__)}: {getattr(one, 'value', '')}"


def _points(value: Iterable[x509.DistributionPoint]) -> Iterator[str]:
    for point in value:
        yield from _names(point.full_name)


def _issuing_point(value: x509.IssuingDistributionPoint) -> Iterator[str]:
    yield from _names(value.full_name)
    for name in ("only_contains_user_certs", "only_contains_ca_certs", "indirect_crl"):
        if getattr(value, name):
            yield name


def _authority_key(value: x509.AuthorityKeyIdentifier) -> Iterator[str]:
    if value.key_identifier is not None:
        yield f"keyIdentifier: {value.key_identifier.hex(':')}"
    yield from _names(value.authority_cert_issuer)
    if value.authority_cert_serial_number is not None:
        yield f"serial: {value.authority_cert_serial_number:x}"


def _access(value: x509.AuthorityInformationAccess) -> Iterator[str]:
    for one in value:
        yield f"{one.access_method._name}: {one.access_location.value}"


def _policies(value: x509.CertificatePolicies) -> Iterator[str]:
    for one in value:
        yield _oid(one.policy_identifier)
        yield from (f"CPS: {each}" for each in one.policy_qualifiers or () if isinstance(each, str))


KINDS_OF_NAMES: Final[Mapping[type, str]] = {
    x509.UniformResourceIdentifier: "URI",
    x509.RFC822Name: "rfc822Name",
    x509.DNSName: "dNSName",
    x509.DirectoryName: "directoryName",
}
TELLERS: Final[Mapping[type, Callable[[Any], Iterable[str]]]] = {
    x509.BasicConstraints: _basic,
    x509.KeyUsage: _usage,
    x509.ExtendedKeyUsage: lambda value: (_oid(one) for one in value),
    x509.SubjectKeyIdentifier: lambda value: (value.digest.hex(":"),),
    x509.AuthorityKeyIdentifier: _authority_key,
    x509.SubjectAlternativeName: _names,
    x509.AuthorityInformationAccess: _access,
    x509.CRLDistributionPoints: _points,
    x509.FreshestCRL: _points,
    x509.CertificatePolicies: _policies,
    x509.OCSPNoCheck: lambda _: ("NULL",),
    x509.CRLNumber: lambda value: (str(value.crl_number),),
    x509.DeltaCRLIndicator: lambda value: (f"BaseCRLNumber: {value.crl_number}",),
    x509.IssuingDistributionPoint: _issuing_point,
}
NAMES: Final[Mapping[type, str]] = {x509.IssuingDistributionPoint: "issuingDistributionPoint"}
