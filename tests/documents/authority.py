"""A small authority for the tests of signed documents: a root, an issuer, a CRL, people who do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from token_emulator.documents.signing import MemoryKey

BEGIN, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2044, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)
"""Noon in Vietnam."""
PERSON = "Trần Thị Bích Ngọc"
BODY = "SỞ NỘI VỤ TỈNH VÍ DỤ"


@dataclass(frozen=True)
class Authority:
    root: x509.Certificate
    issuer: x509.Certificate
    issuer_key: ec.EllipticCurvePrivateKey
    root_crl: bytes
    crl: bytes

    def crl_with(self, serial: int, at: datetime) -> bytes:
        """The issuer's list with one entry."""
        entry = x509.RevokedCertificateBuilder(serial, at).build()
        builder = x509.CertificateRevocationListBuilder(self.issuer.subject, BEGIN, END, revoked_certificates=[entry])
        return builder.sign(self.issuer_key, SHA256()).public_bytes(Encoding.DER)

    def issue(
        self,
        public_key_der: bytes,
        common_name: str,
        units: tuple[str, ...],
        email: str | None,
        serial: int,
        purposes: tuple[x509.ObjectIdentifier, ...] = (
            ExtendedKeyUsageOID.CLIENT_AUTH,
            ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ),
    ) -> bytes:
        """DER of a subscriber's certificate."""
        names = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
        kinds = (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
        names += [x509.NameAttribute(kinds[min(1, place)], unit) for place, unit in enumerate(units)]
        names.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
        key = load_der_public_key(public_key_der)
        assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
        builder = x509.CertificateBuilder(self.issuer.subject, x509.Name(names), key, serial, BEGIN, END)
        usage = dict.fromkeys(
            (
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
        builder = builder.add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), True)
        stamping = ExtendedKeyUsageOID.TIME_STAMPING in purposes
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), stamping)
        if email:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(email)]), False)
        return builder.sign(self.issuer_key, SHA256()).public_bytes(Encoding.DER)


@cache
def authority() -> Authority:
    """Made once a process."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    names = [
        x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
                x509.NameAttribute(NameOID.COMMON_NAME, f"{kind} (MÔ PHỎNG)"),
            ]
        )
        for kind in ("Gốc", "Trung gian")
    ]
    certificates = []
    for place, subject_key in enumerate((root_key, key)):
        builder = x509.CertificateBuilder(names[0], names[place], subject_key.public_key(), place + 1, BEGIN, END)
        builder = builder.add_extension(x509.BasicConstraints(True, None), True)
        usage = dict.fromkeys(
            (
                "digital_signature",
                "content_commitment",
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        builder = builder.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), True)
        certificates.append(builder.sign(root_key, SHA256()))
    crls = [
        x509.CertificateRevocationListBuilder(name, BEGIN, END).sign(signer, SHA256()).public_bytes(Encoding.DER)
        for name, signer in zip(names, (root_key, key), strict=True)
    ]
    return Authority(certificates[0], certificates[1], key, *crls)


@cache
def subscriber(common_name: str, email: str | None, *units: str, serial: int = 1001) -> MemoryKey:
    """A key in memory with its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return MemoryKey(key, authority().issue(spki, common_name, units, email, serial))


def person(email: str | None = "ngoc.ttb@vidu.test") -> MemoryKey:
    return subscriber(PERSON, email, "Ủy ban nhân dân tỉnh Ví Dụ", "Sở Nội vụ tỉnh Ví Dụ")


def organisation(email: str | None = "sonoivu@vidu.test") -> MemoryKey:
    return subscriber(BODY, email, "Ủy ban nhân dân tỉnh Ví Dụ", serial=1002)
