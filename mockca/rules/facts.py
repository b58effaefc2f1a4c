"""What the checks look at: plain facts of a request, without the request's own models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """The agency or organisation concerned."""

    id: str
    name: str
    category: str
    superiors: tuple[str, ...] = ()
    """The bodies above it, top first."""
    locality: str = ""
    email: str = ""
    has_seal: bool = True


@dataclass(frozen=True, slots=True)
class SetFacts:
    """One set of a dossier."""

    medium: str
    via: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class SubmissionFacts:
    """How a document came."""

    channel: str = "paper"
    document_number: str | None = None
    signed_by: str | None = None
    sealed: bool = False
    signature: bool | None = None
    """None: none given; True: valid, by a certificate in force; False: not valid."""
    addressed_to: str | None = None
    """The receiver's identifier on the document exchange, where one was given."""


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """A filled-in form that comes with another document."""

    form: str
    fields: Mapping[str, object] = field(default_factory=dict)
    rows: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class OwedFacts:
    """A device whose certificate was revoked and that is not back."""

    device: str
    certificate: str
    name: str
    """The subscriber's, as the request for that certificate gave it."""


@dataclass(frozen=True, slots=True)
class FilingFacts:
    """A dossier as it is filed."""

    filer_role: str
    subscriber_kind: str
    unit: UnitFacts
    form: str
    fields: Mapping[str, object]
    rows: tuple[Mapping[str, object], ...] = ()
    """Lines of the form's own list, where it has one."""
    enclosed: tuple[SheetFacts, ...] = ()
    """Lists that came with the form."""
    attachments: frozenset[str] = frozenset()
    """Kinds of the attachments."""
    uncertified: frozenset[str] = frozenset()
    """Kinds of those that are plain copies."""
    category: str | None = None
    confirmed_by: str | None = None
    about: tuple[CertificateFacts, ...] = ()
    """The certificate that the dossier concerns, where there is one already."""
    operation: str = "issue"
    case: str | None = None
    """Case of a change, or ground of a reissue."""
    times_renewed: int = 0
    """How often the certificate concerned, or one that it goes back to, was renewed."""
    sets: tuple[SetFacts, ...] = ()
    submission: SubmissionFacts = field(default_factory=SubmissionFacts)
    first_request: bool = True
    """Whether the unit has no certificate yet that it could sign with."""
    owed: tuple[OwedFacts, ...] = ()
    """Devices of the unit, for this kind of subscriber, that should have been returned."""

    @property
    def former(self) -> CertificateFacts | None:
        """The certificate to be renewed or changed, or the one that another is issued for."""
        return self.about[0] if self.about else None


@dataclass(frozen=True, slots=True)
class RosterFacts:
    """A roster as it is sent."""

    form: str
    declared_count: int
    kinds: tuple[str, ...]
    """Kind of subscriber of each dossier on it."""
    rows: tuple[Mapping[str, object], ...] = ()
    """The list's lines, where they were sent."""
    listed: tuple[ListedFacts, ...] = ()
    """The dossiers on it; needed where lines were sent."""
    attachments: frozenset[str] = frozenset()
    submission: SubmissionFacts = field(default_factory=SubmissionFacts)


@dataclass(frozen=True, slots=True)
class ListedFacts:
    """What a line of a list is to stand for: a dossier on a roster, a certificate to be revoked."""

    number: str
    """The dossier's number, or the certificate's serial."""
    name: str
    """The subscriber's name, as the dossier's form or the certificate gives it."""
    says: Mapping[str, object]
    """What the list should say of it, by column, as far as it tells."""


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """Minutes of a handover."""

    leg: str
    form: str
    giver_signed: bool
    receiver_signed: bool
    items: tuple[tuple[str | None, str], ...]
    """Certificate's serial, where it is named, and device's serial."""
    today: date
    fields: Mapping[str, object] = field(default_factory=dict)
    """What the minutes say besides."""
    rows: tuple[Mapping[str, object], ...] = ()
    """What they say of each item, where anything was said."""
    about: tuple[CertificateFacts | None, ...] = ()
    """The certificate on each item's device, where there is one."""
    copies: int | None = None


@dataclass(frozen=True, slots=True)
class ActivationFacts:
    """A proposal of the time of effect."""

    form: str
    fields: Mapping[str, object]
    wanted_at: datetime | None
    """None: as soon as it is published."""
    now: datetime
    submission: SubmissionFacts = field(default_factory=SubmissionFacts)


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A certificate that a request names."""

    serial: str
    subscriber_kind: str
    unit: str
    status: str
    not_before: datetime
    not_after: datetime
    subject: str = ""
    """The full subject (RFC 4514)."""
    common_name: str = ""
    email: str | None = None
    device: str | None = None
    """Serial of the device that it is on."""
    organisation: str = ""
    """The lowest of the bodies that the subject names."""
    locality: str = ""
    case_executed: bool = False
    """Whether a case of its revocation was executed: on expiry, the status stays that of an expired one."""


@dataclass(frozen=True, slots=True)
class RestoreFacts:
    """A request to restore a device."""

    device: str
    device_kind: str
    certificate: CertificateFacts
    """The certificate on it."""
    ground: str
    form: str
    fields: Mapping[str, object]
    submission: SubmissionFacts
    today: date


@dataclass(frozen=True, slots=True)
class RevocationFacts:
    """A request for revocation."""

    requester_role: str
    requester_unit: str | None
    ground: str
    form: str | None
    fields: Mapping[str, object]
    decision_kind: str | None
    decision_number: str | None
    decision_effective_on: date | None
    breached_duty: str | None
    confirmed_by: str | None
    invalidity_date: datetime | None
    submission: SubmissionFacts
    today: date
    certificates: tuple[CertificateFacts, ...]
    now: datetime
    enclosed: tuple[SheetFacts, ...] = ()
    """Lists that came with the form."""
    attachments: frozenset[str] = frozenset()
    """Kinds of the attachments."""
    event_on: date | None = None
    """Day of the event that the ground rests on."""
    unfit: Mapping[str, str] = field(default_factory=dict)
    """What no longer fits in the certificate (`UNFIT`), with its new value."""


@dataclass(frozen=True, slots=True)
class ForwardingFacts:
    """A request for revocation that is confirmed and passed on."""

    ground: str
    form: str | None
    fields: Mapping[str, object]
    submission: SubmissionFacts
    today: date
    certificates: tuple[CertificateFacts, ...]
