"""A regulation: every value that the law gives, with its clause, and the questions that are asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from mockca.errors import Forbidden, NotAvailable, NotFound, Refused, Violation
from mockca.rules.terms import (
    ANY_DEVICE,
    ActivationRules,
    ChangeRules,
    Contact,
    Custody,
    DeadlineRule,
    Delegate,
    DossierRequirements,
    EffectiveFrom,
    Form,
    FormField,
    Forwarder,
    Ground,
    Label,
    Leg,
    Notice,
    Permission,
    Post,
    ReissueRules,
    RenewalRules,
    ReorganisationRule,
    Report,
    RestoreProcedure,
    RestoreRules,
    RevocationRules,
    RosterRules,
    Service,
    SetRule,
    Sourced,
    SubmissionRule,
    Suspension,
    plain,
)

__all__ = [
    "ActivationRules",
    "ChangeRules",
    "Custody",
    "DeadlineRule",
    "Delegate",
    "DossierRequirements",
    "EffectiveFrom",
    "Form",
    "FormField",
    "Ground",
    "Label",
    "Leg",
    "Notice",
    "Permission",
    "Regulation",
    "RenewalRules",
    "Report",
    "RestoreProcedure",
    "RestoreRules",
    "RevocationRules",
    "RosterRules",
    "Service",
    "SetRule",
    "Sourced",
    "SubmissionRule",
    "Suspension",
]


@dataclass(frozen=True, eq=False)
class Regulation:
    """What one province's regulation, on top of its regime, says."""

    id: str
    regime: str
    """Id of the national text it extends."""
    title_vi: str
    title_en: str
    regime_title_vi: str
    regime_title_en: str
    province: str
    """Name of the province; the L of its certificates."""
    email_domain: Sourced[str] | None
    """Domain that official e-mail addresses must lie under; None where any well-formed address will do."""
    registrar_name: Sourced[str] | None
    """Name of the registration office, where the text gives it."""
    in_force_from: Sourced[date]
    effective_from: Sourced[EffectiveFrom]
    max_years: Sourced[int]
    """Longest term of a new certificate."""
    min_years: Sourced[int]
    year_days: Sourced[int]
    """Days that a year of validity counts."""
    authority_years: Sourced[int]
    """Term of the authority's own certificate."""
    services: Mapping[str, Service]
    operations: Mapping[str, Permission]
    eligible: Mapping[str, Label]
    """Categories of bodies that may have certificates."""
    eligible_clause: str
    """Clause by which all others may not."""
    delegation: Mapping[tuple[str, str], Delegate]
    forms: Mapping[str, Form]
    requirements: Mapping[str, DossierRequirements]
    """Parts of a dossier by kind of subscriber; a kind that is not here gets no certificate."""
    sets: tuple[SetRule, ...]
    filing: SubmissionRule | None
    """How a dossier must reach its reader, where the sets don't already say it."""
    roster: RosterRules | None
    legs: Mapping[str, Leg]
    activation: ActivationRules | None
    suspension: Suspension | None
    grounds: Mapping[str, Ground]
    revocation: RevocationRules
    renewal: RenewalRules | None
    change: ChangeRules | None
    reissue: ReissueRules | None
    restore: RestoreRules | None
    deadlines: Mapping[str, DeadlineRule]
    notices: tuple[Notice, ...]
    duties: Mapping[str, Label]
    """Duties whose breach is a ground for revocation, by clause id."""
    reports: tuple[Report, ...]
    applications: Mapping[str, Label]
    """Systems whose use of signatures a report may be about."""
    custody: Custody
    posts: Mapping[str, Post]
    """Whom bodies appoint."""
    contacts: Mapping[str, Contact]
    """Where each role is reached on the document exchange; empty where the regulation doesn't say."""
    reorganisations: Mapping[str, ReorganisationRule]
    """What each kind of decision makes of the certificates that it touches."""

    def require_service(self, service: str) -> Service:
        """The service; NotAvailable, with the clause, where this regulation doesn't offer it."""
        found = self.services.get(service)
        if found is None:
            raise NotFound("service", service)
        if not found.available:
            raise NotAvailable(service, self.id, found.clause)
        return found

    def require_role(self, role: str, operation: str) -> Permission:
        """The permission by which `role` may do `operation`.

        NotAvailable where nobody does that under this regulation, Forbidden where others do.
        """
        permission = self.operations.get(operation)
        if permission is None:
            raise NotFound("operation", operation)
        if not permission.roles:
            raise NotAvailable(operation, self.id, permission.clause)
        if role not in permission.roles:
            raise Forbidden(role, operation, permission.roles, permission.clause)
        return permission

    def permission(self, step: str, operation: str) -> Permission:
        """Who does a step of a dossier of this operation: the delegate that it is left to, or whoever does it always.

        A delegate other than who issues certificates does all the steps at the desk, from the check to the end.
        """
        usual = self.operations[step]
        delegate = self.delegation.get((operation, ANY_DEVICE))
        if delegate is None or delegate.role in self.operations["issue_certificate"].roles:
            return usual
        return Permission(frozenset({delegate.role}), delegate.clause, delegate.unsourced)

    def require_role_for(self, role: str, step: str, operation: str) -> Permission:
        """The permission by which `role` may do a step of a dossier of this operation; Forbidden where others do."""
        permission = self.permission(step, operation)
        if not permission.roles:
            raise NotAvailable(step, self.id, permission.clause)
        if role not in permission.roles:
            raise Forbidden(role, f"{step} {operation}", permission.roles, permission.clause)
        return permission

    def require_leg(self, role: str, name: str) -> Leg:
        """The leg of that name; Refused where there is none, Forbidden where `role` is on neither side."""
        leg = self.legs.get(name)
        if leg is None:
            raise Refused([self.unknown_leg(name)])
        if role not in (leg.giver, leg.receiver):
            raise Forbidden(role, f"record_handover {name}", (leg.giver, leg.receiver), leg.clause)
        return leg

    def unknown_leg(self, name: str) -> Violation:
        """The violation of naming a leg that this regulation doesn't have."""
        return Violation(
            field="leg",
            value=name,
            clause=self.operations["record_handover"].clause,
            vi="Không có chặng giao nhận này.",
            en="There is no such leg of handover.",
            accepted=", ".join(self.legs),
        )

    def require_ground(self, role: str, name: str) -> Ground:
        """The ground of that name; Refused where there is none, Forbidden where `role` may not ask on it."""
        ground = self.grounds.get(name)
        if ground is None:
            raise Refused([self.unknown_ground(name)])
        if role not in ground.requesters:
            raise Forbidden(role, f"request_revocation {name}", ground.requesters, ground.clause)
        return ground

    def require_forwarder(self, role: str) -> Forwarder:
        """Who passes requests for revocation on; NotAvailable where nobody does, Forbidden where `role` doesn't."""
        permission = self.require_role(role, "forward_revocation")
        found = self.revocation.forwarder
        if found is None:
            raise NotAvailable("forward_revocation", self.id, permission.clause)
        return found

    def unknown_ground(self, name: str) -> Violation:
        """The violation of naming a ground that this regulation doesn't have."""
        return Violation(
            field="ground",
            value=name,
            clause=self.revocation.clause,
            vi="Không có căn cứ thu hồi này.",
            en="There is no such ground for revocation.",
            accepted=", ".join(self.grounds),
        )

    def require_in_force(self, day: date) -> None:
        """Refused where the regulation is not in force yet on that day."""
        if day < self.in_force_from.value:
            raise Refused([self.not_in_force("date", day)])

    def not_in_force(self, field: str, day: date) -> Violation:
        """The violation of a day before the regulation came into force."""
        return Violation(
            field=field,
            value=day.isoformat(),
            clause=self.in_force_from.clause,
            vi="Văn bản chưa có hiệu lực thi hành vào ngày này.",
            en="The regulation is not in force on that day.",
            accepted=f"{self.in_force_from.value.isoformat()} or later",
        )

    def deadlines_from(self, event: str) -> tuple[DeadlineRule, ...]:
        """Deadlines that this event starts."""
        return tuple(rule for rule in self.deadlines.values() if rule.starts == event)

    def deadlines_to(self, event: str) -> tuple[DeadlineRule, ...]:
        """Deadlines that this event meets."""
        return tuple(rule for rule in self.deadlines.values() if rule.ends == event)

    def notices_on(self, event: str) -> tuple[Notice, ...]:
        """Who must be told of this event."""
        return tuple(notice for notice in self.notices if notice.event == event)

    def report(self, name: str) -> Report:
        """The report of that id; NotFound where the regulation asks for none such."""
        for one in self.reports:
            if one.id == name:
                return one
        raise NotFound("report", name)

    def require_restore(self) -> RestoreRules:
        """How locked devices are restored; NotAvailable where they are not."""
        clause = self.require_service("restore").clause
        if self.restore is None:
            raise NotAvailable("restore", self.id, clause)
        return self.restore

    def delegate(self, service: str, device: str = ANY_DEVICE) -> Delegate:
        """Who carries out a service for one kind of device; NotAvailable where nobody is named."""
        found = self.delegation.get((service, device)) or self.delegation.get((service, ANY_DEVICE))
        if found is None:
            raise NotAvailable(service, self.id, self.require_service(service).clause)
        return found

    def leg_with_step(self, step: str) -> Leg | None:
        """The leg that makes a device take this step, None where there is none."""
        return next((leg for leg in self.legs.values() if leg.step == step), None)

    def values(self) -> dict[str, Any]:
        """Every value with its clause, in JSON's own types."""
        found = {field.name: plain(getattr(self, field.name)) for field in fields(self)}
        delegation: dict[str, dict[str, Any]] = {}
        for (service, device), delegate in self.delegation.items():
            delegation.setdefault(service, {})[device] = plain(delegate)
        return found | {"delegation": delegation}
