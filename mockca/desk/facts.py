"""From commands and records to the plain facts that the rules judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from mockca.desk.commands import Attachment, DossierSet, FormSheet, Submission
from mockca.desk.signatures import canonical, judge
from mockca.desk.statuses import require_status
from mockca.desk.transaction import Transaction
from mockca.desk.unit_facts import unit_facts as unit_facts
from mockca.errors import NotFound
from mockca.pki.certificates import mailbox
from mockca.pki.names import read_subject
from mockca.registry import certificates, dossiers, units
from mockca.registry.certificates import Certificate
from mockca.registry.units import Unit
from mockca.rules.facts import CertificateFacts, SetFacts, SheetFacts, SubmissionFacts
from mockca.rules.requirements import KEEPS_KEY, RENEW


def require_unit(transaction: Transaction, unit_id: str | None) -> Unit:
    """The unit named, or the actor's own where none is; NotFound where there is no such unit."""
    wanted = unit_id or transaction.actor.unit
    unit = None if wanted is None else units.get(transaction.connection, wanted)
    if unit is None:
        raise NotFound("unit", wanted or "(none given)")
    return unit


def certificate_facts(transaction: Transaction, certificate: Certificate) -> CertificateFacts:
    """What a certificate says and what it is worth now."""
    found = require_status(transaction.connection, certificate.serial, transaction.now)
    email = mailbox(certificate.der)
    subject = read_subject(certificate.der, email)
    return CertificateFacts(
        serial=certificate.serial,
        subscriber_kind=certificate.subscriber_kind,
        unit=certificate.unit,
        status=found.status.value,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        subject=certificate.subject,
        common_name=certificate.common_name,
        email=email,
        device=certificate.device,
        organisation=subject.organisations[-1] if subject.organisations else "",
        locality=subject.locality or "",
    )


def set_facts(sets: Iterable[DossierSet]) -> tuple[SetFacts, ...]:
    return tuple(SetFacts(medium=one.medium, via=one.via, count=one.count) for one in sets)


def sheet_facts(sheets: Iterable[FormSheet]) -> tuple[SheetFacts, ...]:
    return tuple(SheetFacts(form=sheet.code, fields=sheet.fields, rows=sheet.rows) for sheet in sheets)


def submission_facts(transaction: Transaction, submission: Submission, content: Mapping[str, Any]) -> SubmissionFacts:
    """How a document came; an electronic signature is judged over the canonical JSON of `content`."""
    verdict = None
    if submission.signature is not None:
        verdict = judge(transaction, submission.signature, canonical(content))
    return SubmissionFacts(
        channel=submission.channel,
        document_number=submission.document_number,
        signed_by=submission.signed_by,
        sealed=submission.sealed,
        signature=verdict,
        addressed_to=submission.addressed_to,
    )


def attachment_kinds(attachments: Iterable[Attachment]) -> frozenset[str]:
    return frozenset(attachment.kind for attachment in attachments)


def times_renewed(connection: Connection, certificate: Certificate) -> int:
    """How many renewals lie between the first certificate of the chain and this one."""
    times = 0
    here: Certificate | None = certificate
    while here is not None and here.replaces is not None:
        dossier = dossiers.get(connection, here.dossier)
        if dossier is None or dossier.operation not in KEEPS_KEY:
            break
        times += dossier.operation == RENEW
        here = certificates.get(connection, here.replaces)
    return times
