"""The run on a terminal: a line a scenario while it runs, then each failure, then the summary by clause."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from rich.console import Console
from rich.markup import escape
from rich.table import Table

MARKS = {"passed": "[green]✓[/]", "failed": "[bold red]✗[/]", "skipped": "[yellow]○[/]"}
MOST_LISTED = 4
"""Steps that are named where many were skipped for one reason."""
OUTCOMES = ("passed", "failed", "skipped")


class ConsoleReport:
    """A pytest plugin that tells what happens; nothing secret is in what it is given."""

    def __init__(self, console: Console, *, verbose: bool = False, unit: str = "bước / steps") -> None:
        self._console, self._verbose, self._unit = console, verbose, unit
        self._scenario = ""
        self._failures: list[str] = []
        self._skips: list[tuple[str, str]] = []
        self._clauses: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.totals: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count and show one test."""
        outcome = report.outcome
        if report.when != "call" and outcome == "passed":
            return
        properties = list(report.user_properties)
        check = str(dict(properties).get("id", report.nodeid))
        self.totals[outcome] += 1
        for key, value in properties:
            if key == "clause":
                self._clauses[str(value)][outcome] += 1
        if outcome == "failed":
            self._failures.append(report.longreprtext)
        elif outcome == "skipped":
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
            self._skips.append((check, reason.removeprefix("Skipped: ")))
        self._show(check, outcome)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Say why the run ended before its end."""
        said = getattr(excinfo.value, "msg", "") or "bị ngắt / interrupted"
        Console(stderr=True).print(f"\nERROR: {said}", markup=False, highlight=False, soft_wrap=True)

    def _show(self, check: str, outcome: str) -> None:
        scenario = check.rpartition("/")[0]
        if self._verbose:
            self._console.print(f"{MARKS[outcome]} {escape(check)}", highlight=False)
            return
        if scenario != self._scenario:
            if self._scenario:
                self._console.print()
            self._scenario = scenario
            self._console.print(f"{escape(scenario)} ", end="", highlight=False)
        self._console.print(MARKS[outcome], end="", highlight=False)

    def summary(self) -> None:
        """Everything that is known at the end."""
        console = self._console
        console.print("\n")
        for failure in self._failures:
            console.print("[bold red]SAI / FAILED[/]", end=" ")
            console.print(escape(failure), highlight=False, soft_wrap=True)
            console.print()
        if self._skips:
            console.print("[yellow]Chưa kiểm / Not checked[/]")
            for (scenario, reason), steps in self._skipped_together().items():
                listed = ", ".join(steps[:MOST_LISTED]) + (", …" if len(steps) > MOST_LISTED else "")
                line = f"  ○ {scenario}: {reason} ({len(steps)}: {listed})"
                console.print(escape(line), highlight=False, soft_wrap=True)
            console.print()
        console.print(self._table())
        self._untested()
        counts = ", ".join(
            f"{self.totals[outcome]} {words}"
            for outcome, words in zip(OUTCOMES, ("đúng / passed", "sai / failed", "chưa kiểm / skipped"), strict=True)
        )
        console.print(f"[bold]{sum(self.totals.values())} {self._unit}[/]: {counts}", highlight=False)

    def _skipped_together(self) -> dict[tuple[str, str], list[str]]:
        together: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for check, reason in self._skips:
            scenario, _, step = check.rpartition("/")
            together[scenario, reason].append(step)
        return together

    def _table(self) -> Table:
        table = Table("điều khoản\nclause", title="Theo điều khoản / By clause", title_justify="left")
        for words in ("đúng\npassed", "sai\nfailed", "chưa kiểm\nskipped"):
            table.add_column(words, justify="right")
        for clause in sorted(self._clauses, key=_order):
            counts = self._clauses[clause]
            style = "red" if counts["failed"] else "yellow" if counts["skipped"] else None
            table.add_row(clause, *(str(counts[outcome] or "·") for outcome in OUTCOMES), style=style)
        return table

    def _untested(self) -> None:
        untested = [
            clause
            for clause in sorted(self._clauses, key=_order)
            if not self._clauses[clause]["passed"] and not self._clauses[clause]["failed"]
        ]
        if untested:
            self._console.print(
                f"[yellow]Điều khoản chưa được kiểm / Clauses left untested:[/] {', '.join(untested)}",
                highlight=False,
                soft_wrap=True,
            )


def _order(clause: str) -> list[tuple[int, int, str]]:
    parts = clause.replace("-", ".").split(".")
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
