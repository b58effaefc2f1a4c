"""Handovers: minutes that move devices along the chain of custody."""

from __future__ import annotations

from mockca.desk.actors import Role
from mockca.desk.commands import RecordHandover
from mockca.desk.custody import require_device
from mockca.desk.device_marks import mark_later
from mockca.desk.due_dates import met, start
from mockca.desk.facts import certificate_facts
from mockca.desk.revocation_cases import close_if_complete, require_executed
from mockca.desk.transaction import Transaction
from mockca.desk.views import HandoverItemView, HandoverView
from mockca.errors import NotFound, Refused, Violation
from mockca.registry import appointments, certificates, custodians, devices
from mockca.registry.devices import Device, HandoverItem
from mockca.rules import custody, lifecycle
from mockca.rules.facts import CertificateFacts, HandoverFacts
from mockca.rules.filling import filled
from mockca.rules.keeping import RECEIVER
from mockca.rules.receivers import JourneyFacts, check_journey
from mockca.rules.regulation import Leg, Regulation
from mockca.rules.terms import Form

AWAY = frozenset({"collected", "returned"})
"""Device states in which its custodian answers for it no longer."""


def record_handover(transaction: Transaction, command: RecordHandover) -> HandoverView:
    """Record the minutes of one leg; each device goes from giver to receiver, or none does."""
    regulation = transaction.regulation(command.regulation, "record_handover")
    leg = regulation.require_leg(transaction.actor.role, command.leg)
    items = [(item.certificate, _require_device(transaction, regulation, item.device)) for item in command.items]
    fields, rows = _told(regulation.forms.get(leg.form), command)
    violations = custody.check_handover(
        regulation,
        HandoverFacts(
            leg=command.leg,
            form=command.form,
            giver_signed=command.giver.signed,
            receiver_signed=command.receiver.signed,
            items=tuple((certificate, device.serial) for certificate, device in items),
            today=transaction.today,
            fields=fields,
            rows=rows,
            about=_on_devices(transaction, items) if any(rows) else (),
            copies=command.copies,
        ),
    )
    violations += check_journey(leg, regulation.posts.get(RECEIVER), _journey(transaction, command, leg, items))
    violations += [
        _mismatch(certificate, device, leg)
        for certificate, device in items
        if certificate is not None and certificate != device.certificate
    ]
    if violations:
        raise Refused(violations)
    connection = transaction.connection
    number = devices.add_handover(
        connection,
        [HandoverItem(device.serial, certificate, row) for (certificate, device), row in zip(items, rows, strict=True)],
        regulation=regulation.id,
        leg=leg.name,
        form=command.form,
        at=transaction.now,
        giver=command.giver.model_dump(),
        receiver=command.receiver.model_dump(),
        document_number=command.document_number,
        recorded_by=transaction.actor.account,
        fields=fields,
        copies=command.copies,
        via=command.via,
    )
    for _, device in items:
        _move(transaction, regulation, leg, device)
    transaction.record(
        "handover.recorded",
        f"handover {number}",
        {"leg": leg.name, "devices": [device.serial for _, device in items]},
        [leg.clause],
    )
    return handover_view(transaction, number)


def handover_view(transaction: Transaction, number: int) -> HandoverView:
    """The minutes, for those who may see them; NotFound otherwise."""
    handover = devices.get_handover(transaction.connection, number)
    if handover is None or not transaction.actor.sees_unit(handover.regulation, transaction.actor.unit or ""):
        raise NotFound("handover", str(number))
    return HandoverView(
        number=handover.number,
        regulation=handover.regulation,
        leg=handover.leg,
        form=handover.form,
        at=handover.at,
        giver=handover.giver["name"],
        receiver=handover.receiver["name"],
        items=tuple(
            HandoverItemView(certificate=item.certificate, device=item.device, row=item.row)
            for item in devices.items_of(transaction.connection, number)
        ),
        document_number=handover.document_number,
        fields=handover.fields,
        copies=handover.copies,
        via=handover.via,
    )


def _told(form: Form | None, command: RecordHandover) -> tuple[dict[str, object], tuple[dict[str, object], ...]]:
    """What the minutes say, as a whole and of each item; what the request has said elsewhere need not be repeated."""
    rules = form.fields if form is not None else {}
    columns = form.rows if form is not None else {}
    signed = {
        f"{side}.{name}": value
        for side, signatory in (("giver", command.giver), ("receiver", command.receiver))
        for name, value in (("name", signatory.name), ("position", signatory.position))
    }
    rows = tuple(
        {**filled(columns, {"certificate.serial": item.certificate, "certificate.device": item.device}), **item.row}
        for item in command.items
    )
    return {**filled(rules, signed), **command.fields}, rows


def _on_devices(
    transaction: Transaction, items: list[tuple[str | None, Device]]
) -> tuple[CertificateFacts | None, ...]:
    """The certificate on each device."""
    serials = [device.certificate for _, device in items if device.certificate is not None]
    known = {one.serial: one for one in certificates.gather(transaction.connection, serials)}
    held = (known.get(device.certificate or "") for _, device in items)
    return tuple(None if one is None else certificate_facts(transaction, one) for one in held)


def _journey(
    transaction: Transaction, command: RecordHandover, leg: Leg, items: list[tuple[str | None, Device]]
) -> JourneyFacts:
    """Who receives, by whose appointment; the bodies concerned are those of the certificates."""
    connection = transaction.connection
    units: set[str] = set()
    if leg.receiver in (Role.AGENCY, Role.SUBSCRIBER):
        serials = [device.certificate for _, device in items if device.certificate is not None]
        units = {one.unit for one in certificates.gather(connection, serials)}
    receiver = command.receiver
    return JourneyFacts(
        receiver=receiver.name,
        papers=frozenset(receiver.papers),
        appointed_by=receiver.appointed_by,
        appointed=appointments.holders(connection, sorted(units), RECEIVER),
        via=command.via,
    )


def _require_device(transaction: Transaction, regulation: Regulation, serial: str) -> Device:
    device, certificate = require_device(transaction, serial)
    if certificate.regulation != regulation.id:
        raise NotFound("device", serial)
    return device


def _move(transaction: Transaction, regulation: Regulation, leg: Leg, device: Device) -> None:
    state = lifecycle.DEVICE.step(regulation, device.state, leg.step, name=device.serial, clause=leg.clause)
    if leg.after_revocation:
        require_executed(transaction, device, leg)
    if device.holder != leg.giver:
        raise Refused([_not_held(leg, device)])
    devices.update(transaction.connection, device.serial, state=state, holder=leg.receiver)
    if state in AWAY:
        custodians.end(transaction.connection, device.serial, transaction.now)
        custodians.bring_back(transaction.connection, device.serial, transaction.now)
    mark_later(transaction.connection, transaction.now, device.serial, state)
    about = f"device {device.serial}"
    met(transaction, regulation, f"handover.{leg.name}", about)
    start(transaction, regulation, f"handover.{leg.name}", about)
    if device.certificate is not None:
        close_if_complete(transaction, device.certificate)


def _not_held(leg: Leg, device: Device) -> Violation:
    return Violation(
        field="items",
        value=f"{device.serial} ({device.holder})",
        clause=leg.clause,
        vi=f"Thiết bị {device.serial} không do bên giao giữ; chuỗi giao nhận bị đứt.",
        en=f"Device {device.serial} is not held by the giver; there is a gap in the chain.",
        accepted=f"{leg.giver}",
    )


def _mismatch(certificate: str, device: Device, leg: Leg) -> Violation:
    return Violation(
        field="items",
        value=certificate,
        clause=leg.clause,
        vi=f"Chứng thư số {certificate} không nằm trên thiết bị {device.serial}.",
        en=f"certificate {certificate} is not the one on device {device.serial}",
        accepted=f"certificate {device.certificate} with device {device.serial}",
    )
