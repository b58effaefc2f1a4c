"""Which rules carry which clause, found in what the regulations say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from mockca.rules.loading import DATA, read
from mockca.rules.regulation import Regulation
from mockca.rules.terms import UNSOURCED

CLAUSE, OF_A_CLAUSE = "clause", "_clause"
NAMES = ("id", "name", "kind", "event", "operation")
"""Keys by which the entries of a list are told apart; an entry without any goes by its number."""


@cache
def rule_keys() -> Mapping[str, tuple[str, ...]]:
    """The keys of the rules by the clause that they come from: `TB-5.1` → `thai-binh:renewal.times`, …

    Only the package's own regulations are read. Rules that are this project's own choice are not among them.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((DATA / "provinces").glob("*.toml")):
        for clause, key in rules_of(read(path)):
            found[clause].append(f"{path.stem}:{key}")
    return MappingProxyType({clause: tuple(sorted(set(keys))) for clause, keys in found.items()})


def rules_of(regulation: Regulation) -> Iterator[tuple[str, str]]:
    """Each clause with the key of a rule that carries it.

    Of rules within one another that carry the same clause only the outermost is told: the form, not its fields too.
    """
    return _walk(regulation.values(), "", frozenset())


def _walk(value: Any, key: str, told: frozenset[str]) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _walk(item, _under(key, _name(item, number)), told)
    if not isinstance(value, dict):
        return
    here: set[str] = set()
    for name, item in value.items():
        if not isinstance(item, str) or item == UNSOURCED or item in told:
            continue
        if name == CLAUSE:
            yield item, key
            here.add(item)
        elif name.endswith(OF_A_CLAUSE):
            yield item, _under(key, name.removesuffix(OF_A_CLAUSE))
    for name, item in value.items():
        yield from _walk(item, _under(key, name), told | here)


def _name(item: Any, number: int) -> str:
    if isinstance(item, dict):
        for name in NAMES:
            if isinstance(item.get(name), str):
                return str(item[name])
    return str(number)


def _under(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
