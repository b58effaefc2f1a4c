"""`mockca states`: what every public face says of a certificate in every state, found out by playing its life."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

import scenarios
from conformance.errors import HarnessError
from conformance.targets.http import HttpTarget
from mockca.cli.scenario import COULD_NOT_PLAY, somewhere, target_options
from mockca.errors import MockcaError
from scenarios import Operation, Performance, Result, ScenarioError, StepEnded, StepResult

LIVES = ("new-person", "expired")
"""The scenarios of a regulation that together lead through every state."""
NARROWEST = 120
"""Columns of the table where it goes to a file or a pipe."""
STATES_VI = {
    "issued": "đã cấp, chưa có hiệu lực",
    "effective": "đang có hiệu lực",
    "suspended": "tạm dừng",
    "revoked": "đã thu hồi",
    "expired": "hết hạn",
    "unknown": "chưa bao giờ được cấp",
}
COLUMNS = {
    "crl": "CRL",
    "delta": "delta CRL",
    "ocsp_get": "OCSP GET",
    "ocsp_post": "OCSP POST",
    "portal": "cổng công bố\nportal",
    "api": "API",
}


@click.command("states")
@click.option(
    "--regulation", required=True, type=click.Choice(sorted({s.split("/")[0] for s in scenarios.available()}))
)
@target_options
@click.option("--seed", default="1", show_default=True, help="Cùng seed, cùng nhân vật. Makes up people.")
def command(regulation: str, target: str | None, credentials: Path | None, seed: str) -> None:
    """Bảng trạng thái × mặt công khai. The table state × (CRL, delta CRL, OCSP, portal, API).

    Diễn đời một chứng thư số và hỏi từng mặt ở mỗi trạng thái; không có --target thì dựng máy chủ tạm.
    Plays the life of a certificate and asks each face at each state; without --target on a temporary server.
    """
    try:
        with somewhere(target, credentials, regulation) as port:
            # On a server of our own each life begins in an empty sandbox; somebody else's is left as it is.
            results = list(_play(regulation, port, seed, reset=target is None))
    except (ScenarioError, HarnessError, MockcaError) as error:
        click.echo(f"ERROR: {error}", err=True)
        sys.exit(COULD_NOT_PLAY)
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, NARROWEST)
    console.print(_table(regulation, results))
    wrong = [result for result in results if result.result is not Result.PASSED]
    for result in wrong:
        why = result.reason or "; ".join(map(str, result.mismatches))
        console.print(f"✗ {result.step.id}: {why}", style="red", markup=False)
    if not wrong:
        console.print("Mọi mặt đều nói như nhau. Every face agrees.", style="green")
    sys.exit(1 if wrong else 0)


def _play(regulation: str, port: HttpTarget, seed: str, *, reset: bool) -> Iterator[StepResult]:
    for name in (life for life in LIVES if f"{regulation}/{life}" in scenarios.available()):
        if reset:
            port.reset()
        scenario = scenarios.main_line(scenarios.load(f"{regulation}/{name}"))
        for event in Performance(scenario, port, seed=seed).play():
            if isinstance(event, StepEnded):
                yield event.result


def _table(regulation: str, results: Iterable[StepResult]) -> Table:
    table = Table(title=f"{regulation}: trạng thái × mặt công khai / state × face", title_justify="left")
    table.add_column("trạng thái\nstate", overflow="fold")
    for heading in COLUMNS.values():
        table.add_column(heading, overflow="fold")
    rows: dict[tuple[str, ...], None] = {}
    for result in results:
        if result.step.does is Operation.COMPARE_FACES and result.outcome is not None:
            state = str(result.step.expects.state)
            said = [str(result.outcome.values.get(face)) for face in COLUMNS]
            rows[f"{STATES_VI[state]}\n{state}", *said] = None
    for row in rows:
        table.add_row(*row)
    return table
