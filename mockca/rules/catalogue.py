"""What clause ids and shared identifiers mean, in Vietnamese and English: every clause of every text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from mockca.errors import NotFound
from mockca.rules.reading import Origins, Table, read_toml
from mockca.rules.terms import UNSOURCED

DATA = Path(__file__).parent / "data"
OTHERS = "others"
BOOKS = (*sorted({path.stem for path in (DATA / "clauses").glob("*.toml")} - {OTHERS}), OTHERS)
"""The files of clauses by name. Clauses with another prefix than these stand together in the last one."""
AREAS = frozenset(
    {
        *("activation", "archive", "batch", "change", "custody", "form", "handover", "issuance", "organisational"),
        *("publication", "reissue", "renewal", "reporting", "request", "restore", "revocation", "roles", "security"),
        *("signing", "suspension", "verification"),
    }
)
NOBODY = "none"
TARGETS = frozenset({"authority", "token", "signer", "verifier", "archive", NOBODY})
TESTABLE = frozenset({"yes", "partly", "no"})


@dataclass(frozen=True, slots=True)
class Word:
    """What people read for an identifier."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a regulation."""

    id: str
    ref: str
    """Where it stands: text, article, khoản, điểm."""
    vi: str
    """What it says in one line, in this project's words."""
    en: str
    area: str
    """What it is about, one of AREAS."""
    target: str
    """What could keep or break it, one of TARGETS."""
    testable: str
    """yes, partly (it points elsewhere, or binds people too) or no."""
    why_not: Word | None = None
    """Why nothing can be checked of it; None where something can."""


@dataclass(frozen=True, slots=True)
class Book:
    """One text, or what few clauses of several texts stand together."""

    id: str
    vi: str
    en: str
    clauses: Mapping[str, Clause]


OWN_CHOICE = Clause(
    UNSOURCED, "-", "Lựa chọn của phần mềm, chưa có căn cứ", "This project's own choice", "organisational", NOBODY, "no"
)


@cache
def book(name: str) -> Book:
    """The clauses of one file, one of BOOKS. RulesError where the file is wrong."""
    file = f"{name}.toml"
    return read_book(DATA / "clauses" / file)


def read_book(path: Path) -> Book:
    """The clauses of a file. RulesError, naming file and clause, where it is wrong."""
    data = read_toml(path)
    origins: Origins = {(key,): path for key in ("title", *data)}
    table = Table(data, (), origins)
    title = table.table("title")
    found = {id_: _clause(id_, table.table(id_)) for id_ in data if id_ != "title"}
    return Book(path.stem, title.text("vi"), title.text("en"), MappingProxyType(found))


def books() -> Iterator[Book]:
    """Every book, the provinces' and the regimes' before the one of the other texts."""
    return map(book, BOOKS)


@cache
def clauses() -> Mapping[str, Clause]:
    """All clauses by id."""
    return MappingProxyType(dict(chain.from_iterable(each.clauses.items() for each in books())))


def clause(id_: str) -> Clause:
    """A clause by its id; `unsourced` is one of them. NotFound for an id that no text has."""
    if id_ == UNSOURCED:
        return OWN_CHOICE
    prefix = id_.partition("-")[0]
    found = book(prefix if prefix in BOOKS else OTHERS).clauses.get(id_)
    if found is None:
        raise NotFound("clause", id_)
    return found


@cache
def words(group: str) -> Mapping[str, Word]:
    """The words of one group: roles, kinds, services, operations, media, ways, devices, recipients, effect."""
    table = read_toml(DATA / "words.toml")[group]
    return {id_: Word(entry["vi"], entry["en"]) for id_, entry in table.items()}


@cache
def reasons() -> Mapping[str, Word]:
    """Why nothing can be checked of a clause, by the key that clauses name."""
    return {id_: Word(entry["vi"], entry["en"]) for id_, entry in read_toml(DATA / "reasons.toml").items()}


def _clause(id_: str, table: Table) -> Clause:
    reason = table.text_or_none("why_not")
    if reason is not None and reason not in reasons():
        raise table.fail("why_not", f"{reason!r} is none of {', '.join(sorted(reasons()))}")
    found = Clause(
        id=id_,
        ref=table.text("ref"),
        vi=table.text("vi"),
        en=table.text("en"),
        area=table.choice("area", AREAS),
        target=table.choice("target", TARGETS),
        testable=table.choice("testable", TESTABLE),
        why_not=None if reason is None else reasons()[reason],
    )
    table.finish()
    if (found.testable == "no") != (found.why_not is not None):
        raise table.fail("why_not", "must be there where testable is no, and only there")
    if found.target == NOBODY and found.testable != "no":
        raise table.fail("target", "what nobody can keep or break is not testable")
    return found
