"""Suspension of a certificate, and its lifting."""

from __future__ import annotations

from mockca.desk.certificate_views import certificate_view
from mockca.desk.commands import LiftSuspension, SuspendCertificate
from mockca.desk.facts import submission_facts
from mockca.desk.statuses import change_status, require_certificate, require_status
from mockca.desk.transaction import Transaction
from mockca.desk.views import CertificateView
from mockca.errors import Refused, Violation
from mockca.registry.status import Status
from mockca.rules import lifecycle


def suspend_certificate(transaction: Transaction, command: SuspendCertificate, *, serial: str) -> CertificateView:
    """Put a certificate on hold; NotAvailable where the regulation has no suspension."""
    facts = submission_facts(transaction, command.submission, {"certificate": serial, "reason": command.reason})
    if facts.signature is False:
        clause = (
            transaction.sandbox.regulation(require_certificate(transaction.connection, serial).regulation)
            .services["suspend"]
            .clause
        )
        raise Refused([_bad_signature(clause)])
    return _hold(transaction, serial, "suspend", command.reason)


def lift_suspension(transaction: Transaction, command: LiftSuspension, *, serial: str) -> CertificateView:
    """Lift a suspension. A revoked certificate stays revoked: OutOfOrder."""
    return _hold(transaction, serial, "lift", command.reason)


def _hold(transaction: Transaction, serial: str, step: str, why: str) -> CertificateView:
    connection = transaction.connection
    certificate = require_certificate(connection, serial)
    regulation = transaction.sandbox.regulation(certificate.regulation)
    operation = {"suspend": "suspend", "lift": "lift_suspension"}[step]
    transaction.actor.require_province(regulation, operation)
    found = require_status(connection, serial, transaction.now)
    clause = regulation.services["suspend"].clause
    if found.status is not Status.REVOKED:
        # That revocation is final matters more than whether there is a suspension to lift.
        regulation.require_service("suspend")
    else:
        clause = regulation.revocation.final.clause
    regulation.require_role(transaction.actor.role, operation)
    state = lifecycle.CERTIFICATE.step(regulation, found.status.value, step, name=serial, clause=clause)
    reason = "certificateHold" if state == Status.SUSPENDED.value else None
    change_status(connection, certificate, Status(state), transaction.now, reason=reason)
    past = {"suspend": "certificate.suspended", "lift": "certificate.reinstated"}[step]
    transaction.record(past, f"certificate {serial}", {"why": why}, [clause])
    return certificate_view(transaction.sandbox, connection, certificate, transaction.now)


def _bad_signature(clause: str) -> Violation:
    return Violation(
        field="submission.signature",
        value="",
        clause=clause,
        vi="Chữ ký số không hợp lệ hoặc chứng thư số ký không có hiệu lực.",
        en="the signature is wrong or its certificate is not in force",
        accepted="a signature by a certificate in force, or paper",
    )
