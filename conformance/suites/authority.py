"""The authority suite: the scenarios of a regulation, each step one reported test, clause by clause.

Checks that whoever runs the workflow enforces roles, forms, attachments, order, effect, grounds and custody, and
that CRL, delta CRL, OCSP, portal and API agree at every state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from conformance.checks import StepCheck
from conformance.errors import COULD_NOT_RUN, HarnessError
from conformance.reports.evidence import told
from conformance.run import Run
from scenarios import Performance, Result, Scenario, StepResult

SUITE = Path(__file__)


class StepFailedError(Exception):
    """A step did not come out as the regulation says."""

    def __init__(self, result: StepResult) -> None:
        self.result = result
        super().__init__("; ".join(str(mismatch) for mismatch in result.mismatches))


class AuthoritySuite(pytest.File):
    """All scenarios of the run's regulation."""

    run: Run

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, run: Run) -> AuthoritySuite:
        """The suite of this run."""
        suite: AuthoritySuite = cls.from_parent(parent, path=path)
        suite.run = run
        return suite

    def collect(self) -> Iterator[ScenarioNode]:
        """One node a scenario."""
        for name, checks in groupby(self.run.checks, key=lambda check: check.scenario.id):
            yield ScenarioNode.of(self, f"{self.run.suite}/{name}", self.run, tuple(checks))


class ScenarioNode(pytest.Collector):
    """One scenario, played once: its steps share what they learn."""

    run: Run
    checks: tuple[StepCheck, ...]
    performance: Performance

    @classmethod
    def of(cls, parent: AuthoritySuite, name: str, run: Run, checks: tuple[StepCheck, ...]) -> ScenarioNode:
        """The node of these checks, all of one scenario."""
        node: ScenarioNode = cls.from_parent(parent, name=name, nodeid=name)
        node.run, node.checks = run, checks
        node.performance = run.performance(node.scenario)
        return node

    @property
    def scenario(self) -> Scenario:
        """The scenario of these checks."""
        return self.checks[0].scenario

    def setup(self) -> None:
        """Empty the sandbox first, where the run asks for that; end the session where it cannot be emptied."""
        try:
            self.run.before_scenario()
        except HarnessError as error:
            pytest.exit(str(error), returncode=COULD_NOT_RUN)

    def collect(self) -> Iterable[StepItem]:
        """One item a step."""
        return [StepItem.of(self, check) for check in self.checks]


class StepItem(pytest.Item):
    """One step as a test."""

    check: StepCheck

    @classmethod
    def of(cls, parent: ScenarioNode, check: StepCheck) -> StepItem:
        """The test of this check."""
        item: StepItem = cls.from_parent(parent, name=check.step.id)
        item.check = check
        item.user_properties = [("id", check.id), ("regulation", check.scenario.regulation)]
        for clause in check.step.clauses:
            item.user_properties.append(("clause", clause))
            item.add_marker(pytest.mark.clause(id=clause))
        return item

    def runtest(self) -> None:
        """Play the step."""
        parent = self.getparent(ScenarioNode)
        assert parent is not None
        result = parent.performance.perform(self.check.step)
        if result.result is Result.SKIPPED:
            pytest.skip(parent.run.redact(result.reason))
        if result.result is Result.FAILED:
            raise StepFailedError(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The failure in words, with evidence and the line that reproduces it."""
        if isinstance(excinfo.value, StepFailedError):
            parent = self.getparent(ScenarioNode)
            assert parent is not None
            run = parent.run
            return run.redact(told(self.check.id, excinfo.value.result, run.reproduce(self.check.id)))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test stands: its id."""
        return self.path, None, self.check.id
