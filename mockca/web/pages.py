"""The pages of docs/regulations: `python -m mockca.web.publish` puts their tables in anew from the rules."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import scenarios
from conformance.errors import NothingToRun
from conformance.regulations import under
from mockca.rules import pages
from mockca.rules.catalogue import Clause, clause, clauses
from mockca.rules.loading import DATA, load, regimes
from mockca.rules.pages import Parts
from mockca.rules.regulation import Regulation
from mockca.rules.terms import UNSOURCED, Label

FOLDER = Path(__file__).parents[2] / "docs" / "regulations"
INDEX = "README"


@cache
def packaged() -> tuple[Regulation, ...]:
    """The package's own regulations, without the user's, by their age."""
    ids = (path.stem for path in (DATA / "provinces").glob("*.toml"))
    return tuple(sorted(map(load, ids), key=lambda each: (each.in_force_from.value, each.id)))


def names() -> tuple[str, ...]:
    """The pages that there are: the index, the provinces', the national texts'."""
    return (INDEX, *(each.id for each in packaged()), *regimes())


def page(name: str) -> str:
    """A page as it is today: what was written by hand, where there is any, with the tables from the rules."""
    path, parts = FOLDER / f"{name}.md", _parts(name)
    written = path.read_text("utf-8") if path.exists() else pages.skeleton(name, parts)
    return pages.weave(written, parts)


def write() -> None:
    """Write every page into the documentation."""
    FOLDER.mkdir(exist_ok=True)
    for name in names():
        (FOLDER / f"{name}.md").write_text(page(name), "utf-8")


def _parts(name: str) -> Parts:
    if name == INDEX:
        return pages.index(packaged(), regimes())
    if name in regimes():
        return pages.regime(name, packaged(), _clauses(name))
    return pages.regulation(load(name), packaged(), _clauses(name), _scenarios(name))


def _clauses(name: str) -> tuple[Clause, ...]:
    try:
        return tuple(map(clause, under(name, clauses())))
    except NothingToRun:
        # A province of the user's own, that the suites know nothing of.
        return ()


def _scenarios(regulation: str) -> tuple[tuple[str, Label], ...]:
    every = ((id_, scenarios.load(id_)) for id_ in scenarios.available())
    return tuple(
        (id_, Label(one.title.vi, one.title.en, UNSOURCED)) for id_, one in every if one.regulation == regulation
    )
