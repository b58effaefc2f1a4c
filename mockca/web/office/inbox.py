"""What waits: the next step of everything that is under way, as far as the visitor may see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from mockca.desk.actors import EVERYWHERE, Role
from mockca.desk.views import CertificateView, DeviceView
from mockca.errors import MockcaError
from mockca.registry import accounts
from mockca.registry.accounts import Account
from mockca.rules.deadlines import ONE_DAY, is_working_day, local_date
from mockca.web.access import here
from mockca.web.office import steps
from mockca.web.office.matter import subject_name, unit_name
from mockca.web.office.steps import Step
from mockca.web.site.asking import ask
from mockca.web.site.sessions import Visitor

MOST_OF_A_KIND: Final = 50
"""Things of one kind and state whose next steps are told; the lists have them all."""
WORKING_DAYS_COUNTED: Final = 60
ON_THEIR_WAY: Final = ("prepared", "in_transit", "collected", "damaged", "locked")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for this account, what waits for others, and how much there is."""

    mine: list[Step]
    others: list[Step]
    counts: list[tuple[str, str, int]]
    """Kind, state, how many."""


def waiting(visitor: Visitor) -> Waiting:
    """Everything that is under way, the most urgent first."""
    actor = visitor.actor
    found = [_dated(one) for one in _steps(actor.role) if one.needed]
    found.sort(key=lambda one: (not one.overdue, one.due is None, 0.0 if one.due is None else one.due.timestamp()))
    mine, others = steps.split(found, actor.role, actor.unit, actor.regulation)
    return Waiting(mine, others, _counts())


def _steps(role: str) -> Iterator[Step]:
    if role == Role.SECURITY:
        return
    for state in ("filed", "returned", "accepted", "rostered", "approved"):
        yield from _of_dossiers(state)
    certificates = _certificates()
    for state in ON_THEIR_WAY:
        for device in _all("list_devices", state=state):
            certificate = certificates(device.certificate)
            if certificate is not None:
                regulation = here().regulation(certificate.regulation)
                name = f"{certificate.common_name} · {device.serial}"
                for one in steps.of_device(regulation, device, certificate):
                    yield replace(one, subject=name)
    yield from _of_certificates()
    yield from _of_outstanding()
    for activation in _all("list_activations", state="proposed"):
        regulation = here().regulation(activation.regulation)
        named = [certificates(serial) for serial in activation.certificates[:3]]
        name = ", ".join(one.common_name for one in named if one is not None)
        for one in steps.of_activation(regulation, activation):
            yield replace(one, subject=f"{name} · {len(activation.certificates)}")
    for state in ("requested", "forwarded"):
        for case in _all("list_revocations", state=state):
            regulation = here().regulation(case.regulation)
            named = [certificates(serial) for serial in case.certificates[:3]]
            name = ", ".join(one.common_name for one in named if one is not None) or case.certificates[0]
            for one in steps.of_revocation(regulation, case):
                yield replace(one, subject=name)
    for case in _all("list_restores", state="requested"):
        for one in steps.of_restore(here().regulation(case.regulation), case):
            yield replace(one, subject=case.device)
    for owed in _reports():
        yield from steps.of_report(here().regulation(owed.regulation), owed)


def _of_dossiers(state: str) -> Iterator[Step]:
    for dossier in _all("list_dossiers", state=state):
        for one in steps.of_dossier(here().regulation(dossier.regulation), dossier):
            yield replace(one, subject=f"{subject_name(dossier)} · {unit_name(dossier.unit)}")


def _of_certificates() -> Iterator[Step]:
    proposed = {serial for one in _all("list_activations", state="proposed") for serial in one.certificates}
    proposed |= {serial for one in _all("list_activations", state="scheduled") for serial in one.certificates}
    for certificate in _all("list_certificates", status="issued"):
        device = _device(certificate.device)
        regulation = here().regulation(certificate.regulation)
        for one in steps.of_certificate(regulation, certificate, device, proposed=certificate.serial in proposed):
            yield replace(one, subject=f"{certificate.common_name} · {unit_name(certificate.unit)}")


def _of_outstanding() -> Iterator[Step]:
    """Devices that are still out although their certificates have ended."""
    serials = [serial for case in _all("list_revocations", state="executed") for serial in case.devices_outstanding]
    expired = _all("list_certificates", status="expired")
    serials += [one.device for one in expired if one.device is not None and one.custody != Role.AUTHORITY]
    for serial in list(dict.fromkeys(serials))[:MOST_OF_A_KIND]:
        device = ask("read_device", serial=serial)
        if device.certificate is None or device.state in ON_THEIR_WAY:
            continue
        certificate = ask("read_certificate", serial=device.certificate)
        for one in steps.of_device(here().regulation(certificate.regulation), device, certificate):
            yield replace(one, subject=f"{certificate.common_name} · {device.serial}")


def _device(serial: str | None) -> DeviceView | None:
    return None if serial is None else ask("read_device", serial=serial)


def _certificates() -> Any:
    """Certificates by serial, each read once; None for those that the visitor may not see."""
    known: dict[str, CertificateView | None] = {}

    def read(serial: str | None) -> CertificateView | None:
        if serial is None:
            return None
        if serial not in known:
            try:
                known[serial] = ask("read_certificate", serial=serial)
            except MockcaError:
                known[serial] = None
        return known[serial]

    return read


def _reports() -> list[Any]:
    try:
        found = ask("list_owed_reports", query={"limit": str(MOST_OF_A_KIND)}).items
    except MockcaError:
        return []
    return [one for one in found if one.state in ("open", "overdue")]


def _all(operation: str, **query: str) -> list[Any]:
    """The first things of a list; none where the visitor may not read it."""
    try:
        return list(ask(operation, query=query | {"limit": str(MOST_OF_A_KIND)}).items)
    except MockcaError:
        return []


def _counts() -> list[tuple[str, str, int]]:
    kinds = (
        ("dossier", "list_dossiers", ("filed", "returned", "accepted", "rostered", "approved")),
        ("device", "list_devices", ("in_transit", "in_use", "locked", "collected")),
        ("certificate", "list_certificates", ("issued", "effective", "suspended", "revoked")),
    )
    found = []
    for kind, operation, states in kinds:
        for state in states:
            name = "status" if kind == "certificate" else "state"
            try:
                total = ask(operation, query={name: state, "limit": "1"}).total or 0
            except MockcaError:
                continue
            if total:
                found.append((kind, state, total))
    return found


def _dated(step: Step) -> Step:
    """The step with the nearest open term of its matter."""
    now = here().clock.now()
    due, overdue = step.due, step.overdue
    for about in step.deadlines:
        for one in _all("list_deadlines", about=about):
            if one.met_at is None and (due is None or one.due < due):
                due, overdue = one.due, one.due < now
    return replace(step, due=due, overdue=overdue)


def working_days_left(due: datetime, now: datetime) -> int | None:
    """Working days from today to the last day on which it is in time, today not counted; negative once it is late.

    None where it is more than a few months.
    """
    last, day = local_date(due - timedelta(microseconds=1)), local_date(now)
    if due < now:
        return -1
    count = 0
    for _ in range(WORKING_DAYS_COUNTED * 2):
        if day >= last:
            return count
        day += ONE_DAY
        count += is_working_day(day)
    return None


def players(step: Step) -> list[Account]:
    """One account for each role that may take the step: whose part a trainer can take on."""
    with here().store.read() as connection:
        every = accounts.listing(connection)
    found: dict[str, Account] = {}
    for account in every:
        fits = account.regulation == step.regulation or account.role in EVERYWHERE
        named = account.role not in ("agency", "subscriber") or step.unit is None or account.unit == step.unit
        plain = account.name.split("@")[0] == account.role
        if account.role in step.roles and fits and named and (account.role not in found or plain):
            found[account.role] = account
    return list(found.values())
