"""Revocation: asked for on a ground, passed on where the regulation says so, decided, executed at once."""

from __future__ import annotations

from typing import Any

from mockca.desk.commands import DecideRevocation, ForwardRevocation, RequestRevocation
from mockca.desk.dossiers import stored
from mockca.desk.facts import attachment_kinds, certificate_facts, sheet_facts, submission_facts
from mockca.desk.revocation_cases import (
    end_terms,
    execute,
    require_case,
    require_revocable,
    revocation_view,
    start_event_term,
    start_terms,
    tell_of,
)
from mockca.desk.statuses import require_certificate
from mockca.desk.transaction import Transaction
from mockca.desk.views import RevocationView
from mockca.errors import NotFound, Refused, Violation
from mockca.registry import certificates, revocations
from mockca.registry.certificates import Certificate
from mockca.rules import grounds, lifecycle
from mockca.rules.facts import ForwardingFacts, RevocationFacts
from mockca.rules.regulation import Regulation

FORWARDED = "revocation.forwarded"


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
    stored(command.attachments)  # for their contents: Malformed where one is no Base64
    for certificate in named:
        require_revocable(transaction, regulation, ground, certificate)
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
    start_event_term(transaction, regulation, number)
    for certificate in named:
        tell_of(transaction, regulation, "revocation.requested", certificate)
    if _needs_no_forwarding(transaction, regulation):
        _forward(transaction, regulation, number, {})
    if transaction.actor.role in regulation.revocation.at_once:
        execute(transaction, regulation, number)
    return revocation_view(transaction, number)


def forward_revocation(transaction: Transaction, command: ForwardRevocation, *, number: int) -> RevocationView:
    """The body between subscriber and decider confirms a request and passes it on, or refuses it with a reason."""
    case = require_case(transaction, number)
    regulation = transaction.sandbox.regulation(case.regulation)
    transaction.actor.require_province(regulation, "forward_revocation")
    forwarder = regulation.require_forwarder(transaction.actor.role)
    if command.decision == "refuse":
        _refuse(transaction, regulation, number, "decline", command.reason, forwarder.clause)
        return revocation_view(transaction, number)
    fields = {} if command.form is None else command.form.fields
    serials = revocations.serials_of(transaction.connection, number)
    violations = grounds.check_forwarding(
        regulation,
        forwarder,
        ForwardingFacts(
            ground=case.ground,
            form=None if command.form is None else command.form.code,
            fields=fields,
            submission=submission_facts(transaction, command.submission, dict(fields)),
            today=transaction.today,
            certificates=tuple(
                certificate_facts(transaction, one) for one in certificates.gather(transaction.connection, serials)
            ),
        ),
    )
    if violations:
        raise Refused(violations)
    papers = command.model_dump(mode="json", include={"form", "submission"}, exclude={"submission": {"signature"}})
    _forward(transaction, regulation, number, papers)
    return revocation_view(transaction, number)


def decide_revocation(transaction: Transaction, command: DecideRevocation, *, number: int) -> RevocationView:
    """Confirm a request, which executes it, or refuse it with a reason."""
    case = require_case(transaction, number)
    regulation = transaction.regulation(case.regulation, "decide_revocation")
    if command.decision == "refuse":
        _refuse(transaction, regulation, number, "refuse", command.reason, regulation.revocation.clause)
        return revocation_view(transaction, number)
    revocations.update(transaction.connection, number, document_number=command.document_number)
    execute(transaction, regulation, number)
    return revocation_view(transaction, number)


def _needs_no_forwarding(transaction: Transaction, regulation: Regulation) -> bool:
    """Whether others' requests are passed on here, and the actor's own is by its coming from him."""
    forwarded = regulation.revocation.forwarder is not None
    return forwarded and grounds.forwarder_of(regulation, transaction.actor.role) is None


def _forward(transaction: Transaction, regulation: Regulation, number: int, papers: dict[str, Any]) -> None:
    """Note who passed a case on, by which papers of his own, and start what is due from then on."""
    case = require_case(transaction, number)
    clause = regulation.operations["forward_revocation"].clause
    state = lifecycle.REVOCATION.step(regulation, case.state, "forward", name=str(number), clause=clause)
    forwarding = {"by": transaction.actor.account, "at": transaction.now.isoformat(), **papers}
    request = {**case.request, "forwarding": forwarding}
    revocations.update(transaction.connection, number, state=state, request=request)
    transaction.record(FORWARDED, f"revocation {number}", {}, [clause])
    start_terms(transaction, regulation, number, FORWARDED)


def _refuse(
    transaction: Transaction, regulation: Regulation, number: int, step: str, reason: str | None, clause: str
) -> None:
    case = require_case(transaction, number)
    state = lifecycle.REVOCATION.step(regulation, case.state, step, name=str(number), clause=clause)
    if reason is None:
        raise Refused([_reason_missing(clause)])
    revocations.update(transaction.connection, number, state=state, refusal=reason)
    end_terms(transaction, regulation, number)
    transaction.record("revocation.refused", f"revocation {number}", {"why": reason}, [clause])


def _visible(transaction: Transaction, regulation: Regulation, serial: str) -> Certificate:
    certificate = require_certificate(transaction.connection, serial)
    if certificate.regulation != regulation.id:
        raise NotFound("certificate", serial)
    return certificate


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
        enclosed=sheet_facts(command.enclosed),
        attachments=attachment_kinds(command.attachments),
        event_on=command.event_on,
        unfit={} if command.unfit is None else command.unfit.model_dump(exclude_none=True),
    )


def _signed_part(command: RequestRevocation) -> dict[str, Any]:
    """What an electronic signature covers: the form where there is one, else the letter's own members."""
    if command.form is not None:
        return dict(command.form.fields)
    return {"certificates": command.certificates, "ground": command.ground}


def _reason_missing(clause: str) -> Violation:
    return Violation(
        field="reason",
        value="",
        clause=clause,
        vi="Từ chối thu hồi phải nêu rõ lý do.",
        en="a refusal must give its reason",
        accepted="one sentence or more saying why",
    )
