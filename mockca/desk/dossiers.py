"""Dossiers: filed, checked at the first desk, filed again, decided by the authority."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mockca.desk.commands import Attachment, CheckDossier, DecideDossier, FileDossier, SubscriberKind
from mockca.desk.due_dates import met, start
from mockca.desk.ended import require_standing
from mockca.desk.facts import (
    attachment_kinds,
    certificate_facts,
    require_unit,
    set_facts,
    sheet_facts,
    submission_facts,
    times_renewed,
    unit_facts,
)
from mockca.desk.notices import tell
from mockca.desk.posts import warnings_to
from mockca.desk.statuses import require_certificate
from mockca.desk.transaction import Transaction
from mockca.desk.views import DossierView, SheetView
from mockca.errors import Forbidden, Malformed, NotFound, Refused, Violation
from mockca.registry import devices, dossiers, status
from mockca.registry.certificates import Certificate
from mockca.registry.devices import Owed
from mockca.registry.dossiers import Dossier, StoredAttachment
from mockca.registry.files import cases_of
from mockca.registry.units import Unit
from mockca.rules import intake, lifecycle, renewals
from mockca.rules.facts import CertificateFacts, FilingFacts, OwedFacts
from mockca.rules.filling import told_by
from mockca.rules.regulation import Regulation
from mockca.rules.shortcomings import OUT

FILED = "file_dossier"


def file_dossier(transaction: Transaction, command: FileDossier) -> DossierView:
    """File a request. Refused names every rule that it breaks; a dossier is kept only when it is complete."""
    regulation, unit = _check(transaction, command)
    connection = transaction.connection
    number = dossiers.add(
        connection,
        regulation=regulation.id,
        operation=command.operation,
        subscriber_kind=command.subscriber_kind.value,
        unit=unit.id,
        state=lifecycle.DOSSIER.initial(regulation),
        form=command.form.code,
        fields=_told(regulation, command),
        sets=[one.model_dump() for one in command.sets],
        submission=command.submission.model_dump(exclude={"signature"}),
        **_told_besides(command),
        filed_by=transaction.actor.account,
        filed_at=transaction.now,
    )
    dossiers.attach(connection, stored(command.attachments), dossier=number)
    _start(transaction, regulation, command.operation, number)
    transaction.record("dossier.filed", f"dossier {number}", {"unit": unit.id}, [_clause(regulation, FILED)])
    return dossier_view(transaction, require_dossier(transaction, number))


def refile_dossier(transaction: Transaction, command: FileDossier, *, number: int) -> DossierView:
    """File a returned dossier again, mended."""
    dossier = require_dossier(transaction, number)
    regulation, unit = _check(transaction, command)
    if (dossier.regulation, dossier.unit, dossier.operation) != (regulation.id, unit.id, command.operation):
        raise NotFound(f"dossier to {command.operation}", str(number))
    state = lifecycle.DOSSIER.step(regulation, dossier.state, "refile", name=str(number))
    connection = transaction.connection
    dossiers.detach_all(connection, number)
    dossiers.attach(connection, stored(command.attachments), dossier=number)
    dossiers.update(
        connection,
        number,
        state=state,
        subscriber_kind=command.subscriber_kind.value,
        form=command.form.code,
        fields=_told(regulation, command),
        sets=[one.model_dump() for one in command.sets],
        submission=command.submission.model_dump(exclude={"signature"}),
        **_told_besides(command),
        reasons=[],
    )
    _start(transaction, regulation, command.operation, number)
    transaction.record("dossier.refiled", f"dossier {number}", {}, [_clause(regulation, FILED)])
    return dossier_view(transaction, require_dossier(transaction, number))


def check_dossier(transaction: Transaction, command: CheckDossier, *, number: int) -> DossierView:
    """The first desk accepts a dossier or returns it with reasons."""
    dossier = require_dossier(transaction, number)
    regulation = transaction.sandbox.regulation(dossier.regulation)
    transaction.actor.require_province(regulation, "check_dossier")
    clause = regulation.require_role_for(transaction.actor.role, "check_dossier", dossier.operation).clause
    state = lifecycle.DOSSIER.step(regulation, dossier.state, command.decision, name=str(number))
    if command.decision == "return" and not command.reasons:
        raise Refused([_reason_missing("reasons", clause)])
    dossiers.update(transaction.connection, number, state=state, reasons=list(command.reasons))
    if command.decision == "return":
        met(transaction, regulation, "certificate.issued", f"dossier {number}")
        tell(
            transaction.connection,
            regulation,
            "dossier.returned",
            transaction.now,
            unit=dossier.unit,
            more=f"Hồ sơ số {number}: {'; '.join(command.reasons)}",
        )
    transaction.record(f"dossier.{state}", f"dossier {number}", {"reasons": list(command.reasons)}, [clause])
    return dossier_view(transaction, require_dossier(transaction, number))


def decide_dossier(transaction: Transaction, command: DecideDossier, *, number: int) -> DossierView:
    """The authority approves a dossier, or refuses it with a reason."""
    dossier = require_dossier(transaction, number)
    regulation = transaction.sandbox.regulation(dossier.regulation)
    transaction.actor.require_province(regulation, "decide_dossier")
    clause = regulation.require_role_for(transaction.actor.role, "decide_dossier", dossier.operation).clause
    state = lifecycle.DOSSIER.step(regulation, dossier.state, command.decision, name=str(number))
    if command.decision == "refuse" and command.reason is None:
        raise Refused([_reason_missing("reason", clause)])
    reasons = [] if command.reason is None else [command.reason]
    dossiers.update(transaction.connection, number, state=state, reasons=reasons)
    if command.decision == "refuse":
        met(transaction, regulation, "certificate.issued", f"dossier {number}")
    transaction.record(f"dossier.{state}", f"dossier {number}", {"reasons": reasons}, [clause])
    return dossier_view(transaction, require_dossier(transaction, number))


def require_dossier(transaction: Transaction, number: int) -> Dossier:
    """The dossier with this number, where the actor may see it; NotFound otherwise."""
    dossier = dossiers.get(transaction.connection, number)
    if dossier is None or not transaction.actor.sees_unit(dossier.regulation, dossier.unit):
        raise NotFound("dossier", str(number))
    return dossier


def dossier_view(transaction: Transaction, dossier: Dossier) -> DossierView:
    regulation = transaction.sandbox.regulation(dossier.regulation)
    return DossierView(
        number=dossier.number,
        regulation=dossier.regulation,
        operation=dossier.operation,
        subscriber_kind=dossier.subscriber_kind,
        unit=dossier.unit,
        state=dossier.state,
        form=dossier.form,
        fields=dossier.fields,
        category=dossier.category,
        confirmed_by=dossier.confirmed_by,
        enclosed=tuple(SheetView(**sheet) for sheet in dossier.enclosed),
        attachments=dossiers.attachment_kinds(transaction.connection, dossier.number),
        filed_by=dossier.filed_by,
        filed_at=dossier.filed_at,
        reasons=tuple(dossier.reasons),
        roster=dossier.roster,
        certificate=dossier.certificate,
        replaces=dossier.replaces,
        case=dossier.case,
        allowed=lifecycle.DOSSIER.allowed(regulation, dossier.state),
        warnings=warnings_to(transaction.connection, regulation, dossier.unit),
    )


def stored(attachments: Iterable[Attachment]) -> list[StoredAttachment]:
    """Attachments ready for the registry; Malformed where a content is no Base64."""
    ready = []
    for attachment in attachments:
        content = None
        if attachment.content is not None:
            try:
                content = base64.b64decode(attachment.content, validate=True)
            except binascii.Error as error:
                raise Malformed(f"attachment {attachment.file_name}", "content is not Base64") from error
        ready.append(
            StoredAttachment(
                kind=attachment.kind,
                file_name=attachment.file_name,
                sha256=None if content is None else hashlib.sha256(content).hexdigest(),
                content=content,
                certified=attachment.certified,
            )
        )
    return ready


def _check(transaction: Transaction, command: FileDossier) -> tuple[Regulation, Unit]:
    regulation = transaction.regulation(command.regulation, FILED)
    today = transaction.today
    regulation.require_in_force(today)
    regulation.require_service(command.operation)
    unit = require_unit(transaction, command.unit)
    if unit.id != transaction.actor.unit:
        raise Forbidden(
            f"{transaction.actor.role} of {transaction.actor.unit}",
            f"file for {unit.id}",
            (f"agency of {unit.id}",),
            _clause(regulation, FILED),
        )
    require_standing(transaction.connection, regulation, unit)
    facts = _facts(transaction, command, regulation, unit)
    violations = intake.check_filing(regulation, facts, today)
    violations += renewals.check_succession(regulation, facts, today)
    if violations:
        raise Refused(violations)
    return regulation, unit


def _told(regulation: Regulation, command: FileDossier) -> dict[str, Any]:
    """What the form says by name, with the line of its own list where the subscriber stands there."""
    return told_by(regulation.forms[command.form.code], command.form.fields, command.form.rows)


def _told_besides(command: FileDossier) -> dict[str, Any]:
    """What is kept of a dossier beside its form, sets and submission."""
    return {
        "replaces": command.certificate,
        "case": command.case,
        "category": command.category,
        "confirmed_by": command.confirmed_by,
        "enclosed": [sheet.model_dump() for sheet in command.enclosed],
    }


def _facts(transaction: Transaction, command: FileDossier, regulation: Regulation, unit: Unit) -> FilingFacts:
    named = None if command.certificate is None else require_certificate(transaction.connection, command.certificate)
    if named is not None and named.regulation != regulation.id:
        raise NotFound("certificate", named.serial)
    kind = command.subscriber_kind.value
    return FilingFacts(
        filer_role=transaction.actor.role,
        subscriber_kind=kind,
        unit=unit_facts(unit),
        form=command.form.code,
        fields=command.form.fields,
        rows=command.form.rows,
        attachments=attachment_kinds(command.attachments),
        uncertified=frozenset(paper.kind for paper in command.attachments if paper.certified is None),
        sets=set_facts(command.sets),
        submission=submission_facts(transaction, command.submission, _signed_part(command)),
        category=command.category,
        enclosed=sheet_facts(command.enclosed),
        operation=command.operation,
        times_renewed=0 if named is None else times_renewed(transaction.connection, named),
        about=() if named is None else (_former(transaction, named),),
        case=command.case,
        confirmed_by=command.confirmed_by,
        first_request=not status.has_effective(
            transaction.connection, unit.id, SubscriberKind.ORGANISATION, transaction.now
        ),
        owed=_owed(transaction, regulation, unit, kind),
    )


def _owed(transaction: Transaction, regulation: Regulation, unit: Unit, kind: str) -> tuple[OwedFacts, ...]:
    """Devices that should be back, looked for only where the regulation makes that a condition."""
    requirements = regulation.requirements.get(kind)
    if requirements is None or not requirements.duties.value:
        return ()
    found = devices.owed_by(transaction.connection, unit=unit.id, kind=kind, states=OUT)
    return tuple(OwedFacts(one.device, one.certificate, _name(regulation, one)) for one in found)


def _name(regulation: Regulation, owed: Owed) -> str:
    source = regulation.forms[owed.form].subject
    name = None if source is None else owed.fields.get(source.common_name)
    return str(name or owed.common_name)


def _signed_part(command: FileDossier) -> dict[str, Any]:
    """What an electronic signature covers: the form's fields, and `rows`, its list, where it has lines."""
    rows = {"rows": command.form.rows} if command.form.rows else {}
    return {**command.form.fields, **rows}


def _former(transaction: Transaction, certificate: Certificate) -> CertificateFacts:
    executed = cases_of(transaction.connection, [certificate.serial])
    return replace(certificate_facts(transaction, certificate), case_executed=certificate.serial in executed)


def _start(transaction: Transaction, regulation: Regulation, operation: str, number: int) -> None:
    """Start what is due after a filing: what goes for every dossier, or for this operation alone."""
    for event in ("dossier.filed", f"{operation}.filed"):
        start(transaction, regulation, event, f"dossier {number}")


def _clause(regulation: Regulation, operation: str) -> str:
    return regulation.operations[operation].clause


def _reason_missing(field: str, clause: str) -> Violation:
    return Violation(
        field=field,
        value="",
        clause=clause,
        vi="Trả lại hoặc từ chối phải nêu rõ lý do.",
        en="a return or refusal must give its reason",
        accepted="one sentence or more saying why",
    )
