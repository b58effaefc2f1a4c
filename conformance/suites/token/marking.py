"""How a function becomes a check of tokens."""

from __future__ import annotations

from collections.abc import Callable

from conformance.checks import TOKEN, FunctionCheck
from conformance.suites.token.bench import Bench
from scenarios import Importance


def check(
    *clauses: str,
    destructive: bool = False,
    on_any: bool = False,
    importance: Importance = Importance.MAJOR,
    features: tuple[str, ...] = (),
) -> Callable[[Callable[[Bench], None]], FunctionCheck]:
    """A check that holds the token to these clauses. See FunctionCheck for what else can be said."""
    return lambda function: FunctionCheck(TOKEN, function, clauses, destructive, on_any, importance, features)
