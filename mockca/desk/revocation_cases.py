"""Revocation cases: what is still outstanding, and when a case is closed."""

from __future__ import annotations

from mockca.desk.transaction import Transaction
from mockca.desk.views import RevocationView
from mockca.errors import NotFound, OutOfOrder
from mockca.registry import certificates, devices, revocations, status
from mockca.registry.devices import Device
from mockca.registry.revocations import Revocation
from mockca.registry.status import Status
from mockca.rules import lifecycle
from mockca.rules.terms import Leg

BACK = frozenset({"returned", "lost"})
"""Device states in which nothing is outstanding."""


def outstanding(transaction: Transaction, number: int) -> tuple[str, ...]:
    """Serials of the case's devices that are neither back at the authority nor reported lost."""
    serials = revocations.serials_of(transaction.connection, number)
    found = devices.of_certificates(transaction.connection, serials)
    return tuple(sorted(device.serial for device in found if device.state not in BACK))


def close_if_complete(transaction: Transaction, serial: str) -> None:
    """Close the executed cases of a certificate once no device of theirs is outstanding."""
    for case in revocations.of_certificate(transaction.connection, serial):
        if case.state != "executed" or outstanding(transaction, case.number):
            continue
        regulation = transaction.sandbox.regulation(case.regulation)
        state = lifecycle.REVOCATION.step(regulation, case.state, "close", name=str(case.number))
        revocations.update(transaction.connection, case.number, state=state)
        transaction.record(
            "revocation.closed", f"revocation {case.number}", {}, [regulation.revocation.recovery_clause]
        )


def require_executed(transaction: Transaction, device: Device, leg: Leg) -> None:
    """Raise OutOfOrder unless the device's certificate has ended: revoked or expired."""
    found = (
        None
        if device.certificate is None
        else status.status_at(transaction.connection, device.certificate, transaction.now)
    )
    if found is not None and found.status not in (Status.REVOKED, Status.EXPIRED):
        raise OutOfOrder("certificate", found.serial, found.status.value, leg.step, ("revoke", "expire"), leg.clause)


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
    """A case with what is outstanding."""
    case = require_case(transaction, number)
    ground = transaction.sandbox.regulation(case.regulation).grounds[case.ground]
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
        executed_at=case.executed_at,
        refusal=case.refusal,
        devices_outstanding=outstanding(transaction, number) if case.state == "executed" else (),
    )
