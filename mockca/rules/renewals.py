"""Requests for a certificate in the place of another: renewal, change of information, reissue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from mockca.errors import NotAvailable, Violation
from mockca.rules.deadlines import VIETNAM
from mockca.rules.facts import CertificateFacts, FilingFacts
from mockca.rules.forms import MISSING, shown
from mockca.rules.intake import check_attachments
from mockca.rules.regulation import Regulation
from mockca.rules.requirements import CHANGE, ISSUE, REISSUE, succession_rules
from mockca.rules.terms import Label, ReissueGround, RenewalRules, Sourced


def check_succession(regulation: Regulation, facts: FilingFacts, today: date) -> list[Violation]:
    """Everything that is wrong with a request about a former certificate, besides what its dossier must hold."""
    if facts.operation == ISSUE:
        return []
    regulation.require_service(facts.operation)
    former = facts.former
    if former is None:
        return [_no_certificate(regulation, facts.operation)]
    found = [] if facts.unit.id == former.unit or may_move(regulation, facts) else [_not_own(regulation, facts, former)]
    if facts.operation == REISSUE:
        return found + _check_reissue(regulation, facts, former)
    if former.status != "effective":
        found.append(_not_in_force(regulation, facts.operation, former))
    rules = succession_rules(regulation, facts.operation)
    found += check_days_left(rules.days_left, former, today)
    if isinstance(rules, RenewalRules):
        return found + _check_renewal(rules, facts, former)
    return found + _check_case(rules.cases.get(facts.subscriber_kind, {}), facts, regulation)


def may_move(regulation: Regulation, facts: FilingFacts) -> bool:
    """Whether the request may bring the certificate from one body to another."""
    if facts.operation == REISSUE:
        return True
    return facts.operation == CHANGE and regulation.change is not None and facts.case in regulation.change.moving


def _clause(regulation: Regulation, operation: str) -> str:
    return regulation.services[operation].clause


def _no_certificate(regulation: Regulation, operation: str) -> Violation:
    return Violation(
        field="certificate",
        value=MISSING,
        clause=_clause(regulation, operation),
        vi="Phải nêu chứng thư số được đề nghị.",
        en="The certificate that the request is about must be named.",
        accepted="số hiệu chứng thư số / a certificate's serial number",
    )


def _not_in_force(regulation: Regulation, operation: str, former: CertificateFacts) -> Violation:
    return Violation(
        field="certificate",
        value=f"{former.serial} ({former.status})",
        clause=_clause(regulation, operation),
        vi="Chứng thư số phải đang có hiệu lực.",
        en="The certificate must be in force.",
        accepted="effective",
    )


def _not_own(regulation: Regulation, facts: FilingFacts, former: CertificateFacts) -> Violation:
    return Violation(
        field="certificate",
        value=f"{former.serial} ({former.unit})",
        clause=_clause(regulation, facts.operation),
        vi="Chứng thư số này không thuộc đơn vị của người đề nghị.",
        en="This certificate does not belong to the requester's unit.",
        accepted=f"unit {former.unit}",
    )


def check_days_left(rule: Sourced[int], former: CertificateFacts, today: date) -> list[Violation]:
    """What is wrong where fewer days of validity are left than the rule wants, the last day not counted."""
    ends = former.not_after.astimezone(VIETNAM).date()
    left = (ends - today).days
    if left >= rule.value:
        return []
    return [
        Violation(
            field="certificate",
            value=f"{former.serial}: {left} ngày / days",
            clause=rule.clause,
            vi=f"Chứng thư số phải còn ít nhất {rule.value} ngày sử dụng.",
            en=f"The certificate must have at least {rule.value} days of validity left.",
            accepted=f"nộp chậm nhất / file by {(ends - timedelta(days=rule.value)).isoformat()}",
        )
    ]


def _check_renewal(rules: RenewalRules, facts: FilingFacts, former: CertificateFacts) -> list[Violation]:
    found = []
    if facts.times_renewed >= rules.times.value:
        found.append(
            Violation(
                field="certificate",
                value=f"{former.serial}: {facts.times_renewed}",
                clause=rules.times.clause,
                vi=f"Chứng thư số chỉ được gia hạn {rules.times.value} lần.",
                en=f"A certificate may be renewed {rules.times.value} time(s) only.",
                accepted=f"≤ {rules.times.value}",
            )
        )
    return found


def _check_case(cases: Mapping[str, Label], facts: FilingFacts, regulation: Regulation) -> list[Violation]:
    if facts.case in cases:
        return []
    # That a case is none of these follows from the clause that lists them.
    clause = next((case.clause for case in cases.values()), _clause(regulation, facts.operation))
    return [_unknown_case(facts.case, cases, clause)]


def _unknown_case(case: str | None, cases: Mapping[str, object], clause: str) -> Violation:
    return Violation(
        field="case",
        value=shown(case),
        clause=clause,
        vi="Không có trường hợp này cho loại thuê bao này.",
        en="There is no such case for this kind of subscriber.",
        accepted=", ".join(cases) or "-",
    )


def _check_reissue(regulation: Regulation, facts: FilingFacts, former: CertificateFacts) -> list[Violation]:
    rules = regulation.reissue
    if rules is None:
        raise NotAvailable(REISSUE, regulation.id, _clause(regulation, REISSUE))
    found = []
    # What expired stays expired; the executed case says that it was revoked as well.
    standing = {former.status, "revoked"} if former.status == "expired" and former.case_executed else {former.status}
    if not standing & rules.after.value:
        found.append(
            Violation(
                field="certificate",
                value=f"{former.serial} ({former.status})",
                clause=rules.after.clause,
                vi="Chứng thư số cũ phải kết thúc trước khi cấp lại.",
                en="The former certificate must have ended before.",
                accepted=", ".join(sorted(rules.after.value)),
            )
        )
    if not rules.grounds:
        return found
    grounds: dict[str, ReissueGround] = {
        name: ground for name, ground in rules.grounds.items() if facts.subscriber_kind in ground.kinds
    }
    ground = grounds.get(facts.case or "")
    if ground is None:
        elsewhere = rules.grounds.get(facts.case or "")
        clause = rules.clause if elsewhere is None else elsewhere.clause
        return [*found, _unknown_case(facts.case, grounds, clause)]
    return found + check_attachments(ground.attachments, facts.attachments)
