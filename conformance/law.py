"""The clauses to be checked, as they are published beside the contract: what each says, and which rules carry it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

PUBLISHED = Path(__file__).parent / "contract" / "clauses.json"
NOT_TESTABLE = "no"


@dataclass(frozen=True, slots=True)
class Text:
    """What people read, in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Book:
    """A provincial or national text, or what few clauses of several stand together."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a text."""

    id: str
    """Its text's short name, then article, khoản, điểm: `AG-10.2.dd`."""
    book: str
    """Id of the book it stands in."""
    ref: str
    """Where it stands, as people cite it."""
    says: Text
    """What it says, in one line of this project's words."""
    area: str
    target: str
    """What could keep or break it: authority, token, signer, verifier, archive, or none."""
    testable: str
    """yes, partly or no."""
    why_not: Text | None
    """Why nothing can be checked of it; None where something can."""
    implemented_by: tuple[str, ...]
    """Keys of the rules that carry it: `an-giang:grounds.expired`."""


@dataclass(frozen=True, slots=True)
class Law:
    """Everything that is to be kept."""

    books: tuple[Book, ...]
    clauses: Mapping[str, Clause]


@cache
def law() -> Law:
    """The law as it is published with this package."""
    return read(PUBLISHED.read_text("utf-8"))


def read(published: str) -> Law:
    """The law from its published form."""
    data: dict[str, Any] = json.loads(published)
    clauses = {entry["id"]: _clause(entry) for entry in data["clauses"]}
    books = tuple(Book(entry["id"], _text(entry)) for entry in data["books"])
    return Law(books, MappingProxyType(clauses))


def _clause(entry: dict[str, Any]) -> Clause:
    return Clause(
        id=entry["id"],
        book=entry["book"],
        ref=entry["ref"],
        says=_text(entry),
        area=entry["area"],
        target=entry["target"],
        testable=entry["testable"],
        why_not=None if entry["why_not"] is None else _text(entry["why_not"]),
        implemented_by=tuple(entry["implemented_by"]),
    )


def _text(entry: dict[str, str]) -> Text:
    return Text(entry["vi"], entry["en"])


def by_number(clause: str) -> list[tuple[int, int, str]]:
    """A key to sort clause ids by, so that article 9 stands before article 10."""
    parts = clause.replace("-", ".").split(".")
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
