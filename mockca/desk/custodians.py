"""Custodians: who keeps a device from when on, and who had it at any moment."""

from __future__ import annotations

from datetime import datetime

from mockca.desk.actors import Actor
from mockca.desk.commands import AssignCustodian
from mockca.desk.custody import require_device
from mockca.desk.outings import outing_view
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import Transaction, reading
from mockca.desk.views import CustodianView, CustodyView, HoldingView
from mockca.errors import OutOfOrder, Refused
from mockca.registry import appointments, custodians, devices
from mockca.registry.certificates import Certificate
from mockca.registry.custodians import Custodian
from mockca.registry.devices import Device, Handover
from mockca.rules import keeping, lifecycle
from mockca.rules.keeping import KEEP, FormerFacts, KeepingFacts, MinutesFacts
from mockca.rules.regulation import Regulation

KEPT = frozenset({"in_use", "locked"})
"""Device states in which somebody has to keep it."""


def assign_custodian(transaction: Transaction, command: AssignCustodian, *, serial: str) -> CustodianView:
    """Name the first custodian, or another one: the former's time ends where the new one's begins."""
    device, certificate = require_device(transaction, serial)
    regulation = transaction.regulation(certificate.regulation, KEEP)
    clause = regulation.operations[KEEP].clause
    if device.state not in KEPT:
        ways = lifecycle.DEVICE.allowed(regulation, device.state)
        raise OutOfOrder("device", serial, device.state, "assign custodian", ways, clause)
    facts = _facts(transaction, command, regulation, device, certificate)
    violations = keeping.check_custodian(regulation, facts)
    if violations:
        raise Refused(violations)
    decision = None
    if command.decision is not None:
        decision = command.decision.model_dump(mode="json")
        if command.form is not None:
            decision["form"] = command.form.model_dump(mode="json")
    number = custodians.assign(
        transaction.connection,
        serial,
        facts.since,
        name=command.name,
        position=command.position,
        post=command.post,
        decision=decision,
        minutes=command.minutes.model_dump(mode="json") if command.minutes else None,
        classification=command.classification,
        asset_number=command.asset_number,
        house_rules=command.house_rules,
        assigned_by=transaction.actor.account,
    )
    rule = regulation.custody.custodians.get(certificate.subscriber_kind)
    transaction.record(
        "custodian.assigned",
        f"device {serial}",
        {"custodian": number, "post": command.post, "since": facts.since.isoformat()},
        [clause, *(() if rule is None else (rule.clause,))],
    )
    present = custodians.present(transaction.connection, serial)
    assert present is not None  # noqa: S101 - assigned above
    return custodian_view(present)


def custody_of(sandbox: Sandbox, actor: Actor, serial: str, at: datetime | None = None) -> CustodyView:
    """Who had a device at an instant, the clock's now where none is given, with the whole chain."""
    with reading(sandbox, actor) as transaction:
        device, certificate = require_device(transaction, serial)
        connection = transaction.connection
        instant = at or transaction.now
        regulation = sandbox.regulation(certificate.regulation)
        chain = _chain(regulation, device, devices.minutes_of(connection, serial))
        kept = custodians.of_device(connection, serial)
        trips = custodians.outings_of(connection, serial)
    held = next((one for one in reversed(chain) if one.since <= instant), None)
    keeper = next((one for one in reversed(kept) if _covers(one.since, one.until, instant)), None)
    return CustodyView(
        device=serial,
        certificate=certificate.serial,
        unit=certificate.unit,
        at=instant,
        holder=None if held is None else held.holder,
        name=keeper.name if keeper else (held.name if held else None),
        chain=chain,
        custodians=tuple(custodian_view(one) for one in kept),
        outings=tuple(outing_view(one) for one in trips),
    )


def custodian_view(one: Custodian) -> CustodianView:
    return CustodianView(
        number=one.number,
        device=one.device,
        name=one.name,
        position=one.position,
        post=one.post,
        since=one.since,
        until=one.until,
        decision_number=one.decision["number"] if one.decision else None,
        minutes_number=one.minutes["document_number"] if one.minutes else None,
        classification=one.classification,
        asset_number=one.asset_number,
        house_rules=one.house_rules,
    )


def _facts(
    transaction: Transaction,
    command: AssignCustodian,
    regulation: Regulation,
    device: Device,
    certificate: Certificate,
) -> KeepingFacts:
    connection = transaction.connection
    former = custodians.present(connection, device.serial)
    minutes = command.minutes
    return KeepingFacts(
        kind=certificate.subscriber_kind,
        common_name=certificate.common_name,
        name=command.name,
        post=command.post,
        since=command.since or transaction.now,
        delivered=_delivered(transaction, regulation, device),
        now=transaction.now,
        today=transaction.today,
        former=None if former is None else FormerFacts(former.name, former.since),
        decision=command.decision is not None,
        form=command.form.code if command.form else None,
        fields=command.form.fields if command.form else None,
        minutes=None
        if minutes is None
        else MinutesFacts(minutes.giver.name, minutes.giver.signed, minutes.receiver.name, minutes.receiver.signed),
        classification=command.classification,
        house_rules=command.house_rules,
        appointed=appointments.holders(connection, [certificate.unit], command.post).get(certificate.unit),
    )


def _delivered(transaction: Transaction, regulation: Regulation, device: Device) -> datetime:
    """When the device reached its subscriber; when it was made where no minutes tell."""
    last = {name for name, leg in regulation.legs.items() if leg.step == "deliver"}
    told = [one.at for one in devices.minutes_of(transaction.connection, device.serial) if one.leg in last]
    return max(told, default=device.personalised_at)


def _chain(regulation: Regulation, device: Device, minutes: list[Handover]) -> tuple[HoldingView, ...]:
    starts = [device.personalised_at, *(one.at for one in minutes)]
    ends = [*starts[1:], None]
    made = HoldingView(holder="authority", name=None, since=starts[0], until=ends[0], handover=None, leg=None, via=None)
    return made, *(
        HoldingView(
            holder=regulation.legs[one.leg].receiver,
            name=one.receiver["name"],
            since=one.at,
            until=until,
            handover=one.number,
            leg=one.leg,
            via=one.via,
        )
        for one, until in zip(minutes, ends[1:], strict=True)
    )


def _covers(since: datetime, until: datetime | None, instant: datetime) -> bool:
    return since <= instant and (until is None or instant < until)
