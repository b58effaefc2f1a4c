"""Scenarios' operations and the contract's: which is which, and what a deed comes to in the words of scenarios."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from flask import Flask, current_app
from pydantic import BaseModel

from conformance.redaction import Redactor
from conformance.targets.credentials import NOBODY
from conformance.targets.http import refusal_of, state_in
from conformance.targets.routes import ROUTES
from mockca.web.face import BadShape
from mockca.web.performing import Deed
from mockca.web.problems import problem_of
from mockca.workshop.lessons import Asked
from scenarios import Operation, Outcome, Verdict

PARAMETER: Final = re.compile(r"<(?:[^<>:]+:)?([^<>]+)>")
IN_ROUTE: Final = re.compile(r"\{([^{}]+)\}")
SANDBOX: Final = "/<sandbox>"
OF_TRAINER: Final = frozenset({Operation.TURN_CLOCK, Operation.STAGE_CERTIFICATE})
_redactor: Final = Redactor()


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What an operation of the contract is called in scenarios."""

    operation: Operation
    names: Mapping[str, str]
    """The path's parameters: the contract's name -> the scenarios'."""
    state: str | None
    """Where the state stands in the answer."""


def counterparts() -> Mapping[str, Counterpart]:
    """Every operation of the contract that scenarios know, by its id."""
    return _counterparts(current_app._get_current_object())  # type: ignore[attr-defined]


@cache
def _counterparts(app: Flask) -> Mapping[str, Counterpart]:
    by_shape = {(route.method, IN_ROUTE.sub("{}", route.path)): operation for operation, route in ROUTES.items()}
    found = {}
    for rule in app.url_map.iter_rules():
        blueprint, _, name = rule.endpoint.rpartition(".")
        if blueprint not in ("api", "control") or not rule.rule.startswith(SANDBOX):
            continue
        path = rule.rule.removeprefix(SANDBOX)
        for method in rule.methods or ():
            operation = by_shape.get((method, PARAMETER.sub("{}", path)))
            if operation is not None:
                route = ROUTES[operation]
                names = dict(zip(PARAMETER.findall(path), IN_ROUTE.findall(route.path), strict=True))
                found[name] = Counterpart(operation, names, route.state)
    return found


def asked(deed: Deed) -> Asked | None:
    """What was asked for and what came of it, without what is secret; None for what scenarios do not know."""
    known = counterparts().get(deed.operation)
    if known is None:
        return None
    path = {known.names[name]: value for name, value in deed.path.items() if name in known.names}
    account = deed.actor.account if deed.actor is not None else None
    return Asked(known.operation, account, {**path, **deed.query, **deed.body}, _outcome(deed, known))


def _outcome(deed: Deed, known: Counterpart) -> Outcome:
    if deed.refusal is not None:
        what = deed.refusal.problem if isinstance(deed.refusal, BadShape) else problem_of(deed.refusal)
        return refusal_of(_values(what))
    values = _values(deed.answer) if isinstance(deed.answer, BaseModel) else {}
    return Outcome(Verdict.ACCEPTED, values, state=state_in(values, known.state))


def _values(view: BaseModel) -> Mapping[str, Any]:
    values: dict[str, Any] = _redactor.value(json.loads(view.model_dump_json(exclude_none=False)))
    return values


def account_of(actor: str, regulation: str, names: frozenset[str]) -> str | None:
    """The account that plays this actor; None for somebody without one, empty where there is no such account."""
    if actor == NOBODY:
        return None
    for name in (f"{actor}@{regulation}", actor):
        if name in names:
            return name
    return ""
