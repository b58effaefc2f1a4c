"""Holding an outcome against what a step expects: every difference, each in words a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenarios import faces
from scenarios.model import Expectation, Step
from scenarios.paths import BadPath, get
from scenarios.port import Operation, Outcome, Verdict
from scenarios.references import moment

COMPARISONS = ("at_least", "at_most", "contains", "absent")
"""What may stand in place of a value: `{at_least: 3}`, `{at_least: 3, at_most: 5}`, `{contains: …}`, `{absent: …}`."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that is not as expected."""

    where: str
    """Which part: `outcome`, `state`, `clauses`, a path in the answer, or a face."""
    wanted: str
    got: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.wanted}, found {self.got}"


def compare(step: Step, expects: Expectation, outcome: Outcome) -> tuple[Mismatch, ...]:
    """Every difference between the outcome and what is expected (references already resolved)."""
    if outcome.verdict is not expects.outcome:
        found = outcome.verdict.value
        if outcome.verdict is Verdict.REFUSED:
            found = f"refused: {outcome.message or 'no reason given'}"
        return (Mismatch("outcome", _expected_outcome(expects), found),)
    differences = [
        Mismatch("clauses", f"{clause} named", ", ".join(outcome.clauses) or "no clause")
        for clause in expects.clauses
        if clause not in outcome.clauses
    ]
    differences += [
        Mismatch("fields", f"{wanted} named", ", ".join(outcome.fields) or "no field")
        for wanted in expects.fields
        if not any(_inside(wanted, found) for found in outcome.fields)
    ]
    if expects.state is not None:
        if step.does is Operation.COMPARE_FACES:
            differences += [Mismatch(*one) for one in faces.disagreements(expects.state, outcome.values)]
        elif outcome.state != expects.state:
            differences.append(Mismatch("state", expects.state, str(outcome.state)))
    for path, wanted in expects.values.items():
        found_difference = _compare_value(path, wanted, outcome.values)
        if found_difference:
            differences.append(found_difference)
    return tuple(differences)


def _expected_outcome(expects: Expectation) -> str:
    if expects.outcome is Verdict.REFUSED and expects.clauses:
        return f"refused by {', '.join(expects.clauses)}"
    return expects.outcome.value


def _inside(wanted: str, found: str) -> bool:
    return found == wanted or found.startswith((f"{wanted}.", f"{wanted}["))


def _compare_value(path: str, wanted: Any, values: Mapping[str, Any]) -> Mismatch | None:
    is_comparison = isinstance(wanted, Mapping) and bool(wanted) and wanted.keys() <= set(COMPARISONS)
    comparisons = dict(wanted) if is_comparison else {"equal": wanted}
    try:
        found = get(values, path)
    except BadPath as error:
        missing = [how for how, operand in comparisons.items() if how != "absent" or not operand]
        return Mismatch(path, _all_told(comparisons), f"nothing ({error})") if missing else None
    if all(_holds(how, found, operand) for how, operand in comparisons.items()):
        return None
    return Mismatch(path, _all_told(comparisons), repr(found))


def _all_told(comparisons: Mapping[str, Any]) -> str:
    return " and ".join(_told(how, operand) for how, operand in comparisons.items())


def _holds(how: str, found: Any, operand: Any) -> bool:
    if how == "absent":
        return (found is None) is bool(operand)
    if how == "contains":
        return (isinstance(found, list | tuple) and operand in found) or (
            isinstance(found, str) and str(operand) in found
        )
    left, right = moment(found) or found, moment(operand) or operand
    if how == "equal":
        return bool(left == right)
    try:
        return bool(left >= right if how == "at_least" else left <= right)
    except TypeError:
        return False


def _told(how: str, operand: Any) -> str:
    if how == "absent":
        return "nothing there" if operand else "something there"
    return {"equal": "", "at_least": "at least ", "at_most": "at most ", "contains": "something with "}[how] + repr(
        operand
    )
