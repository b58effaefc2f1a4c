"""The token suite for pytest: each check a test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from conformance.checks import FunctionCheck
from conformance.suites.token.bench import Failed, NotChecked
from conformance.suites.token.run import TokenRun
from conformance.targets.token import ModuleFailed

SUITE = Path(__file__)


class TokenSuite(pytest.File):
    """All checks of the run."""

    run: TokenRun

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, run: TokenRun) -> TokenSuite:
        """The suite of this run."""
        suite: TokenSuite = cls.from_parent(parent, path=path)
        suite.run = run
        return suite

    def collect(self) -> Iterator[ChecksNode]:
        """One node a module of checks."""
        for name, checks in groupby(self.run.checks, key=lambda check: check.id.rpartition("/")[0]):
            yield ChecksNode.of(self, name, self.run, tuple(checks))


class ChecksNode(pytest.Collector):
    """The checks of one module."""

    run: TokenRun
    checks: tuple[FunctionCheck, ...]

    @classmethod
    def of(cls, parent: TokenSuite, name: str, run: TokenRun, checks: tuple[FunctionCheck, ...]) -> ChecksNode:
        """The node of these checks."""
        node: ChecksNode = cls.from_parent(parent, name=name, nodeid=name)
        node.run, node.checks = run, checks
        return node

    def collect(self) -> Iterable[CheckItem]:
        """One item a check."""
        return [CheckItem.of(self, self.run, check) for check in self.checks]


class CheckItem(pytest.Item):
    """One check as a test."""

    run: TokenRun
    check: FunctionCheck

    @classmethod
    def of(cls, parent: ChecksNode, run: TokenRun, check: FunctionCheck) -> CheckItem:
        """The test of this check."""
        item: CheckItem = cls.from_parent(parent, name=check.id.rpartition("/")[2])
        item.run, item.check = run, check
        item.user_properties = [("id", check.id), ("regulation", run.settings.regulation)]
        for clause in run.clauses(check):
            item.user_properties.append(("clause", clause))
            item.add_marker(pytest.mark.clause(id=clause))
        return item

    def runtest(self) -> None:
        """Make the check."""
        try:
            self.run.play(self.check)
        except NotChecked as reason:
            pytest.skip(self.run.redact(str(reason)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The failure in words, with what was asked and answered, and the line that reproduces it."""
        if isinstance(excinfo.value, Failed | ModuleFailed):
            return self.run.redact("\n".join(self._told(str(excinfo.value))))
        return self.run.redact(str(super().repr_failure(excinfo, style)))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test stands: its id."""
        return self.path, None, self.check.id

    def _told(self, mismatch: str) -> Iterator[str]:
        yield self.check.id
        yield from (f"  {line}" for line in self.check.says)
        yield f"  điều khoản / clause: {', '.join(self.run.clauses(self.check)) or '–'}"
        yield f"  ✗ {mismatch}"
        yield from (f"  > {line}" for line in folded(self.run.target.told))
        yield f"  chạy lại / reproduce: {self.run.reproduce(self.check.id)}"


def folded(lines: Sequence[str]) -> Iterator[str]:
    """The lines, with pairs of them that come again and again told once."""
    at = 0
    while at < len(lines):
        pair, times = lines[at : at + 2], 1
        while lines[at + 2 * times : at + 2 * (times + 1)] == pair:
            times += 1
        if times < 3 or len(pair) < 2:
            yield lines[at]
            at += 1
        else:
            yield from pair
            yield f"({times - 1} more times the same)"
            at += 2 * times
