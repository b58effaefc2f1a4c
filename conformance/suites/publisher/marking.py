"""How a function becomes a check of publishers."""

from __future__ import annotations

from collections.abc import Callable

from conformance.checks import PUBLISHER, FunctionCheck
from conformance.suites.publisher.bench import Bench
from scenarios import Importance


def check(
    *clauses: str, importance: Importance = Importance.MAJOR, features: tuple[str, ...] = ()
) -> Callable[[Callable[[Bench], None]], FunctionCheck]:
    """A check that holds the publisher to these clauses, beside the standards that its text names."""
    return lambda function: FunctionCheck(PUBLISHER, function, clauses, importance=importance, features=features)
