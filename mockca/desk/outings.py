"""Outings: a device leaves the office for work, with the head's permission, and comes back."""

from __future__ import annotations

from mockca.desk.commands import TakeOut
from mockca.desk.custody import require_device
from mockca.desk.transaction import Transaction
from mockca.desk.views import OutingView
from mockca.errors import NotFound, OutOfOrder, Refused
from mockca.registry import custodians
from mockca.registry.custodians import Outing
from mockca.rules import keeping, lifecycle
from mockca.rules.keeping import KEEP
from mockca.rules.regulation import Regulation

OUT = "out"
IN = "in the office"


def take_out(transaction: Transaction, command: TakeOut, *, serial: str) -> OutingView:
    """Record that a device leaves the office, in whose hands, for what, by whose leave."""
    device, certificate = require_device(transaction, serial)
    regulation = transaction.regulation(certificate.regulation, KEEP)
    clause = _clause(regulation)
    if device.state != "in_use":
        ways = lifecycle.DEVICE.allowed(regulation, device.state)
        raise OutOfOrder("device", serial, device.state, "take out", ways, clause)
    violations = keeping.check_outing(regulation, certificate.subscriber_kind, command.permitted_by)
    if violations:
        raise Refused(violations)
    if any(one.back_at is None for one in custodians.outings_of(transaction.connection, serial)):
        raise OutOfOrder("device", serial, OUT, "take out", ("bring back",), clause)
    number = custodians.take_out(
        transaction.connection,
        device=serial,
        carrier=command.carrier,
        purpose=command.purpose,
        permitted_by=command.permitted_by or "",
        out_at=transaction.now,
        recorded_by=transaction.actor.account,
    )
    transaction.record("device.out", f"device {serial}", {"outing": number}, [clause])
    return outing_view(_require(transaction, serial, number))


def bring_back(transaction: Transaction, command: None, *, serial: str, number: int) -> OutingView:
    """Record that the device is back in the office."""
    del command
    _, certificate = require_device(transaction, serial)
    regulation = transaction.regulation(certificate.regulation, KEEP)
    if _require(transaction, serial, number).back_at is not None:
        raise OutOfOrder("device", serial, IN, "bring back", ("take out",), _clause(regulation))
    custodians.bring_back(transaction.connection, serial, transaction.now)
    transaction.record("device.back", f"device {serial}", {"outing": number}, [_clause(regulation)])
    return outing_view(_require(transaction, serial, number))


def outing_view(one: Outing) -> OutingView:
    return OutingView(
        number=one.number,
        device=one.device,
        carrier=one.carrier,
        purpose=one.purpose,
        permitted_by=one.permitted_by or None,
        out_at=one.out_at,
        back_at=one.back_at,
    )


def _require(transaction: Transaction, serial: str, number: int) -> Outing:
    found = custodians.outing(transaction.connection, number)
    if found is None or found.device != serial:
        raise NotFound("outing", str(number))
    return found


def _clause(regulation: Regulation) -> str:
    rule = regulation.custody.outside_permission
    return regulation.operations[KEEP].clause if rule is None else rule.clause
