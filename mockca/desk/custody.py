"""Devices that were lost or damaged."""

from __future__ import annotations

from mockca.desk.certificate_views import device_view
from mockca.desk.commands import ReportDamage, ReportLoss
from mockca.desk.device_marks import mark_later
from mockca.desk.due_dates import met
from mockca.desk.notices import tell
from mockca.desk.revocation_cases import close_if_complete
from mockca.desk.statuses import require_certificate
from mockca.desk.transaction import Transaction
from mockca.desk.views import DeviceView
from mockca.errors import NotFound, Refused, Violation
from mockca.registry import custodians, devices
from mockca.registry.certificates import Certificate
from mockca.registry.devices import Device
from mockca.rules import lifecycle
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Sourced


def require_device(transaction: Transaction, serial: str) -> tuple[Device, Certificate]:
    """The device and the certificate on it, where the actor may see them; NotFound otherwise."""
    device = devices.get(transaction.connection, serial)
    if device is None or device.certificate is None:
        raise NotFound("device", serial)
    certificate = require_certificate(transaction.connection, device.certificate)
    if not transaction.actor.sees_unit(certificate.regulation, certificate.unit):
        raise NotFound("device", serial)
    return device, certificate


def report_loss(transaction: Transaction, command: ReportLoss, *, serial: str) -> DeviceView:
    """Record that a device is lost. Its certificate is revoked by a request of its own, on that ground."""
    device, certificate = require_device(transaction, serial)
    regulation = transaction.regulation(certificate.regulation, "report_loss")
    wanted = regulation.revocation.lost_form
    if wanted is not None and command.form != wanted.value:
        raise Refused([_wrong_form(command.form, wanted)])
    clause = regulation.operations["report_loss"].clause
    state = lifecycle.DEVICE.step(regulation, device.state, "report_loss", name=serial, clause=clause)
    devices.update(transaction.connection, serial, state=state)
    custodians.end(transaction.connection, serial, transaction.now)
    mark_later(transaction.connection, transaction.now, serial, state)
    for rule in regulation.deadlines.values():
        met(transaction, regulation, rule.ends, f"device {serial}")
    _tell(transaction, regulation, "device.lost", serial, certificate)
    transaction.record("device.lost", f"device {serial}", {"why": command.circumstances}, [clause])
    close_if_complete(transaction, certificate.serial)
    changed, _ = require_device(transaction, serial)
    return device_view(transaction.sandbox, transaction.connection, changed, certificate)


def report_damage(transaction: Transaction, command: ReportDamage, *, serial: str) -> DeviceView:
    """Record that a device works no longer. It has still to be collected; its certificate is revoked by a request."""
    device, certificate = require_device(transaction, serial)
    regulation = transaction.regulation(certificate.regulation, "report_damage")
    clause = regulation.operations["report_damage"].clause
    state = lifecycle.DEVICE.step(regulation, device.state, "report_damage", name=serial, clause=clause)
    devices.update(transaction.connection, serial, state=state)
    mark_later(transaction.connection, transaction.now, serial, state)
    _tell(transaction, regulation, "device.damaged", serial, certificate)
    transaction.record("device.damaged", f"device {serial}", {"why": command.circumstances}, [clause])
    changed, _ = require_device(transaction, serial)
    return device_view(transaction.sandbox, transaction.connection, changed, certificate)


def _tell(transaction: Transaction, regulation: Regulation, event: str, device: str, certificate: Certificate) -> None:
    tell(
        transaction.connection,
        regulation,
        event,
        transaction.now,
        unit=certificate.unit,
        serial=certificate.serial,
        more=f"Thiết bị {device}, chứng thư số {certificate.serial} của {certificate.common_name}.",
    )


def _wrong_form(form: str | None, wanted: Sourced[str]) -> Violation:
    return Violation(
        field="form",
        value=form or "",
        clause=wanted.clause,
        vi="Mất thiết bị phải lập biên bản theo đúng mẫu.",
        en="the loss of a device is recorded on its own form",
        accepted=wanted.value,
    )
