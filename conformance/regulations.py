"""Which clauses hold under which regulation, for suites whose checks are the same under all: regulations.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

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


def longest_term(regulation: str) -> int:
    """For how many years a new certificate may be valid at the most. Raises NothingToRun as `under` does."""
    under(regulation, ())
    years: int = _tables()[regulation]["longest_term_years"]
    return years


def effect_under(regulation: str) -> str:
    """When certificates take effect: `announcement` or `not_before`. Raises NothingToRun as `under` does."""
    under(regulation, ())
    effect: str = _tables()[regulation].get("effect", "not_before")
    return effect


@cache
def _prefixes() -> Mapping[str, frozenset[str]]:
    return {id_: frozenset(table["clauses"]) for id_, table in _tables().items()}


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("conformance").joinpath("regulations.toml").read_text("utf-8"))
