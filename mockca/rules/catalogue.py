"""What clause ids and shared identifiers mean, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mockca.errors import NotFound
from mockca.rules.reading import read_toml
from mockca.rules.terms import UNSOURCED

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a regulation."""

    id: str
    ref: str
    """Where it stands: text, article, khoản, điểm."""
    vi: str
    """What it says in one line, in this project's words."""
    en: str


@dataclass(frozen=True, slots=True)
class Word:
    """What people read for an identifier."""

    vi: str
    en: str


OWN_CHOICE = Clause(UNSOURCED, "-", "Lựa chọn của phần mềm, chưa có căn cứ", "This project's own choice")


@cache
def clauses() -> Mapping[str, Clause]:
    """All clauses that the regulations refer to, by id."""
    table = read_toml(DATA / "clauses.toml")
    return {id_: Clause(id_, entry["ref"], entry["vi"], entry["en"]) for id_, entry in table.items()}


def clause(id_: str) -> Clause:
    """A clause by its id; `unsourced` is one of them. NotFound for an id that no regulation uses."""
    if id_ == UNSOURCED:
        return OWN_CHOICE
    found = clauses().get(id_)
    if found is None:
        raise NotFound("clause", id_)
    return found


@cache
def words(group: str) -> Mapping[str, Word]:
    """The words of one group: roles, kinds, services, operations, media, ways, devices, recipients, effect."""
    table = read_toml(DATA / "words.toml")[group]
    return {id_: Word(entry["vi"], entry["en"]) for id_, entry in table.items()}
