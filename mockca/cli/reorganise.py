"""`mockca reorganise`: bodies are split, merged, renamed or dissolved; their certificates follow, in bulk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from mockca.cli.rules import console
from mockca.cli.sandbox import data_option, ending_in_a_line, open_sandbox, sandbox_option
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import PlanReorganisation, WorkReorganisation
from mockca.desk.reorganisation import looking, planning, report, suggesting, working
from mockca.desk.reorganisation.report import STATES
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import perform
from mockca.desk.views import ReorganisationView
from mockca.registry import units
from mockca.rules.catalogue import words
from mockca.rules.lifecycle import STATE_NAMES

AUTHORITY = Actor("authority", Role.AUTHORITY)
"""Whoever may write the data folder may do what the authority may."""
MOST = 500

number_argument = click.argument("number", type=click.IntRange(min=1))


@click.group("reorganise", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Sáp nhập, chia tách, đổi tên, giải thể. Bodies are merged, split, renamed, dissolved: what becomes of their
    certificates, by each regulation.

    \b
    mockca reorganise suggest --regulation thai-binh --number 1666/NQ-UBTVQH15 --json > plans.json
    mockca reorganise plan plans.json
    mockca reorganise run 1
    mockca reorganise report 1 --out report.pdf
    """


@command.command("suggest")
@data_option
@sandbox_option
@click.option("--regulation", required=True, help="Tỉnh nào. Whose bodies, e.g. thai-binh.")
@click.option("--number", help="Số quyết định. Number of the decision, which a plan needs.")
@click.option("--json", "as_json", is_flag=True, help="Để đưa vào `plan`. As `plan` takes it.")
def suggest(data: Path, name: str, regulation: str, number: str | None, as_json: bool) -> None:
    """Gợi ý theo bản đồ tháng 7/2025. The decisions that the map of July 2025 asks for, for the sandbox's bodies."""
    with ending_in_a_line():
        sandbox = open_sandbox(data, name)
        rules = sandbox.regulation(regulation)
        with sandbox.store.read() as connection:
            found = suggesting.suggest(rules, units.listing(connection))
    if as_json:
        plans = [one.plan(regulation, number) for one in found.decisions]
        click.echo(json.dumps(plans, ensure_ascii=False, indent=2))
        return
    out = console()
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("Quyết định / decision", "Đơn vị / bodies", "Thành / become"):
        table.add_column(heading, overflow="fold")
    for one in found.decisions:
        rule = rules.reorganisations[one.kind]
        becomes = Text(one.name or "–")
        if one.successor is not None and not one.exists:
            becomes.append("\nđơn vị mới · new", style="dim")
        table.add_row(
            Text.assemble((rule.vi, "bold"), (f"\n{one.kind}", "dim")),
            "\n".join(unit.name for unit in one.units),
            becomes,
        )
    out.print(table)
    if found.unclear:
        out.print(Text("\nPhải tự quyết định · to be decided by hand:", style="yellow"))
        for unit in found.unclear:
            out.print(f"  {unit.id}: {unit.name}", markup=False)
    if not found.decisions:
        out.print("Bản đồ không làm thay đổi đơn vị nào. The map leaves every body as it is.")


@command.command("plan")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@data_option
@sandbox_option
def plan(file: Any, data: Path, name: str) -> None:
    """Lập kế hoạch từ tệp JSON (- là bàn phím). Plan one decision, or a list of them, from a JSON file."""
    with ending_in_a_line():
        sandbox = open_sandbox(data, name)
        for asked in _read(file.read()):
            wanted = PlanReorganisation.model_validate_json(json.dumps(asked), strict=True)
            _print(console(), perform(sandbox, AUTHORITY, planning.plan_reorganisation, wanted))


def _read(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise click.ClickException(f"không phải JSON · no JSON: {error}") from error
    return found if isinstance(found, list) else [found]


@command.command("run")
@number_argument
@data_option
@sandbox_option
@click.option("--batch", default=200, show_default=True, type=click.IntRange(1, MOST), help="Mỗi lượt. In one go.")
def run(number: int, data: Path, name: str, batch: int) -> None:
    """Xử lý đến hết; ngắt giữa chừng thì chạy lại. Work a plan off; killed at any moment, it goes on when run again.

    Where nobody watches, each slice is told on a line: how many are done, of how many.
    """
    with ending_in_a_line():
        sandbox = open_sandbox(data, name)
        view = looking.reorganisation(sandbox, AUTHORITY, number)
        bar = Console(stderr=True)
        view = _watched(sandbox, view, batch, bar) if bar.is_terminal else _told(sandbox, view, batch)
    _print(console(), view)


def _told(sandbox: Sandbox, view: ReorganisationView, batch: int) -> ReorganisationView:
    while view.state != working.FINISHED:
        view = _slice(sandbox, view, batch)
        click.echo(f"{_settled(view)}/{view.total}")
    return view


def _watched(sandbox: Sandbox, view: ReorganisationView, batch: int, out: Console) -> ReorganisationView:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=out, transient=True) as bar:
        task = bar.add_task(f"{view.title_vi} · {view.decision_number}", total=view.total, completed=_settled(view))
        while view.state != working.FINISHED:
            view = _slice(sandbox, view, batch)
            bar.update(task, completed=_settled(view))
    return view


def _slice(sandbox: Sandbox, view: ReorganisationView, batch: int) -> ReorganisationView:
    return working.work_reorganisation(sandbox, AUTHORITY, WorkReorganisation(limit=batch), number=view.number)


def _settled(view: ReorganisationView) -> int:
    return view.done + view.exceptions


@command.command("show")
@click.argument("number", type=click.IntRange(min=1), required=False)
@data_option
@sandbox_option
@click.option("--items", "with_items", is_flag=True, help="Từng chứng thư số. Certificate by certificate.")
@click.option("--state", type=click.Choice(list(STATES)), help="Chỉ trạng thái này. Only in this state.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(number: int | None, data: Path, name: str, with_items: bool, state: str | None, as_json: bool) -> None:
    """Tiến độ. The decisions and how far they are; of one, what becomes of each certificate."""
    with ending_in_a_line():
        sandbox = open_sandbox(data, name)
        if number is None:
            views = list(looking.listing(sandbox, AUTHORITY, limit=MOST).items)
        else:
            views = [looking.reorganisation(sandbox, AUTHORITY, number)]
    if as_json and not with_items:
        click.echo(json.dumps([view.model_dump(mode="json") for view in views], ensure_ascii=False, indent=2))
        return
    out = console()
    for view in views:
        if not as_json:
            _print(out, view)
        if with_items or state is not None:
            _print_items(out, sandbox, view.number, state, as_json=as_json)


def _print_items(out: Console, sandbox: Sandbox, number: int, state: str | None, *, as_json: bool) -> None:
    after: int | None = 0
    while after is not None:
        page = looking.items(sandbox, AUTHORITY, number, state=state, after=after, limit=MOST)
        for item in page.items:
            if as_json:
                click.echo(json.dumps(item.model_dump(mode="json"), ensure_ascii=False))
                continue
            became = f" → {item.replaced_by}" if item.replaced_by else ""
            action = words("actions")[item.action].vi
            out.print(
                Text.assemble(
                    (item.certificate, "cyan"),
                    f"{became}  {item.common_name}  {action}: {STATES[item.state]}  ",
                    (item.clause, "dim"),
                )
            )
            for why in item.why:
                out.print(Text(f"    {why.vi} · {why.en} ({why.clause})", style="yellow"))
        after = page.next


@command.command("report")
@number_argument
@data_option
@sandbox_option
@click.option("--format", "style", type=click.Choice(["pdf", "csv"]), help="Mặc định theo tên tệp. By the name's end.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Tệp ghi ra. Where to write it.")
def report_(number: int, data: Path, name: str, style: Any, out: Path | None) -> None:
    """Báo cáo kết quả, PDF hoặc CSV. What it came to, as PDF or CSV."""
    style = style or ("csv" if out is not None and out.suffix == ".csv" else "pdf")
    path = out or Path(f"reorganisation-{number}.{style}")
    with ending_in_a_line():
        path.write_bytes(report.report(open_sandbox(data, name), AUTHORITY, number, style=style))
    click.echo(path)


def _print(out: Console, view: ReorganisationView) -> None:
    state = STATE_NAMES["reorganisation"][view.state]
    head = Text.assemble(
        (f"{view.number}. {view.title_vi}", "bold cyan"),
        f" {view.decision_number}, {view.effective_on:%d/%m/%Y} · {view.title_en} · {state} ",
        (view.clause, "dim"),
    )
    out.print(head)
    out.print(Text(f"   {', '.join(view.units)} → {', '.join(view.successors) or '–'}", style="dim"))
    table = Table(box=None, padding=(0, 2, 0, 3), show_header=True, header_style="dim")
    table.add_column("")
    for word in STATES.values():
        table.add_column(word, justify="right")
    for action, counts in view.actions.items():
        table.add_row(words("actions")[action].vi, *(str(counts.get(state, 0)) for state in STATES))
    if view.actions:
        out.print(table)
    else:
        out.print("   Không có chứng thư số nào. No certificates.")
