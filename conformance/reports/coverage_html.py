"""Coverage of the law as one page that needs nothing else: to open, to filter, to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.coverage import NAMES, PROVEN_BY, Covered, State, Totals
from conformance.law import Book
from conformance.regulations import known, under
from conformance.reports.templating import template

MARKS = {State.CHECKED: "✓", State.MISSING: "✗", State.UNTESTABLE: "–"}


def as_html(books: Iterable[Book], covered: Sequence[Covered], figures: Iterable[Totals]) -> str:
    """The page, in Vietnamese and English. Without scripts it shows everything."""
    clauses = [each.clause.id for each in covered]
    holding = {id_: frozenset(under(id_, clauses)) for id_ in known()}
    return template("coverage.html").render(
        groups=[(book, within) for book in books if (within := _within(book, covered))],
        figures=list(figures),
        regulations=[id_ for id_, ids in holding.items() if ids],
        regulations_of=lambda each: [id_ for id_, ids in holding.items() if each.clause.id in ids],
        targets=sorted({each.clause.target for each in covered}),
        states=NAMES,
        marks=MARKS,
        proven_by=PROVEN_BY,
    )


def _within(book: Book, covered: Iterable[Covered]) -> list[Covered]:
    return [each for each in covered if each.clause.book == book.id]
