"""From one certificate to the next for the same key: its subject, its end, and how it takes the former one's place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mockca.desk.publishing import announce_all
from mockca.desk.sandbox import Sandbox
from mockca.desk.statuses import revoke_all
from mockca.pki.certificates import mailbox
from mockca.pki.keys import PublicKey, load_public
from mockca.pki.names import SubjectName, read_spki, read_subject
from mockca.registry import certificates, schedule, status
from mockca.registry.certificates import Certificate
from mockca.registry.dossiers import Dossier
from mockca.registry.schedule import Due
from mockca.registry.units import Unit
from mockca.rules.regulation import Regulation
from mockca.rules.requirements import CHANGE, RENEW
from token_emulator.errors import UnknownDevice, WrongStage

WRITE_CERTIFICATE = "write-certificate"
SUPERSEDED = "superseded"
"""CRLReason of a certificate in whose place another came (RFC 5280 §5.3.1)."""


def successor_subject(dossier: Dossier, former: Certificate, unit: Unit, regulation: Regulation) -> SubjectName:
    """The next certificate's subject: the former's, with what the request changes.

    A change takes name and e-mail from the form where it has them, and the place in the administration from the body
    that asks.
    """
    subject = read_subject(former.der, mailbox(former.der))
    source = regulation.forms[dossier.form].subject
    if dossier.operation != CHANGE or source is None:
        return subject
    name = str(dossier.fields.get(source.common_name) or "").strip()
    email = dossier.fields.get(source.email) if source.email is not None else None
    organisation = dossier.subscriber_kind == "organisation"
    superiors = tuple(unit.superiors)
    return replace(
        subject,
        common_name=(name.upper() if organisation else name) or subject.common_name,
        organisations=superiors if organisation else (*superiors, unit.name),
        email=str(email).strip() if email else subject.email,
    )


def successor_end(dossier: Dossier, former: Certificate, not_before: datetime, regulation: Regulation) -> datetime:
    """When the next certificate ends.

    A renewal adds the years asked for, or the most, to the former's end; a year counts `year_days`. A change keeps
    that end where the regulation says so, to the second: the law speaks of the day, and this is never later.
    """
    days = regulation.year_days.value
    if dossier.operation == RENEW:
        asked = dossier.fields.get("validity_years")
        assert regulation.renewal is not None  # noqa: S101 - it was filed under these rules
        years = asked if isinstance(asked, int) else regulation.renewal.max_years.value
        return former.not_after + timedelta(days=years * days)
    return changed_end(former, not_before, regulation)


def changed_end(former: Certificate, not_before: datetime, regulation: Regulation) -> datetime:
    """When a certificate ends that changes the information of this one."""
    if regulation.change is not None and regulation.change.keeps_expiry.value:
        return former.not_after
    return not_before + timedelta(days=regulation.max_years.value * regulation.year_days.value)


def key_of(certificate: Certificate) -> PublicKey:
    """The key that a certificate is for."""
    return load_public(read_spki(certificate.der))


def take_over(
    connection: Connection, regulation: Regulation, entered: Sequence[Certificate], operation: str, at: datetime
) -> dict[str, Certificate]:
    """End the certificates in whose place these, effective from now on, were issued for the same keys.

    Returns the ended ones by their serials.
    """
    rules = regulation.renewal if operation == RENEW else regulation.change
    if rules is None or rules.replaced.value != SUPERSEDED:
        return {}
    alive = status.not_ended(connection, [one.replaces for one in entered if one.replaces is not None], at)
    formers = certificates.gather(connection, sorted(alive))
    revoke_all(connection, formers, at, reason=SUPERSEDED)
    announce_all(connection, "revocation", formers, at, SUPERSEDED)
    return {former.serial: former for former in formers}


def write_later(connection: Connection, at: datetime, device: str, serial: str) -> None:
    """Note that the device is to bear this certificate in place of the former one."""
    schedule.add(connection, at, WRITE_CERTIFICATE, f"{device} {serial}")


def write_certificate(sandbox: Sandbox, connection: Connection, due: Due) -> str:
    """Write the certificate to the device as it was noted; a device that is not here keeps the former one."""
    device, serial = due.about.split(" ")
    certificate = certificates.get(connection, serial)
    if certificate is None:
        return f"certificate {serial} is gone"
    try:
        sandbox.shelf.replace_certificate(device, certificate.der)
    except (UnknownDevice, WrongStage):
        return f"device {device} is not here to be given certificate {serial}"
    return f"certificate {serial} written to device {device}"
