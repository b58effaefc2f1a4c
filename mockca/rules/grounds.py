"""A request for revocation, judged by the ground it gives."""

from __future__ import annotations

from datetime import date, datetime

from mockca.errors import Violation
from mockca.rules.deadlines import beginning_of
from mockca.rules.facts import CertificateFacts, ForwardingFacts, RevocationFacts
from mockca.rules.fields import same_text
from mockca.rules.forms import MISSING, check_form, shown
from mockca.rules.intake import check_attachments
from mockca.rules.lists import check_named, wrong_form
from mockca.rules.regulation import Regulation
from mockca.rules.submissions import check_address, check_submission
from mockca.rules.terms import UNSOURCED, Forwarder, Ground, Sourced

SUBSCRIBER = "subscriber"
BY_UNIT = frozenset({SUBSCRIBER, "agency"})
"""Roles that ask for their own unit's certificates only."""
UNFIT = ("common_name", "organisation", "locality", "email")
"""What a certificate says that may no longer fit its subscriber."""
BEFORE_EVENT = "before-event"
"""Kind of the deadline of a revocation that must be done before the event it rests on."""


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
    found += check_attachments(ground.attachments, facts.attachments)
    found += _check_decision(ground, facts)
    found += _check_duty(regulation, ground, facts)
    found += _check_event(ground, facts)
    found += _check_fit(ground, facts)
    passed_on = forwarder_of(regulation, facts.requester_role) is not None
    if ground.confirmation and not passed_on and not (facts.confirmed_by or "").strip():
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


def check_forwarding(regulation: Regulation, forwarder: Forwarder, facts: ForwardingFacts) -> list[Violation]:
    """Everything that is wrong with the document by which a subscriber's request is passed on."""
    found = check_submission(regulation.grounds[facts.ground].submission, facts.submission)
    found += check_address(regulation, facts.submission, regulation.revocation.decider)
    if facts.form != forwarder.form:
        return [*found, wrong_form("form.code", facts.form, forwarder.form, forwarder.clause)]
    sheet = regulation.forms[forwarder.form]
    return found + check_form(regulation, sheet, facts.fields, today=facts.today, about=facts.certificates)


def forwarder_of(regulation: Regulation, requester: str) -> Forwarder | None:
    """Who must confirm a request by this role and pass it on; None where it goes to its decider directly."""
    return regulation.revocation.forwarder if requester == SUBSCRIBER else None


def _reader(regulation: Regulation, requester: str) -> str:
    """The role that a request by this one is sent to."""
    rules = regulation.revocation
    if requester in rules.at_once:
        return "authority"
    forwarder = forwarder_of(regulation, requester)
    return rules.decider if forwarder is None else forwarder.role


def form_for(regulation: Regulation, role: str, kind: str) -> Sourced[str] | None:
    """The form on which this role asks for the revocation of this kind of certificate; None: by letter.

    Who passes others' requests on uses the form for that for requests of his own, too.
    """
    rules = regulation.revocation
    form = rules.forms.get(kind) if role in rules.form_from else None
    forwarder = rules.forwarder
    if form is None or forwarder is None or role != forwarder.role:
        return form
    return Sourced(forwarder.form, forwarder.clause, forwarder.unsourced)


def latest_before(ground: Ground, event_on: date | None) -> datetime | None:
    """By when (UTC) a revocation on this ground must be done: before the day of its event; None: no such limit."""
    return beginning_of(event_on) if ground.before_event and event_on is not None else None


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
    found += check_named(regulation, regulation.revocation.lists, facts.enclosed, facts.certificates, facts.today)
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


def _check_event(ground: Ground, facts: RevocationFacts) -> list[Violation]:
    if not ground.before_event or facts.event_on is not None:
        return []
    return [
        Violation(
            field="event_on",
            value=MISSING,
            clause=ground.clause,
            vi="Phải nêu ngày xảy ra sự kiện; chứng thư số phải được thu hồi trước ngày đó.",
            en="The day of the event must be named; the certificate is to be revoked before it.",
            accepted="2026-01-31 (ISO 8601)",
        )
    ]


def _check_fit(ground: Ground, facts: RevocationFacts) -> list[Violation]:
    """Whether it is named what no longer fits, and does not fit."""
    if not ground.unfit:
        return []
    if not facts.unfit:
        return [
            Violation(
                field="unfit",
                value=MISSING,
                clause=ground.clause,
                vi="Phải nêu thông tin nào trên chứng thư số không còn phù hợp, và thông tin mới.",
                en="What no longer fits in the certificate must be named, with its new value.",
                accepted=" | ".join(UNFIT),
            )
        ]
    return [
        Violation(
            field=f"unfit.{name}",
            value=shown(value),
            clause=ground.clause,
            vi=f"Thông tin này trên chứng thư số {certificate.serial} vẫn còn phù hợp.",
            en=f"What certificate {certificate.serial} says there still fits.",
            accepted=f"≠ {said}" if said else "-",
        )
        for name, value in facts.unfit.items()
        for certificate in facts.certificates
        for said in [getattr(certificate, name) or ""]
        if not said or same_text(value, said)
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
