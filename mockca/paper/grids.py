"""Tables on paper, ruled, their columns as wide as what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Paragraph, Table, TableStyle

from mockca.paper.fonts import BOLD
from mockca.paper.styles import styles, text_width

WIDE = 6
"""Columns of a table from which on the page is turned."""


def grid(
    columns: Sequence[str], rows: Sequence[Sequence[object]], turned: bool, over: Sequence[str | None] = ()
) -> Table:
    """A table under its headings; `over` are headings above these, each from its column to the next one's."""
    look = styles()
    widths = _widths(columns, rows, text_width(turned))
    heads = [Paragraph(escape(text), look["head"]) for text in ("STT", *columns)]
    cells: list[list[Any]] = [list(heads)]
    spans = []
    if any(over):
        cells.insert(0, list(heads))
        spans = [("SPAN", (0, 0), (0, 1))]
        for first, last, name in _groups(over):
            if name:
                cells[0][first : last + 1] = [Paragraph(escape(name), look["head"]), *[""] * (last - first)]
                spans.append(("SPAN", (first, 0), (last, 0)))
            else:
                spans += [("SPAN", (column, 0), (column, 1)) for column in range(first, last + 1)]
    headings = len(cells)
    cells += [
        [Paragraph(escape(str(cell)), look["cell"]) for cell in (number, *row)] for number, row in enumerate(rows, 1)
    ]
    table = Table(cells, colWidths=widths, repeatRows=headings)
    table.setStyle(
        TableStyle(
            [
                *spans,
                ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def _groups(over: Sequence[str | None]) -> Iterator[tuple[int, int, str]]:
    """First and last column under each heading; columns before the first one stand under none."""
    starts = [(n, name) for n, name in enumerate(over, 1) if name is not None]
    if not starts or starts[0][0] > 1:
        starts.insert(0, (1, ""))
    ends = [*(n - 1 for n, _ in starts[1:]), len(over)]
    for (first, name), last in zip(starts, ends, strict=True):
        yield first, last, name


def _widths(columns: Sequence[str], rows: Sequence[Sequence[object]], width: float) -> list[float]:
    """Columns as wide as what stands in them asks for, within bounds, after a narrow one for the line's number."""
    first = 11 * mm
    wanted = [
        min(max(max((len(str(row[n])) for row in rows[:50]), default=0), len(name) * 0.6, 6), 28)
        for n, name in enumerate(columns)
    ]
    # No heading is broken within a word, as long as all of them have room.
    least = [max(stringWidth(word, BOLD, 10) for word in (*name.split(), "")) + 8 for name in columns]
    room = max(width - first - sum(least), 0)
    shrunk = min(1, (width - first) / sum(least)) if columns else 1
    return [first, *(low * shrunk + room * each / sum(wanted) for low, each in zip(least, wanted, strict=True))]
