"""A suite as pytest sees it: a file with groups, a group with checks, a check a test."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from conformance import evidence
from conformance.checks import Check
from conformance.errors import COULD_NOT_RUN, HarnessError
from conformance.events import BAD, CheckEnded, Evidence, Result
from conformance.run import Finding, SuiteRun
from conformance.telling import told

NOT_APPLICABLE = "không áp dụng / not applicable"


class CheckFailedError(Exception):
    """The target does not do what the check asks for."""


class SuiteFile(pytest.File):
    """All checks of the run."""

    run: SuiteRun

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, run: SuiteRun) -> SuiteFile:
        """The suite of this run."""
        suite: SuiteFile = cls.from_parent(parent, path=path)
        suite.run = run
        return suite

    def collect(self) -> Iterator[GroupNode]:
        """One node a group."""
        for name, checks in groupby(self.run.checks, key=group_of):
            yield GroupNode.of(self, name, tuple(checks))


class GroupNode(pytest.Collector):
    """The checks of one scenario or module."""

    run: SuiteRun
    checks: Sequence[Check]

    @classmethod
    def of(cls, parent: SuiteFile, name: str, checks: Sequence[Check]) -> GroupNode:
        """The node of these checks."""
        node: GroupNode = cls.from_parent(parent, name=name, nodeid=name)
        node.run, node.checks = parent.run, checks
        return node

    def setup(self) -> None:
        """Make the target ready; end the session where it cannot be."""
        try:
            self.run.before(self.name)
        except HarnessError as error:
            pytest.exit(str(error), returncode=COULD_NOT_RUN)

    def collect(self) -> Iterable[CheckItem]:
        """One item a check."""
        return [CheckItem.of(self, check) for check in self.checks]


class CheckItem(pytest.Item):
    """One check as a test."""

    run: SuiteRun
    check: Check
    finding: Finding | None = None
    seconds: float = 0.0

    @classmethod
    def of(cls, parent: GroupNode, check: Check) -> CheckItem:
        """The test of this check."""
        item: CheckItem = cls.from_parent(parent, name=check.id.rpartition("/")[2])
        item.run, item.check = parent.run, check
        item.user_properties = [("id", check.id), ("regulation", item.run.settings.regulation)]
        item.user_properties.append(("importance", check.importance.value))
        for clause in item.run.clauses(check):
            item.user_properties.append(("clause", clause))
            item.add_marker(pytest.mark.clause(id=clause))
        return item

    def runtest(self) -> None:
        """Make the check."""
        began = time.monotonic()
        lacking = [feature for feature in self.check.features if feature in self.run.settings.without]
        if lacking:
            self.finding = Finding(Result.NOT_APPLICABLE, f"--without {lacking[0]}")
        else:
            self.finding = self.run.judge(self.check)
        self.seconds = time.monotonic() - began
        reason = self.run.redact(self.finding.reason)
        if self.finding.result is Result.NOT_APPLICABLE:
            pytest.skip(f"{NOT_APPLICABLE}: {reason}")
        if self.finding.result is Result.SKIPPED:
            pytest.skip(reason)
        if self.finding.result is Result.FAILED:
            raise CheckFailedError("; ".join(str(one) for one in self.finding.mismatches))

    def ended(self, number: int = 1, broke: str = "", *, with_evidence: bool = False) -> CheckEnded:
        """What came of it, without anything secret; with evidence at least where it failed.

        `broke` says how the harness broke off, if it did.
        """
        found = self.finding or Finding(Result.ERROR, broke or "nothing came of it")
        check = self.check
        event = CheckEnded(
            check=check.id,
            number=number,
            result=found.result,
            reason=found.reason,
            says=check.says,
            does=check.does,
            clauses=self.run.clauses(check),
            importance=check.importance,
            features=check.features,
            mismatches=found.mismatches,
            suspects=found.suspects,
            evidence=evidence.of(found) if with_evidence or found.result in BAD else Evidence(),
            reproduce=self.run.reproduce(check.id),
            at=found.at,
            seconds=round(self.seconds, 3),
        )
        return CheckEnded.model_validate(_redacted(event.model_dump(), self.run))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The failure in words, with evidence and the line that reproduces it."""
        if isinstance(excinfo.value, CheckFailedError):
            return told(self.ended())
        return self.run.redact(str(super().repr_failure(excinfo, style)))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test stands: its id."""
        return self.path, None, self.check.id


def group_of(check: Check) -> str:
    """The scenario or module that the check stands in."""
    return check.id.rpartition("/")[0]


def _redacted(value: Any, run: SuiteRun) -> Any:
    """The value with no secret in any of its texts."""
    if isinstance(value, str):
        return run.redact(value)
    if isinstance(value, dict):
        return {key: _redacted(inner, run) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(inner, run) for inner in value]
    return value
