"""The run as JUnit XML, so that Jenkins, GitLab and others show it. Valid by Jenkins's schema and by Ant's.

A suite is a scenario or a module. Neither schema lets a test have properties, so the clauses and the importance of
each stand among the properties of its suite, as `clauses:<test>` and `importance:<test>`.
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped, SystemErr, SystemOut
from junitparser.xunit2 import TestCase, TestSuite

from conformance.events import CheckEnded, Event, KnownFailure, Result, RunBegan, RunEnded
from conformance.telling import told

HOST = "localhost"
"""What Ant's schema wants where the machine's name is not told."""
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not have."""


class JUnitReport:
    """Writes the file when the run has ended."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._began: RunBegan | None = None
        self._checks: list[CheckEnded] = []

    def handle(self, event: Event) -> None:
        """Take note of what happened."""
        match event:
            case RunBegan():
                self._began = event
            case CheckEnded():
                self._checks.append(event)
            case RunEnded() if self._began is not None:
                document(self._began, self._checks, event).write(str(self._path))


def document(began: RunBegan, checks: list[CheckEnded], ended: RunEnded) -> JUnitXml:
    """The whole document."""
    root = JUnitXml()
    groups = [(name, list(group)) for name, group in groupby(checks, key=lambda check: check.group)]
    for number, (name, group) in enumerate(groups):
        root.append(_suite(began, number, name, [_case(check) for check in group], _facts(group)))
    if ended.surprises:
        cases = [_surprise(one) for one in ended.surprises]
        root.append(_suite(began, len(groups), "known-failures", cases, {}))
    return root


def _suite(began: RunBegan, number: int, name: str, cases: list[TestCase], facts: dict[str, str]) -> TestSuite:
    suite = TestSuite(name)
    suite.id, suite.package, suite.hostname = str(number), began.target.kind, HOST
    suite.timestamp = began.at.strftime("%Y-%m-%dT%H:%M:%S")
    run = {"target": f"{began.target.kind}={began.target.place}", "regulation": began.regulation}
    for key, value in {**run, "command": began.command, **facts}.items():
        suite.add_property(_xml(key), _xml(value))
    suite.add_testcases([*cases])
    suite.append(SystemOut())
    suite.append(SystemErr())
    return suite


def _facts(group: list[CheckEnded]) -> dict[str, str]:
    clauses = {f"clauses:{check.name}": " ".join(check.clauses) for check in group if check.clauses}
    return {**clauses, **{f"importance:{check.name}": check.importance.value for check in group}}


def _case(check: CheckEnded) -> TestCase:
    case = TestCase(check.name, check.group.replace("/", "."), check.seconds)
    message = _xml("; ".join(str(one) for one in check.mismatches) or check.reason)
    match check.result:
        case Result.FAILED if check.expected is not None:
            case.result = [Skipped(_xml(f"{check.expected.entry}: {check.expected.reason}"), "known-failure")]
        case Result.FAILED:
            case.result = [_with_text(Failure(message, check.importance.value), told(check))]
        case Result.ERROR:
            case.result = [_with_text(Error("bộ kiểm dừng giữa chừng / the harness broke off", "error"), told(check))]
        case Result.SKIPPED | Result.NOT_APPLICABLE:
            case.result = [Skipped(message, check.result.value)]
    return case


def _surprise(one: KnownFailure) -> TestCase:
    case = TestCase(one.entry, "known-failures", 0.0)
    says = f"đúng ngoài dự kiến, bỏ khỏi danh sách / passed unexpectedly, take it off the list: {one.reason}"
    case.result = [Failure(_xml(says), "passed-unexpectedly")]
    return case


def _with_text(result: Failure | Error, text: str) -> Failure | Error:
    result.text = _xml(text)
    return result


def _xml(text: str) -> str:
    return ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
