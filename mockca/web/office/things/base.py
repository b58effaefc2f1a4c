"""What the page of any thing has: what it says, where it is in its life, what may be done with it now, by whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from markupsafe import Markup

from mockca.desk import queries
from mockca.desk.actors import EVERYWHERE
from mockca.desk.views import JournalEntryView
from mockca.errors import MockcaError
from mockca.rules import lifecycle
from mockca.rules.regulation import Regulation
from mockca.web.access import here
from mockca.web.drawings import lifecycle as lifecycle_drawing
from mockca.web.office import steps, words
from mockca.web.office.fields import Entered, blank
from mockca.web.office.lists import Cell, link
from mockca.web.office.matter import Matter
from mockca.web.office.steps import Step
from mockca.web.office.tasks import TASKS
from mockca.web.site.asking import ask
from mockca.web.site.languages import current, translate
from mockca.web.site.rendering import page, word
from mockca.web.site.sessions import require_visitor

BRIEF = ("check_dossier", "decide_dossier", "issue_certificate", "decide_revocation", "decide_restore")
"""Tasks whose forms are short enough to stand on the thing's own page."""
MOST_ENTRIES = 100
Pair = tuple[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A table on a thing's page."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def shown(
    title: str,
    state: str,
    kind: str,
    regulation: Regulation,
    pairs: Iterable[Pair],
    available: Iterable[Step],
    *,
    drawing: Markup | None = None,
    tables: Iterable[Table] = (),
    document: str = "",
    warnings: Iterable[Any] = (),
    about: str = "",
    reasons: Iterable[str] = (),
) -> Response:
    """The page of a thing."""
    visitor = require_visitor()
    actor = visitor.actor
    mine, others = steps.split(available, actor.role, actor.unit, actor.regulation)
    brief = next((one for one in mine if one.task in BRIEF), None)
    return page(
        "office/thing.html",
        title=title,
        state=state,
        colour=words.colour(state, kind),
        state_name=word(state, "status") if kind == "certificate" else words.state(state, kind),
        regulation=regulation,
        pairs=[(name, cell) for name, cell in pairs if cell.text or cell.at],
        mine=mine,
        others=[one for one in others if one.needed],
        brief=None if brief is None else _form(brief),
        brief_step=brief,
        drawing=drawing,
        tables=[table for table in tables if table.rows],
        document=document,
        warnings=list(warnings),
        entries=journal_of(about) if about else [],
        deadlines=deadlines_of(about) if about else [],
        reasons=list(reasons),
    )


def _form(step: Step) -> Entered:
    return blank(TASKS[step.task].draw(Matter(step.arguments)))


def journal_of(about: str) -> list[JournalEntryView]:
    """The journal's entries on a matter, for those who may read it: the authority, and who came in as the trainer."""
    visitor = require_visitor()
    reader = next((one for one in (visitor.actor, visitor.came_in) if one.role in EVERYWHERE), None)
    if reader is None:
        return []
    return list(queries.journal_entries(here(), reader, about=about, limit=MOST_ENTRIES).items)


def deadlines_of(about: str) -> list[Any]:
    try:
        return list(ask("list_deadlines", query={"about": about}).items)
    except MockcaError:
        return []


def life(cycle: lifecycle.Lifecycle, regulation: Regulation, state: str) -> Markup:
    return lifecycle_drawing.draw(cycle, regulation, state, language=current())


def certificates_of(serials: Iterable[str]) -> Table:
    """The certificates of a case."""
    rows = []
    for serial in list(serials)[:100]:
        one = visible("read_certificate", serial=serial)
        if one is None:
            rows.append((Cell(serial), Cell(), Cell()))
            continue
        status = one.status.status
        rows.append((Cell(one.common_name), serial_cell(serial), Cell(word(status, "status"), state=status.value)))
    columns = (translate("Thuê bao"), translate("Số chứng thư"), translate("Trạng thái"))
    return Table(translate("Chứng thư số"), columns, rows)


def items(operation: str, **query: str) -> list[Any]:
    found = visible(operation, query=query)
    return [] if found is None else list(found.items)


def visible(operation: str, **arguments: Any) -> Any:
    """What the operation answers; None where the visitor may not ask for it."""
    try:
        return ask(operation, **arguments)
    except MockcaError:
        return None


def linked(kind: str, number: int | None) -> Cell:
    return Cell() if number is None else Cell(str(number), link(kind, number=number))


def serial_cell(serial: str | None) -> Cell:
    return Cell() if serial is None else Cell(serial, link("certificate", serial=serial))
