"""Certificates as publishers serve them and as people keep them in files."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

PEM = b"-----BEGIN CERTIFICATE-----"


def read(content: bytes) -> tuple[x509.Certificate, ...]:
    """What caIssuers leads to: one certificate in DER, or a CMS of certificates (RFC 5280 §4.2.2.1).

    ValueError where it is neither.
    """
    try:
        return (_whole(x509.load_der_x509_certificate(content)),)
    except Exception as error:  # parsers throw whatever a foreign DER makes them throw
        try:
            return tuple(_whole(one) for one in pkcs7.load_der_pkcs7_certificates(content))
        except Exception:
            raise ValueError(f"{type(error).__name__}: {error}") from error


def read_file(content: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates in a file, PEM or DER. ValueError where there is none."""
    if PEM in content:
        return tuple(_whole(one) for one in x509.load_pem_x509_certificates(content))
    return read(content)


def extension(
    certificate: x509.Certificate, kind: type[x509.ExtensionType]
) -> x509.Extension[x509.ExtensionType] | None:
    """The extension of that kind."""
    return next((one for one in certificate.extensions if isinstance(one.value, kind)), None)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a name, as it is encoded."""

    oid: str
    type: str
    """`C`, `CN`, …, or the OID."""
    string: str
    """`PrintableString`, `UTF8String`, …"""
    value: str

    @property
    def is_nfc(self) -> bool:
        """Whether its letters are composed."""
        return unicodedata.is_normalized("NFC", self.value)


SHORT = {
    "2.5.4.6": "C",
    "2.5.4.8": "ST",
    "2.5.4.7": "L",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.3": "CN",
    "2.5.4.12": "title",
    "2.5.4.5": "serialNumber",
    "1.2.840.113549.1.9.1": "E",
}


def subject(certificate: x509.Certificate) -> tuple[Attribute, ...]:
    """The subject's attributes in their order. ValueError where they cannot be read."""
    return tuple(_attributes(certificate))


def _attributes(certificate: x509.Certificate) -> Iterator[Attribute]:
    whole = Certificate.load(certificate.public_bytes(Encoding.DER))
    for relative in whole["tbs_certificate"]["subject"].chosen:
        for one in relative:
            oid, value = one["type"].dotted, one["value"]
            value = getattr(value, "chosen", value)
            yield Attribute(oid, SHORT.get(oid, oid), type(value).__name__, str(value.native))


def _whole(certificate: x509.Certificate) -> x509.Certificate:
    """The certificate, with everything that is read lazily read."""
    _ = certificate.extensions, certificate.subject, certificate.issuer, certificate.public_key(), certificate.version
    return certificate
