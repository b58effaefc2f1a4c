"""Why was this refused: by which rule, what would be accepted, and which entry of an allow-list comes nearest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from mockca.desk.faults.drafts import ANYBODY, API
from mockca.desk.faults.firing import Exchange, held_against
from mockca.desk.views import BrokenRuleView, ExchangeView, NearestView, NearFaultView, ViolationView, WhyView
from mockca.errors import NotFound
from mockca.registry import faults
from mockca.rules import catalogue, ways
from mockca.rules.lifecycle import LIFECYCLES, STATE_NAMES

if TYPE_CHECKING:
    from mockca.desk.sandbox import Sandbox
    from mockca.rules.regulation import Regulation

FieldsOf = Callable[[str], Collection[str]]
"""The names of the fields that an operation of the API takes."""

MOST_NEAR_FAULTS: Final = 5
OWN: Final = catalogue.OWN_CHOICE
_NO_SUCH_FIELD: Final = "no such field"


def why(sandbox: Sandbox, number: int, fields_of: FieldsOf = lambda _: ()) -> WhyView:
    """Why exchange `number` was refused, or what became of it; NotFound where it is not kept (any more)."""
    record = sandbox.exchanges.get(number)
    if record is None:
        raise NotFound("exchange", str(number))
    exchange = ExchangeView.model_validate({"number": number, **record})
    vi, en = _in_a_sentence(exchange)
    return WhyView(
        exchange=exchange,
        refused=exchange.status >= 400 or _is_refused_in_protocol(exchange),
        vi=vi,
        en=en,
        rules=tuple(_rules(exchange, fields_of(exchange.operation))),
        nearest=tuple(_nearest(sandbox, exchange)),
        near_faults=_near_faults(sandbox, exchange),
    )


def _is_refused_in_protocol(exchange: ExchangeView) -> bool:
    """Whether the answer is a refusal though HTTP says 200: an OCSPResponseStatus, a PKIFailureInfo."""
    if exchange.endpoint == "tsa":
        return exchange.outcome != "granted"
    return exchange.endpoint == "ocsp" and not set(exchange.outcome.split(", ")) <= {"good", "revoked", "unknown"}


def _in_a_sentence(exchange: ExchangeView) -> tuple[str, str]:
    if exchange.faults:
        told = ", ".join(f"{fault.number} ({fault.effect})" for fault in exchange.faults)
        return f"Lỗi theo yêu cầu số {told} đã xảy ra.", f"Fault on order {told} fired."
    if exchange.detail:
        vi, _, en = exchange.detail.partition(" / ")
        return vi, en or vi
    if exchange.outcome:
        return f"Trả lời: {exchange.outcome}.", f"The answer was {exchange.outcome}."
    return "Yêu cầu được thực hiện.", "It was done."


def _rules(exchange: ExchangeView, fields: Collection[str]) -> Iterator[BrokenRuleView]:
    for violation in exchange.violations:
        yield _rule(
            violation.clause,
            violation.vi,
            violation.en,
            violation.accepted,
            field=violation.field,
            value=violation.value,
            nearest=_nearest_value(violation, fields),
        )
    if not exchange.violations and exchange.clause is not None:
        vi, en = _in_a_sentence(exchange)
        yield _rule(exchange.clause, vi, en, ", ".join(exchange.allowed))


def _rule(
    clause: str,
    vi: str,
    en: str,
    accepted: str,
    *,
    field: str | None = None,
    value: str | None = None,
    nearest: str | None = None,
) -> BrokenRuleView:
    try:
        said = catalogue.clause(clause)
    except NotFound:
        said = OWN
    return BrokenRuleView(
        clause=clause,
        clause_vi=said.vi,
        clause_en=said.en,
        field=field,
        value=value,
        vi=vi,
        en=en,
        accepted=accepted,
        nearest=nearest,
    )


def _nearest_value(violation: ViolationView, fields: Collection[str]) -> str | None:
    """Of what would be accepted, what looks most like the value; of a field that there is not, the one meant."""
    if violation.accepted == _NO_SUCH_FIELD:
        name = violation.field.rpartition(".")[2]
        near = get_close_matches(name, sorted(fields), n=1, cutoff=0.5)
    else:
        listed = violation.accepted.replace(" or ", ", ").replace("'", "").split(", ")
        near = get_close_matches(violation.value, listed, n=1, cutoff=0.4) if len(listed) > 1 else []
    return near[0] if near else None


def _nearest(sandbox: Sandbox, exchange: ExchangeView) -> Iterator[NearestView]:
    if exchange.outcome == "unauthenticated":
        yield NearestView(
            kind="credential",
            vi="Bất cứ tài khoản nào trong credentials.json đều đăng nhập được.",
            en="Any account of credentials.json can sign in.",
        )
    if exchange.outcome == "forbidden":
        for role in exchange.allowed:
            yield NearestView(
                kind="role",
                vi=f"Vai {exchange.role} không được phép; vai {role} thì được.",
                en=f"The role {exchange.role} may not; {role} may.",
            )
    if exchange.state is not None and exchange.thing in LIFECYCLES:
        yield from _ways(_regulation(sandbox, exchange), exchange, exchange.state)


def _ways(regulation: Regulation | None, exchange: ExchangeView, state: str) -> Iterator[NearestView]:
    """From where the step is allowed, and how to get there."""
    if regulation is None:
        return
    lifecycle, names = LIFECYCLES[exchange.thing], STATE_NAMES[exchange.thing]
    steps = ways.way(lifecycle, regulation, state, exchange.wanted)
    if steps:
        yield NearestView(
            kind="way",
            vi=f"Trước hết {', rồi '.join(steps)}; sau đó {exchange.wanted} được.",
            en=f"First {', then '.join(steps)}; after that {exchange.wanted} is allowed.",
        )
    for source in ways.sources(lifecycle, regulation, exchange.wanted):
        yield NearestView(
            kind="state",
            vi=f"{exchange.wanted} được phép khi {names.get(source, source)} ({source}).",
            en=f"{exchange.wanted} is allowed from {source}.",
        )


def _regulation(sandbox: Sandbox, exchange: ExchangeView) -> Regulation | None:
    """That of whoever asked; of one who belongs to no province, any that is in force here."""
    known = sandbox.regulations
    return known.get(exchange.regulation) or next(iter(known.values()), None)


def _near_faults(sandbox: Sandbox, exchange: ExchangeView) -> tuple[NearFaultView, ...]:
    """The faults that are set now and did not fire at it, those with the fewest misses first."""
    fired = {fault.number for fault in exchange.faults}
    role = exchange.role or (ANYBODY if exchange.endpoint == API else None)
    asked = Exchange(exchange.endpoint, frozenset(exchange.serials), role, exchange.operation or None)
    with sandbox.store.read() as connection:
        found = [
            NearFaultView(number=fault.number, effect=fault.effect, fits=fits, misses=misses)
            for fault in faults.listing(connection)
            if fault.number not in fired
            for fits, misses in [held_against(fault, asked)]
        ]
    return tuple(sorted(found, key=lambda near: (len(near.misses), -len(near.fits))))[:MOST_NEAR_FAULTS]
