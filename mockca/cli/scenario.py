"""`mockca scenario`: stories of certificates, told step by step while they are played."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

import scenarios
from conformance.errors import HarnessError
from conformance.targets.credentials import read_credentials
from conformance.targets.http import HttpTarget
from mockca.cli.temporary_server import temporary_server
from mockca.errors import MockcaError
from scenarios import Operation, Performance, Result, Scenario, ScenarioError, StepEnded, StepResult, Verdict
from scenarios.faces import FACES

COULD_NOT_PLAY = 2


def target_options(function: Callable[..., None]) -> Callable[..., None]:
    """`--target` and `--credentials`: where to play; with neither, on a temporary server."""
    credentials = click.option(
        "--credentials",
        type=click.Path(path_type=Path),
        envvar="CONFORMANCE_CREDENTIALS",
        help="credentials.json của sandbox đó. Its accounts.",
    )
    target = click.option(
        "--target", metavar="URL", help="Sandbox đang chạy, vd. http://127.0.0.1:8400/demo. A running sandbox."
    )
    return target(credentials(function))


@click.group("scenario")
def command() -> None:
    """Các kịch bản. Stories of certificates, to be watched or to put a sandbox into a state."""


@command.command("list")
def list_scenarios() -> None:
    """Liệt kê các kịch bản. Lists the scenarios."""
    for name in scenarios.available():
        scenario = scenarios.load(name)
        click.echo(f"{name}  ({len(scenario.steps)} bước / steps)")
        click.echo(f"    {scenario.title.vi}")
        click.echo(f"    {scenario.title.en}")


@command.command()
@click.argument("scenario_id", metavar="ID")
@click.option("--until", metavar="STEP", help="Dừng sau bước này. Stop after this step.")
@target_options
@click.option("--seed", default="1", show_default=True, help="Cùng seed, cùng nhân vật. Makes up people.")
def play(scenario_id: str, until: str | None, target: str | None, credentials: Path | None, seed: str) -> None:
    """Diễn một kịch bản, kể từng bước. Plays a scenario and tells each step.

    \b
    mockca scenario play an-giang/new-person
    mockca scenario play an-giang/new-person --until hand-to-subscriber \\
        --target http://127.0.0.1:8400/demo --credentials var/mockca/demo/credentials.json

    Không có --target thì một máy chủ tạm được dựng rồi tắt. Without --target on a temporary server.
    """
    console = Console(highlight=False)
    try:
        scenario = scenarios.load(scenario_id)
        scenarios.up_to(scenario, until)
        with somewhere(target, credentials, scenario.regulation) as port:
            went_well = _tell(console, scenario, Performance(scenario, port, seed=seed), until)
    except (ScenarioError, HarnessError, MockcaError) as error:
        click.echo(f"ERROR: {error}", err=True)
        sys.exit(COULD_NOT_PLAY)
    sys.exit(0 if went_well else 1)


@contextmanager
def somewhere(url: str | None, credentials: Path | None, regulation: str) -> Iterator[HttpTarget]:
    """The sandbox at this URL, or one on a temporary server; raises HarnessError or SetUpError where there is none."""
    if url is None:
        with (
            temporary_server(regulations=(regulation,)) as server,
            somewhere(server.url, server.credentials, regulation) as target,
        ):
            yield target
        return
    if credentials is None:
        raise HarnessError(f"{url} needs its accounts: --credentials <data>/<sandbox>/credentials.json")
    target = HttpTarget(url, regulation, read_credentials(credentials))
    try:
        target.check()
        yield target
    finally:
        target.close()


def _tell(console: Console, scenario: Scenario, performance: Performance, until: str | None) -> bool:
    console.print(
        Panel(
            Text.assemble(
                (f"{scenario.title.vi}\n", "bold"),
                (f"{scenario.title.en}\n\n", "dim"),
                f"{scenario.about.vi}\n",
                (scenario.about.en, "dim"),
            ),
            title=f"{scenario.id} · MÔ PHỎNG",
            title_align="left",
        )
    )
    went_well = True
    for event in performance.play(until):
        if isinstance(event, StepEnded):
            _tell_step(console, event)
            went_well = went_well and event.result.result is Result.PASSED
    if until is not None and went_well:
        console.print(f"\nDừng sau bước {until}. Stopped after {until}; the sandbox stays as it is.", style="dim")
    return went_well


def _tell_step(console: Console, event: StepEnded) -> None:
    result, step = event.result, event.result.step
    mark, style = _mark(result)
    console.print(
        Text.assemble(
            (f"{event.number:>3}/{event.of} ", "dim"),
            (f"{mark} ", style),
            (step.say_vi, "bold" if step.is_main else ""),
        )
    )
    indent = " " * 9
    console.print(f"{indent}{step.say_en}", style="dim")
    console.print(f"{indent}{step.actor} · {', '.join(step.clauses)} · {step.id}", style="dim cyan")
    for line in _said(result):
        console.print(Text(f"{indent}{line}", style="yellow" if result.result is Result.PASSED else "red"))


def _mark(result: StepResult) -> tuple[str, str]:
    if result.result is Result.FAILED:
        return "✗", "bold red"
    if result.result is Result.SKIPPED:
        return "○", "yellow"
    return ("⊘", "yellow") if result.step.expects.outcome is Verdict.REFUSED else ("✓", "green")


def _said(result: StepResult) -> Iterator[str]:
    """What the implementation answered, as far as people care; nothing secret is in it."""
    if result.reason:
        yield result.reason
    yield from map(str, result.mismatches)
    outcome = result.outcome
    if result.result is not Result.PASSED or outcome is None:
        return
    if outcome.verdict is Verdict.REFUSED:
        yield outcome.message
    elif result.step.does is Operation.COMPARE_FACES:
        yield ", ".join(f"{face}: {outcome.values.get(face)}" for face in FACES)
    elif result.step.does is Operation.TURN_CLOCK:
        yield f"{outcome.values.get('now')}"
