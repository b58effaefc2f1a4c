"""Its certification authority: certificates, CRL, delta CRL and OCSP, on P-256."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from conformance.examples.so_chung_thu import timing

DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
ROOT, ISSUING = (
    x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Sổ chứng thư {which} (MÔ PHỎNG)"),
        ]
    )
    for which in ("Root CA", "CA")
)
ISSUED, LASTS = datetime.fromisoformat("2020-01-01T00:00:00+00:00"), timedelta(days=365 * 20 + 5)


class Publisher:
    """The authority's key and certificate, and what it says with them. `base` is the address it is reached at."""

    def __init__(self, folder: Path, base: str) -> None:
        self.base = base
        root_key, self._key = _key(folder / "root.key"), _key(folder / "ca.key")
        self.root = _authority(ROOT, root_key, 1, root_key, levels_below=1)
        self.certificate = _authority(ISSUING, self._key, 2, root_key, levels_below=0)
        self._key_id = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())

    def issue(self, serial: int, common_name: str, since: int, until: int) -> str:
        """A certificate for a new key, PEM. The key is on the device and nowhere else, so it is forgotten here."""
        name = x509.Name(
            [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
        )
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
        access = [
            (AuthorityInformationAccessOID.CA_ISSUERS, "/ca.cer"),
            (AuthorityInformationAccessOID.OCSP, "/ocsp"),
        ]
        builder = (
            _builder(name, ISSUING, key, serial, timing.instant(since), timing.instant(until))
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(self._key_id), critical=False)
            .add_extension(
                x509.AuthorityInformationAccess([x509.AccessDescription(how, self._at(path)) for how, path in access]),
                critical=False,
            )
            .add_extension(x509.CRLDistributionPoints([self._point("/day-du.crl")]), critical=False)
        )
        return builder.sign(self._key, hashes.SHA256()).public_bytes(PEM).decode()

    def view(self) -> dict[str, list[dict[str, str]]]:
        """What it publishes of itself, and where."""
        ours = (("GOC", self.root, "/goc.cer"), ("CAP", self.certificate, "/ca.cer"))
        return {
            "chung_thu": [
                {"vai": role, "dia_chi": f"{self.base}{path}", "pem": one.public_bytes(PEM).decode()}
                for role, one, path in ours
            ],
            "crl": [{"ten": name, "dia_chi": f"{self.base}/{name}.crl"} for name in ("day-du", "thay-doi")],
        }

    def full_crl(self, db: sqlite3.Connection) -> bytes:
        """All that is revoked, under a new number."""
        revoked = _revoked(db)
        number = db.execute("SELECT coalesce(max(so), 0) + 1 FROM crl").fetchone()[0]
        now = timing.now(db)
        db.execute("INSERT INTO crl VALUES (?, ?, ?)", (number, now, json.dumps([row["so"] for row in revoked])))
        freshest = x509.FreshestCRL([self._point("/thay-doi.crl")])
        return (
            self._crl(revoked, now, number)
            .add_extension(freshest, critical=False)
            .sign(self._key, hashes.SHA256())
            .public_bytes(DER)
        )

    def delta_crl(self, db: sqlite3.Connection) -> bytes:
        """What was revoked since the first full CRL."""
        base, known = db.execute("SELECT so, da_co FROM crl ORDER BY so LIMIT 1").fetchone() or (1, "[]")
        number = db.execute("SELECT coalesce(max(so), 1) FROM crl").fetchone()[0]
        revoked = [row for row in _revoked(db) if row["so"] not in json.loads(known)]
        indicator = x509.DeltaCRLIndicator(base)
        return (
            self._crl(revoked, timing.now(db), number)
            .add_extension(indicator, critical=True)
            .sign(self._key, hashes.SHA256())
            .public_bytes(DER)
        )

    def answer(self, db: sqlite3.Connection, request: bytes, *, lags: bool) -> bytes:
        """The answer to an OCSP request. ValueError where it is none."""
        asked = ocsp.load_der_ocsp_request(request)
        row = db.execute(
            "SELECT so, thu_hoi_luc, ly_do FROM chung_thu WHERE so = ?", (str(asked.serial_number),)
        ).fetchone()
        status, since, reason = ocsp.OCSPCertStatus.UNKNOWN, None, None
        if row is not None:
            status = ocsp.OCSPCertStatus.GOOD
            if row["thu_hoi_luc"] is not None and not lags:
                status, since = ocsp.OCSPCertStatus.REVOKED, timing.instant(row["thu_hoi_luc"])
                reason = x509.ReasonFlags(row["ly_do"])
        now = timing.instant(timing.now(db))
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            asked.issuer_name_hash,
            asked.issuer_key_hash,
            asked.serial_number,
            asked.hash_algorithm,
            status,
            now,
            now + timedelta(hours=1),
            since,
            reason,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.certificate)
        for extension in asked.extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                builder = builder.add_extension(extension.value, critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(DER)

    def _crl(self, revoked: list[sqlite3.Row], now: int, number: int) -> x509.CertificateRevocationListBuilder:
        this_update = timing.instant(now)
        builder = x509.CertificateRevocationListBuilder(ISSUING, this_update, this_update + timedelta(days=1))
        for row in revoked:
            entry = x509.RevokedCertificateBuilder(int(row["so"]), timing.instant(row["thu_hoi_luc"]))
            entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags(row["ly_do"])), critical=False)
            if row["lo_khoa_luc"] is not None:
                date = x509.InvalidityDate(timing.instant(row["lo_khoa_luc"]))
                entry = entry.add_extension(date, critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(self._key_id)
        return builder.add_extension(x509.CRLNumber(number), critical=False).add_extension(authority, critical=False)

    def _at(self, path: str) -> x509.UniformResourceIdentifier:
        return x509.UniformResourceIdentifier(f"{self.base}{path}")

    def _point(self, path: str) -> x509.DistributionPoint:
        return x509.DistributionPoint([self._at(path)], None, None, None)


def _revoked(db: sqlite3.Connection) -> list[sqlite3.Row]:
    return db.execute("SELECT * FROM chung_thu WHERE thu_hoi_luc IS NOT NULL ORDER BY thu_hoi_luc").fetchall()


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    serial: int,
    since: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(since)
        .not_valid_after(until)
    )


def _authority(
    name: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    serial: int,
    signer: ec.EllipticCurvePrivateKey,
    *,
    levels_below: int,
) -> x509.Certificate:
    public = key.public_key()
    builder = (
        _builder(name, ROOT, public, serial, ISSUED, ISSUED + LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=levels_below), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return builder.sign(signer, hashes.SHA256())


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in the file, made where it is not there."""
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        path.touch(mode=0o600)
        path.write_bytes(made.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path} has no key on an elliptic curve")
    return key
