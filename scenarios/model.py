"""A scenario: who does what, with what, what must come of it, by which clause. The schema of the YAML files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from itertools import takewhile
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from scenarios.errors import BadSetting
from scenarios.paths import BadPath, put, remove
from scenarios.port import READS, Operation, Verdict

NAME = r"[a-z0-9]+(-[a-z0-9]+)*"
Name = Annotated[str, StringConstraints(pattern=rf"^{NAME}$")]
"""Lower-case words joined by hyphens."""
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name used inside references: lower case, underscores."""
ScenarioId = Annotated[str, StringConstraints(pattern=rf"^{NAME}/{NAME}$")]
"""`regulation/name`."""
Clause = Annotated[str, StringConstraints(pattern=r"^(unsourced|[A-Z][A-Za-z0-9]*-[A-Za-z0-9.]+)$")]
"""A clause id (`AG-10.2.dd`), or `unsourced`."""
UNSOURCED = "unsourced"
"""Stands where a clause id would, for what no text gives."""
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]


Setting = str | int | bool
"""A value that whoever plays may change."""


def _one_or_more(given: object) -> object:
    return (given,) if isinstance(given, str) else given


Clauses = Annotated[tuple[Clause, ...], BeforeValidator(_one_or_more)]
"""One clause id or a list of them."""


class Importance(StrEnum):
    """How bad it is when an implementation does not do what a step asks for."""

    BLOCKER = "blocker"
    """What must never be has happened: something forbidden was accepted, a public face lied, a key was open."""
    MAJOR = "major"
    """A duty that a text sets is not kept."""
    MINOR = "minor"
    """No text asks for it, or it is a convenience."""


class Strict(BaseModel):
    """Base of the schema: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Expectation(Strict):
    """What must come of a step."""

    outcome: Verdict = Verdict.ACCEPTED
    """`accepted` or `refused`."""
    clauses: Clauses = ()
    """Clauses that the refusal must name, all of them."""
    fields: tuple[str, ...] = ()
    """Fields of the request that the refusal must name, all of them."""
    state: str | None = None
    """The state that the thing must be in; for `compare_faces` the row of the table in faces.py."""
    values: dict[str, Any] = Field(default_factory=dict)
    """Path in the answer -> the value, or any of `{at_least, at_most, contains, absent}` (matching.py)."""

    @model_validator(mode="after")
    def _sensible(self) -> Expectation:
        if self.outcome is Verdict.UNSUPPORTED:
            raise ValueError("a step expects accepted or refused; unsupported is for the target to say")
        if self.outcome is Verdict.ACCEPTED and (self.clauses or self.fields):
            raise ValueError("only a refusal names clauses and fields; give the step's own under `clause`")
        return self


class Signing(Strict):
    """An electronic signature to put on a request."""

    key: Key
    """A key under `keys`."""
    certificate: str
    """PEM of its certificate, usually a reference."""
    over: str = "form.fields"
    """Path in the body of what is signed; of something else to be wrong."""
    into: str = "submission.signature"
    """Path in the body where the signature goes."""


class Step(Strict):
    """One thing that somebody does."""

    id: Name
    say_vi: Sentence
    """What happens, told to people in Vietnamese."""
    say_en: Sentence
    actor: Name
    does: Operation
    with_: str | dict[str, Any] = Field(default_factory=dict, alias="with")
    """The body, or the name of one under `bodies`."""
    change: dict[str, Any] = Field(default_factory=dict)
    """Path in the body -> another value, to be wrong in one place only."""
    remove: tuple[str, ...] = ()
    """Paths to take out of the body."""
    sign: Signing | None = None
    """Signs the body, after everything else is in it."""
    expects: Expectation = Expectation()
    clause: Clauses
    """What the step rests on."""
    needs: tuple[Name, ...] | None = None
    """Steps that must have gone well before; all main steps before it where left out, none where empty."""
    importance: Importance | None = None
    """How bad it is when this fails; where left out, by what the step is (`weight`)."""
    features: tuple[Name, ...] = ()
    """What an implementation must have for the step to apply, besides what its operation needs."""

    @property
    def is_main(self) -> bool:
        """Whether the story goes on from here: something is done, and accepted."""
        return self.expects.outcome is Verdict.ACCEPTED and self.does not in READS

    @property
    def weight(self) -> Importance:
        """Its importance: its own; else minor where no text asks for it; else a blocker where the public faces are
        compared, or something must be refused for more than what is wrong in a field; else major.
        """
        if self.importance is not None:
            return self.importance
        if set(self.clauses) == {UNSOURCED}:
            return Importance.MINOR
        is_forbidden = self.expects.outcome is Verdict.REFUSED and not self.expects.fields
        return Importance.BLOCKER if is_forbidden or self.does is Operation.COMPARE_FACES else Importance.MAJOR

    @property
    def clauses(self) -> tuple[str, ...]:
        """Every clause that this step tests, each once: its own first, then those its refusal must name."""
        return tuple(dict.fromkeys((*self.clause, *self.expects.clauses)))


class Opening(Strict):
    """The beginning of a scenario, taken from another one: its main steps up to one of them, and what they refer to."""

    scenario: ScenarioId
    until: Name
    given: dict[Key, Setting] = Field(default_factory=dict)
    """Settings of that scenario to change."""


class Text(Strict):
    """The same in Vietnamese and English."""

    vi: Sentence
    en: Sentence


class Scenario(Strict):
    """A story of one or more certificates under one regulation."""

    id: ScenarioId
    regulation: Name
    title: Text
    about: Text
    """What one learns from it."""
    opening: Opening | None = None
    given: dict[Key, Setting] = Field(default_factory=dict)
    """Settings that whoever plays may change, e.g. the province's mail domain."""
    people: tuple[Key, ...] = ()
    """Persons to be made up, by name."""
    keys: tuple[Key, ...] = ()
    """Key pairs that whoever plays holds, by name: `${keys.office.csr}`."""
    bodies: dict[Key, dict[str, Any]] = Field(default_factory=dict)
    """Request bodies used by several steps."""
    steps: tuple[Step, ...] = Field(min_length=1)

    def step(self, wanted: str) -> Step | None:
        """The step under this id."""
        return next((step for step in self.steps if step.id == wanted), None)

    def settings(self, given: Mapping[str, Setting]) -> dict[str, Setting]:
        """The scenario's settings, with some changed; texts are read as what stands there now.

        Keys that it does not have are left out. Raises BadSetting for a value of another kind.
        """
        changed = {key: _like(self.given[key], key, value) for key, value in given.items() if key in self.given}
        return {**self.given, **changed}

    def body(self, step: Step) -> dict[str, Any]:
        """What the step is done with, references unresolved. BadPath where its parts don't fit together."""
        if isinstance(step.with_, str):
            if step.with_ not in self.bodies:
                raise BadPath(f"no body is called {step.with_!r}; `bodies` has: {', '.join(self.bodies) or 'none'}")
            body = self.bodies[step.with_]
        else:
            body = step.with_
        for path, value in step.change.items():
            body = put(body, path, value)
        for path in step.remove:
            body = remove(body, path)
        return body

    def told(self, step: Step) -> list[Any]:
        """Everything in a step that may hold references."""
        certificate = step.sign.certificate if step.sign else None
        return [self.body(step), certificate, step.expects.values, step.expects.state]

    def needs(self, step: Step) -> tuple[str, ...]:
        """Ids of the steps that must have gone well for this one to make sense, in order.

        Those are all main steps before it, unless it names its own, and always those that it refers to.
        """
        earlier = tuple(takewhile(lambda one: one.id != step.id, self.steps))
        wanted = referenced_steps(self.told(step))
        if step.needs is None:
            wanted |= {one.id for one in earlier if one.is_main}
        else:
            wanted |= set(step.needs)
        return tuple(one.id for one in earlier if one.id in wanted)


def _like(example: Setting, key: str, value: Setting) -> Setting:
    if isinstance(value, str) and not isinstance(example, str):
        text = value.strip().lower()
        if isinstance(example, bool):
            value = {"true": True, "false": False}.get(text, value)
        elif re.fullmatch(r"-?\d+", text):
            value = int(text)
    if type(value) is not type(example):
        raise BadSetting(key, value, f"must be of the same kind as {example!r}")
    return value


REFERENCE = re.compile(r"\$\{([^{}]*)\}")


def references_in(value: object) -> list[str]:
    """The insides of every `${…}` in a value and all it contains."""
    if isinstance(value, str):
        return REFERENCE.findall(value)
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in (*references_in(key), *references_in(inner))]
    if isinstance(value, list | tuple):
        return [found for inner in value for found in references_in(inner)]
    return []


def referenced_steps(value: object) -> set[str]:
    """Ids of the steps that a value refers to."""
    return {found.split(".")[1] for found in references_in(value) if found.startswith("steps.") and "." in found}
