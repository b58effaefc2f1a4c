"""Markdown in one of the two languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from mockca.rules.catalogue import words
from mockca.rules.terms import UNSOURCED

Tongue = Literal["vi", "en"]
NONE = "–"
CHOICE = "◇"
"""Marks what no source gives and this project chose."""

Cells = Sequence[str]


class Bilingual(Protocol):
    """Whatever has a name in both languages."""

    @property
    def vi(self) -> str: ...
    @property
    def en(self) -> str: ...


class Sourced(Protocol):
    """Whatever has its clause."""

    @property
    def clause(self) -> str: ...
    @property
    def unsourced(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Voice:
    """One language, and how it writes what the rules are made of."""

    tongue: Tongue

    def __call__(self, vi: str, en: str) -> str:
        return vi if self.tongue == "vi" else en

    def name(self, what: Bilingual) -> str:
        """Its name, beginning with a capital."""
        text = self(what.vi, what.en)
        return text[:1].upper() + text[1:]

    def names(self, what: Mapping[str, Bilingual]) -> str:
        """The names of several things, as a list within a cell."""
        return "<br>".join(self.name(each) for each in what.values()) or NONE

    def word(self, group: str, id_: str) -> str:
        """What people read for an identifier; itself where it has no word."""
        known = words(group).get(id_)
        return id_ if known is None else self(known.vi, known.en)

    def listed(self, group: str, ids: Iterable[str]) -> str:
        """Several identifiers in the order in which their words stand."""
        wanted = set(ids)
        order = [id_ for id_ in words(group) if id_ in wanted]
        return ", ".join(self.word(group, id_) for id_ in (*order, *sorted(wanted - set(order)))) or NONE

    def yes(self, value: bool) -> str:
        return self("có", "yes") if value else self("không", "no")

    def days(self, number: int | None) -> str:
        """A term in working days."""
        return NONE if number is None else self(f"{number} ngày làm việc", f"{number} working days")

    def heading(self, vi: str, en: str) -> str:
        return f"## {self(vi, en)}"

    def table(self, header: Sequence[tuple[str, str]], rows: Iterable[Cells]) -> Iterator[str]:
        """A table as one block; nothing where it has no rows."""
        body = [_line(cells) for cells in rows]
        if body:
            names = [self(vi, en) for vi, en in header]
            yield "\n".join([_line(names), _line(["---"] * len(names)), *body])


def source(what: Sourced) -> str:
    """The clause that a value stands on, and the mark where it is a choice."""
    return cited(what.clause, unsourced=what.unsourced)


def cited(clause: str, *, unsourced: bool = False) -> str:
    named = "" if clause == UNSOURCED else f"`{clause}`"
    return f"{named} {CHOICE}".strip() if unsourced or not named else named


def _line(cells: Cells) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
