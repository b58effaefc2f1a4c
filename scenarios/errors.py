"""What can be wrong with a scenario before or while it is played.

ScenarioError
├── Unreadable      a scenario file breaks the format: file, line, place and what would do, one Fault for each
├── UnknownScenario no scenario under that id
├── UnknownStep     the scenario has no step under that id
├── BadSetting      a setting that a scenario does not have, or of another kind than it has
└── BadReference    a `${…}` that leads nowhere in what the target has answered so far
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one place of a scenario file."""

    line: int
    """Line in the file, from 1."""
    where: str
    """Path in the document, e.g. `steps[3].does`."""
    what: str
    """What is wrong and what would be accepted."""


class ScenarioError(Exception):
    """Root of every error of this package."""


class Unreadable(ScenarioError):
    """The file is not a scenario."""

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        self.file = file
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(f"{file}:{fault.line}: {fault.where}: {fault.what}" for fault in self.faults))


class UnknownScenario(ScenarioError):
    """No scenario under that id in the library."""

    def __init__(self, wanted: str, known: Iterable[str]) -> None:
        self.wanted, self.known = wanted, tuple(known)
        super().__init__(f"no scenario {wanted!r}; there are: {', '.join(self.known)}")


class UnknownStep(ScenarioError):
    """The scenario has no such step."""

    def __init__(self, scenario: str, wanted: str, known: Iterable[str]) -> None:
        self.scenario, self.wanted, self.known = scenario, wanted, tuple(known)
        super().__init__(f"scenario {scenario} has no step {wanted!r}; its steps: {', '.join(self.known)}")


class BadSetting(ScenarioError):
    """A setting that cannot be changed so."""

    def __init__(self, key: str, value: object, why: str) -> None:
        self.key, self.value, self.why = key, value, why
        super().__init__(f"setting {key} = {value!r}: {why}")


class BadReference(ScenarioError):
    """A reference that leads nowhere."""

    def __init__(self, reference: str, why: str) -> None:
        self.reference, self.why = reference, why
        super().__init__(f"${{{reference}}}: {why}")
