"""Coverage of the law on a terminal: the clauses of each text, then the figures of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.coverage import NAMES, PROVEN_BY, Covered, State, Totals, missing
from conformance.law import Book

MARKS = {
    State.CHECKED: ("✓", "green"),
    State.MISSING: ("✗", "bold red"),
    State.UNTESTABLE: ("–", "dim"),
}
MOST_LISTED = 2
"""Rules, checks and mutants that are named of many."""


def print_coverage(out: Console, books: Iterable[Book], covered: Sequence[Covered]) -> None:
    """Every clause, a table a text."""
    titles = {book.id: book.title for book in books}
    for name, group in groupby(covered, lambda each: each.clause.book):
        title = titles[name]
        out.print(Text.assemble((title.vi, "bold cyan"), ("  ", ""), (title.en, "dim")))
        table = _table(expand=True)
        table.add_column("", no_wrap=True, width=1)
        table.add_column("điều khoản\nclause", ratio=8)
        table.add_column("quy tắc\nimplemented by", ratio=6, overflow="fold")
        table.add_column("kiểm bởi, hoặc vì sao không\nchecked by, or why not", ratio=9, overflow="fold")
        table.add_column("chứng minh\nproven by", ratio=3, min_width=12, overflow="fold")
        for each in group:
            table.add_row(
                _mark(each.state), _said(each), _few(each.clause.implemented_by), _checked(each), _few(each.mutants)
            )
        out.print(table)
        out.print()


def print_missing(out: Console, covered: Sequence[Covered]) -> None:
    """The clauses that lack a check, and how many they are."""
    lacking = missing(covered)
    table = _table()
    table.show_header = False
    for each in lacking:
        table.add_row(
            _mark(each.state), Text(each.clause.target, style="dim"), _said(each), _few(each.clause.implemented_by)
        )
    if lacking:
        out.print(table)
        out.print()
    asked = sum(each.clause.why_not is None for each in covered)
    out.print(
        f"{len(lacking)} trong {asked} điều khoản kiểm được chưa có phép kiểm. "
        f"/ {len(lacking)} of {asked} testable clauses have no check yet."
    )


def print_totals(out: Console, figures: Iterable[Totals]) -> None:
    """How many clauses of each text are testable, checked, and so on."""
    table = _table()
    table.add_column("văn bản / text")
    headings = ("điều khoản\nclauses", "kiểm được\ntestable", *(f"{name.vi}\n{name.en}" for name in NAMES.values()))
    for heading in headings:
        table.add_column(heading, justify="right")
    rows = list(figures)
    for number, row in enumerate(rows, start=1):
        table.add_row(
            Text.assemble((row.title.vi, ""), (f" · {row.title.en}", "dim")),
            *(str(figure) for figure in (row.clauses, row.testable)),
            *(_figure(row.states[state], state) for state in NAMES),
            style="bold" if number == len(rows) else "",
            end_section=number == len(rows) - 1,
        )
    out.print(table)
    out.print()
    marks = " · ".join(f"{mark} {NAMES[state].vi} / {NAMES[state].en}" for state, (mark, _) in MARKS.items())
    out.print(Text(marks, style="dim"))
    out.print(Text(f"Chứng minh / proven by: {PROVEN_BY.vi} / {PROVEN_BY.en}", style="dim"))


def _table(*, expand: bool = False) -> Table:
    return Table(box=None, padding=(0, 2, 0, 0), header_style="bold", expand=expand)


def _mark(state: State) -> Text:
    mark, style = MARKS[state]
    return Text(mark, style=style)


def _figure(number: int, state: State) -> Text:
    return Text(str(number), style=MARKS[state][1] if number else "dim")


def _said(each: Covered) -> Text:
    clause = each.clause
    return Text.assemble((clause.id, "bold"), "  ", clause.says.vi, (f" · {clause.says.en}", "dim"))


def _checked(each: Covered) -> Text:
    if each.why_not is not None:
        return Text.assemble((each.why_not.vi, "italic"), (f" · {each.why_not.en}", "dim italic"))
    if each.state is State.MISSING:
        name = NAMES[State.MISSING]
        return Text(f"{name.vi} / {name.en}", style="red")
    return Text(_few(each.checks))


def _few(names: Sequence[str]) -> str:
    if not names:
        return "–"
    more = len(names) - MOST_LISTED
    return "\n".join((*names[:MOST_LISTED], *((f"+{more}",) if more > 0 else ())))
