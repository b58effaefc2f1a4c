"""How a function becomes a check of signing agents."""

from __future__ import annotations

from collections.abc import Callable

from conformance.checks import AGENT, FunctionCheck
from conformance.suites.agent.bench import Bench
from scenarios import Importance


def check(
    importance: Importance = Importance.MAJOR,
) -> Callable[[Callable[[Bench], None]], FunctionCheck]:
    """A check of agents. No regulation speaks of the agent: what is asked is what pages in use are seen to rely on."""
    return lambda function: FunctionCheck(AGENT, function, (), importance=importance)
