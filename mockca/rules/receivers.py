"""Who comes for devices, and how they travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockca.errors import Violation
from mockca.rules.forms import MISSING, same_name, shown
from mockca.rules.terms import Leg, Post


@dataclass(frozen=True, slots=True)
class JourneyFacts:
    """The receiver of a handover, and the way the devices take."""

    receiver: str
    papers: frozenset[str]
    """Kinds of papers that the receiver showed."""
    appointed_by: str | None
    appointed: Mapping[str, str]
    """By unit, the name of its appointed receiver, where it has one."""
    via: str | None


def check_journey(leg: Leg, post: Post | None, facts: JourneyFacts) -> list[Violation]:
    """Everything that is wrong with whom the devices are given to, and with the way they travel.

    `post` is the regulation's post of who receives devices, where it has one.
    """
    return [*_check_papers(leg, facts), *_check_appointment(leg, post, facts), *_check_way(leg, facts)]


def _check_papers(leg: Leg, facts: JourneyFacts) -> list[Violation]:
    return [
        Violation(
            field="receiver.papers",
            value=MISSING,
            clause=label.clause,
            vi=f"Người đến nhận chưa xuất trình: {label.vi}.",
            en=f"Whoever comes for the devices has not shown: {label.en}.",
            accepted=kind,
        )
        for kind, label in leg.receiver_papers.items()
        if kind not in facts.papers
    ]


def _check_appointment(leg: Leg, post: Post | None, facts: JourneyFacts) -> list[Violation]:
    rule = leg.receiver_appointed
    comes_from_post = post is not None and leg.receiver == post.role
    clause = post.clause if post is not None and not rule.value else rule.clause
    found = []
    if rule.value and not facts.appointed_by:
        found.append(
            Violation(
                field="receiver.appointed_by",
                value=MISSING,
                clause=rule.clause,
                vi="Người nhận phải do cơ quan, đơn vị cử đến.",
                en="The receiver must be appointed by the body that he comes from.",
                accepted="cơ quan hoặc quyết định cử / the body or decision that appointed him",
            )
        )
    return found + [
        Violation(
            field="receiver.name",
            value=shown(facts.receiver),
            clause=clause,
            vi=f"Người nhận không phải là người mà {unit} đã cử.",
            en=f"The receiver is not the one whom {unit} appointed.",
            accepted=name,
        )
        for unit, name in facts.appointed.items()
        if (rule.value or comes_from_post) and not same_name(facts.receiver, name)
    ]


def _check_way(leg: Leg, facts: JourneyFacts) -> list[Violation]:
    rule = leg.transport
    if rule is None or facts.via in rule.value:
        return []
    return [
        Violation(
            field="via",
            value=shown(facts.via),
            clause=rule.clause,
            vi="Thiết bị phải được chuyển bằng một trong các cách quy định.",
            en="Devices travel by one of the ways provided for.",
            accepted=", ".join(sorted(rule.value)),
        )
    ]
