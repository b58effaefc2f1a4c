"""Devices, handovers and units over HTTP."""

from __future__ import annotations

from functools import partial

from mockca.desk import custody, handovers, queries, units
from mockca.desk.commands import RecordHandover, RegisterUnit, ReportDamage, ReportLoss
from mockca.desk.due import run_due
from mockca.desk.transaction import perform
from mockca.desk.views import DeviceView, HandoverView, UnitView
from mockca.web.access import actor, here
from mockca.web.api.face import api
from mockca.web.models import DeviceList, DeviceQuery, InSandbox, OfDevice, OfNumber, Retry, Slice, UnitList


@api.makes("/handovers", HandoverView)
def record_handover(path: InSandbox, header: Retry, body: RecordHandover) -> HandoverView:
    """Lập biên bản giao nhận. Record the minutes of a handover, one leg of the custody chain."""
    del path
    told = perform(here(), actor(), handovers.record_handover, body, idempotency_key=header.key)
    run_due(here())
    return told


@api.reads("/handovers/<number>", HandoverView)
def read_handover(path: OfNumber) -> HandoverView:
    """Một biên bản giao nhận. The minutes of one handover."""
    return queries.handover(here(), actor(), path.number)


@api.reads("/devices", DeviceList)
def list_devices(path: InSandbox, query: DeviceQuery) -> DeviceList:
    """Các thiết bị mà tài khoản được xem. The devices that the account may see."""
    del path
    page = queries.devices(
        here(), actor(), state=query.state, holder=query.holder, after=query.after, limit=query.limit
    )
    return DeviceList.model_validate(page, from_attributes=True)


@api.reads("/devices/<serial>", DeviceView)
def read_device(path: OfDevice) -> DeviceView:
    """Một thiết bị. One device."""
    return queries.device(here(), actor(), path.serial)


@api.does("/devices/<serial>/loss", DeviceView)
def report_loss(path: OfDevice, header: Retry, body: ReportLoss) -> DeviceView:
    """Báo mất thiết bị. Report a device lost."""
    use_case = partial(custody.report_loss, serial=path.serial)
    told = perform(here(), actor(), use_case, body, idempotency_key=header.key)
    run_due(here())
    return told


@api.does("/devices/<serial>/damage", DeviceView)
def report_damage(path: OfDevice, header: Retry, body: ReportDamage) -> DeviceView:
    """Báo hỏng thiết bị. Report a device damaged."""
    use_case = partial(custody.report_damage, serial=path.serial)
    told = perform(here(), actor(), use_case, body, idempotency_key=header.key)
    run_due(here())
    return told


@api.reads("/units", UnitList)
def list_units(path: InSandbox, query: Slice) -> UnitList:
    """Các cơ quan, tổ chức. The agencies and organisations."""
    del path
    page = queries.units(here(), actor(), after=query.after, limit=query.limit)
    return UnitList.model_validate(page, from_attributes=True)


@api.makes("/units", UnitView)
def register_unit(path: InSandbox, header: Retry, body: RegisterUnit) -> UnitView:
    """Ghi một cơ quan, tổ chức vào danh sách. Enter an agency or organisation in the list."""
    del path
    return perform(here(), actor(), units.register_unit, body, idempotency_key=header.key)
