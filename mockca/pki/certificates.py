"""Certificates put together: the signed structure of RFC 5280 §4.1 around ready-made extensions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ObjectIdentifier

from mockca.pki import der, keys
from mockca.pki.keys import PrivateKey

POLICY_ARC: Final = "1.3.6.1.4.1.32473.1"
"""Our object identifiers hang under the enterprise number set aside for examples (RFC 5612).

The other arc for examples, 2.999, is misread by several widely used libraries (two arcs in more than one octet).
"""
SUBSCRIBER_POLICY: Final = f"{POLICY_ARC}.1"
TIMESTAMP_POLICY: Final = f"{POLICY_ARC}.2"
ANY_POLICY: Final = "2.5.29.32.0"

_VERSION_3: Final = der.tlv(der.explicit(0), der.integer(2))
_LONGEST_SERIAL: Final = 1 << 159


def extension(value: x509.ExtensionType, *, critical: bool = False) -> bytes:
    """An Extension (RFC 5280 §4.1.2.9), encoded."""
    return der.sequence(
        der.oid(value.oid.dotted_string), der.TRUE if critical else b"", der.octets(value.public_bytes())
    )


def mailbox(certificate: bytes) -> str | None:
    """The first rfc822Name in a certificate's subjectAltName, from its DER; None where it has none."""
    found = x509.load_der_x509_certificate(certificate)
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None
    return next(iter(names.get_values_for_type(x509.RFC822Name)), None)


_SUBJECT_KEY_OID: Final = der.oid("2.5.29.14")
_SUBJECT_NAMES_OID: Final = der.oid("2.5.29.17")


def key_usage(*names: str) -> bytes:
    """A critical keyUsage with the named bits, e.g. `digital_signature` (RFC 5280 §4.2.1.3)."""
    bits = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return extension(x509.KeyUsage(**(bits | dict.fromkeys(names, True))), critical=True)


USAGES: Final = {
    "digital_signature": "digitalSignature",
    "content_commitment": "nonRepudiation",
    "key_encipherment": "keyEncipherment",
    "data_encipherment": "dataEncipherment",
    "key_agreement": "keyAgreement",
    "key_cert_sign": "keyCertSign",
    "crl_sign": "cRLSign",
}
"""What RFC 5280 §4.2.1.3 calls each usage."""


def key_usage_of(certificate: bytes) -> tuple[str, ...]:
    """The key usages of a certificate (DER) by their names in RFC 5280; none where it has no such extension."""
    try:
        found = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(name for attribute, name in USAGES.items() if getattr(found, attribute))


def extended_key_usage(*purposes: ObjectIdentifier, critical: bool = False) -> bytes:
    """extKeyUsage (RFC 5280 §4.2.1.12)."""
    return extension(x509.ExtendedKeyUsage(purposes), critical=critical)


def authority(is_ca: bool, path_length: int | None = None) -> bytes:
    """A critical basicConstraints (RFC 5280 §4.2.1.9)."""
    return extension(x509.BasicConstraints(is_ca, path_length), critical=True)


def policies(policy: str, cps: str | None = None) -> bytes:
    """certificatePolicies with one policy and, if given, the address of its practice statement (§4.2.1.4)."""
    qualifiers: list[str | x509.UserNotice] | None = None if cps is None else [cps]
    return extension(x509.CertificatePolicies([x509.PolicyInformation(ObjectIdentifier(policy), qualifiers)]))


def authority_key(key_id: bytes) -> bytes:
    """authorityKeyIdentifier with the key identifier alone (§4.2.1.1)."""
    return extension(x509.AuthorityKeyIdentifier(key_id, None, None))


def subject_key(key_id: bytes) -> bytes:
    """subjectKeyIdentifier (§4.2.1.2). This and the next differ in every certificate, hence written without x509."""
    return der.sequence(_SUBJECT_KEY_OID, der.octets(der.octets(key_id)))


def subject_email(address: str) -> bytes:
    """subjectAltName with one rfc822Name in ASCII (§4.2.1.6)."""
    return der.sequence(_SUBJECT_NAMES_OID, der.octets(der.sequence(der.tlv(der.implicit(1), address.encode("ascii")))))


def information_access(ca_issuers: str, ocsp: str | None = None) -> bytes:
    """authorityInfoAccess: where the issuer's certificate is and, if it has one, its responder (§4.2.2.1)."""
    places = [(AuthorityInformationAccessOID.CA_ISSUERS, ca_issuers)]
    if ocsp is not None:
        places.append((AuthorityInformationAccessOID.OCSP, ocsp))
    return extension(
        x509.AuthorityInformationAccess(
            x509.AccessDescription(method, x509.UniformResourceIdentifier(place)) for method, place in places
        )
    )


def _distribution_points(address: str) -> Iterable[x509.DistributionPoint]:
    return [x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)]


def crl_place(address: str) -> bytes:
    """cRLDistributionPoints with one address (§4.2.1.13)."""
    return extension(x509.CRLDistributionPoints(_distribution_points(address)))


def delta_place(address: str) -> bytes:
    """freshestCRL with one address (§4.2.1.15 in a certificate, §5.2.6 in a CRL)."""
    return extension(x509.FreshestCRL(_distribution_points(address)))


def assemble(
    key: PrivateKey,
    *,
    issuer: bytes,
    subject: bytes,
    serial: int,
    not_before: datetime,
    not_after: datetime,
    public_key: bytes,
    extensions: bytes,
) -> bytes:
    """Signs a version 3 certificate and returns its DER.

    `issuer`, `subject`, `public_key` (SubjectPublicKeyInfo) are DER; `extensions` are encoded Extensions in a
    row. Instants lose their fractions of a second. Raises ValueError for a serial number that RFC 5280
    §4.1.2.2 does not allow and for a period that ends before it begins.
    """
    if not 0 < serial < _LONGEST_SERIAL:
        raise ValueError("a serial number is positive and has at most 20 octets")
    if not_after < not_before:
        raise ValueError("notAfter lies before notBefore")
    algorithm = keys.signature_algorithm_der(key)
    to_be_signed = der.sequence(
        _VERSION_3,
        der.integer(serial),
        algorithm,
        issuer,
        der.sequence(der.time(not_before), der.time(not_after)),
        subject,
        public_key,
        der.tlv(der.explicit(3), der.sequence(extensions)),
    )
    return der.sequence(to_be_signed, algorithm, der.bits(keys.sign(key, to_be_signed)))
