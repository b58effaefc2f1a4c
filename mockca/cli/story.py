"""A scenario told as a story: what is done in full, what is refused in short, and acts of one's own in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from conformance.targets.http import HttpTarget
from scenarios import Performance, Result, Step, StepEnded, StepResult, Verdict, load

SHOWN_REFUSALS = 2
Act = Callable[[StepResult], None]


class Story:
    """One scenario, printed as it is played.

    `acts` are called after the step of that id, and `by_operation` after every step that does that operation; a step
    with an act of its own operation is not printed otherwise.
    """

    def __init__(
        self,
        console: Console,
        target: HttpTarget,
        scenario: str,
        *,
        given: Mapping[str, str | int | bool],
        acts: Mapping[str, Act],
        by_operation: Mapping[str, Act],
    ) -> None:
        self.console, self.went_well = console, True
        self._scenario = load(scenario)
        self._performance = Performance(self._scenario, target, seed="demo", given=given)
        self._acts, self._by_operation = acts, by_operation
        self._number = 0
        self._refused: list[Step] = []

    def tell(self, until: str | None = None) -> None:
        """Play the scenario, up to a step where one is given, and print each step."""
        scenario = self._scenario
        self.console.print(
            Panel(
                f"[bold]{scenario.title.vi}[/bold]\n{scenario.title.en}\n\n{scenario.about.vi}\n"
                f"[dim]{scenario.about.en}[/dim]\n\n"
                "[yellow]✗[/yellow] yêu cầu sai, bị từ chối theo điều khoản · a wrong request, refused by its clause",
                title=f"{scenario.id} · MÔ PHỎNG · MOCK",
            )
        )
        for event in self._performance.play(until):
            if isinstance(event, StepEnded):
                self._show(event.result)
        self.show_refused()

    def answer(self, step: str) -> Mapping[str, Any]:
        """What the implementation answered to a step; empty where it was not played."""
        outcome = self._performance.results[step].outcome if step in self._performance.results else None
        return {} if outcome is None else outcome.values

    def say(self, mark: Text, words: Text) -> None:
        """A mark in the margin, and words that stay clear of it when they wrap."""
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_column(width=5)
        line.add_column()
        line.add_row(mark, words)
        self.console.print(line)

    def show_refused(self) -> None:
        """The wrong requests since the last step: a few in full, of the others the clauses."""
        for step in self._refused[:SHOWN_REFUSALS]:
            words = Text.assemble(step.say_vi, (f" ({', '.join(step.clauses)})\n{step.say_en}", "dim"))
            self.say(Text("    ✗", "yellow"), words)
        others = self._refused[SHOWN_REFUSALS:]
        if others:
            clauses = ", ".join(dict.fromkeys(clause for step in others for clause in step.clauses))
            words = Text.assemble(
                f"… và {len(others)} yêu cầu sai khác, đều bị từ chối đúng điều khoản",
                (f" ({clauses})\nand {len(others)} more, each refused by its clause", "dim"),
            )
            self.say(Text("    ✗", "yellow"), words)
        self._refused.clear()

    def _show(self, result: StepResult) -> None:
        step = result.step
        special = self._by_operation.get(step.does.value)
        if result.result is not Result.PASSED:
            self.went_well = False
            why = result.reason or "; ".join(map(str, result.mismatches))
            self.console.print(f"[bold red]✗ {step.id}[/bold red] {step.say_vi} [red]{why}[/red]")
        elif special is not None:
            self.show_refused()
            special(result)
        elif step.expects.outcome is Verdict.REFUSED:
            self._refused.append(step)
        elif step.is_main:
            self._show_main(step)
        if result.result is Result.PASSED and step.id in self._acts:
            self.show_refused()
            self._acts[step.id](result)

    def _show_main(self, step: Step) -> None:
        self.show_refused()
        self._number += 1
        who = f"{step.actor} · {', '.join(step.clauses)}"
        self.say(
            Text(f"\n{self._number:3}", "bold cyan"),
            Text.assemble(("\n" + step.say_vi, "bold"), f"\n{step.say_en}\n", (who, "cyan")),
        )
