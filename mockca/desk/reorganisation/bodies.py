"""The bodies of a decision: what is known of them, and what becomes of them in the registry."""

from __future__ import annotations

from datetime import date

from mockca.desk.commands import PlanReorganisation, SuccessorBody
from mockca.desk.transaction import Transaction
from mockca.errors import Malformed, Refused, Violation
from mockca.pki.names import SubjectName, checked_email, encode
from mockca.registry import reorganisations, units
from mockca.registry.units import Unit
from mockca.rules.regulation import Regulation
from mockca.rules.reorganisations import BodyFacts, DecisionFacts
from mockca.rules.terms import UNSOURCED, ReorganisationRule

NEEDED = ("name", "category", "email")
"""What must be said of a new body."""


def decision_facts(transaction: Transaction, command: PlanReorganisation) -> DecisionFacts:
    """The decision with what the registry knows of the bodies that it names."""
    connection = transaction.connection
    known = units.gather(connection, {*command.units, *(body.id for body in command.successors)})
    here = {unit.id: unit for unit in known.values() if unit.regulation == command.regulation}
    busy = reorganisations.under_way(connection, command.regulation)
    return DecisionFacts(
        kind=command.kind,
        number=command.number,
        signed_on=command.signed_on,
        effective_on=command.effective_on,
        units=tuple(_known(unit, here.get(unit), busy.get(unit)) for unit in command.units),
        successors=tuple(_successor(body, here.get(body.id), taken=body.id in known) for body in command.successors),
        shares=tuple((share.successor, share.units) for share in command.shares),
        today=transaction.today,
    )


def _known(name: str, unit: Unit | None, busy: int | None) -> BodyFacts:
    if unit is None:
        return BodyFacts(name, known=False)
    return BodyFacts(name, category=unit.category, ended_on=_day(unit.ended_on), under_way=busy)


def _successor(body: SuccessorBody, unit: Unit | None, *, taken: bool) -> BodyFacts:
    described = bool(body.model_dump(exclude={"id"}, exclude_none=True))
    if unit is not None:
        return BodyFacts(body.id, category=unit.category, ended_on=_day(unit.ended_on), described=described)
    if taken:
        # Another province has a body of that id.
        return BodyFacts(body.id, known=False, lacking=("id",))
    lacking = tuple(name for name in NEEDED if getattr(body, name) is None)
    return BodyFacts(body.id, known=False, category=body.category or "", lacking=lacking)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def settle_bodies(
    transaction: Transaction, regulation: Regulation, rule: ReorganisationRule, command: PlanReorganisation, number: int
) -> None:
    """Enter new bodies, give renamed ones their new names, end those that end.

    Refused for a name that fits no certificate.
    """
    connection = transaction.connection
    found: list[Violation] = []
    for place, body in enumerate(command.successors):
        old = units.get(connection, body.id)
        unit = _made(regulation, body, old)
        why = _unfit(unit)
        if why is not None:
            found.append(_bad_name(place, unit, why))
        elif old is None:
            units.add(connection, unit)
        elif unit != old:
            given = {name: getattr(unit, name) for name in body.model_dump(exclude={"id"}, exclude_none=True)}
            units.update(connection, unit.id, **given)
    if found:
        raise Refused(found)
    if rule.becomes == "ends" and command.effective_on is not None:
        for name in command.units:
            units.update(
                connection,
                name,
                ended_on=command.effective_on.isoformat(),
                ended_by=number,
                successors=_takes_over(command, name),
            )


def _takes_over(command: PlanReorganisation, unit: str) -> list[str]:
    """Who takes over from a body: whoever a share of it names, else all."""
    named = [share.successor for share in command.shares if unit in share.units]
    return named or [body.id for body in command.successors]


def _made(regulation: Regulation, body: SuccessorBody, old: Unit | None) -> Unit:
    said = body.model_dump(exclude_none=True)
    if "superiors" in said:
        said["superiors"] = list(said["superiors"])
    before = {
        "regulation": regulation.id,
        "superiors": [],
        "locality": regulation.province,
        "has_seal": True,
    }
    if old is not None:
        before = {name: getattr(old, name) for name in Unit.__dataclass_fields__}
    return Unit(**{**before, **said})


def _unfit(unit: Unit) -> str | None:
    """Why no certificate can bear the body's name; None where one can."""
    try:
        encode(SubjectName(unit.name.upper(), (*unit.superiors, unit.name), unit.locality))
        checked_email(unit.email)
    except Malformed as error:
        return error.why
    return None


def _bad_name(place: int, unit: Unit, why: str) -> Violation:
    return Violation(
        field=f"successors.{place}",
        value=unit.id,
        clause=UNSOURCED,
        vi="Tên đơn vị không ghi được vào chứng thư số.",
        en=f"No certificate can bear the body's name: {why}",
        accepted="≤ 64 ký tự mỗi tên / characters a name",
    )
