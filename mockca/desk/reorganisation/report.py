"""The report of a reorganisation: what was decided, how many certificates came to what, and what could not be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from mockca.desk.actors import Actor
from mockca.desk.reorganisation.cases import require_reorganisation
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import Transaction, reading
from mockca.paper.outcomes import Exceptional, OutcomeSheet, Total, as_csv
from mockca.paper.sheets import Letterhead, vietnamese_day
from mockca.registry import reorganisations, units
from mockca.registry.reorganisations import Listed, Reorganisation
from mockca.registry.units import Unit
from mockca.rules.catalogue import words
from mockca.rules.lifecycle import STATE_NAMES

STATES: Mapping[str, str] = {
    "pending": "chưa xử lý",
    "reissuing": "đã thu hồi, chờ cấp lại",
    "done": "đã xử lý",
    "exception": "không xử lý được",
}


def report(sandbox: Sandbox, actor: Actor, number: int, *, style: Literal["pdf", "csv"] = "pdf") -> bytes:
    """The report as a file. NotFound and Forbidden as for the reorganisation; SetUpError without the typeface."""
    with reading(sandbox, actor) as transaction:
        sheet = _sheet(transaction, require_reorganisation(transaction, number))
        if style == "csv":
            return as_csv(sheet)
        # reportlab takes a while to load, and most of what the authority does needs no paper.
        from mockca.paper.pdf import render_outcome

        return render_outcome(sheet)


def _sheet(transaction: Transaction, found: Reorganisation) -> OutcomeSheet:
    regulation = transaction.sandbox.regulation(found.regulation)
    rule, decision = regulation.reorganisations[found.kind], found.decision
    bodies = units.gather(transaction.connection, [*found.units, *decision["successors"]])
    writer = units.get(transaction.connection, f"registrar-{regulation.id}")
    return OutcomeSheet(
        head=Letterhead(body="" if writer is None else writer.name, place=regulation.province, day=transaction.today),
        title="Báo cáo kết quả xử lý chứng thư số khi sắp xếp đơn vị",
        english=f"What became of the certificates: {rule.en}",
        told=_told(found, rule.vi, bodies),
        totals=[_total(share, bodies) for share in reorganisations.shares(transaction.connection, found.number)],
        exceptions=_exceptions(transaction, found, bodies),
        clause=rule.clause,
    )


def _told(found: Reorganisation, what: str, bodies: Mapping[str, Unit]) -> list[str]:
    decision = found.decision
    day = vietnamese_day(date.fromisoformat(decision["effective_on"]))
    named = [f"{what} theo quyết định {decision['number']}, có hiệu lực từ ngày {day}."]
    named.append(f"Đơn vị: {_names(found.units, bodies)}.")
    if decision["successors"]:
        named.append(f"Đơn vị kế thừa: {_names(decision['successors'], bodies)}.")
    state = STATE_NAMES["reorganisation"][found.state]
    named.append(f"Số chứng thư số: {found.total}; {state}.")
    return named


def _names(ids: list[str], bodies: Mapping[str, Unit]) -> str:
    return "; ".join(bodies[one].name if one in bodies else one for one in ids)


def _total(share: reorganisations.Share, bodies: Mapping[str, Unit]) -> Total:
    return Total(
        unit=share.unit,
        name=bodies[share.unit].name,
        kind=words("kinds")[share.subscriber_kind].vi,
        action=words("actions")[share.action].vi,
        state=STATES[share.state],
        count=share.count,
    )


def _exceptions(transaction: Transaction, found: Reorganisation, bodies: Mapping[str, Unit]) -> Iterator[Exceptional]:
    """Whatever has a reason why it is not what comes first."""
    for item in reorganisations.all_items(transaction.connection, found.number):
        if item.outcome.get("why"):
            yield _exceptional(item, bodies)


def _exceptional(item: Listed, bodies: Mapping[str, Unit]) -> Exceptional:
    why = item.outcome["why"]
    return Exceptional(
        unit=item.unit,
        name=bodies[item.unit].name,
        kind=words("kinds")[item.subscriber_kind].vi,
        action=words("actions")[item.action].vi,
        state=STATES[item.state],
        serial=item.serial,
        common_name=item.common_name,
        clause=", ".join(dict.fromkeys(one["clause"] for one in why)),
        why=" ".join(one["vi"] for one in why),
    )
