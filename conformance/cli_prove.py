"""`conformance prove`: that each check can fail, and that each deliberate defect is caught."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from conformance import catalogue
from conformance.checks import KINDS
from conformance.errors import COULD_NOT_RUN, HarnessError
from conformance.mutants.proof import Proof
from conformance.mutants.prove import Plan, plan
from conformance.mutants.prove import prove as carry_out
from conformance.reports.proof_table import show
from conformance.run import DEFAULT_SEED

NOT_PROVEN = 1
MOST_SHARES = 16
CORES = min(os.cpu_count() or 1, 4)


@click.command()
@click.option("--mock", default="mockca", show_default=True, metavar="COMMAND", help="Lệnh của hệ thống mô phỏng.")
@click.option(
    "--regulation",
    "wanted",
    multiple=True,
    type=click.Choice(catalogue.regulations()),
    help="Chỉ quy định này. Only the checks of this regulation; may be repeated.",
)
@click.option(
    "--target-kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    help="Chỉ loại đích này. Only this kind of target.",
)
@click.option(
    "--share",
    default="1/1",
    metavar="K/N",
    callback=lambda _, __, value: _share(value),
    help="Phần thứ K trong N phần. The Kth of N shares of the work; together they are all of it.",
)
@click.option(
    "--quick", is_flag=True, help="Dừng kịch bản ở phép kiểm đầu tiên bắt được. Leave a scenario at its first catch."
)
@click.option("--json", "as_json", is_flag=True, help="Ma trận cho máy đọc. The matrix, for machines.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Ghi ma trận ra tệp. To this file.")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="Cùng seed, cùng nhân vật. Makes up people.")
@click.option(
    "--workers",
    type=click.IntRange(1, 16),
    default=min(os.cpu_count() or 1, 4),
    show_default=True,
    help="Side by side.",
)
def prove(
    mock: str,
    wanted: tuple[str, ...],
    kinds: tuple[str, ...],
    share: tuple[int, int],
    quick: bool,
    as_json: bool,
    output: Path | None,
    seed: str,
    workers: int,
) -> None:
    """Chứng minh mỗi phép kiểm bắt được một lỗi cố ý. Proves that each check catches a deliberate defect.

    \b
    conformance prove                          all checks, with as many mocks as there are cores
    conformance prove --regulation an-giang
    conformance prove --json > proof.json
    conformance prove --share 2/4              a quarter of them: four jobs of a CI, or one by turns

    \b
    Mã thoát / exit codes: 0 chứng minh đủ / proven, 1 còn thiếu / something is not, 2 không chạy được / could not run.
    """
    try:
        meant = plan(frozenset(wanted), frozenset(kinds or KINDS)).share(*share)
        proof = _told(mock, meant, seed, workers, quick=quick)
    except HarnessError as error:
        click.echo(f"ERROR: {error}", err=True)
        sys.exit(COULD_NOT_RUN)
    matrix = json.dumps(proof.as_json(), ensure_ascii=False, indent=1)
    if output is not None:
        output.write_text(matrix + "\n", encoding="utf-8")
    if as_json:
        click.echo(matrix)
    else:
        show(Console(highlight=False), proof)
    sys.exit(0 if proof.holds else NOT_PROVEN)


def _share(text: str) -> tuple[int, int]:
    """The number of a share and how many there are. Raises BadParameter."""
    number, _, of = text.partition("/")
    if number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of) <= MOST_SHARES:
        return int(number), int(of)
    raise click.BadParameter(f"{text!r} is no share; write 1/4, 2/4, … with at most {MOST_SHARES} shares")


def _told(mock: str, whole: Plan, seed: str, workers: int, *, quick: bool) -> Proof:
    """Carry the plan out, with the progress on the standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("phép kiểm, lỗi cố ý · checks, mutants", total=whole.size)
        return carry_out(mock, whole, workers=workers, seed=seed, done=lambda _: progress.advance(task), quick=quick)
