"""What may be done next with a thing, by whom, by which clause: from the lifecycles and the delegation table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mockca.desk.views import (
    ActivationView,
    CertificateView,
    DeviceView,
    DossierView,
    OwedReportView,
    RestoreView,
    RevocationView,
)
from mockca.rules.regulation import Regulation
from mockca.web.office import words
from mockca.web.office.tasks.custody import legs_from

DOSSIER_TASKS: Final[Mapping[str, str]] = {
    "accept": "check_dossier",
    "return": "check_dossier",
    "refile": "refile_dossier",
    "roster": "submit_roster",
    "approve": "decide_dossier",
    "refuse": "decide_dossier",
    "issue": "issue_certificate",
}
"""The task by the step of the dossier's lifecycle."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that may be done now."""

    task: str
    arguments: Mapping[str, str]
    """What the task's address names."""
    roles: frozenset[str]
    """Who may."""
    clause: str
    regulation: str
    unit: str | None = None
    """Whose account it must be, of agencies and subscribers."""
    detail: str = ""
    """What tells it from others of the same task: a leg."""
    subject: str = ""
    """The thing that it is about."""
    due: datetime | None = None
    overdue: bool = False
    needed: bool = True
    """Whether something waits for it; the others are merely possible."""
    deadlines: tuple[str, ...] = field(default=())
    """Matters under which its term stands."""

    @property
    def title(self) -> str:
        return words.step(self.task)

    def for_role(self, role: str, unit: str | None, regulation: str | None) -> bool:
        """Whether an account of this role may take it."""
        if role not in self.roles or (regulation is not None and regulation != self.regulation):
            return False
        return role not in ("agency", "subscriber") or self.unit is None or self.unit == unit


def of_dossier(regulation: Regulation, dossier: DossierView) -> Iterator[Step]:
    """Check, mend, list, decide, issue."""
    for name in dict.fromkeys(DOSSIER_TASKS[step] for step in dossier.allowed):
        if name == "refile_dossier":
            permission = regulation.operations["file_dossier"]
        elif name == "submit_roster":
            permission = regulation.operations[name]
        else:
            permission = regulation.permission(name, dossier.operation)
        yield Step(
            name,
            {"dossier": str(dossier.number)},
            permission.roles,
            permission.clause,
            regulation.id,
            dossier.unit if name == "refile_dossier" else None,
            deadlines=(f"dossier {dossier.number}",),
        )


def of_device(regulation: Regulation, device: DeviceView, certificate: CertificateView | None) -> Iterator[Step]:
    """The legs that lead on; taken back only where the certificate has ended, or the device serves no more."""
    unit = None if certificate is None else certificate.unit
    ended = certificate is not None and certificate.status.status.value in ("revoked", "expired")
    allowed = regulation.operations["record_handover"].roles
    for leg in legs_from(regulation, device.holder, device.allowed):
        if leg.after_revocation and not ended:
            continue
        yield Step(
            "record_handover",
            {"device": device.serial, "leg": leg.name},
            frozenset((leg.giver, leg.receiver)) & allowed,
            leg.clause,
            regulation.id,
            unit,
            detail=words.told(leg),
            needed=leg.step in ("dispatch", "deliver", "forward", "return") or ended or device.state == "damaged",
            deadlines=(f"device {device.serial}",),
        )
    others = {
        "report_loss": ("report_loss", regulation.operations["report_loss"]),
        "report_damage": ("report_damage", regulation.operations["report_damage"]),
    }
    for step, (name, permission) in others.items():
        if step in device.allowed and permission.roles:
            yield Step(
                name,
                {"device": device.serial},
                permission.roles,
                permission.clause,
                regulation.id,
                unit,
                needed=False,
            )
    restore = regulation.operations.get("request_restore")
    if "restore" in device.allowed and restore is not None and restore.roles:
        yield Step("request_restore", {"device": device.serial}, restore.roles, restore.clause, regulation.id, unit)
    keeping = regulation.operations["keep_device"]
    if device.state == "in_use" and keeping.roles:
        for name in ("assign_custodian", "take_out"):
            yield Step(
                name, {"device": device.serial}, keeping.roles, keeping.clause, regulation.id, unit, needed=False
            )


def of_certificate(
    regulation: Regulation, certificate: CertificateView, device: DeviceView | None, *, proposed: bool
) -> Iterator[Step]:
    """Effect proposed, held, lifted; revocation; renewal, change, reissue."""
    status = certificate.status.status.value
    about, unit = {"certificate": certificate.serial}, certificate.unit
    rules = regulation.activation
    arrived = rules is not None and (device is None or device.state == rules.device_state)
    if status == "issued" and rules is not None and arrived and not proposed:
        permission = regulation.operations["propose_activation"]
        yield Step("propose_activation", about, permission.roles, rules.clause, regulation.id)
    if regulation.suspension is not None and status == "effective":
        permission = regulation.operations["suspend"]
        yield Step("suspend_certificate", about, permission.roles, permission.clause, regulation.id, needed=False)
    if regulation.suspension is not None and status == "suspended":
        permission = regulation.operations["lift_suspension"]
        yield Step("lift_suspension", about, permission.roles, permission.clause, regulation.id, needed=False)
    if status in ("issued", "effective", "suspended", "expired"):
        roles = frozenset(
            role
            for ground in regulation.grounds.values()
            if certificate.subscriber_kind in ground.kinds and ground.after_expiry == (status == "expired")
            for role in ground.requesters
        )
        if roles:
            clause = regulation.operations["request_revocation"].clause
            yield Step("request_revocation", about, roles, clause, regulation.id, unit, needed=False)
    yield from _successions(regulation, certificate, status)


def _successions(regulation: Regulation, certificate: CertificateView, status: str) -> Iterator[Step]:
    permission = regulation.operations["file_dossier"]
    possible = {
        "renew": status == "effective" and regulation.renewal is not None,
        "change": status == "effective" and regulation.change is not None,
        "reissue": regulation.reissue is not None and status in regulation.reissue.after.value,
    }
    for operation, here in possible.items():
        service = regulation.services.get(operation)
        if here and service is not None and service.available:
            yield Step(
                "file_dossier",
                {"certificate": certificate.serial, "operation": operation},
                permission.roles,
                service.clause,
                regulation.id,
                certificate.unit,
                detail=words.value(operation),
                needed=False,
            )


def of_activation(regulation: Regulation, activation: ActivationView) -> Iterator[Step]:
    if activation.state == "proposed":
        permission = regulation.operations["publish_activation"]
        yield Step(
            "publish_activation",
            {"activation": str(activation.number)},
            permission.roles,
            permission.clause,
            regulation.id,
        )


def of_revocation(regulation: Regulation, case: RevocationView) -> Iterator[Step]:
    about = {"revocation": str(case.number)}
    if "forward" in case.allowed and regulation.revocation.forwarder is not None:
        forwarder = regulation.revocation.forwarder
        yield Step(
            "forward_revocation", about, frozenset((forwarder.role,)), forwarder.clause, regulation.id, due=case.due
        )
    if "execute" in case.allowed:
        permission = regulation.operations["decide_revocation"]
        clause = regulation.revocation.clause
        yield Step("decide_revocation", about, permission.roles, clause, regulation.id, due=case.due, overdue=case.late)


def of_restore(regulation: Regulation, case: RestoreView) -> Iterator[Step]:
    if case.state == "requested":
        yield Step(
            "decide_restore",
            {"restore": str(case.number)},
            frozenset((case.executor,)),
            case.clause,
            regulation.id,
            due=case.due,
            overdue=case.late,
        )


def of_report(regulation: Regulation, owed: OwedReportView) -> Iterator[Step]:
    if owed.state in ("open", "overdue"):
        permission = regulation.operations["file_report"]
        arguments = {"regulation": regulation.id, "report": owed.report, "period": owed.period}
        if owed.application:
            arguments["application"] = owed.application
        yield Step(
            "file_report",
            arguments,
            permission.roles,
            owed.clause,
            regulation.id,
            owed.unit,
            subject=f"{words.told(owed)} · {owed.period_vi} · {owed.unit_name}",
            due=owed.due,
            overdue=owed.state == "overdue",
        )


def split(steps: Iterable[Step], role: str, unit: str | None, regulation: str | None) -> tuple[list[Step], list[Step]]:
    """The steps that this account may take, and those that others may."""
    mine: list[Step] = []
    others: list[Step] = []
    for one in steps:
        (mine if one.for_role(role, unit, regulation) else others).append(one)
    return mine, others
