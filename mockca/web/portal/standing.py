"""How a certificate stands at an instant by all that the authority tells of it: registry, CRL and OCSP side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from mockca.desk import public
from mockca.desk.actors import SYSTEM
from mockca.desk.ocsp_answers import Standing, standing_at
from mockca.desk.publication import CrlName, current_record
from mockca.desk.sandbox import Sandbox
from mockca.desk.statuses import status_view
from mockca.desk.telling import KEEP_AFTER_EXPIRY, TOLD, Telling, later, publication_settings, told_at, told_reason
from mockca.desk.transaction import reading
from mockca.desk.views import StatusView
from mockca.pki.crl import Reason
from mockca.pki.hierarchy import SIGNERS
from mockca.registry import certificates
from mockca.registry.status import status_at
from mockca.web.portal.decoding import Entry, crl_entry


class Origin(StrEnum):
    """Whose certificate it is."""

    OURS = "ours"
    """Issued by this sandbox's authority."""
    AUTHORITY = "authority"
    """One of the authority's own."""
    FORGED = "forged"
    """It names this authority as its issuer, and is not signed by it."""
    FOREIGN = "foreign"
    """Of somebody else."""


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told of one certificate."""

    serial: str
    subject: str
    origin: Origin
    at: datetime
    not_before: datetime | None = None
    not_after: datetime | None = None
    role: str = ""
    """Which of the authority's own."""
    is_announced: bool = False
    status: StatusView | None = None
    """By the registry; None where the portal may not tell, or it was not issued by then."""
    entry: Entry | None = None
    """On the full CRL."""
    ocsp: Standing | None = None
    """None where OCSP gives no answer about it."""

    @property
    def agree(self) -> bool:
        """Whether CRL and OCSP say the same."""
        if self.ocsp is None or self.ocsp.status == "unknown" or self.ocsp.never_issued:
            return self.entry is None
        if self.entry is None:
            return self.ocsp.status == "good"
        at = self.ocsp.revoked_at
        same_time = at is not None and at.replace(microsecond=0) == self.entry.at
        return self.ocsp.status == "revoked" and same_time and self.ocsp.reason == self.entry.reason


def told_of(sandbox: Sandbox, certificate: x509.Certificate, at: datetime) -> Told:
    """What is told of a certificate at `at`, which is not later than now."""
    serial = f"{certificate.serial_number:x}"
    origin, role = origin_of(sandbox, certificate)
    term = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    subject = _shown(certificate)
    if origin in (Origin.OURS, Origin.AUTHORITY):
        return _told(sandbox, serial, subject, origin, at, role, term)
    return Told(serial, subject, origin, at, *term)


def told_of_serial(sandbox: Sandbox, serial: str, at: datetime) -> Told:
    """As `told_of`, of a serial number alone, which is taken for one of this authority's."""
    return _told(sandbox, serial, "", Origin.OURS, at, "", (None, None))


def origin_of(sandbox: Sandbox, certificate: x509.Certificate) -> tuple[Origin, str]:
    """Whose it is, and which where it is the authority's own."""
    der = certificate.public_bytes(Encoding.DER)
    for role in SIGNERS:
        if getattr(sandbox.hierarchy, role).der == der:
            return Origin.AUTHORITY, role
    issuers = [sandbox.hierarchy.issuing.certificate, sandbox.hierarchy.root.certificate]
    for issuer in issuers:
        if certificate.issuer.public_bytes() == issuer.subject.public_bytes():
            try:
                certificate.verify_directly_issued_by(issuer)
            except (ValueError, TypeError, InvalidSignature):
                return Origin.FORGED, ""
            return Origin.OURS, ""
    return Origin.FOREIGN, ""


def _told(
    sandbox: Sandbox,
    serial: str,
    subject: str,
    origin: Origin,
    at: datetime,
    role: str,
    term: tuple[datetime | None, datetime | None],
) -> Told:
    now = sandbox.clock.now()
    is_announced = public.announced_by(sandbox, serial, now)
    name = CrlName.ROOT if role in ("root", "issuing") else CrlName.ISSUING
    record = current_record(sandbox, name) if at >= now else None
    own = frozenset(getattr(sandbox.hierarchy, each).certificate.serial_number for each in SIGNERS)
    with reading(sandbox, SYSTEM) as transaction:
        connection = transaction.connection
        status = None
        if is_announced:
            certificate = certificates.get(connection, serial)
            found = status_at(connection, serial, at)
            if certificate is not None:
                subject, term = certificate.common_name, (certificate.not_before, certificate.not_after)
                regulation = sandbox.regulation(certificate.regulation)
                status = None if found is None else status_view(regulation, found, at)
        ocsp = standing_at(connection, int(serial, 16), at, publication_settings(connection), own)
        if record is not None:
            entry = crl_entry(record.der, int(serial, 16))
        else:
            standing = told_at(connection, serial, at)
            entry = None
            if standing is not None and TOLD[standing.status] in (Telling.HOLD, Telling.REVOKED):
                held = TOLD[standing.status] is Telling.HOLD
                reason = Reason.CERTIFICATE_HOLD if held else told_reason(standing.reason)
                if at < later(standing.not_after, KEEP_AFTER_EXPIRY):
                    entry = Entry(
                        serial, standing.since.replace(microsecond=0), reason and reason.value, standing.invalidity_date
                    )
    return Told(serial, subject, origin, at, *term, role, is_announced, status, entry, ocsp)


def _shown(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value)[:200] if names else certificate.subject.rfc4514_string()[:200]
