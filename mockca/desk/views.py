"""What the authority answers: one model a noun. The HTTP contract's response bodies.

Instants are ISO 8601 in UTC; serial numbers are lower-case hexadecimal. A field is null where it does not apply.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class View(BaseModel):
    """Base of every answer."""

    model_config = ConfigDict(frozen=True)


class Problem(View):
    """An error as RFC 9457 `application/problem+json`."""

    type: str
    title: str
    """Vietnamese first, then English."""
    status: int
    detail: str
    instance: str | None = None
    violations: tuple[ViolationView, ...] = ()
    state: str | None = None
    """Where a transition was out of order: the present state."""
    allowed: tuple[str, ...] = ()
    """The transitions or roles that would have been allowed."""
    clause: str | None = None
    remedy: str | None = None
    """What to do next."""


class ViolationView(View):
    """One rule broken by one value."""

    field: str
    value: str
    clause: str
    vi: str
    en: str
    accepted: str


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


class DossierView(View):
    number: int
    regulation: str
    operation: str
    subscriber_kind: str
    unit: str
    state: str
    form: str
    fields: dict[str, Any]
    attachments: tuple[str, ...]
    """Kinds of the attachments."""
    filed_by: str
    filed_at: AwareDatetime
    reasons: tuple[str, ...] = ()
    roster: int | None = None
    certificate: str | None = None
    allowed: tuple[str, ...] = ()
    """Steps that the lifecycle allows from here."""


class RosterView(View):
    number: int
    regulation: str
    form: str
    document_number: str
    subscriber_kind: str
    dossiers: tuple[int, ...]
    submitted_at: AwareDatetime


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
    pem: str


class PinLetter(View):
    """The sealed letter that goes with a device. Shown once, to the authority, never stored."""

    user_pin: str
    so_pin: str | None = None
    """Null after a restore: it stays with the desk that restores."""


class IssuedView(View):
    certificate: CertificateView
    pin_letter: PinLetter | None = None


class DeviceView(View):
    serial: str
    model: str
    state: str
    holder: str
    """authority, registrar, agency or subscriber."""
    certificate: str | None
    algorithm: str
    handovers: tuple[int, ...] = ()
    allowed: tuple[str, ...] = ()


class HandoverView(View):
    number: int
    regulation: str
    leg: str
    form: str
    at: AwareDatetime
    giver: str
    receiver: str
    items: tuple[HandoverItemView, ...]
    document_number: str | None = None


class HandoverItemView(View):
    certificate: str | None
    device: str


class ActivationView(View):
    number: int
    regulation: str
    state: str
    """proposed, scheduled (published at its time) or published."""
    certificates: tuple[str, ...]
    proposed_at: AwareDatetime
    effective_at: AwareDatetime | None = None


class RevocationView(View):
    number: int
    regulation: str
    state: str
    """requested, executed, refused or closed (device returned or reported lost)."""
    ground: str
    clause: str
    crl_reason: str | None
    certificates: tuple[str, ...]
    requested_by: str
    requested_at: AwareDatetime
    executed_at: AwareDatetime | None = None
    refusal: str | None = None
    devices_outstanding: tuple[str, ...] = ()


class RestoreView(View):
    number: int
    regulation: str
    state: str
    """requested, restored or refused."""
    device: str
    device_kind: str
    """pki-token, sim-pki or hsm; the delegation of the regulation goes by it."""
    certificate: str
    ground: str
    executor: str
    """The role that decides."""
    clause: str
    """The clause of that delegation."""
    requested_by: str
    requested_at: AwareDatetime
    due: AwareDatetime | None = None
    """Null where the regulation sets no time limit."""
    late: bool = False
    """Decided after `due`, or still undecided past it."""
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    refusal: str | None = None


class RestoredView(View):
    restore: RestoreView
    pin_letter: PinLetter | None = None
    """The device's new transport PIN, where it was restored."""


class RestoreFigures(View):
    requested: int
    """All requests, whatever became of them."""
    restored: int
    refused: int
    late: int
    """Decided after their time limit, or still undecided past it."""


class StatisticsView(View):
    regulation: str
    at: AwareDatetime
    certificates: dict[str, int]
    """How many there are of each status."""
    revocations: dict[str, int]
    """How many certificates were revoked on each ground."""
    restores: RestoreFigures


class AnnouncementView(View):
    number: int
    kind: str
    """activation or revocation."""
    serial: str
    common_name: str
    unit: str
    regulation: str
    published_at: AwareDatetime
    effective_at: AwareDatetime
    reason: str | None = None


class PublicCertificateView(View):
    """What the portal tells anybody about a serial number."""

    status: StatusView
    announcements: tuple[AnnouncementView, ...]
    """Newest first."""


class NoticeView(View):
    number: int
    to: str
    subject: str
    text: str
    serial: str | None
    sent_at: AwareDatetime
    clause: str


class DeadlineView(View):
    number: int
    kind: str
    about: str
    clause: str
    due: AwareDatetime
    met_at: AwareDatetime | None
    overdue: bool


class UnitView(View):
    id: str
    regulation: str
    name: str
    category: str
    superiors: tuple[str, ...]
    locality: str
    email: str
    has_seal: bool


class WhoAmI(View):
    account: str
    role: str
    regulation: str | None
    unit: str | None


class ClockView(View):
    now: AwareDatetime
    frozen: bool
    scale: float
    epoch: int
    """Grows with each turn of the clock."""
    ran: tuple[str, ...] = ()
    """What fell due while the clock was turned, in order."""


class SandboxView(View):
    name: str
    url: str
    seed: str
    regulations: tuple[str, ...]
    created_at: AwareDatetime


class JournalEntryView(View):
    number: int
    at: AwareDatetime
    actor: str
    action: str
    about: str
    detail: dict[str, Any]
    clauses: tuple[str, ...]
    previous: str
    hash: str


class RegulationView(View):
    id: str
    title_vi: str
    title_en: str
    regime: str
    in_force_from: date
    effective_from: str
    """`announcement` or `not_before`."""
    services: tuple[str, ...]
    values: dict[str, Any] = Field(default_factory=dict)
    """Every rule value with its clause, as `mockca rules show` prints it."""


class Page(View):
    """A slice of a list; `next` is the cursor of the following slice, null at the end."""

    items: tuple[Any, ...]
    next: int | None = None
    total: int | None = None
