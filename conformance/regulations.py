"""Which clauses hold under which regulation, for suites whose checks are the same under all: regulations.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from conformance.errors import NothingToRun


def known() -> tuple[str, ...]:
    """Ids of the provinces' regulations and of the national texts."""
    return tuple(_prefixes())


def under(regulation: str, clauses: Iterable[str]) -> tuple[str, ...]:
    """Those of the clauses that hold under this regulation or the national text that it stands on.

    Raises NothingToRun for a regulation that is not known.
    """
    try:
        prefixes = _prefixes()[regulation]
    except KeyError:
        raise NothingToRun(f"no regulation {regulation!r}; there are: {', '.join(known())}") from None
    return tuple(clause for clause in clauses if clause.partition("-")[0] in prefixes)


@cache
def _prefixes() -> Mapping[str, frozenset[str]]:
    text = files("conformance").joinpath("regulations.toml").read_text("utf-8")
    return {id_: frozenset(table["clauses"]) for id_, table in tomllib.loads(text).items()}
