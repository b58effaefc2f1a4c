"""The keeping of devices over HTTP: custodians, outings, appointments."""

from __future__ import annotations

from functools import partial

from mockca.desk import appointments, custodians, outings
from mockca.desk.commands import Appoint, AssignCustodian, TakeOut
from mockca.desk.transaction import perform
from mockca.desk.views import AppointmentView, CustodianView, CustodyView, OutingView
from mockca.web.access import actor, here
from mockca.web.api.face import api
from mockca.web.models import AppointmentList, CustodyQuery, InSandbox, OfDevice, OfOuting, Retry, UnitSlice


@api.makes("/devices/<serial>/custodians", CustodianView)
def assign_custodian(path: OfDevice, header: Retry, body: AssignCustodian) -> CustodianView:
    """Giao thiết bị cho người giữ. Say who keeps a device from a moment on."""
    use_case = partial(custodians.assign_custodian, serial=path.serial)
    return perform(here(), actor(), use_case, body, idempotency_key=header.key)


@api.reads("/devices/<serial>/custody", CustodyView)
def read_custody(path: OfDevice, query: CustodyQuery) -> CustodyView:
    """Ai giữ thiết bị vào một thời điểm, cùng cả chuỗi giao nhận. Who had a device at an instant, and the chain."""
    return custodians.custody_of(here(), actor(), path.serial, at=query.at)


@api.makes("/devices/<serial>/outings", OutingView)
def take_out(path: OfDevice, header: Retry, body: TakeOut) -> OutingView:
    """Mang thiết bị ra ngoài trụ sở. Take a device out of the office."""
    return perform(here(), actor(), partial(outings.take_out, serial=path.serial), body, idempotency_key=header.key)


@api.does("/devices/<serial>/outings/<number>/return", OutingView)
def bring_back(path: OfOuting, header: Retry) -> OutingView:
    """Mang thiết bị về. Bring a device back to the office."""
    use_case = partial(outings.bring_back, serial=path.serial, number=path.number)
    return perform(here(), actor(), use_case, None, idempotency_key=header.key)


@api.makes("/appointments", AppointmentView)
def appoint(path: InSandbox, header: Retry, body: Appoint) -> AppointmentView:
    """Phân công người vào một chức trách. Appoint somebody to a post."""
    del path
    return perform(here(), actor(), appointments.appoint, body, idempotency_key=header.key)


@api.reads("/appointments", AppointmentList)
def list_appointments(path: InSandbox, query: UnitSlice) -> AppointmentList:
    """Những người được phân công, kể cả đã thôi. Whom bodies appointed, also those whose time has ended."""
    del path
    page = appointments.listing(here(), actor(), unit=query.unit, after=query.after, limit=query.limit)
    return AppointmentList.model_validate(page, from_attributes=True)
