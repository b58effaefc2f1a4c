"""Coverage of the law: for each clause which rules carry it, which checks ask for it, which mutants prove those."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from conformance.checks import Asking
from conformance.law import Book, Clause, Law, Text
from conformance.mutants.naming import mutants_of
from scenarios.model import UNSOURCED

PROVEN_BY = Text(
    "các lỗi cố ý mà phép kiểm phải bắt được; chạy conformance prove",
    "the deliberate defects that the checks must catch; run conformance prove",
)


class State(StrEnum):
    """What became of a clause."""

    CHECKED = "checked"
    """At least one check asks for it."""
    MISSING = "missing"
    """A check could ask for it, and none does."""
    UNTESTABLE = "untestable"
    """Nothing can be checked of it."""


NAMES = {
    State.CHECKED: Text("đã kiểm", "checked"),
    State.MISSING: Text("chưa có phép kiểm", "no check yet"),
    State.UNTESTABLE: Text("không kiểm được", "not testable"),
}


@dataclass(frozen=True, slots=True)
class Covered:
    """One clause with everything that was made for it."""

    clause: Clause
    checks: tuple[str, ...]
    """Ids of the checks that ask for it, in their order."""
    mutants: tuple[str, ...]
    """Deliberate defects that those checks must catch, sorted."""

    @property
    def state(self) -> State:
        """What became of it."""
        if self.checks:
            return State.CHECKED
        return State.MISSING if self.clause.why_not is None else State.UNTESTABLE

    @property
    def why_not(self) -> Text | None:
        """Why no check asks for it; None where one does, or should."""
        return self.clause.why_not if self.state is State.UNTESTABLE else None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many clauses of one book, or of all, became what."""

    title: Text
    clauses: int
    testable: int
    """Of these a check can ask for something."""
    states: Counter[State]


def cover(clauses: Iterable[Clause], checks: Iterable[Asking]) -> tuple[Covered, ...]:
    """Each clause with the checks that name it, in the order of the clauses."""
    by_clause: defaultdict[str, dict[str, Asking]] = defaultdict(dict)
    for check in checks:
        for id_ in check.clauses:
            by_clause[id_][check.id] = check
    return tuple(_covered(clause, by_clause.get(clause.id, {})) for clause in clauses)


def unknown(law: Law, checks: Iterable[Asking]) -> tuple[str, ...]:
    """Clause ids that checks name and the law doesn't have, sorted. What no text gives is no mistake."""
    return tuple(sorted({id_ for check in checks for id_ in check.clauses} - set(law.clauses) - {UNSOURCED}))


def missing(covered: Iterable[Covered]) -> tuple[Covered, ...]:
    """The clauses that a check could ask for, and none does."""
    return tuple(each for each in covered if each.state is State.MISSING)


def totals(books: Iterable[Book], covered: Sequence[Covered]) -> tuple[Totals, ...]:
    """The figures of each book that has clauses here, then of all together."""
    found = [
        _total(book.title, within)
        for book in books
        if (within := [each for each in covered if each.clause.book == book.id])
    ]
    return (*found, _total(Text("Tất cả", "All"), covered))


def _covered(clause: Clause, checks: Mapping[str, Asking]) -> Covered:
    mutants = {mutant for check in checks.values() for mutant in mutants_of(check)}
    return Covered(clause, tuple(checks), tuple(sorted(mutants)))


def _total(title: Text, covered: Sequence[Covered]) -> Totals:
    testable = sum(each.clause.why_not is None for each in covered)
    return Totals(title, len(covered), testable, Counter(each.state for each in covered))
