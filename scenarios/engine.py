"""Plays a scenario against a port, one step after the other, and says what came of each.

The clock, the implementation's and not ours, is asked before each step. A step whose needs have not gone well
is not played. An implementation that cannot do something makes the step skipped, never passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from scenarios.errors import BadReference, UnknownStep
from scenarios.matching import Mismatch, compare
from scenarios.model import Expectation, Scenario, Setting, Step, referenced_steps, references_in
from scenarios.paths import BadPath, get, put
from scenarios.people import person
from scenarios.port import READS, Operation, Outcome, Port, PortError, Verdict
from scenarios.references import VIETNAM, Context, resolve
from scenarios.signing import HeldKey, canonical

MAIL_DOMAIN = "mail_domain"
"""The setting that says under which domain made-up people have their mail."""
NO_DOMAIN = "example.test"


DECISIVE = frozenset({"outcome", "state", "reference", "answer"})
"""Mismatches after which the story cannot go on; anything else is a detail of a right outcome."""


class Result(StrEnum):
    """What came of a step."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step, played."""

    step: Step
    result: Result
    at: datetime | None = None
    """The implementation's time when the step began; None where it was not played."""
    body: Mapping[str, Any] = field(default_factory=dict)
    """What was sent."""
    outcome: Outcome | None = None
    mismatches: tuple[Mismatch, ...] = ()
    reason: str = ""
    """Why it was skipped, or could not be judged."""
    suspects: tuple[str, ...] = ()
    """Earlier steps that were accepted though they had to be refused: a failure may follow from them."""

    @property
    def story_goes_on(self) -> bool:
        """Whether later steps make sense: it passed, or only details of a right outcome were wrong."""
        if self.result is Result.PASSED:
            return True
        return self.result is Result.FAILED and not DECISIVE & {one.where for one in self.mismatches}


@dataclass(frozen=True, slots=True)
class StepBegan:
    """A step is about to be played."""

    step: Step
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step has been played or skipped."""

    result: StepResult
    number: int
    of: int


Event = StepBegan | StepEnded


class Performance:
    """One play of one scenario: remembers what the steps answered."""

    def __init__(
        self, scenario: Scenario, port: Port, *, seed: str, given: Mapping[str, Setting] | None = None
    ) -> None:
        """Raises BadSetting where one of `given` is of another kind than the scenario's own."""
        self.scenario = scenario
        self.results: dict[str, StepResult] = {}
        self._port, self._seed = port, seed
        self._given = scenario.settings(given or {})
        self._answers: dict[str, Mapping[str, Any]] = {}
        self._people: dict[str, dict[str, str]] | None = None
        self._keys = {name: HeldKey() for name in scenario.keys}

    def take_up(
        self, began: datetime, answers: Mapping[str, Mapping[str, Any]], keys: Mapping[str, str] | None = None
    ) -> None:
        """Go on with a play that began elsewhere, at an instant of the implementation's clock.

        `answers` says what each step answered that has been done; `keys` are the PEMs of the keys held then.
        """
        self._people = self._made_up(began)
        self._answers |= answers
        self._keys |= {name: HeldKey(pem) for name, pem in (keys or {}).items() if name in self._keys}
        for step in self.scenario.steps:
            if step.id in answers:
                done = Outcome(step.expects.outcome, answers[step.id])
                self.results[step.id] = StepResult(step, Result.PASSED, outcome=done)

    def held_keys(self) -> dict[str, str]:
        """The PEMs of the keys that are held, to take the play up later."""
        return {name: key.pem() for name, key in self._keys.items()}

    def people(self, now: datetime) -> Mapping[str, Mapping[str, str]]:
        """The made-up people of this play."""
        return self.context(now).people

    def body(self, step: Step, now: datetime) -> dict[str, Any]:
        """What the step would be done with now. Raises BadReference where that hangs on what has not been done."""
        return self._body(step, self.context(now))

    def judge(self, step: Step, outcome: Outcome, now: datetime) -> tuple[Mismatch, ...]:
        """In what the outcome of something done by others differs from what the step expects; nothing is remembered.

        They may have made up other people, said it in other words, and left out steps: what is expected of these is
        not asked for.
        """
        words = {text for text in _texts(self.scenario.body(step)) if " " in text}
        context = replace(self.context(now), steps={**self._answers, step.id: outcome.values})
        values = {}
        for path, wanted in step.expects.values.items():
            of_people = any(found.startswith("people.") for found in references_in([path, wanted]))
            if not of_people and words.isdisjoint(_texts(wanted)):
                with suppress(BadReference):
                    values[resolve(path, context)] = resolve(wanted, context)
        state = step.expects.state
        with suppress(BadReference):
            state = resolve(state, context)
        return compare(step, step.expects.model_copy(update={"values": values, "state": state}), outcome)

    def play(self, until: str | None = None) -> Iterator[Event]:
        """Play the steps up to and with `until`, all where left out. Raises UnknownStep."""
        steps = up_to(self.scenario, until)
        for number, step in enumerate(steps, start=1):
            yield StepBegan(step, number, len(steps))
            yield StepEnded(self.perform(step), number, len(steps))

    def perform(self, step: Step) -> StepResult:
        """Play one step, and before it those of its needs that have not been played."""
        result = self._perform(step)
        self.results[step.id] = result
        return result

    def rehearse(self, step: Step, port: Port) -> StepResult:
        """What would come of a step with another port, after what has been played; nothing of it is remembered.

        Whether the implementation forgets it too is the port's affair.
        """
        own, answers = self._port, dict(self._answers)
        self._port = port
        try:
            return self._perform(step)
        finally:
            self._port, self._answers = own, answers

    def _perform(self, step: Step) -> StepResult:
        needs = self.scenario.needs(step)
        for needed in self.scenario.steps:
            if needed.id in needs and needed.id not in self.results:
                self.perform(needed)
        lacking = [needed for needed in needs if not self.results[needed].story_goes_on]
        if lacking:
            return StepResult(step, Result.SKIPPED, reason=f"{lacking[0]} did not go well")
        at: datetime | None = None
        body: dict[str, Any] = {}
        try:
            at = self._port.now()
            context = self.context(at)
            body = self._body(step, context)
            outcome = self._port.perform(step.does, step.actor, body)
            self._answers[step.id] = outcome.values
            expects = self._expected(step, self.context(at))
        except BadReference as error:
            return self._failed(step, at, body, None, (Mismatch("reference", "a value", str(error)),))
        except PortError as error:
            unheard = Outcome(Verdict.UNSUPPORTED, message=error.what, exchanges=error.exchanges)
            return self._failed(step, at, body, unheard, (Mismatch("answer", "one that can be read", error.what),))
        if outcome.verdict is Verdict.UNSUPPORTED:
            reason = outcome.message or f"the target has no {step.does.value}"
            return StepResult(step, Result.SKIPPED, at, body, outcome, reason=reason)
        mismatches = compare(step, expects, outcome)
        if mismatches:
            return self._failed(step, at, body, outcome, mismatches)
        return StepResult(step, Result.PASSED, at, body, outcome)

    def _failed(
        self,
        step: Step,
        at: datetime | None,
        body: Mapping[str, Any],
        outcome: Outcome | None,
        mismatches: tuple[Mismatch, ...],
    ) -> StepResult:
        suspects = tuple(
            result.step.id
            for result in self.results.values()
            if result.outcome is not None
            and result.outcome.verdict is Verdict.ACCEPTED
            and result.step.expects.outcome is Verdict.REFUSED
            and result.step.does not in READS
        )
        return StepResult(step, Result.FAILED, at, body, outcome, mismatches, suspects=suspects)

    def _body(self, step: Step, context: Context) -> dict[str, Any]:
        body: dict[str, Any] = resolve(self.scenario.body(step), context)
        if step.sign is None:
            return body
        certificate = str(resolve(step.sign.certificate, context))
        try:
            signature = self._keys[step.sign.key].sign(certificate, canonical(get(body, step.sign.over)))
        except (BadPath, ValueError) as error:
            raise BadReference(step.sign.certificate, f"nothing can be signed: {error}") from error
        return put(body, step.sign.into, signature)

    def context(self, now: datetime) -> Context:
        """What references lead to at this instant."""
        if self._people is None:
            self._people = self._made_up(now)
        return Context(
            steps=self._answers,
            people=self._people,
            keys={name: {"csr": key.csr(name)} for name, key in self._keys.items()},
            given=self._given,
            seed=self._seed,
            regulation=self.scenario.regulation,
            now=now,
        )

    def _made_up(self, now: datetime) -> dict[str, dict[str, str]]:
        domain = str(self._given.get(MAIL_DOMAIN, NO_DOMAIN))
        today = now.astimezone(VIETNAM).date()
        world = f"{self._seed}/{self.scenario.id}"
        return {name: person(world, name, domain, today) for name in self.scenario.people}

    def _expected(self, step: Step, context: Context) -> Expectation:
        expects = step.expects
        return expects.model_copy(
            update={"values": resolve(expects.values, context), "state": resolve(expects.state, context)}
        )


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, references and keys left aside."""
    if isinstance(value, str):
        if "${" not in value:
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def up_to(scenario: Scenario, until: str | None) -> tuple[Step, ...]:
    """The scenario's steps up to and with this one; all where None. Raises UnknownStep."""
    if until is None:
        return scenario.steps
    last = scenario.step(until)
    if last is None:
        raise UnknownStep(scenario.id, until, (step.id for step in scenario.steps))
    return scenario.steps[: scenario.steps.index(last) + 1]


def main_line(scenario: Scenario) -> Scenario:
    """The scenario without its refusals and readings: main steps, comparisons of faces, and what they refer to."""
    wanted: set[str] = set()
    for step in reversed(scenario.steps):
        if step.is_main or step.does is Operation.COMPARE_FACES or step.id in wanted:
            wanted |= {step.id, *referenced_steps(scenario.told(step))}
    return scenario.model_copy(update={"steps": tuple(step for step in scenario.steps if step.id in wanted)})
