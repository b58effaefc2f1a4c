"""A learner's way through a lesson: which steps are done, which comes next, and whether what was done fits one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from itertools import takewhile
from typing import Any, Final

import scenarios
from scenarios import (
    BadReference,
    Operation,
    Outcome,
    Performance,
    Port,
    PortError,
    Result,
    Scenario,
    Step,
    StepResult,
)
from scenarios.matching import Mismatch
from scenarios.model import REFERENCE
from scenarios.port import READS
from scenarios.references import moment, resolve


class How(StrEnum):
    """How a step came to be behind the learner."""

    DONE = "done"
    SHOWN = "shown"
    """The learner had it shown."""
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Behind:
    """A step that is behind the learner."""

    step: str
    how: How
    at: datetime
    """By the wall clock."""
    clock: datetime
    """By the sandbox's."""
    answer: Mapping[str, Any] = field(default_factory=dict)
    """What the authority answered, without what is secret."""
    told: str = ""
    """A refusal in a sentence, `tiếng Việt / English`."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """When a learner began a lesson, and with which keys."""

    at: datetime
    clock: datetime
    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked the authority for, in the words of scenarios."""

    operation: Operation
    actor: str | None
    """The account; None for who has none."""
    body: Mapping[str, Any]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was asked, held against a step."""

    step: Step
    mismatches: tuple[Mismatch, ...]

    @property
    def fits(self) -> bool:
        return not self.mismatches


OTHER_THING: Final = "about"
"""Where a mismatch is when the right thing was done to another dossier, certificate, …"""


@cache
def lesson(lesson_id: str, whole: bool) -> Scenario:
    """The scenario as it is taught: the main steps and the comparisons of the public faces, or the whole of it.

    UnknownScenario.
    """
    found = scenarios.load(lesson_id)
    return found if whole else scenarios.main_line(found)


class Nowhere:
    """The port of a play that is only looked at."""

    def now(self) -> datetime:
        raise PortError("this play is only looked at")

    def perform(self, operation: Operation, actor: str, body: Mapping[str, Any]) -> Outcome:
        del operation, actor, body
        raise PortError("this play is only looked at")


class Course:
    """One learner in one lesson."""

    def __init__(
        self,
        scenario: Scenario,
        sandbox: str,
        beginning: Beginning,
        behind: Sequence[Behind],
        port: Port | None = None,
    ) -> None:
        """The sandbox's name is the seed of the made-up people. `port` is where steps are shown."""
        self.scenario = scenario
        self.behind = {one.step: one for one in behind}
        self.performance = Performance(scenario, port or Nowhere(), seed=sandbox)
        answers = {name: one.answer for name, one in self.behind.items()}
        self.performance.take_up(beginning.clock, answers, beginning.keys)

    @property
    def ahead(self) -> list[Step]:
        """The steps that are not behind the learner, in order."""
        return [step for step in self.scenario.steps if step.id not in self.behind]

    @property
    def present(self) -> Step | None:
        """The step to do now; None where the lesson is over."""
        return next(iter(self.ahead), None)

    def body(self, step: Step, now: datetime) -> dict[str, Any] | None:
        """What the step may be done with; None where earlier steps have to be done before that can be said."""
        try:
            return self.performance.body(step, now)
        except BadReference:
            return None

    def show(self, step: Step) -> StepResult:
        """Have the play do this one step, by its port, and none before it."""
        for earlier in takewhile(lambda one: one.id != step.id, self.scenario.steps):
            self.performance.results.setdefault(earlier.id, StepResult(earlier, Result.PASSED))
        return self.performance.perform(step)

    def find(self, asked: Asked, accounts: Mapping[str, str | None], now: datetime) -> Judgement | None:
        """The step that this does, or else the present one, were it meant; None where it has to do with neither.

        `accounts` says which account plays each actor. Main steps may be done early; refusals and readings count when
        what they need is behind.
        """
        meant: Judgement | None = None
        for step in self.ahead:
            if step.does is not asked.operation or accounts.get(step.actor) != asked.actor:
                continue
            if step is not self.present and not (step.is_main or self._is_ready(step)):
                continue
            judgement = self._judge(step, asked, now)
            if judgement.fits:
                return judgement
            if step is self.present and step.does not in READS:
                meant = judgement
        return meant

    def _is_ready(self, step: Step) -> bool:
        return all(needed in self.behind for needed in self.scenario.needs(step))

    def _judge(self, step: Step, asked: Asked, now: datetime) -> Judgement:
        context = self.performance.context(now)

        def worth(template: Any) -> str | None:
            try:
                return str(resolve(template, context))
            except BadReference:
                return None

        body = self.scenario.body(step)
        strays = (*_strays(body, asked.body, worth), *_too_early(step, body, asked.outcome, worth))
        return Judgement(step, strays or self.performance.judge(step, asked.outcome, now))


Worth = Callable[[Any], str | None]
"""What a reference leads to; None where that is nowhere yet."""


def _too_early(step: Step, body: Mapping[str, Any], outcome: Outcome, worth: Worth) -> Iterator[Mismatch]:
    """A clock that was turned, but not as far as the step wants."""
    if step.does is Operation.TURN_CLOCK and "set" in body:
        wanted, shown = moment(worth(body["set"])), moment(outcome.values.get("now"))
        if wanted is not None and shown is not None and shown < wanted:
            yield Mismatch("now", wanted.isoformat(), shown.isoformat())


def _strays(template: Any, given: Any, worth: Worth, where: str = "") -> Iterator[Mismatch]:
    """Where the request is about other things than those that the step refers to."""
    if isinstance(template, str):
        found = REFERENCE.fullmatch(template)
        if found and found[1].startswith("steps."):
            wanted = worth(template)
            if wanted is not None and str(given) != wanted:
                yield Mismatch(OTHER_THING, f"{where} {wanted}", str(given)[:80])
    elif isinstance(template, Mapping) and isinstance(given, Mapping):
        for key, inner in template.items():
            if key in given:
                yield from _strays(inner, given[key], worth, f"{where}.{key}" if where else str(key))
    elif isinstance(template, list | tuple) and isinstance(given, list | tuple):
        for inner, other in zip(template, given, strict=False):
            yield from _strays(inner, other, worth, where)
