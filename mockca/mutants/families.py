"""Mutants by the hundred, each named after what it is about.

overlooks:CLAUSE      no desk asks what this clause asks: neither form nor role nor order is refused by it
says-yes:OPERATION    answers every request for the operation as if it had been accepted, whatever it did
says-no:OPERATION     turns away every request for the operation, right ones too
tells-nothing:OPERATION   answers it with every value emptied
invents:OPERATION     puts one thing more on every list that it answers with

An OPERATION is named as in the contract (`operationId`), and so is a CLAUSE (`AG-10.2.dd`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from types import FunctionType
from typing import Any

from mockca.errors import Forbidden, MockcaError, NotAvailable, OutOfOrder, Refused, Violation
from mockca.mutants.patching import Patch, modules
from mockca.rules.lifecycle import Lifecycle
from mockca.rules.regulation import Regulation

OVERLOOKS, SAYS_YES, SAYS_NO = "overlooks", "says-yes", "says-no"
TELLS_NOTHING, INVENTS = "tells-nothing", "invents"
FAMILIES = (OVERLOOKS, SAYS_YES, SAYS_NO, TELLS_NOTHING, INVENTS)

Function = Callable[..., Any]
VIOLATIONS = "Iterator[Violation]"


def overlook(patch: Patch, clause: str) -> None:
    """Put in that nothing is refused by this clause any more."""
    for function in _checks():
        patch.everywhere(function, _without(function, clause))
    for function in _demands():
        patch.everywhere(function, _lenient(function, clause))
    patch.member(Lifecycle, "step", _any_step(clause))
    for name in ("require_role", "require_role_for", "require_leg", "require_ground", "require_service"):
        patch.member(Regulation, name, _admitting(name, clause))


@cache
def _checks() -> tuple[Function, ...]:
    """The rules' functions that answer with violations."""
    return tuple(one for one in _functions("mockca.rules.") if _returns(one) in ("list[Violation]", VIOLATIONS))


@cache
def _demands() -> tuple[Function, ...]:
    """The desk's functions that do nothing but raise where something is not as it must be."""
    return tuple(one for one in _functions("mockca.desk.") if "require" in one.__name__ and _returns(one) == "None")


def _functions(prefix: str) -> Iterator[FunctionType]:
    for module in modules():
        if module.__name__.startswith(prefix):
            for value in list(vars(module).values()):
                if isinstance(value, FunctionType) and value.__module__ == module.__name__:
                    yield value


def _returns(function: FunctionType) -> str | None:
    said: str | None = function.__annotations__.get("return")
    return said


def _without(function: Function, clause: str) -> Function:
    @wraps(function)
    def judge(*arguments: Any, **named: Any) -> list[Violation]:
        return [violation for violation in function(*arguments, **named) if violation.clause != clause]

    return judge


def _lenient(function: Function, clause: str) -> Function:
    @wraps(function)
    def require(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except (OutOfOrder, Forbidden, NotAvailable, Refused) as error:
            _raise_unless(error, clause)
            return None

    return require


def _raise_unless(error: MockcaError, clause: str) -> None:
    """Raise the refusal again where it rests on anything else than this clause."""
    if isinstance(error, Refused):
        left = [violation for violation in error.violations if violation.clause != clause]
        if left:
            raise Refused(left)
    elif getattr(error, "clause", None) != clause:
        raise error


def _any_step(clause: str) -> Function:
    original = Lifecycle.step

    def step(self: Lifecycle, regulation: Regulation, state: str, step: str, **named: Any) -> str:
        try:
            return original(self, regulation, state, step, **named)
        except OutOfOrder as error:
            targets = [one.target for one in self.transitions if one.step == step]
            if error.clause != clause or not targets:
                raise
            return targets[0]

    return step


def _admitting(name: str, clause: str) -> Function:
    original: Function = getattr(Regulation, name)

    @wraps(original)
    def require(self: Regulation, *asked: str) -> Any:
        try:
            return original(self, *asked)
        except (Forbidden, NotAvailable, Refused) as error:
            _raise_unless(error, clause)
            return _noun(self, name, asked)

    return require


def _noun(regulation: Regulation, demand: str, asked: tuple[str, ...]) -> Any:
    """What was asked for, whoever asks; something of its kind where there is none of the name."""
    table: Mapping[str, Any]
    table, wanted = {
        "require_role": (regulation.operations, asked[-1]),
        "require_role_for": (regulation.operations, asked[1] if len(asked) > 1 else ""),
        "require_leg": (regulation.legs, asked[-1]),
        "require_ground": (regulation.grounds, asked[-1]),
        "require_service": (regulation.services, asked[-1]),
    }[demand]
    return table.get(wanted) or next(iter(table.values()))
