"""`mockca rules`: what a regulation says, each value with its clause; the lifecycles as diagrams."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mockca.rules.catalogue import clause, words
from mockca.rules.comparison import ABSENT, Cell, compare
from mockca.rules.lifecycle import LIFECYCLES
from mockca.rules.loading import available, load, read, regimes
from mockca.rules.outline import NO, YES, Row, form_rows, outline
from mockca.rules.reading import RulesError
from mockca.rules.regulation import Regulation
from mockca.rules.schema import province_schema
from mockca.rules.terms import UNSOURCED
from mockca.web.pages import page

MARK = "◇"
STYLES = {YES: "green", NO: "red"}
PIPED_WIDTH = 120
"""Columns where there is no terminal that says its own."""

REGULATION = click.Choice(available())


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Quy định của các tỉnh. What the regulations say, each value with its clause.

    \b
    mockca rules list
    mockca rules show an-giang
    mockca rules show an-giang --form AG-F01
    mockca rules show lai-chau --json | jq .max_years
    mockca rules compare an-giang lai-chau
    mockca rules page ninh-binh > ninh-binh.md
    mockca rules check my-province.toml
    mockca rules diagram --kind certificate --regulation an-giang
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_regulations(as_json: bool) -> None:
    """Các quy định đang có. The regulations that there are."""
    regulations = [load(id_) for id_ in available()]
    if as_json:
        click.echo(_json([_summary(regulation) for regulation in regulations]))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("Mã / id", "Quy định / regulation", "Trên nền / regime", "Có hiệu lực / effective", "Tối đa / cap"):
        table.add_column(heading)
    for regulation in regulations:
        effect = words("effect")[regulation.effective_from.value]
        table.add_row(
            Text(regulation.id, style="bold cyan"),
            regulation.title_vi,
            regulation.regime_title_vi,
            effect.vi,
            f"{regulation.max_years.value} năm",
        )
    out = console()
    out.print(table)
    out.print(Text(f"\nTiếp theo: mockca rules show {regulations[0].id}", style="dim"))


@command.command("show")
@click.argument("id_", metavar="ID", type=REGULATION)
@click.option("--json", "as_json", is_flag=True, help="Every value as JSON.")
@click.option("--form", "form", help="The fields of one form, e.g. AG-F01.")
@click.option("--clauses", "with_clauses", is_flag=True, help="Add what each clause says.")
def show(id_: str, as_json: bool, form: str | None, with_clauses: bool) -> None:
    """Một quy định nói gì. Everything that a regulation says."""
    regulation = load(id_)
    if form is not None and form not in regulation.forms:
        raise click.BadParameter(f"{form}: not among {', '.join(regulation.forms)}", param_hint="--form")
    if as_json:
        values = regulation.values()
        click.echo(_json(values if form is None else values["forms"][form]))
        return
    out = console()
    out.print(Text(regulation.title_vi, style="bold"))
    out.print(Text(f"{regulation.title_en} · {regulation.regime_title_en}", style="dim"))
    rows: list[Row] = []
    if form is not None:
        sheet = regulation.forms[form]
        print_section(out, f"{form} {sheet.vi}", sheet.en, form_rows(regulation, form))
        rows += form_rows(regulation, form)
    else:
        for section in outline(regulation):
            print_section(out, section.vi, section.en, section.rows)
            rows += section.rows
    if with_clauses:
        _print_clauses(out, {row.clause for row in rows})
    out.print()
    out.print(Text(f"{MARK} chưa có căn cứ, phần mềm tự chọn / unsourced: this project's own choice", style="yellow"))
    if form is None:
        hint = f"mockca rules show {id_} --form {next(iter(regulation.forms))} · --clauses · --json"
        out.print(Text(f"Xem thêm: {hint}", style="dim"))


@command.command("diagram")
@click.option("--kind", type=click.Choice(list(LIFECYCLES)), help="One lifecycle; all where left out.")
@click.option("--regulation", "id_", type=REGULATION, default=available()[0], show_default=True)
@click.option("--format", "style", type=click.Choice(["mermaid", "dot"]), default="mermaid", show_default=True)
def diagram(kind: str | None, id_: str, style: Literal["mermaid", "dot"]) -> None:
    """Sơ đồ trạng thái. The lifecycles, drawn from the same lists that are enforced."""
    regulation = load(id_)
    if kind is not None:
        click.echo(LIFECYCLES[kind].diagram(regulation, style), nl=False)
    elif style == "dot":
        click.echo("\n".join(lifecycle.diagram(regulation, style) for lifecycle in LIFECYCLES.values()), nl=False)
    else:
        for name, lifecycle in LIFECYCLES.items():
            click.echo(f"## {name}\n\n```mermaid\n{lifecycle.diagram(regulation)}```\n")


@command.command("compare")
@click.argument("ids", metavar="[ID]...", nargs=-1, type=REGULATION)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def compare_regulations(ids: tuple[str, ...], as_json: bool) -> None:
    """Các quy định khác nhau ở đâu. Regulation beside regulation, each value with its clause."""
    chosen = ids or available()
    lines = compare(load(id_) for id_ in chosen)
    if as_json:
        rows = [asdict(line) | {"cells": dict(zip(chosen, asdict(line)["cells"], strict=True))} for line in lines]
        click.echo(_json(rows))
        return
    table = Table(padding=(0, 1), header_style="bold", show_lines=True)
    for heading in ("", *chosen):
        table.add_column(heading, overflow="fold")
    for line in lines:
        table.add_row(Text(f"{line.vi}\n").append(line.en, style="dim"), *(_cell(cell) for cell in line.cells))
    out = console()
    out.print(table)
    out.print(Text(f"{MARK} chưa có căn cứ, phần mềm tự chọn / unsourced: this project's own choice", style="yellow"))


def _cell(cell: Cell | None) -> Text:
    if cell is None:
        return Text(ABSENT, style="dim")
    mark = f" {MARK}" if cell.unsourced else ""
    return Text(f"{cell.value}{mark}\n").append(cell.clause, style="dim")


@command.command("page")
@click.argument("name", metavar="ID", type=click.Choice((*available(), *regimes())))
def print_page(name: str) -> None:
    """Trang về một quy định. The page about a regulation or a national text, as in docs/regulations, in Markdown."""
    click.echo(page(name), nl=False)


@command.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def check(files: tuple[Path, ...]) -> None:
    """Kiểm tra tệp quy định. Checks province files; a mistake is told with its file, line and key."""
    wrong = 0
    for file in files:
        try:
            found = read(file)
        except RulesError as error:
            place = error.path if error.line is None else f"{error.path}:{error.line}"
            click.echo(f"{place}: {error.key}: {error.why}", err=True)
            wrong += 1
        else:
            click.echo(f"{file}: đúng / right: {found.title_vi} ({found.regime})")
    sys.exit(1 if wrong else 0)


@command.command("schema")
def schema() -> None:
    """JSON Schema của tệp quy định. The JSON Schema of province files, for editors."""
    click.echo(_json(province_schema()))


def on_terminal() -> bool:
    """Whether a person's terminal takes the output."""
    return sys.stdout.isatty()


def console() -> Console:
    """Where to print: as wide as the terminal, or a fixed width into a pipe."""
    return Console(highlight=False, width=None if on_terminal() else PIPED_WIDTH)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _summary(regulation: Regulation) -> dict[str, object]:
    return {
        "id": regulation.id,
        "title_vi": regulation.title_vi,
        "title_en": regulation.title_en,
        "regime": regulation.regime,
        "in_force_from": regulation.in_force_from.value.isoformat(),
        "effective_from": regulation.effective_from.value.value,
        "max_years": regulation.max_years.value,
    }


def print_section(out: Console, vi: str, en: str, rows: Iterable[Row]) -> None:
    out.print()
    out.print(Text.assemble((vi, "bold cyan"), ("  ", ""), (en, "dim")))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column(ratio=6)
    table.add_column(ratio=5)
    table.add_column(ratio=2, justify="left")
    for row in rows:
        # An id doesn't need to be told twice: where there is no clause, the mark says it all.
        where = "" if row.clause == UNSOURCED else row.clause
        table.add_row(
            Text.assemble(row.vi, (f" · {row.en}", "dim")),
            Text(row.value, style=STYLES.get(row.value, "")),
            Text.assemble((where, "cyan"), (f" {MARK}" if row.unsourced else "", "yellow")),
        )
    out.print(Padding(table, (0, 0, 0, 2)))


def _print_clauses(out: Console, ids: Iterable[str]) -> None:
    out.print()
    out.print(Text.assemble(("Các điều khoản", "bold cyan"), ("  Clauses", "dim")))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for id_ in sorted(set(ids) - {UNSOURCED}):
        found = clause(id_)
        table.add_row(
            Text(id_, style="cyan"), Text.assemble(found.vi, ("\n" + found.en, "dim")), Text(found.ref, style="dim")
        )
    out.print(Padding(table, (0, 0, 0, 2)))
