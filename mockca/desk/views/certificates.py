"""Certificates and their status."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime

from mockca.desk.views.base import View


class CertificateStatus(StrEnum):
    """Where a certificate stands at one instant."""

    ISSUED = "issued"
    """Issued, not yet effective."""
    EFFECTIVE = "effective"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


class StatusView(View):
    """The status of one serial at one instant."""

    serial: str
    at: AwareDatetime
    status: CertificateStatus
    since: AwareDatetime
    in_force: bool
    """Whether it may be used for signing at that instant."""
    clause: str
    """The clause that in_force follows from."""
    why: str
    """One sentence, Vietnamese, for people."""
    reason: str | None = None
    """CRLReason as RFC 5280 names it."""
    invalidity_date: AwareDatetime | None = None
    effective_at: AwareDatetime | None = None


class CertificateView(View):
    serial: str
    regulation: str
    subscriber_kind: str
    unit: str
    subject: str
    """RFC 4514 string."""
    common_name: str
    not_before: AwareDatetime
    not_after: AwareDatetime
    status: StatusView
    dossier: int
    device: str | None
    custody: str | None
    """Who holds the device now."""
    algorithm: str
    key_usage: tuple[str, ...] = ()
    """Names of RFC 5280 §4.2.1.3."""
    replaces: str | None = None
    """The former certificate, where this one renewed or changed it, or was issued anew for it."""
    pem: str


class PinLetter(View):
    """The sealed letter that goes with a device. Shown once, to the authority, never stored."""

    user_pin: str
    so_pin: str | None = None
    """Null after a restore: it stays with the desk that restores."""


class IssuedView(View):
    certificate: CertificateView
    pin_letter: PinLetter | None = None
