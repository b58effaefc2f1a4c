"""What people do: stories of certificates, told in YAML, played against any implementation.

A scenario serves three times: as a conformance test, as a way to put a sandbox into a state, as a lesson.
Nothing here knows the mock: an implementation is whatever speaks `scenarios.port.Port`.
"""

from __future__ import annotations

from scenarios.engine import Event, Performance, Result, StepBegan, StepEnded, StepResult, main_line, up_to
from scenarios.errors import BadReference, BadSetting, Fault, ScenarioError, UnknownScenario, UnknownStep, Unreadable
from scenarios.matching import Mismatch
from scenarios.model import Expectation, Importance, Scenario, Step
from scenarios.port import Adapter, Body, Exchange, Operation, Outcome, Port, PortError, Verdict
from scenarios.reading import available, load, read

__all__ = [
    "Adapter",
    "BadReference",
    "BadSetting",
    "Body",
    "Event",
    "Exchange",
    "Expectation",
    "Fault",
    "Importance",
    "Mismatch",
    "Operation",
    "Outcome",
    "Performance",
    "Port",
    "PortError",
    "Result",
    "Scenario",
    "ScenarioError",
    "Step",
    "StepBegan",
    "StepEnded",
    "StepResult",
    "UnknownScenario",
    "UnknownStep",
    "Unreadable",
    "Verdict",
    "available",
    "load",
    "main_line",
    "read",
    "up_to",
]
