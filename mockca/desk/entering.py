"""A signed certificate is entered: its row, its device, its first status, whose place it takes, when it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mockca.desk.expiry import EXPIRE
from mockca.desk.publishing import announce_all
from mockca.desk.statuses import first_statuses, starts_effective
from mockca.desk.succession import take_over, write_later
from mockca.pki.keys import PublicKey, algorithm_of
from mockca.pki.names import SubjectName, rfc4514
from mockca.registry import certificates, devices, schedule
from mockca.registry.certificates import Certificate
from mockca.registry.devices import Device
from mockca.registry.status import Status, StatusAt
from mockca.rules import lifecycle
from mockca.rules.regulation import Regulation
from mockca.rules.requirements import KEEPS_KEY

HOLDER = "authority"
"""Who holds a device until it is handed over."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A signed certificate that nobody knows of yet."""

    regulation: Regulation
    operation: str
    subscriber_kind: str
    unit: str
    replaces: str | None
    """Serial of the former certificate, where there is one."""
    subject: SubjectName
    public_key: PublicKey
    serial: int
    not_before: datetime
    not_after: datetime
    der: bytes
    device: str | None
    model: str
    """Of the device, where it is a new one."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A certificate that is there now."""

    certificate: Certificate
    status: StatusAt
    superseded: Certificate | None
    """The one in whose place it came at once."""


def enter(connection: Connection, draft: Draft, *, dossier: int, at: datetime) -> Entered:
    """Enter a certificate under its dossier; IntegrityError where serial or dossier has one.

    It waits for its publication, or is in effect and announced, as the regulation says.
    """
    (entered,) = enter_all(connection, draft.regulation, draft.operation, [(draft, dossier)], at)
    return entered


def enter_all(
    connection: Connection,
    regulation: Regulation,
    operation: str,
    drafts: Sequence[tuple[Draft, int]],
    at: datetime,
) -> list[Entered]:
    """Enter certificates of one regulation and operation, each under its dossier, as `enter` does one."""
    entered = [_certificate(draft, dossier) for draft, dossier in drafts]
    certificates.add_all(connection, entered)
    for (draft, _), certificate in zip(drafts, entered, strict=True):
        if draft.device is not None and operation in KEEPS_KEY:
            devices.update(connection, draft.device, certificate=certificate.serial)
            write_later(connection, at, draft.device, certificate.serial)
        elif draft.device is not None:
            devices.add(connection, _device(draft, draft.device, certificate))
    effective = starts_effective(regulation)
    statuses = first_statuses(connection, entered, Status.EFFECTIVE if effective else Status.ISSUED)
    superseded: Mapping[str, Certificate] = {}
    if effective:
        announce_all(connection, "activation", entered, at)
        if operation in KEEPS_KEY:
            superseded = take_over(connection, regulation, entered, operation, at)
    schedule.add_all(connection, EXPIRE, [(one.not_after, one.serial) for one in entered])
    return [
        Entered(certificate, status, superseded.get(certificate.replaces or ""))
        for certificate, status in zip(entered, statuses, strict=True)
    ]


def _certificate(draft: Draft, dossier: int) -> Certificate:
    return Certificate(
        serial=f"{draft.serial:x}",
        regulation=draft.regulation.id,
        subscriber_kind=draft.subscriber_kind,
        unit=draft.unit,
        subject=rfc4514(draft.subject),
        common_name=draft.subject.common_name,
        not_before=draft.not_before,
        not_after=draft.not_after,
        dossier=dossier,
        device=draft.device,
        algorithm=algorithm_of(draft.public_key).value,
        issued_at=draft.not_before,
        der=draft.der,
        replaces=draft.replaces,
    )


def _device(draft: Draft, serial: str, certificate: Certificate) -> Device:
    return Device(
        serial=serial,
        model=draft.model,
        state=lifecycle.DEVICE.initial(draft.regulation),
        holder=HOLDER,
        certificate=certificate.serial,
        algorithm=certificate.algorithm,
        dossier=certificate.dossier,
        personalised_at=draft.not_before,
    )
