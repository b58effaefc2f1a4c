"""The run as SARIF 2.1.0, for code scanning: a rule is a check, a result a failure.

What passed is no result; what was skipped or broke off is a notification of the run. Known failures are there,
suppressed. There is no source to point into, so a location is the check's id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.events import BAD, CheckEnded, Conclusion, Event, Result, RunBegan, RunEnded
from conformance.exits import EXIT_CODES
from conformance.law import law
from conformance.telling import told
from scenarios import Importance

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
NAME = "mockca conformance"
LEVELS = {Importance.BLOCKER: "error", Importance.MAJOR: "warning", Importance.MINOR: "note"}


class SarifReport:
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
                log = document(self._began, self._checks, event)
                self._path.write_text(json.dumps(log, ensure_ascii=False, indent=1) + "\n", "utf-8")


def document(began: RunBegan, checks: list[CheckEnded], ended: RunEnded) -> dict[str, Any]:
    """The whole log."""
    rules = {check.check: number for number, check in enumerate(checks)}
    run = {
        "tool": {
            "driver": {
                "name": NAME,
                "version": began.versions["conformance"],
                "rules": [_rule(check) for check in checks],
            }
        },
        "automationDetails": {"id": f"conformance/{began.target.kind}/{began.regulation}/"},
        "invocations": [_invocation(began, checks, ended, rules)],
        "results": [_result(check, rules[check.check]) for check in checks if check.result is Result.FAILED],
        "properties": {
            "target": f"{began.target.kind}={began.target.place}",
            "regulation": began.regulation,
            "conclusion": ended.conclusion.value,
            "totals": {result.value: count for result, count in ended.totals.items()},
            "untestedClauses": list(ended.untested),
            "passedUnexpectedly": [one.model_dump() for one in ended.surprises],
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(check: CheckEnded) -> dict[str, Any]:
    return {
        "id": check.check,
        "name": "".join(word.title() for word in check.name.split("-")),
        "shortDescription": {"text": check.says.en.partition("\n")[0]},
        "fullDescription": {"text": f"{check.says.vi}\n{check.says.en}"},
        "help": {"text": "\n".join(_help(check, bullet="- ")), "markdown": "\n\n".join(_help(check, bullet="- "))},
        "defaultConfiguration": {"level": LEVELS[check.importance]},
        "properties": {"tags": list(check.clauses), "importance": check.importance.value},
    }


def _help(check: CheckEnded, bullet: str) -> Iterable[str]:
    yield check.says.vi
    yield check.says.en
    clauses = law().clauses
    for id_ in check.clauses:
        if id_ in clauses:
            yield f"{bullet}{id_} ({clauses[id_].ref}): {clauses[id_].says.vi} / {clauses[id_].says.en}"
    yield f"conformance explain {check.check}"


def _result(check: CheckEnded, rule: int) -> dict[str, Any]:
    found = {
        "ruleId": check.check,
        "ruleIndex": rule,
        "kind": "fail",
        "level": LEVELS[check.importance],
        "message": {"text": "\n".join((check.says.vi, check.says.en, *map(str, check.mismatches)))},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": check.group}, "region": {"startLine": 1}},
                "logicalLocations": [{"name": check.name, "fullyQualifiedName": check.check, "kind": "member"}],
            }
        ],
        "partialFingerprints": {"check/v1": hashlib.sha256(check.check.encode()).hexdigest()},
        "properties": {
            "clauses": list(check.clauses),
            "told": told(check),
            "reproduce": check.reproduce,
            "evidence": check.evidence.model_dump(mode="json"),
        },
    }
    if check.expected is not None:
        reason = f"{check.expected.entry}: {check.expected.reason}"
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return found


def _invocation(began: RunBegan, checks: list[CheckEnded], ended: RunEnded, rules: dict[str, int]) -> dict[str, Any]:
    notes = [
        {
            "level": "error" if check.result in BAD else "note",
            "message": {"text": f"{check.result.value}: {check.reason}"},
            "associatedRule": {"id": check.check, "index": rules[check.check]},
        }
        for check in checks
        if check.result not in (Result.PASSED, Result.FAILED)
    ]
    if ended.why:
        notes.append({"level": "error", "message": {"text": ended.why}})
    return {
        "commandLine": began.command,
        "startTimeUtc": _time(began.at),
        "endTimeUtc": _time(began.at + timedelta(seconds=ended.seconds)),
        "executionSuccessful": ended.conclusion is not Conclusion.INTERRUPTED,
        "exitCode": EXIT_CODES[ended.conclusion],
        "toolExecutionNotifications": notes,
    }


def _time(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
