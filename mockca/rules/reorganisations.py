"""A decision that splits, merges, renames or dissolves bodies: whether it can be carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mockca.errors import Violation
from mockca.rules.forms import MISSING, shown
from mockca.rules.regulation import Regulation
from mockca.rules.terms import UNSOURCED, ReorganisationRule

OPERATION = "reorganise"


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """A body that the decision names."""

    id: str
    known: bool = True
    """Whether the registry has it, under this regulation."""
    category: str = ""
    ended_on: date | None = None
    """Since when it is no more."""
    under_way: int | None = None
    """Number of another reorganisation of it that is not finished."""
    lacking: tuple[str, ...] = ()
    """What would have to be said of a new body, and is not."""
    described: bool = False
    """Whether anything but its id was said of it."""


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """A decision as it is to be carried out."""

    kind: str
    number: str | None
    signed_on: date | None
    effective_on: date | None
    units: tuple[BodyFacts, ...]
    successors: tuple[BodyFacts, ...]
    shares: tuple[tuple[str, tuple[str, ...]], ...]
    """Who gets what: a successor's id, and the ids of the bodies whose certificates go there."""
    today: date


def check_decision(regulation: Regulation, facts: DecisionFacts) -> list[Violation]:
    """Everything that is wrong with a decision that is to be carried out."""
    rule = regulation.reorganisations.get(facts.kind)
    if rule is None:
        return [_unknown_kind(regulation, facts.kind)]
    return [
        *_check_paper(rule, facts),
        *_check_units(regulation, rule, facts),
        *_check_successors(regulation, rule, facts),
        *_check_shares(rule, facts),
    ]


def _unknown_kind(regulation: Regulation, kind: str) -> Violation:
    clauses = Counter(rule.clause for rule in regulation.reorganisations.values())
    named = clauses.most_common(1)
    return Violation(
        field="kind",
        value=kind,
        clause=named[0][0] if named else regulation.operations[OPERATION].clause,
        vi="Quy định này không nêu loại quyết định này.",
        en="This regulation knows no decision of this kind.",
        accepted=", ".join(regulation.reorganisations) or "-",
    )


def _check_paper(rule: ReorganisationRule, facts: DecisionFacts) -> Iterator[Violation]:
    if not (facts.number or "").strip():
        yield Violation(
            field="number",
            value=MISSING,
            clause=rule.clause,
            vi="Thiếu số quyết định.",
            en="The decision's number is missing.",
            accepted="số, ký hiệu quyết định / the decision's number",
        )
    if facts.effective_on is None or facts.effective_on > facts.today:
        yield Violation(
            field="effective_on",
            value=shown(facts.effective_on),
            clause=rule.clause,
            vi="Quyết định phải đã có hiệu lực thi hành.",
            en="The decision must have taken effect.",
            accepted=f"≤ {facts.today.isoformat()}",
        )
    if facts.signed_on is not None and facts.effective_on is not None and facts.signed_on > facts.effective_on:
        yield Violation(
            field="signed_on",
            value=facts.signed_on.isoformat(),
            clause=UNSOURCED,
            vi="Quyết định không thể có hiệu lực trước ngày ký.",
            en="A decision takes no effect before it is signed.",
            accepted=f"≤ {facts.effective_on.isoformat()}",
        )


def _check_units(regulation: Regulation, rule: ReorganisationRule, facts: DecisionFacts) -> Iterator[Violation]:
    clause = regulation.operations[OPERATION].clause
    for place, unit in enumerate(facts.units):
        field = f"units.{place}"
        if [one.id for one in facts.units].index(unit.id) < place:
            yield _twice(field, unit.id, clause)
        elif not unit.known:
            yield _unknown_unit(field, unit.id, clause)
        elif unit.ended_on is not None:
            yield _ended(field, unit, rule.clause)
        elif unit.under_way is not None:
            yield Violation(
                field=field,
                value=f"{unit.id} (reorganisation {unit.under_way})",
                clause=clause,
                vi="Đơn vị đang được sắp xếp theo một quyết định khác chưa xử lý xong.",
                en="Another decision about this body is still being carried out.",
                accepted=f"mockca reorganise run {unit.under_way}",
            )


def _check_successors(regulation: Regulation, rule: ReorganisationRule, facts: DecisionFacts) -> Iterator[Violation]:
    clause = regulation.operations[OPERATION].clause
    if bool(facts.successors) != rule.successor:
        yield Violation(
            field="successors",
            value=", ".join(one.id for one in facts.successors) or MISSING,
            clause=rule.clause,
            vi="Loại quyết định này phải nêu đơn vị kế thừa."
            if rule.successor
            else "Loại quyết định này không có đơn vị kế thừa.",
            en="This kind of decision names who takes over."
            if rule.successor
            else "Nobody takes over by this kind of decision.",
            accepted="id đơn vị / a body's id" if rule.successor else "-",
        )
        return
    named = {unit.id for unit in facts.units}
    for place, body in enumerate(facts.successors):
        field = f"successors.{place}"
        if [one.id for one in facts.successors].index(body.id) < place:
            yield _twice(f"{field}.id", body.id, clause)
        elif rule.becomes == "renamed":
            if body.id not in named:
                yield _not_itself(f"{field}.id", body.id, rule, named)
            elif not body.described:
                yield _no_new_name(f"{field}.name", rule)
        elif body.id in named and rule.becomes == "ends":
            yield _takes_over_itself(f"{field}.id", body.id, rule)
        else:
            yield from _check_body(regulation, rule, body, field)
    if rule.becomes == "renamed":
        for place, unit in enumerate(facts.units):
            if unit.id not in {body.id for body in facts.successors}:
                yield _not_itself(f"units.{place}", unit.id, rule, {body.id for body in facts.successors})


def _check_body(regulation: Regulation, rule: ReorganisationRule, body: BodyFacts, field: str) -> Iterator[Violation]:
    if body.ended_on is not None:
        yield _ended(f"{field}.id", body, rule.clause)
    elif body.known and body.described:
        yield Violation(
            field=field,
            value=body.id,
            clause=regulation.operations[OPERATION].clause,
            vi="Đơn vị đã có; chỉ nêu mã của đơn vị.",
            en="This body is registered; give its id alone.",
            accepted="id",
        )
    elif not body.known and body.lacking:
        yield Violation(
            field=field,
            value=f"{body.id}: {', '.join(body.lacking)}",
            clause=regulation.operations[OPERATION].clause,
            vi="Đơn vị mới phải được mô tả đủ.",
            en="A new body must be described in full.",
            accepted=", ".join(body.lacking),
        )
    elif body.category not in regulation.eligible:
        yield Violation(
            field=f"{field}.category",
            value=body.category,
            clause=regulation.eligible_clause,
            vi="Đơn vị kế thừa không thuộc đối tượng được cấp chứng thư số.",
            en="The body that takes over is not of a category that may have certificates.",
            accepted=", ".join(regulation.eligible),
        )


def _check_shares(rule: ReorganisationRule, facts: DecisionFacts) -> Iterator[Violation]:
    successors, units = {body.id for body in facts.successors}, {unit.id for unit in facts.units}
    for place, (successor, shared) in enumerate(facts.shares):
        if successor not in successors and not (rule.becomes == "remains" and successor in units):
            yield Violation(
                field=f"shares.{place}.successor",
                value=successor,
                clause=rule.clause,
                vi="Không phải đơn vị kế thừa của quyết định này.",
                en="Not one of the bodies that take over by this decision.",
                accepted=", ".join(sorted(successors)) or "-",
            )
        for number, unit in enumerate(shared):
            if unit not in units:
                yield Violation(
                    field=f"shares.{place}.units.{number}",
                    value=unit,
                    clause=rule.clause,
                    vi="Không phải đơn vị được sắp xếp theo quyết định này.",
                    en="Not one of the bodies that the decision is about.",
                    accepted=", ".join(sorted(units)),
                )


def _twice(field: str, name: str, clause: str) -> Violation:
    return Violation(
        field=field,
        value=name,
        clause=clause,
        vi="Đơn vị được nêu hai lần.",
        en="The body is named twice.",
        accepted="một lần / once",
    )


def _unknown_unit(field: str, name: str, clause: str) -> Violation:
    return Violation(
        field=field,
        value=name,
        clause=clause,
        vi="Không có đơn vị này theo quy định này.",
        en="No such body under this regulation.",
        accepted="GET /units",
    )


def _ended(field: str, body: BodyFacts, clause: str) -> Violation:
    return Violation(
        field=field,
        value=f"{body.id} ({shown(body.ended_on)})",
        clause=clause,
        vi="Đơn vị đã được sắp xếp, không còn hoạt động.",
        en="The body was reorganised before and is no more.",
        accepted="đơn vị đang hoạt động / a body that is there",
    )


def _not_itself(field: str, name: str, rule: ReorganisationRule, accepted: set[str]) -> Violation:
    return Violation(
        field=field,
        value=name,
        clause=rule.clause,
        vi="Đổi tên: đơn vị kế thừa chính là đơn vị đó, mang tên mới.",
        en="Renamed: the body that takes over is the same one, under its new name.",
        accepted=", ".join(sorted(accepted)) or "-",
    )


def _no_new_name(field: str, rule: ReorganisationRule) -> Violation:
    return Violation(
        field=field,
        value=MISSING,
        clause=rule.clause,
        vi="Thiếu tên mới của đơn vị.",
        en="The body's new name is missing.",
        accepted="tên mới / the new name",
    )


def _takes_over_itself(field: str, name: str, rule: ReorganisationRule) -> Violation:
    return Violation(
        field=field,
        value=name,
        clause=rule.clause,
        vi="Đơn vị kết thúc theo quyết định này không thể tự kế thừa.",
        en="A body that ends by this decision cannot take over.",
        accepted="đơn vị khác / another body",
    )
