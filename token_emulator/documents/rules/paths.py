"""Where each value of the rules stands, and which carry which clause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from token_emulator.documents.rules.loading import available, load
from token_emulator.documents.rules.model import DocumentRules, Said


def said(rules: DocumentRules) -> Iterator[tuple[str, Said[Any]]]:
    """Every value with its path, such as `kinds.issued.marks.person.width`."""
    yield from _said(rules, "")


def _said(model: Any, path: str) -> Iterator[tuple[str, Said[Any]]]:
    if isinstance(model, Said):
        yield path, model
        return
    parts: Mapping[str, Any] = {}
    if isinstance(model, BaseModel):
        parts = {name: getattr(model, name) for name in type(model).model_fields}
    elif isinstance(model, dict):
        parts = model
    for name, one in parts.items():
        yield from _said(one, f"{path}.{name}" if path else name)


@cache
def rule_keys() -> Mapping[str, tuple[str, ...]]:
    """The values by the clause that they come from: `AG-8.2.d.3` → `an-giang:documents.kinds.issued…width`, …

    Of regulations of provinces alone, what comes from their regimes among them.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for regulation in available():
        rules = load(regulation)
        for path, value in said(rules) if rules.province else ():
            for clause in value.clauses:
                found[clause].add(f"{regulation}:documents.{path}")
    return {clause: tuple(sorted(keys)) for clause, keys in found.items()}
