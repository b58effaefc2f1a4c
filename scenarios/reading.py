"""Scenario files: read, checked as a whole, their openings put in front. The library of this package."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError

from scenarios.errors import BadSetting, Fault, UnknownScenario, Unreadable
from scenarios.faces import STATES
from scenarios.model import Opening, Scenario, Setting, Step, referenced_steps, references_in
from scenarios.paths import BadPath
from scenarios.port import Operation
from scenarios.references import MOVE, ROOTS
from scenarios.yaml_lines import Document, Place, parse

LIBRARY: Traversable = files("scenarios") / "library"
SUFFIX = ".yaml"


@cache
def available() -> tuple[str, ...]:
    """Ids of every scenario in the library, sorted."""
    return tuple(
        sorted(
            f"{folder.name}/{file.name.removesuffix(SUFFIX)}"
            for folder in LIBRARY.iterdir()
            if folder.is_dir()
            for file in folder.iterdir()
            if file.name.endswith(SUFFIX)
        )
    )


@cache
def load(scenario: str) -> Scenario:
    """The library's scenario under this id. Raises UnknownScenario, and Unreadable where it is broken."""
    if scenario not in available():
        raise UnknownScenario(scenario, available())
    file = LIBRARY / f"{scenario}{SUFFIX}"
    found = read_text(file.read_text(encoding="utf-8"), f"{scenario}{SUFFIX}")
    if found.id != scenario:
        raise Unreadable(f"{scenario}{SUFFIX}", [Fault(1, "id", f"the file's place asks for {scenario!r}")])
    return found


def read(path: Path) -> Scenario:
    """The scenario in a file of one's own. Unreadable where it is none."""
    return read_text(path.read_text(encoding="utf-8"), str(path))


def read_text(text: str, file: str) -> Scenario:
    """A scenario from its YAML; `file` names it in errors."""
    document = parse(text, file)
    try:
        scenario = Scenario.model_validate(document.data)
    except ValidationError as error:
        raise Unreadable(file, _shape_faults(error, document)) from error
    opening = _opening(scenario, document)
    whole = scenario if opening is None else _joined(opening, scenario)
    faults = list(_faults(scenario, whole, document))
    if faults:
        raise Unreadable(file, faults)
    return whole


def _shape_faults(error: ValidationError, document: Document) -> Iterator[Fault]:
    for each in error.errors(include_url=False):
        place = tuple(part for part in each["loc"] if part not in ("str", "dict[str,any]"))
        what = each["msg"]
        if not isinstance(each["input"], dict | list) and each["type"] != "missing":
            what += f" (here: {each['input']!r})"
        yield document.fault(place, what)


def _opening(scenario: Scenario, document: Document) -> Scenario | None:
    if scenario.opening is None:
        return None
    try:
        opening = load(scenario.opening.scenario)
    except UnknownScenario as error:
        raise Unreadable(document.file, [document.fault(("opening", "scenario"), str(error))]) from error
    last = opening.step(scenario.opening.until)
    if last is None or not last.is_main:
        ids = ", ".join(step.id for step in opening.steps if step.is_main)
        raise Unreadable(
            document.file,
            [document.fault(("opening", "until"), f"must be a main step of {opening.id}: {ids}")],
        )
    unknown = sorted(scenario.opening.given.keys() - opening.given.keys())
    if unknown:
        place: Place = ("opening", "given", unknown[0])
        raise Unreadable(document.file, [document.fault(place, f"{opening.id} has no such setting")])
    wanted: set[str] = set()
    steps = opening.steps[: opening.steps.index(last) + 1]
    for step in reversed(steps):
        if step.is_main or step.id in wanted:
            wanted |= {step.id, *referenced_steps(opening.told(step))}
    return opening.model_copy(
        update={
            "steps": tuple(step for step in steps if step.id in wanted),
            "given": _opening_settings(scenario.opening, opening, document),
        }
    )


def _opening_settings(wanted: Opening, opening: Scenario, document: Document) -> dict[str, Setting]:
    try:
        return opening.settings(wanted.given)
    except BadSetting as error:
        raise Unreadable(document.file, [document.fault(("opening", "given", error.key), str(error))]) from error


def _joined(opening: Scenario, scenario: Scenario) -> Scenario:
    return scenario.model_copy(
        update={
            "steps": (*opening.steps, *scenario.steps),
            "given": {**opening.given, **scenario.given},
            "people": tuple(dict.fromkeys((*opening.people, *scenario.people))),
            "keys": tuple(dict.fromkeys((*opening.keys, *scenario.keys))),
            "bodies": {**opening.bodies, **scenario.bodies},
        }
    )


def _faults(scenario: Scenario, whole: Scenario, document: Document) -> Iterator[Fault]:
    """What the schema cannot see: names that lead nowhere, in the file's own steps."""
    before = len(whole.steps) - len(scenario.steps)
    seen = {step.id for step in whole.steps[:before]}
    for index, step in enumerate(scenario.steps):
        place: Place = ("steps", index)
        if step.id in seen:
            yield document.fault((*place, "id"), f"{step.id!r} is the id of an earlier step")
        yield from _step_faults(step, place, whole, seen, document)
        seen.add(step.id)


def _step_faults(step: Step, place: Place, whole: Scenario, seen: set[str], document: Document) -> Iterator[Fault]:
    try:
        whole.body(step)
    except BadPath as error:
        where = "with" if isinstance(step.with_, str) and step.with_ not in whole.bodies else "change"
        yield document.fault((*place, where), str(error))
        return
    for needed in step.needs or ():
        if needed not in seen:
            yield document.fault((*place, "needs"), f"no earlier step is called {needed!r}")
    if step.does is Operation.COMPARE_FACES and step.expects.state not in (None, *STATES):
        yield document.fault((*place, "expects", "state"), f"one of: {', '.join(STATES)}")
    if step.sign is not None and step.sign.key not in whole.keys:
        yield document.fault((*place, "sign", "key"), f"`keys` names: {', '.join(whole.keys) or 'none'}")
    told = whole.told(step)
    for missing in sorted(referenced_steps(told) - seen):
        yield document.fault(place, f"refers to {missing!r}, which is no earlier step")
    for reference in references_in(told):
        what = _reference_fault(reference, whole)
        if what:
            yield document.fault(place, f"${{{reference}}}: {what}")


def _reference_fault(reference: str, whole: Scenario) -> str | None:
    moved = MOVE.match(reference)
    root, _, rest = (moved[1] if moved else reference).partition(".")
    name = rest.partition(".")[0]
    if root not in ROOTS:
        return f"a reference begins with one of: {', '.join(ROOTS)}"
    if root == "people" and name not in whole.people:
        return f"no such person; `people` names: {', '.join(whole.people) or 'nobody'}"
    if root == "keys" and name not in whole.keys:
        return f"no such key; `keys` names: {', '.join(whole.keys) or 'none'}"
    if root == "given" and name not in whole.given:
        return f"no such setting; `given` has: {', '.join(whole.given) or 'none'}"
    return None
