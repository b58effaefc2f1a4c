"""How far a mapping reaches: which operations it has, and which checks can be played with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.mapping.model import Case
from conformance.mapping.model import Mapping as MappingFile
from conformance.mapping.templates import MAPS, ZONE, Missing, compiled
from scenarios import Operation, Scenario, Step
from scenarios.model import references_in
from scenarios.references import VIETNAM

MADE_HERE = frozenset({Operation.COMPARE_FACES.value, Operation.READ_AUTHORITY.value})
"""Operations whose answer is made of what the publisher says, not only of what the mapping reads."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Of one scenario."""

    scenario: str
    steps: int
    playable: int
    """Steps that can be played, with all that they build on. A refusal nobody foresees makes it fewer."""


def reach(mapping: MappingFile, scenarios: Iterable[Scenario]) -> Iterator[Reach]:
    """Of each scenario."""
    for scenario in scenarios:
        yield Reach(scenario.id, len(scenario.steps), len(_playable(mapping, scenario)))


def _playable(mapping: MappingFile, scenario: Scenario) -> set[str]:
    found: set[str] = set()
    for step in scenario.steps:
        if found.issuperset(scenario.needs(step)) and has(mapping, scenario, step):
            found.add(step.id)
    return found


def has(mapping: MappingFile, scenario: Scenario, step: Step) -> bool:
    """Whether the mapping does the step's operation, as far as its request can be known before it is played."""
    context = {
        "actor": step.actor,
        "account": {},
        "body": scenario.body(step),
        "regulation": scenario.regulation,
        "remembered": {},
        MAPS: mapping.maps,
        ZONE: VIETNAM,
    }
    case = chosen(mapping.operations.get(step.does.value, ()), context)
    return case is not None and case.unsupported is None


def chosen(cases: Iterable[Case], context: Mapping[str, object]) -> Case | None:
    """The first case whose `when` holds. Raises BadTemplate where one goes wrong."""
    for case in cases:
        if case.when is None:
            return case
        worth = compiled(case.when).value(context)
        if not isinstance(worth, Missing) and worth:
            return case
    return None


def unread(mapping: MappingFile, scenarios: Iterable[Scenario]) -> dict[str, tuple[str, ...]]:
    """By operation, what the checks that can be played read of its answer and the mapping does not give."""
    wanted: dict[str, set[str]] = {}
    for scenario in scenarios:
        playable = _playable(mapping, scenario)
        does = {step.id: step.does for step in scenario.steps}
        for step in scenario.steps:
            if step.id not in playable:
                continue
            wanted.setdefault(step.does.value, set()).update(step.expects.values)
            for reference in references_in(scenario.told(step)):
                root, _, rest = reference.partition(".")
                name, _, path = rest.partition(".")
                if root == "steps" and path and name in does:
                    wanted.setdefault(does[name].value, set()).add(path)
    return {
        operation: tuple(sorted(lacking))
        for operation, paths in sorted(wanted.items())
        if operation not in MADE_HERE
        and (lacking := {_head(path) for path in paths} - _given(mapping.operations.get(operation, ())))
    }


def _given(cases: Iterable[Case]) -> set[str]:
    return {_head(path) for case in cases for path in case.values}


def _head(path: str) -> str:
    """The key at the top of the answer."""
    head = path.partition(".")[0].partition("[")[0].partition("|")[0]
    return head.partition("+")[0].partition("-")[0]
