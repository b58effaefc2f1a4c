"""A small sandbox with certificates in it, and a relying party that asks about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from mockca.desk.commands import AuthorityKeys, CreateSandbox
from mockca.desk.publication import CrlName, Publisher, current_crl
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.desk.statuses import change_status, require_certificate
from mockca.pki.names import SubjectName
from mockca.registry import certificates
from mockca.registry.certificates import Certificate
from mockca.registry.records import insert
from mockca.registry.status import Status
from mockca.registry.tables import dossiers

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR = 365 * DAY

KEYS = AuthorityKeys(root="p256", issuing="p256", ocsp="p256", tsa="p256")
LEAF_KEY = ec.generate_private_key(ec.SECP256R1()).public_key()


def found_world(home: Path, name: str = "demo", url: str = "http://127.0.0.1:8400") -> World:
    """A sandbox whose clock stands still at START."""
    sandboxes = Sandboxes(home, url)
    sandboxes.create(
        CreateSandbox(name=name, seed="publication", regulations=("an-giang",), start=START, frozen=True, keys=KEYS)
    )
    return World(sandboxes, name)


@dataclass
class World:
    """A sandbox, changed by its own rules and looked at from outside."""

    sandboxes: Sandboxes
    name: str
    serials: count[int] = field(default_factory=lambda: count(0x1000000000000001))

    @property
    def sandbox(self) -> Sandbox:
        return self.sandboxes.open(self.name)

    @property
    def now(self) -> datetime:
        return self.sandbox.clock.now()

    def issue(self, status: Status = Status.ISSUED, *, lasts: timedelta = YEAR) -> str:
        """A new certificate's serial number."""
        sandbox, now, number = self.sandbox, self.now, next(self.serials)
        serial = f"{number:x}"
        der = sandbox.issuer.issue(
            SubjectName("Nguyễn Văn Mẫu", ("SỞ MẪU",), "An Giang"),
            LEAF_KEY,
            serial=number,
            not_before=now,
            not_after=now + lasts,
        )
        with sandbox.store.write() as connection:
            dossier = insert(
                connection,
                dossiers,
                regulation="an-giang",
                operation="issue",
                subscriber_kind="person",
                unit="agency-an-giang",
                state="issued",
                form="TT05-F01",
                fields={},
                sets=[],
                submission={},
                filed_by="agency@an-giang",
                filed_at=now,
                reasons=[],
            )
            certificate = Certificate(
                serial=serial,
                regulation="an-giang",
                subscriber_kind="person",
                unit="agency-an-giang",
                subject="CN=Nguyễn Văn Mẫu",
                common_name="Nguyễn Văn Mẫu",
                not_before=now,
                not_after=now + lasts,
                dossier=dossier,
                device=None,
                algorithm="p256",
                issued_at=now,
                der=der,
            )
            certificates.add_all(connection, [certificate])
            change_status(connection, certificate, status, now)
        return serial

    def change(
        self,
        serial: str,
        status: Status,
        *,
        at: datetime | None = None,
        reason: str | None = None,
        invalidity_date: datetime | None = None,
    ) -> None:
        """Record a status from now or another instant on."""
        with self.sandbox.store.write() as connection:
            certificate = require_certificate(connection, serial)
            change_status(
                connection, certificate, status, at or self.now, reason=reason, invalidity_date=invalidity_date
            )

    def certificate(self, serial: str) -> x509.Certificate:
        with self.sandbox.store.read() as connection:
            return x509.load_der_x509_certificate(require_certificate(connection, serial).der)

    def crl(self, name: str = CrlName.ISSUING) -> x509.CertificateRevocationList:
        """A CRL, read and its signature checked by someone else's code."""
        found = x509.load_der_x509_crl(current_crl(self.sandbox, name))
        hierarchy = self.sandbox.hierarchy
        issuer = hierarchy.root if name == CrlName.ROOT else hierarchy.issuing
        key = issuer.certificate.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert found.is_signature_valid(key)
        return found

    def request(self, serial: str, *, nonce: bytes | None = None, by: HashAlgorithm | None = None) -> bytes:
        """An OCSP request about a serial, which need not exist."""
        issuing = self.sandbox.hierarchy.issuing
        name_hash, key_hash = (_digest(by or SHA1(), part) for part in (issuing.subject, issuing.key_bits))  # noqa: S303
        builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
            name_hash,
            key_hash,
            int(serial, 16),
            by or SHA1(),  # noqa: S303
        )
        if nonce is not None:
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        return builder.build().public_bytes(Encoding.DER)

    def ask(self, serial: str, *, publisher: Publisher | None = None, nonce: bytes | None = None) -> ocsp.OCSPResponse:
        """The OCSP answer about a serial, by a fresh publisher unless one is given."""
        served = (publisher or Publisher(self.sandbox)).ocsp(self.request(serial, nonce=nonce))
        return ocsp.load_der_ocsp_response(served.der)


def _digest(by: HashAlgorithm, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import Hash

    digest = Hash(by)
    digest.update(data)
    return digest.finalize()


def number_of(crl: x509.CertificateRevocationList) -> int:
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def base_of(crl: x509.CertificateRevocationList) -> int:
    return crl.extensions.get_extension_for_class(x509.DeltaCRLIndicator).value.crl_number


def listed(crl: x509.CertificateRevocationList) -> dict[str, str | None]:
    """What a CRL says: serial → reason."""
    return {f"{entry.serial_number:x}": reason_of(entry) for entry in crl}


def reason_of(entry: x509.RevokedCertificate) -> str | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
    except x509.ExtensionNotFound:
        return None


def told(answer: ocsp.OCSPResponse) -> tuple[str, str | None]:
    """What an OCSP answer says: status and reason, or the failure's name."""
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return answer.response_status.name.lower(), None
    reason = answer.revocation_reason
    return answer.certificate_status.name.lower(), None if reason is None else reason.value
