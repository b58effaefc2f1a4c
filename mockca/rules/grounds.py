"""A request for revocation, judged by the ground it gives."""

from __future__ import annotations

from datetime import date

from mockca.errors import Violation
from mockca.rules.facts import CertificateFacts, RevocationFacts
from mockca.rules.forms import MISSING, check_form, shown
from mockca.rules.lists import wrong_form
from mockca.rules.regulation import Regulation
from mockca.rules.submissions import check_address, check_submission
from mockca.rules.terms import UNSOURCED, Ground, Sourced

BY_UNIT = frozenset({"subscriber", "agency"})
"""Roles that ask for their own unit's certificates only."""


def check_revocation(regulation: Regulation, facts: RevocationFacts) -> list[Violation]:
    """Everything that is wrong with a request for revocation."""
    ground = regulation.grounds.get(facts.ground)
    if ground is None:
        return [regulation.unknown_ground(facts.ground)]
    found = []
    if facts.requester_role not in ground.requesters:
        found.append(
            Violation(
                field="requester",
                value=facts.requester_role,
                clause=ground.clause,
                vi="Căn cứ này không do người đề nghị này nêu ra.",
                en="This role may not ask on this ground.",
                accepted=", ".join(sorted(ground.requesters)),
            )
        )
    for number, certificate in enumerate(facts.certificates):
        found += _check_certificate(ground, facts, certificate, f"certificates.{number}")
    found += _check_request(regulation, ground, facts)
    found += _check_decision(ground, facts)
    found += _check_duty(regulation, ground, facts)
    if ground.confirmation and not (facts.confirmed_by or "").strip():
        found.append(
            Violation(
                field="confirmed_by",
                value=MISSING,
                clause=ground.clause,
                vi="Đề nghị phải có xác nhận của người hoặc cơ quan quản lý thuê bao.",
                en="The request must be confirmed by the body that manages the subscriber.",
                accepted="họ tên người xác nhận / the confirming person's name",
            )
        )
    found += check_address(regulation, facts.submission, _reader(regulation, facts.requester_role))
    return found + _check_invalidity(ground, facts)


def _reader(regulation: Regulation, requester: str) -> str:
    """The role that a request by this one is sent to."""
    rules = regulation.revocation
    if requester in rules.at_once:
        return "authority"
    if rules.forwarder is not None and requester == "subscriber":
        return rules.forwarder.role
    return rules.decider


def form_for(regulation: Regulation, role: str, kind: str) -> Sourced[str] | None:
    """The form on which this role asks for the revocation of this kind of certificate; None: by letter."""
    rules = regulation.revocation
    return rules.forms.get(kind) if role in rules.form_from else None


def _check_certificate(
    ground: Ground, facts: RevocationFacts, certificate: CertificateFacts, field: str
) -> list[Violation]:
    found = []
    if certificate.subscriber_kind not in ground.kinds:
        found.append(
            Violation(
                field=field,
                value=f"{certificate.serial} ({certificate.subscriber_kind})",
                clause=ground.clause,
                vi="Căn cứ này không áp dụng cho loại thuê bao này.",
                en="This ground does not apply to this kind of subscriber.",
                accepted=", ".join(sorted(ground.kinds)),
            )
        )
    if facts.requester_role in BY_UNIT and certificate.unit != facts.requester_unit:
        found.append(
            Violation(
                field=field,
                value=f"{certificate.serial} ({certificate.unit})",
                clause=ground.clause,
                vi="Chứng thư số này không thuộc đơn vị của người đề nghị.",
                en="This certificate does not belong to the requester's unit.",
                accepted=facts.requester_unit or "-",
            )
        )
    if ground.after_expiry and facts.now < certificate.not_after:
        found.append(
            Violation(
                field=field,
                value=f"{certificate.serial} (not_after {certificate.not_after.isoformat()})",
                clause=ground.clause,
                vi="Chứng thư số chưa hết hạn.",
                en="The certificate has not expired.",
                accepted=f"not_after ≤ {facts.now.isoformat()}",
            )
        )
    return found


def _check_request(regulation: Regulation, ground: Ground, facts: RevocationFacts) -> list[Violation]:
    if facts.requester_role not in regulation.revocation.form_from:
        return check_submission(ground.submission or regulation.revocation.letter, facts.submission)
    found = check_submission(ground.submission, facts.submission)
    wanted = {}
    for certificate in facts.certificates:
        form = form_for(regulation, facts.requester_role, certificate.subscriber_kind)
        if form is not None:
            wanted[form.value] = form
    for form in wanted.values():
        if facts.form != form.value:
            found.append(wrong_form("form.code", facts.form, form.value, form.clause))
        else:
            sheet = regulation.forms[form.value]
            found += check_form(regulation, sheet, facts.fields, today=facts.today, about=facts.certificates)
    return found


def _check_decision(ground: Ground, facts: RevocationFacts) -> list[Violation]:
    if not ground.decisions:
        return []
    found = []
    if facts.decision_kind not in ground.decisions:
        found.append(
            Violation(
                field="decision.kind",
                value=shown(facts.decision_kind),
                clause=ground.clause,
                vi="Căn cứ này cần một quyết định về tổ chức.",
                en="This ground rests on a decision about the organisation.",
                accepted=", ".join(ground.decisions),
            )
        )
    if not (facts.decision_number or "").strip():
        found.append(
            Violation(
                field="decision.number",
                value=MISSING,
                clause=ground.clause,
                vi="Thiếu số quyết định.",
                en="The decision's number is missing.",
                accepted="số, ký hiệu quyết định / the decision's number",
            )
        )
    return found + _check_in_effect(ground, facts.decision_effective_on, facts.today)


def _check_in_effect(ground: Ground, effective_on: date | None, today: date) -> list[Violation]:
    if effective_on is not None and effective_on <= today:
        return []
    return [
        Violation(
            field="decision.effective_on",
            value=shown(effective_on),
            clause=ground.clause,
            vi="Quyết định phải đã có hiệu lực thi hành.",
            en="The decision must have taken effect.",
            accepted=f"≤ {today.isoformat()}",
        )
    ]


def _check_duty(regulation: Regulation, ground: Ground, facts: RevocationFacts) -> list[Violation]:
    if not ground.duty or facts.breached_duty in regulation.duties:
        return []
    return [
        Violation(
            field="breached_duty",
            value=shown(facts.breached_duty),
            clause=ground.clause,
            vi="Phải nêu trách nhiệm bị vi phạm.",
            en="The broken duty must be named.",
            accepted=", ".join(regulation.duties),
        )
    ]


def _check_invalidity(ground: Ground, facts: RevocationFacts) -> list[Violation]:
    moment = facts.invalidity_date
    if moment is None:
        return []
    if not ground.invalidity:
        vi, en = "Căn cứ này không có thời điểm mất an toàn trước đó.", "This ground has no earlier event to date."
        accepted = "-"
    elif moment.tzinfo is None:
        vi, en = "Thời điểm phải có múi giờ.", "The instant must carry its offset from UTC."
        accepted = f"{moment.isoformat()}+07:00"
    elif moment > facts.now:
        vi, en = "Thời điểm mất an toàn ở tương lai.", "The key cannot have been compromised in the future."
        accepted = f"≤ {facts.now.isoformat()}"
    else:
        return []
    return [Violation(field="invalidity_date", value=shown(moment), clause=UNSOURCED, vi=vi, en=en, accepted=accepted)]
