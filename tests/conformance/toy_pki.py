"""A small P-256 publisher for the toy: certificates, CRLs, delta CRLs and OCSP from what the toy says now."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

DER = serialization.Encoding.DER
SPARE_OID = bytes.fromhex("0603551d63")
DISTRIBUTION_POINTS_OID = bytes.fromhex("0603551d1f")
Standing = tuple[int, str, datetime]
"""Serial number, CRLReason, since when."""


def name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def uri(url: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(url)


def point(url: str) -> x509.DistributionPoint:
    return x509.DistributionPoint([uri(url)], None, None, None)


def access(method: x509.ObjectIdentifier, url: str) -> x509.AccessDescription:
    return x509.AccessDescription(method, uri(url))


@dataclass
class ToyPki:
    """An issuing CA with a delegated OCSP responder."""

    base: str
    """Where it publishes."""
    now: datetime
    defects: frozenset[str] = frozenset()
    number: int = 0
    standings: list[Standing] = field(default_factory=list)
    """As of the last full CRL that was asked for."""
    base_standings: list[Standing] = field(default_factory=list)
    base_number: int = 0

    @property
    def term(self) -> timedelta:
        """How long every certificate lasts."""
        return timedelta(days=(21 if "lasts-too-long" in self.defects else 20) * 365)

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._certificate("CA (MÔ PHỎNG)", self.key, 1, x509.BasicConstraints(True, None))
        self.responder_key = ec.generate_private_key(ec.SECP256R1())
        purpose = (
            ExtendedKeyUsageOID.CODE_SIGNING if "undelegated" in self.defects else ExtendedKeyUsageOID.OCSP_SIGNING
        )
        purposes = [] if "no-purpose" in self.defects else [x509.ExtendedKeyUsage([purpose])]
        own_key = self.key
        if "ocsp-by-a-stranger" in self.defects:
            self.key = ec.generate_private_key(ec.SECP256R1())
        self.responder = self._certificate("OCSP (MÔ PHỎNG)", self.responder_key, 2, *purposes)
        self.key = own_key
        if "ocsp-by-the-issuer" in self.defects:
            self.responder, self.responder_key = self.certificate, self.key

    def _certificate(
        self, common_name: str, key: ec.EllipticCurvePrivateKey, serial: int, *extensions: x509.ExtensionType
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(common_name))
            .issuer_name(name("CA (MÔ PHỎNG)"))
            .public_key(key.public_key())
            .serial_number(serial)
            .not_valid_before(self.now - timedelta(days=1))
            .not_valid_after(self.now - timedelta(days=1) + self.term)
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def leaf(self, common_name: str, serial: int) -> str:
        """A subscriber's certificate, PEM."""
        extensions: list[x509.ExtensionType] = []
        if "no-addresses" not in self.defects:
            extensions = [
                x509.AuthorityInformationAccess(
                    [
                        access(AuthorityInformationAccessOID.CA_ISSUERS, f"{self.base}/pki/ca.crt"),
                        access(AuthorityInformationAccessOID.OCSP, f"{self.base}/pki/ocsp"),
                    ]
                ),
                x509.CRLDistributionPoints([point(f"{self.base}/pki/full.crl")]),
            ]
        if "addresses-twice" in self.defects:
            extensions.append(x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.99"), b"\x05\x00"))
        certificate = self._certificate(common_name, ec.generate_private_key(ec.SECP256R1()), serial, *extensions)
        if "addresses-twice" not in self.defects:
            return certificate.public_bytes(serialization.Encoding.PEM).decode()
        # No builder makes an extension twice; two bytes of another one's OID do.
        der = certificate.public_bytes(DER).replace(SPARE_OID, DISTRIBUTION_POINTS_OID)
        return f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(der).decode()}-----END CERTIFICATE-----\n"

    def full(self, standings: Iterable[Standing], now: datetime) -> bytes:
        """The full CRL as of now; the first one becomes the base of all deltas."""
        self.standings, self.number = list(standings), self.number + 1
        if not self.base_number:
            self.base_number, self.base_standings = self.number, self.standings
        return self._crl(self.standings, self.number, now, None)

    def delta(self, standings: Iterable[Standing], now: datetime) -> bytes:
        """What changed since the base."""
        current = {serial: (serial, reason, since) for serial, reason, since in standings}
        before = {serial: reason for serial, reason, _ in self.base_standings}
        changed = [one for serial, one in current.items() if before.get(serial) != one[1]]
        changed += [(serial, "removeFromCRL", now) for serial in before if serial not in current]
        if "delta-forgets" in self.defects:
            changed = []
        number = self.number - 1 if "delta-behind" in self.defects else self.number
        return self._crl(changed, number, now, self.base_number)

    def _crl(self, standings: Iterable[Standing], number: int, now: datetime, base: int | None) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1()) if "crl-signed-by-another" in self.defects else self.key
        issuer = name("Someone else") if "crl-of-another" in self.defects else self.certificate.subject
        this_update = now + timedelta(hours=1) if "crl-from-the-future" in self.defects else now - timedelta(hours=1)
        next_update = now - timedelta(minutes=1) if "crl-expired" in self.defects else now + timedelta(days=7)
        builder = x509.CertificateRevocationListBuilder(issuer, this_update, next_update)
        if "crl-unnumbered" not in self.defects:
            builder = builder.add_extension(x509.CRLNumber(number), critical=False)
        if base is None:
            builder = builder.add_extension(x509.FreshestCRL([point(f"{self.base}/pki/delta.crl")]), critical=False)
        elif "delta-without-indicator" not in self.defects:
            ahead = 100 if "delta-ahead" in self.defects else 0
            builder = builder.add_extension(x509.DeltaCRLIndicator(base + ahead), critical=True)
        for serial, reason, since in standings:
            entry = x509.RevokedCertificateBuilder(serial, since)
            if reason != "unspecified":
                entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags(reason)), critical=False)
            if reason == "keyCompromise":
                entry = entry.add_extension(x509.InvalidityDate(since), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(key, hashes.SHA256()).public_bytes(DER)

    def ocsp(self, request: bytes, known: Iterable[int], standings: Iterable[Standing], now: datetime) -> bytes:
        """The answer to one OCSP request."""
        if "ocsp-refuses" in self.defects:
            failure = ocsp.OCSPResponseStatus.TRY_LATER
            return ocsp.OCSPResponseBuilder.build_unsuccessful(failure).public_bytes(DER)
        asked = ocsp.load_der_ocsp_request(request)
        serial = asked.serial_number + (1 if "ocsp-of-another" in self.defects else 0)
        bad = {number: (reason, since) for number, reason, since in standings}
        status = ocsp.OCSPCertStatus.GOOD if asked.serial_number in known else ocsp.OCSPCertStatus.UNKNOWN
        reason, since = bad.get(asked.serial_number, (None, None))
        if reason is not None:
            status = ocsp.OCSPCertStatus.REVOKED
        this_update = now + timedelta(hours=1) if "ocsp-from-the-future" in self.defects else now - timedelta(hours=1)
        next_update = now - timedelta(minutes=1) if "ocsp-expired" in self.defects else now + timedelta(days=1)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                asked.issuer_name_hash,
                asked.issuer_key_hash,
                serial,
                hashes.SHA1(),  # noqa: S303 - an identifier
                status,
                this_update,
                next_update,
                since,
                None if reason in (None, "unspecified") else x509.ReasonFlags(reason),
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.responder)
            .certificates([self.responder])
        )
        for extension in asked.extensions:
            if isinstance(extension.value, x509.OCSPNonce) and "nonce-forgotten" not in self.defects:
                builder = builder.add_extension(extension.value, critical=False)
        answer = builder.sign(self.responder_key, hashes.SHA256()).public_bytes(DER)
        if "ocsp-signed-by-another" in self.defects:
            signature = ocsp.load_der_ocsp_response(answer).signature
            answer = answer.replace(signature, signature[:-1] + bytes([signature[-1] ^ 1]))
        return answer
