"""Revocation cases: their execution, what they must be done by, what is outstanding, and when one is closed."""

from __future__ import annotations

from datetime import UTC, datetime

from mockca.desk.due_dates import met, start
from mockca.desk.notices import tell
from mockca.desk.publishing import announce
from mockca.desk.statuses import change_status, require_certificate, require_status
from mockca.desk.transaction import Transaction
from mockca.desk.views import RevocationView, WarningView
from mockca.errors import NotFound, OutOfOrder
from mockca.registry import certificates, deadlines, devices, revocations, status
from mockca.registry.certificates import Certificate
from mockca.registry.deadlines import Deadline
from mockca.registry.devices import Device
from mockca.registry.revocations import Revocation
from mockca.registry.status import Status
from mockca.rules import lifecycle
from mockca.rules.grounds import BEFORE_EVENT, latest_before
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Ground, Leg

EXECUTED = "revocation.executed"


def execute(transaction: Transaction, regulation: Regulation, number: int) -> None:
    """End the validity of the case's certificates, publish it, and tell those concerned, all in this transaction.

    OutOfOrder where the case, or one of the certificates, is not where it can be executed.
    """
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
            require_revocable(transaction, regulation, ground, certificate)
            change_status(
                connection,
                certificate,
                Status.REVOKED,
                transaction.now,
                reason=ground.crl_reason,
                invalidity_date=None if invalid_since is None else _instant(invalid_since),
            )
            announce(connection, "revocation", certificate, transaction.now, ground.crl_reason)
        tell_of(transaction, regulation, EXECUTED, certificate)
        if certificate.device is not None:
            start(transaction, regulation, EXECUTED, f"device {certificate.device}")
    revocations.update(connection, number, state=state, executed_at=transaction.now)
    end_terms(transaction, regulation, number)
    transaction.record(
        EXECUTED,
        _about(number),
        {"ground": case.ground, "certificates": list(serials), **_lateness(transaction, regulation, number)},
        [ground.clause, regulation.revocation.effect_clause, regulation.revocation.publish_clause],
    )
    for serial in serials:
        close_if_complete(transaction, serial)


def require_revocable(
    transaction: Transaction, regulation: Regulation, ground: Ground, certificate: Certificate
) -> None:
    """Raise OutOfOrder where the certificate's status doesn't allow its revocation on this ground."""
    if ground.after_expiry:
        return
    found = require_status(transaction.connection, certificate.serial, transaction.now)
    lifecycle.CERTIFICATE.step(regulation, found.status.value, "revoke", name=certificate.serial, clause=ground.clause)


def tell_of(transaction: Transaction, regulation: Regulation, event: str, certificate: Certificate) -> None:
    """Send the notices that an event of a revocation calls for, about one of its certificates."""
    tell(
        transaction.connection,
        regulation,
        event,
        transaction.now,
        unit=certificate.unit,
        serial=certificate.serial,
        more=f"Chứng thư số {certificate.serial} của {certificate.common_name}.",
    )


# --- terms -------------------------------------------------------------------------------------------------------


def start_terms(transaction: Transaction, regulation: Regulation, number: int, event: str) -> None:
    """Start the terms of a case that begin with this event."""
    start(transaction, regulation, event, _about(number))


def start_event_term(transaction: Transaction, regulation: Regulation, number: int) -> None:
    """Start the term of a case that must be executed before the event that it rests on.

    Where the event is past already, the term is missed from the start, and entered so.
    """
    case = require_case(transaction, number)
    ground = regulation.grounds[case.ground]
    due = latest_before(ground, revocations.event_day(case))
    if due is None:
        return
    connection, about = transaction.connection, _about(number)
    term = deadlines.add(connection, regulation.id, BEFORE_EVENT, about, ground.clause, due)
    if due < transaction.now:
        deadlines.mark_missed(connection, [(term, transaction.now)])
        transaction.record("deadline.missed", about, {"kind": BEFORE_EVENT}, [ground.clause])


def end_terms(transaction: Transaction, regulation: Regulation, number: int) -> None:
    """The case was executed or refused: nothing is waited for any more."""
    met(transaction, regulation, EXECUTED, _about(number))
    deadlines.met(transaction.connection, BEFORE_EVENT, _about(number), transaction.now)


def _about(number: int) -> str:
    return f"revocation {number}"


def _terms(transaction: Transaction, regulation: Regulation, number: int) -> list[Deadline]:
    kinds = [*(rule.kind for rule in regulation.deadlines_to(EXECUTED)), BEFORE_EVENT]
    return deadlines.of(transaction.connection, kinds, _about(number))


def _lateness(transaction: Transaction, regulation: Regulation, number: int) -> dict[str, list[str]]:
    """For the journal: the kinds of the terms that were not kept, where there are any."""
    late = [term.kind for term in _terms(transaction, regulation, number) if _missed(transaction, term)]
    return {"late": late} if late else {}


def _missed(transaction: Transaction, term: Deadline) -> bool:
    return (term.met_at or transaction.now) > term.due


def _warning(regulation: Regulation, ground: Ground, term: Deadline) -> WarningView:
    if term.kind == BEFORE_EVENT:
        vi = f"Chứng thư số không được thu hồi trước ngày xảy ra sự kiện: {ground.vi}."
        en = f"The certificate was not revoked before the day of the event: {ground.en}."
    else:
        rule = regulation.deadlines[term.kind]
        vi, en = f"Quá thời hạn: {rule.vi}.", f"The term has passed: {rule.en}."
    return WarningView(clause=term.clause, vi=vi, en=en)


# --- devices -----------------------------------------------------------------------------------------------------


def outstanding(transaction: Transaction, number: int) -> tuple[str, ...]:
    """Serials of the case's devices that are neither back at the authority nor reported lost."""
    serials = revocations.serials_of(transaction.connection, number)
    found = devices.of_certificates(transaction.connection, serials)
    return tuple(sorted(device.serial for device in found if device.state not in lifecycle.BACK))


def close_if_complete(transaction: Transaction, serial: str) -> None:
    """Close the executed cases of a certificate once no device of theirs is outstanding."""
    for case in revocations.of_certificate(transaction.connection, serial):
        if case.state != "executed" or outstanding(transaction, case.number):
            continue
        regulation = transaction.sandbox.regulation(case.regulation)
        state = lifecycle.REVOCATION.step(regulation, case.state, "close", name=str(case.number))
        revocations.update(transaction.connection, case.number, state=state)
        transaction.record("revocation.closed", _about(case.number), {}, [regulation.revocation.recovery_clause])


def require_executed(transaction: Transaction, device: Device, leg: Leg) -> None:
    """Raise OutOfOrder unless the device's certificate has ended: revoked or expired."""
    found = (
        None
        if device.certificate is None
        else status.status_at(transaction.connection, device.certificate, transaction.now)
    )
    if found is not None and found.status not in (Status.REVOKED, Status.EXPIRED):
        raise OutOfOrder("certificate", found.serial, found.status.value, leg.step, ("revoke", "expire"), leg.clause)


# --- reading -----------------------------------------------------------------------------------------------------


def require_case(transaction: Transaction, number: int) -> Revocation:
    """The case, where the actor may see it; NotFound otherwise."""
    case = revocations.get(transaction.connection, number)
    if case is None or not _sees(transaction, case):
        raise NotFound("revocation", str(number))
    return case


def _sees(transaction: Transaction, case: Revocation) -> bool:
    if case.requested_by == transaction.actor.account:
        return True
    serials = revocations.serials_of(transaction.connection, case.number)
    return all(
        transaction.actor.sees_unit(certificate.regulation, certificate.unit)
        for certificate in certificates.gather(transaction.connection, serials)
    )


def revocation_view(transaction: Transaction, number: int) -> RevocationView:
    """A case with what is outstanding, and which of its terms were not kept."""
    case = require_case(transaction, number)
    regulation = transaction.sandbox.regulation(case.regulation)
    ground = regulation.grounds[case.ground]
    terms = _terms(transaction, regulation, number)
    missed = [term for term in terms if _missed(transaction, term)]
    forwarding = case.request.get("forwarding") or {}
    return RevocationView(
        number=case.number,
        regulation=case.regulation,
        state=case.state,
        ground=case.ground,
        clause=ground.clause,
        crl_reason=ground.crl_reason,
        certificates=revocations.serials_of(transaction.connection, number),
        requested_by=case.requested_by,
        requested_at=case.requested_at,
        event_on=revocations.event_day(case),
        attachments=tuple(paper["kind"] for paper in case.request.get("attachments") or ()),
        forwarded_by=forwarding.get("by"),
        forwarded_at=forwarding.get("at"),
        due=min((term.due for term in terms), default=None),
        late=bool(missed),
        executed_at=case.executed_at,
        refusal=case.refusal,
        devices_outstanding=outstanding(transaction, number) if case.state == "executed" else (),
        allowed=lifecycle.REVOCATION.allowed(regulation, case.state),
        warnings=tuple(_warning(regulation, ground, term) for term in missed),
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
