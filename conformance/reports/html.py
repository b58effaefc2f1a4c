"""The run as one page that needs nothing else: to read without scripts, to filter with them, in both languages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from conformance.checks import IMPORTANCE_NAMES
from conformance.events import RESULT_NAMES, CheckEnded, Conclusion, Event, Result, RunBegan, RunEnded
from conformance.features import FEATURES
from conformance.law import Text, law
from conformance.reports.templating import template

MARKS = {
    Result.PASSED: "✓",
    Result.FAILED: "✗",
    Result.ERROR: "!",
    Result.SKIPPED: "○",
    Result.NOT_APPLICABLE: "–",
}
CONCLUSIONS: Mapping[Conclusion, Text] = {
    Conclusion.PASSED: Text("Đạt", "Passed"),
    Conclusion.FAILED: Text("Không đạt", "Failed"),
    Conclusion.NOTHING_CHECKED: Text("Không kiểm được gì", "Nothing could be checked"),
    Conclusion.INTERRUPTED: Text("Bị ngắt giữa chừng", "Interrupted"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The checks of one scenario or module."""

    name: str
    checks: Sequence[CheckEnded]

    @property
    def figures(self) -> Counter[Result]:
        """How they came out."""
        return Counter(check.result for check in self.checks)


class HtmlReport:
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
                self._path.write_text(page(self._began, self._checks, event), "utf-8")


def page(began: RunBegan, checks: Sequence[CheckEnded], ended: RunEnded) -> str:
    """The page. Without scripts it shows everything."""
    groups = [Group(name, list(group)) for name, group in groupby(checks, key=lambda check: check.group)]
    return template("report.html").render(
        began=began,
        ended=ended,
        groups=groups,
        against=[check for check in checks if check.speaks_against],
        law=law().clauses,
        conclusion=CONCLUSIONS[ended.conclusion],
        results=RESULT_NAMES,
        marks=MARKS,
        importances=IMPORTANCE_NAMES,
        features=FEATURES,
        pretty=pretty,
    )


def pretty(body: str) -> str:
    """A body laid out to be read: JSON with its lines, anything else as it is."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        return body
