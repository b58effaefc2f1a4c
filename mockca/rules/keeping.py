"""How devices are kept once they are delivered: custodians, outings, and whom bodies appoint."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from mockca.errors import Violation
from mockca.rules.forms import MISSING, check_form, same_name, shown
from mockca.rules.lists import wrong_form
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Label, Post

KEEP = "keep_device"
RECEIVER = "receiver"
"""Name of the post that receives devices, where a regulation has it."""
OWNER = "owner"
ORGANISATION = "organisation"
PERSON = "person"


@dataclass(frozen=True, slots=True)
class MinutesFacts:
    """Minutes by which one custodian takes over from another."""

    giver: str
    giver_signed: bool
    receiver: str
    receiver_signed: bool


@dataclass(frozen=True, slots=True)
class FormerFacts:
    """Who keeps the device so far."""

    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class KeepingFacts:
    """A custodian as he is to be named."""

    kind: str
    """Kind of subscriber of the certificate on the device."""
    common_name: str
    """The name in that certificate."""
    name: str
    post: str
    since: datetime
    delivered: datetime
    """Since when the device is with its subscriber."""
    now: datetime
    today: date
    former: FormerFacts | None = None
    decision: bool = False
    """Whether a decision that assigns the device is named."""
    form: str | None = None
    fields: Mapping[str, object] | None = None
    minutes: MinutesFacts | None = None
    classification: str | None = None
    house_rules: bool | None = None
    appointed: str | None = None
    """Whom the body appointed to the post of that name, where it did."""

    @property
    def changes_hands(self) -> bool:
        """Whether somebody else than so far is to keep it."""
        return self.former is not None and not same_name(self.former.name, self.name)


def check_custodian(regulation: Regulation, facts: KeepingFacts) -> list[Violation]:
    """Everything that is wrong with naming this custodian. What is only left out is a shortcoming, told later."""
    return [
        *_check_post(regulation, facts),
        *_check_moment(regulation, facts),
        *_check_papers(regulation, facts),
        *_check_manner(regulation, facts),
    ]


def check_outing(regulation: Regulation, kind: str, permitted_by: str | None) -> list[Violation]:
    """What is wrong with taking a device out of the office."""
    rule = regulation.custody.outside_permission
    if rule is None or not rule.value or kind != ORGANISATION or permitted_by:
        return []
    return [
        Violation(
            field="permitted_by",
            value=MISSING,
            clause=rule.clause,
            vi="Mang thiết bị của cơ quan ra ngoài trụ sở phải được thủ trưởng cho phép.",
            en="Taking the organisation's device out of the office needs the head's permission.",
            accepted="người cho phép / who permits it",
        )
    ]


def check_post(regulation: Regulation, name: str) -> list[Violation]:
    """What is wrong with appointing somebody to the post of that name."""
    if name in regulation.posts:
        return []
    return [
        Violation(
            field="post",
            value=name,
            clause=regulation.operations["appoint"].clause,
            vi="Văn bản không có chức trách này.",
            en="The regulation has no such post.",
            accepted=", ".join(regulation.posts) or "-",
        )
    ]


def lacking(regulation: Regulation, filled: Collection[str]) -> tuple[Label, ...]:
    """Posts that a body must have and nobody is appointed to; the registrar's own are not a body's affair."""
    return tuple(
        _nobody(post)
        for name, post in regulation.posts.items()
        if post.required and post.role != "registrar" and name not in filled
    )


def required_posts(regulation: Regulation) -> bool:
    """Whether bodies must have appointed anybody at all."""
    return bool(lacking(regulation, ()))


def _nobody(post: Post) -> Label:
    return Label(f"Cơ quan chưa phân công: {post.vi}.", f"Nobody is appointed: {post.en}.", post.clause, post.unsourced)


def _check_post(regulation: Regulation, facts: KeepingFacts) -> list[Violation]:
    rule = regulation.custody.custodians.get(facts.kind)
    clause = regulation.operations[KEEP].clause if rule is None else rule.clause
    if rule is not None and facts.post not in rule.value:
        return [
            Violation(
                field="post",
                value=facts.post,
                clause=clause,
                vi="Người này không thuộc diện được giữ thiết bị loại này.",
                en="Somebody of this post does not keep a device of this kind.",
                accepted=", ".join(sorted(rule.value)),
            )
        ]
    if facts.post == OWNER and not same_name(facts.name, facts.common_name):
        return [
            Violation(
                field="name",
                value=shown(facts.name),
                clause=clause,
                vi="Thiết bị của cá nhân do chính người có tên trong chứng thư số giữ.",
                en="A person's device is kept by the very person whom its certificate names.",
                accepted=facts.common_name,
            )
        ]
    if facts.appointed is not None and not same_name(facts.name, facts.appointed):
        return [
            Violation(
                field="name",
                value=shown(facts.name),
                clause=regulation.posts[facts.post].clause,
                vi="Người này chưa được phân công giữ thiết bị.",
                en="This person is not the one appointed to keep the device.",
                accepted=facts.appointed,
            )
        ]
    return []


def _check_moment(regulation: Regulation, facts: KeepingFacts) -> list[Violation]:
    """Never in the future, nor before the delivery, nor while another one keeps it."""
    after = facts.delivered if facts.former is None else max(facts.former.since, facts.delivered)
    too_early = facts.since < after or (facts.changes_hands and facts.former is not None and facts.since == after)
    if facts.since <= facts.now and not too_early:
        return []
    return [
        Violation(
            field="since",
            value=facts.since.isoformat(),
            clause=regulation.operations[KEEP].clause,
            vi="Mỗi lúc chỉ một người giữ thiết bị, kể từ khi nhận; không ghi trước cho tương lai.",
            en="One custodian at a time, from the delivery on, and none in advance.",
            accepted=f"{after.isoformat()} … {facts.now.isoformat()}",
        )
    ]


def _check_papers(regulation: Regulation, facts: KeepingFacts) -> list[Violation]:
    rules = regulation.custody
    found = []
    decision = rules.assignment_decision
    if decision is not None and decision.value and facts.kind == ORGANISATION and not facts.decision:
        found.append(_no_decision(decision.clause))
    if not facts.changes_hands:
        return found
    again = rules.change_decision
    if again is not None and again.value and not facts.decision and not found:
        found.append(_no_decision(again.clause))
    form = rules.change_form
    if form is not None:
        if facts.form != form.value:
            found.append(wrong_form("form.code", facts.form, form.value, form.clause))
        else:
            sheet = regulation.forms[form.value]
            found += check_form(regulation, sheet, facts.fields or {}, today=facts.today)
    minutes = rules.change_minutes
    if minutes is not None and minutes.value:
        found += _check_minutes(facts, minutes.clause)
    return found


def _check_minutes(facts: KeepingFacts, clause: str) -> list[Violation]:
    if facts.minutes is None:
        return [
            Violation(
                field="minutes",
                value=MISSING,
                clause=clause,
                vi="Đổi người giữ thiết bị phải có biên bản bàn giao.",
                en="Another custodian takes the device over by minutes.",
                accepted="biên bản có chữ ký hai bên / minutes signed by both",
            )
        ]
    former = "" if facts.former is None else facts.former.name
    return [
        Violation(
            field=f"minutes.{side}",
            value=shown(name) if signed else "chưa ký / not signed",
            clause=clause,
            vi=f"Biên bản phải do {vi} ký.",
            en=f"The minutes must be signed by {en}.",
            accepted=f"{wanted}, signed: true",
        )
        for side, vi, en, name, signed, wanted in (
            ("giver", "người giữ cũ", "the former custodian", facts.minutes.giver, facts.minutes.giver_signed, former),
            (
                "receiver",
                "người giữ mới",
                "the new custodian",
                facts.minutes.receiver,
                facts.minutes.receiver_signed,
                facts.name,
            ),
        )
        if not signed or not same_name(name, wanted)
    ]


def _check_manner(regulation: Regulation, facts: KeepingFacts) -> list[Violation]:
    found = []
    level = regulation.custody.classification.get(facts.kind)
    if level is not None and facts.classification is not None and facts.classification != level.value:
        found.append(
            Violation(
                field="classification",
                value=facts.classification,
                clause=level.clause,
                vi="Thiết bị không được quản lý đúng chế độ quy định.",
                en="The device is not kept at the level that is prescribed.",
                accepted=level.value,
            )
        )
    rules = regulation.custody.house_rules
    if rules is not None and rules.value and facts.kind == ORGANISATION and facts.house_rules is False:
        found.append(
            Violation(
                field="house_rules",
                value="false",
                clause=rules.clause,
                vi="Cơ quan phải có quy định nội bộ về quản lý, sử dụng thiết bị.",
                en="The organisation must have rules of its own on keeping and using the device.",
                accepted="true",
            )
        )
    return found


def _no_decision(clause: str) -> Violation:
    return Violation(
        field="decision",
        value=MISSING,
        clause=clause,
        vi="Phải có quyết định giao thiết bị cho người giữ.",
        en="A decision must assign the device to its custodian.",
        accepted="số, ngày quyết định / the decision's number and date",
    )
