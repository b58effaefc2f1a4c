"""How to get where a step is allowed: the shortest way through a lifecycle's allow-list."""

from __future__ import annotations

from collections import deque

from mockca.rules.lifecycle import Lifecycle
from mockca.rules.regulation import Regulation


def way(lifecycle: Lifecycle, regulation: Regulation, state: str, step: str) -> tuple[str, ...] | None:
    """The steps that lead from `state` to one from which `step` may be taken, the fewest; None where none do.

    Empty where it may be taken at once.
    """
    table = lifecycle.table(regulation)
    seen = {state}
    ahead: deque[tuple[str, tuple[str, ...]]] = deque([(state, ())])
    while ahead:
        here, steps = ahead.popleft()
        onward = [item for item in table if item.source == here]
        if any(item.step == step for item in onward):
            return steps
        for item in onward:
            if item.target not in seen:
                seen.add(item.target)
                ahead.append((item.target, (*steps, item.step)))
    return None


def sources(lifecycle: Lifecycle, regulation: Regulation, step: str) -> tuple[str, ...]:
    """The states from which a step may be taken, in the order of the table."""
    return tuple(dict.fromkeys(item.source for item in lifecycle.table(regulation) if item.step == step))
