"""What is missing: of how a device is kept, and of what the archive must hold on a certificate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mockca.rules.keeping import KEEP, ORGANISATION, PERSON
from mockca.rules.regulation import EffectiveFrom, Regulation
from mockca.rules.terms import DeadlineRule, Sourced

KEPT = frozenset({"in_use", "locked"})
"""Device states in which somebody has to keep it."""
OUT = KEPT | {"collected", "damaged"}
"""Device states in which it is not back with the authority, nor lost."""
HANDOVER = "handover."


@dataclass(frozen=True, slots=True)
class KeeperFacts:
    """The custodian of a device, as far as his papers went."""

    decision: bool
    classification: str | None
    asset_number: str | None
    house_rules: bool | None


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """A device and what is on file about it."""

    kind: str
    """Kind of subscriber of the certificate on it."""
    state: str
    holder: str
    keeper: KeeperFacts | None
    ended: bool
    """Whether its certificate is revoked, or its case for expiry executed."""
    overdue: frozenset[str] = frozenset()
    """Kinds of its deadlines that have passed unmet."""
    steps: frozenset[str] = frozenset()
    """Steps of the way that there are minutes of."""


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """Something missing, by the clause that asks for it."""

    kind: str
    clause: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A certificate and what the archive holds on it."""

    kind: str
    operation: str
    filled_in: bool
    """Whether its dossier's form says anything."""
    attachments: frozenset[str]
    rostered: bool
    was_effective: bool
    activated: bool
    revoked: bool
    case: bool
    """Whether a request for its revocation is there."""
    replaced: bool
    """Whether a newer certificate took its place, which ends it without a request."""
    device_state: str | None
    steps: frozenset[str] = field(default_factory=frozenset)
    late: str | None = None
    """The ground by which it should have been revoked before an event, and was not; None where all is well."""
    by_decision: bool = False
    """Whether a decision about the body stands in the place of request and list."""


def shortcomings(regulation: Regulation, facts: DeviceFacts) -> tuple[Shortcoming, ...]:
    """Everything in which a device is not kept as the regulation wants it."""
    found = [*_not_delivered(regulation, facts), *_missing_minutes(regulation, facts.state, facts.steps)]
    if facts.state in KEPT:
        found += _keeper(regulation, facts)
    return (*found, *_not_returned(regulation, facts))


def gaps(regulation: Regulation, facts: FileFacts) -> tuple[Shortcoming, ...]:
    """Everything that the archive ought to hold on a certificate and does not, and what it shows as done too late."""
    clause = regulation.operations["read_archive"].clause
    found = [Shortcoming(kind, clause, vi, en) for kind, vi, en in _gaps(regulation, facts)]
    return (*found, *_late_revocation(regulation, facts))


def _late_revocation(regulation: Regulation, facts: FileFacts) -> Iterator[Shortcoming]:
    ground = regulation.grounds.get(facts.late or "")
    if ground is not None:
        yield Shortcoming(
            "late-revocation",
            ground.clause,
            f"Chứng thư số không được thu hồi trước ngày xảy ra sự kiện: {ground.vi}.",
            f"The certificate was not revoked before the day of the event: {ground.en}.",
        )


def _gaps(regulation: Regulation, facts: FileFacts) -> Iterator[tuple[str, str, str]]:
    if not facts.filled_in:
        yield "request", "Thiếu đơn đề nghị đã điền.", "The filled-in request is missing."
    requirements = regulation.requirements.get(facts.kind)
    if requirements is not None and facts.operation == "issue" and set(requirements.attachments) - facts.attachments:
        yield "attachments", "Hồ sơ thiếu tài liệu kèm theo.", "The dossier lacks attachments."
    if regulation.roster is not None and not facts.rostered and not facts.by_decision:
        yield "roster", "Thiếu danh sách tổng hợp.", "The roster is missing."
    announced = regulation.effective_from.value is EffectiveFrom.ANNOUNCEMENT
    if announced and facts.was_effective and not facts.activated:
        yield "activation", "Thiếu đề nghị thời điểm có hiệu lực.", "The proposal of the time of effect is missing."
    if facts.revoked and not facts.case and not facts.replaced:
        yield "revocation", "Thiếu hồ sơ thu hồi.", "The revocation's dossier is missing."
    for one in _missing_minutes(regulation, facts.device_state, facts.steps):
        yield "minutes", one.vi, one.en


def _missing_minutes(regulation: Regulation, state: str | None, steps: frozenset[str]) -> list[Shortcoming]:
    wanted = []
    if state in OUT or state == "returned":
        wanted = ["dispatch", "deliver"]
    if state in ("collected", "returned"):
        wanted.append("collect")
    if state == "returned":
        wanted.append("return")
    legs = [regulation.leg_with_step(step) for step in wanted if step not in steps]
    return [
        Shortcoming(
            "no-minutes",
            leg.clause,
            f"Thiếu biên bản giao nhận: {leg.vi}.",
            f"Minutes are missing: {leg.en}.",
        )
        for leg in legs
        if leg is not None
    ]


def _not_delivered(regulation: Regulation, facts: DeviceFacts) -> list[Shortcoming]:
    """A device on its way to the subscriber that got stuck: past its term, or at once where there is none."""
    if facts.state != "in_transit":
        return []
    leg = next((one for one in regulation.legs.values() if one.step == "deliver" and one.giver == facts.holder), None)
    if leg is None:
        return []
    terms = regulation.deadlines_to(HANDOVER + leg.name)
    if terms and not _passed(terms, facts.overdue):
        return []
    return [
        Shortcoming(
            "not-delivered",
            (_passed(terms, facts.overdue) or leg).clause,
            f"Chưa có biên bản: {leg.vi}.",
            f"There are no minutes yet: {leg.en}.",
        )
    ]


def _keeper(regulation: Regulation, facts: DeviceFacts) -> list[Shortcoming]:
    rules, keeper, found = regulation.custody, facts.keeper, []
    organisation = facts.kind == ORGANISATION
    if keeper is None and facts.kind in rules.custodians:
        found.append(
            Shortcoming(
                "no-custodian",
                regulation.operations[KEEP].clause,
                "Thiết bị chưa có người giữ.",
                "Nobody keeps the device.",
            )
        )
    if organisation and _on(rules.assignment_decision) and not (keeper and keeper.decision):
        found.append(
            Shortcoming(
                "no-decision",
                _clause(rules.assignment_decision),
                "Chưa có quyết định giao thiết bị.",
                "No decision assigns the device.",
            )
        )
    if organisation and _on(rules.house_rules) and not (keeper and keeper.house_rules):
        found.append(
            Shortcoming(
                "no-house-rules",
                _clause(rules.house_rules),
                "Cơ quan chưa có quy định nội bộ về thiết bị.",
                "The organisation has no rules of its own on the device.",
            )
        )
    if keeper is None:
        return found
    level = rules.classification.get(facts.kind)
    if level is not None and keeper.classification is None:
        found.append(
            Shortcoming(
                "no-classification",
                level.clause,
                "Thiết bị chưa ghi chế độ quản lý.",
                "It is not said at which level the device is kept.",
            )
        )
    if facts.kind == PERSON and _on(rules.asset_number) and keeper.asset_number is None:
        found.append(
            Shortcoming(
                "no-asset-number",
                _clause(rules.asset_number),
                "Thiết bị chưa có số tài sản.",
                "The device has no asset number.",
            )
        )
    return found


def _not_returned(regulation: Regulation, facts: DeviceFacts) -> list[Shortcoming]:
    if not facts.ended or facts.state not in OUT:
        return []
    terms = tuple(rule for rule in regulation.deadlines_from("revocation.executed") if rule.ends.startswith(HANDOVER))
    late = _passed(terms, facts.overdue)
    if terms and late is None:
        return []
    return [
        Shortcoming(
            "not-returned",
            regulation.revocation.recovery_clause if late is None else late.clause,
            "Chứng thư số đã thu hồi, thiết bị chưa được trả lại.",
            "The certificate has ended and its device is not back.",
        )
    ]


def _passed(terms: tuple[DeadlineRule, ...], overdue: frozenset[str]) -> DeadlineRule | None:
    return next((rule for rule in terms if rule.kind in overdue), None)


def _on(rule: Sourced[bool] | None) -> bool:
    return rule is not None and rule.value


def _clause(rule: Sourced[bool] | None) -> str:
    assert rule is not None  # noqa: S101 - asked by _on before
    return rule.clause
