"""Revocation: asked for on a ground, confirmed by the competent desk, executed and published at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mockca.desk.commands import DecideRevocation, RequestRevocation
from mockca.desk.due_dates import start
from mockca.desk.facts import certificate_facts, submission_facts
from mockca.desk.notices import tell
from mockca.desk.publishing import announce
from mockca.desk.revocation_cases import close_if_complete, require_case, revocation_view
from mockca.desk.statuses import change_status, require_certificate, require_status
from mockca.desk.transaction import Transaction
from mockca.desk.views import RevocationView
from mockca.errors import NotFound, Refused, Violation
from mockca.registry import revocations
from mockca.registry.certificates import Certificate
from mockca.registry.status import Status
from mockca.rules import grounds, lifecycle
from mockca.rules.facts import RevocationFacts
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Ground


def request_revocation(transaction: Transaction, command: RequestRevocation) -> RevocationView:
    """Ask for revocation. A request by a role that needs nobody's confirmation is executed at once."""
    regulation = transaction.sandbox.regulation(command.regulation)
    transaction.actor.require_province(regulation, "request_revocation")
    regulation.require_role(transaction.actor.role, "request_revocation")
    named = [_visible(transaction, regulation, serial) for serial in dict.fromkeys(command.certificates)]
    ground = regulation.require_ground(transaction.actor.role, command.ground)
    violations = grounds.check_revocation(regulation, _facts(transaction, command, named))
    if violations:
        raise Refused(violations)
    for certificate in named:
        _require_step(transaction, regulation, ground, certificate)
    number = revocations.add(
        transaction.connection,
        [certificate.serial for certificate in named],
        regulation=regulation.id,
        state=lifecycle.REVOCATION.initial(regulation),
        ground=command.ground,
        request=command.model_dump(mode="json", exclude={"submission": {"signature"}}),
        requested_by=transaction.actor.account,
        requested_at=transaction.now,
    )
    transaction.record(
        "revocation.requested",
        f"revocation {number}",
        {"ground": command.ground, "certificates": [certificate.serial for certificate in named]},
        [ground.clause],
    )
    for certificate in named:
        _tell(transaction, regulation, "revocation.requested", certificate)
    if transaction.actor.role in regulation.revocation.at_once:
        _execute(transaction, regulation, number)
    return revocation_view(transaction, number)


def decide_revocation(transaction: Transaction, command: DecideRevocation, *, number: int) -> RevocationView:
    """Confirm a request, which executes it, or refuse it with a reason."""
    case = require_case(transaction, number)
    regulation = transaction.regulation(case.regulation, "decide_revocation")
    clause = regulation.revocation.clause
    if command.decision == "refuse":
        state = lifecycle.REVOCATION.step(regulation, case.state, "refuse", name=str(number), clause=clause)
        if command.reason is None:
            raise Refused([_reason_missing(clause)])
        revocations.update(transaction.connection, number, state=state, refusal=command.reason)
        transaction.record("revocation.refused", f"revocation {number}", {"why": command.reason}, [clause])
        return revocation_view(transaction, number)
    revocations.update(transaction.connection, number, document_number=command.document_number)
    _execute(transaction, regulation, number)
    return revocation_view(transaction, number)


def _execute(transaction: Transaction, regulation: Regulation, number: int) -> None:
    """End the certificates' validity, publish it, and tell those concerned, all in this transaction."""
    connection = transaction.connection
    case = require_case(transaction, number)
    ground = regulation.grounds[case.ground]
    state = lifecycle.REVOCATION.step(
        regulation, case.state, "execute", name=str(number), clause=regulation.revocation.clause
    )
    invalid_since = case.request["invalidity_date"] if ground.invalidity else None
    serials = revocations.serials_of(connection, number)
    for serial in serials:
        certificate = require_certificate(connection, serial)
        if not ground.after_expiry:
            _require_step(transaction, regulation, ground, certificate)
            change_status(
                connection,
                certificate,
                Status.REVOKED,
                transaction.now,
                reason=ground.crl_reason,
                invalidity_date=None if invalid_since is None else _instant(invalid_since),
            )
            announce(connection, "revocation", certificate, transaction.now, ground.crl_reason)
        _tell(transaction, regulation, "revocation.executed", certificate)
        if certificate.device is not None:
            start(transaction, regulation, "revocation.executed", f"device {certificate.device}")
    revocations.update(connection, number, state=state, executed_at=transaction.now)
    transaction.record(
        "revocation.executed",
        f"revocation {number}",
        {"ground": case.ground, "certificates": list(serials)},
        [ground.clause, regulation.revocation.effect_clause, regulation.revocation.publish_clause],
    )
    for serial in serials:
        close_if_complete(transaction, serial)


def _tell(transaction: Transaction, regulation: Regulation, event: str, certificate: Certificate) -> None:
    tell(
        transaction.connection,
        regulation,
        event,
        transaction.now,
        unit=certificate.unit,
        serial=certificate.serial,
        more=f"Chứng thư số {certificate.serial} của {certificate.common_name}.",
    )


def _visible(transaction: Transaction, regulation: Regulation, serial: str) -> Certificate:
    certificate = require_certificate(transaction.connection, serial)
    if certificate.regulation != regulation.id:
        raise NotFound("certificate", serial)
    return certificate


def _require_step(transaction: Transaction, regulation: Regulation, ground: Ground, certificate: Certificate) -> None:
    if ground.after_expiry:
        return
    found = require_status(transaction.connection, certificate.serial, transaction.now)
    lifecycle.CERTIFICATE.step(regulation, found.status.value, "revoke", name=certificate.serial, clause=ground.clause)


def _facts(transaction: Transaction, command: RequestRevocation, named: list[Certificate]) -> RevocationFacts:
    decision = command.decision
    return RevocationFacts(
        requester_role=transaction.actor.role,
        requester_unit=transaction.actor.unit,
        ground=command.ground,
        form=command.form.code if command.form else None,
        fields=command.form.fields if command.form else {},
        decision_kind=decision.kind if decision else None,
        decision_number=decision.number if decision else None,
        decision_effective_on=decision.effective_on if decision else None,
        breached_duty=command.breached_duty,
        confirmed_by=command.confirmed_by,
        invalidity_date=command.invalidity_date,
        submission=submission_facts(transaction, command.submission, _signed_part(command)),
        today=transaction.today,
        certificates=tuple(certificate_facts(transaction, certificate) for certificate in named),
        now=transaction.now,
    )


def _signed_part(command: RequestRevocation) -> dict[str, Any]:
    """What an electronic signature covers: the form where there is one, else the letter's own members."""
    if command.form is not None:
        return dict(command.form.fields)
    return {"certificates": command.certificates, "ground": command.ground}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _reason_missing(clause: str) -> Violation:
    return Violation(
        field="reason",
        value="",
        clause=clause,
        vi="Từ chối thu hồi phải nêu rõ lý do.",
        en="a refusal must give its reason",
        accepted="one sentence or more saying why",
    )
