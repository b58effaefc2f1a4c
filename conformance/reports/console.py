"""The run on a terminal: a line a scenario or module while it runs, then each failure, then the summary by clause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from conformance.events import (
    RESULT_NAMES,
    CheckBegan,
    CheckEnded,
    ClauseFigures,
    Conclusion,
    Event,
    KnownFailure,
    Result,
    RunBegan,
    RunEnded,
)
from conformance.telling import told

MARKS = {
    Result.PASSED: "[green]✓[/]",
    Result.FAILED: "[bold red]✗[/]",
    Result.ERROR: "[bold red]![/]",
    Result.SKIPPED: "[yellow]○[/]",
    Result.NOT_APPLICABLE: "[dim]–[/]",
}
EXPECTED = "[yellow]x[/]"
"""A failure that is on the list of known ones."""
MOST_LISTED = 4
"""Checks that are named where many were skipped for one reason."""
ALWAYS_COUNTED = (Result.PASSED, Result.FAILED, Result.SKIPPED)
"""Results that stand in the totals even where there are none."""


class ConsoleReport:
    """Tells what happens on one console; a bar shows how far it is, on a terminal."""

    def __init__(self, console: Console, *, verbose: bool = False) -> None:
        self._console, self._verbose = console, verbose
        self._progress: Progress | None = None
        self._group = ""
        self._marks: list[str] = []
        self._ended: list[CheckEnded] = []

    def handle(self, event: Event) -> None:
        """Show what happened."""
        match event:
            case RunBegan():
                self._begin(event)
            case CheckBegan():
                self._check(event)
            case CheckEnded():
                self._end(event)
            case RunEnded():
                self._finish(event)

    # --- while it runs --------------------------------------------------------------------------------------

    def _begin(self, event: RunBegan) -> None:
        if self._console.is_terminal:
            columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
            self._progress = Progress(*columns, console=self._console, transient=True)
            self._progress.add_task("", total=event.checks)
            self._progress.start()

    def _check(self, event: CheckBegan) -> None:
        if self._progress is not None:
            self._progress.update(self._progress.task_ids[0], description=escape(event.check))

    def _end(self, event: CheckEnded) -> None:
        self._ended.append(event)
        mark = EXPECTED if event.expected is not None else MARKS[event.result]
        if self._progress is not None:
            self._progress.advance(self._progress.task_ids[0])
        if self._verbose:
            self._console.print(f"{mark} {escape(event.check)}", highlight=False, soft_wrap=True)
            return
        if event.group != self._group:
            self._print_group()
            self._group = event.group
        self._marks.append(mark)

    def _print_group(self) -> None:
        if self._marks:
            self._console.print(f"{escape(self._group)} {''.join(self._marks)}", highlight=False, soft_wrap=True)
        self._marks = []

    # --- at the end -----------------------------------------------------------------------------------------

    def _finish(self, event: RunEnded) -> None:
        self._print_group()
        if self._progress is not None:
            self._progress.stop()
        if event.conclusion is Conclusion.INTERRUPTED:
            return
        console = self._console
        console.print()
        for ended in self._ended:
            if ended.speaks_against:
                name = RESULT_NAMES[ended.result]
                console.print(f"[bold red]{name.vi.upper()} / {name.en.upper()}[/]", end=" ")
                console.print(escape(told(ended)), highlight=False, soft_wrap=True)
                console.print()
        self._reasons(Result.SKIPPED, "[yellow]Chưa kiểm / Not checked[/]", "○")
        self._reasons(Result.NOT_APPLICABLE, "[dim]Không áp dụng / Not applicable[/]", "–")
        self._known()
        self._surprises(event.surprises)
        if event.clauses:
            console.print(_table(event.clauses))
        self._untested(event)
        console.print(f"[bold]{sum(event.totals.values())} phép kiểm / checks[/]: {_counts(event)}", highlight=False)

    def _reasons(self, result: Result, title: str, mark: str) -> None:
        together: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for ended in self._ended:
            if ended.result is result:
                together[ended.group, ended.reason].append(ended.name)
        if not together:
            return
        self._console.print(title)
        for (group, reason), names in together.items():
            listed = ", ".join(names[:MOST_LISTED]) + (", …" if len(names) > MOST_LISTED else "")
            line = f"  {mark} {group}: {reason} ({len(names)}: {listed})"
            self._console.print(escape(line), highlight=False, soft_wrap=True)
        self._console.print()

    def _known(self) -> None:
        known = [ended for ended in self._ended if ended.expected is not None]
        if not known:
            return
        self._console.print("[yellow]Sai như đã biết / Failed as expected[/]")
        for ended in known:
            reason = ended.expected.reason if ended.expected is not None else ""
            self._console.print(escape(f"  x {ended.check}: {reason}"), highlight=False, soft_wrap=True)
        self._console.print()

    def _surprises(self, surprises: Sequence[KnownFailure]) -> None:
        for one in surprises:
            self._console.print("[bold red]ĐÚNG NGOÀI DỰ KIẾN / PASSED UNEXPECTEDLY[/]", end=" ")
            line = f"{one.entry}: bỏ khỏi danh sách / take it off the list ({one.reason})"
            self._console.print(escape(line), highlight=False, soft_wrap=True)
        if surprises:
            self._console.print()

    def _untested(self, event: RunEnded) -> None:
        untested = event.untested
        if untested:
            self._console.print(
                f"[yellow]Điều khoản chưa được kiểm / Clauses left untested[/] "
                f"({len(untested)} trong / of {len(event.clauses)}): {', '.join(untested)}",
                highlight=False,
                soft_wrap=True,
            )


def _table(clauses: Sequence[ClauseFigures]) -> Table:
    shown = [result for result in Result if result in ALWAYS_COUNTED or any(_figure(one, result) for one in clauses)]
    table = Table("điều khoản\nclause", title="Theo điều khoản / By clause", title_justify="left")
    for result in shown:
        table.add_column(f"{RESULT_NAMES[result].vi}\n{RESULT_NAMES[result].en}", justify="right")
    for one in clauses:
        style = "red" if one.failed or one.error else "yellow" if one.skipped else None
        table.add_row(one.clause, *(str(_figure(one, result) or "·") for result in shown), style=style)
    return table


def _figure(one: ClauseFigures, result: Result) -> int:
    figure: int = getattr(one, result.value)
    return figure


def _counts(event: RunEnded) -> str:
    parts = [
        f"{event.totals[result]} {RESULT_NAMES[result].vi} / {RESULT_NAMES[result].en}"
        for result in Result
        if event.totals[result] or result in ALWAYS_COUNTED
    ]
    if event.expected:
        parts.append(f"{event.expected} sai như đã biết / failed as expected")
    return ", ".join(parts)
