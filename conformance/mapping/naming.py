"""Which names the expressions in a part of a mapping begin with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from conformance.mapping.templates import BadTemplate, compiled


def names_in(value: Any) -> frozenset[str]:
    """The names in all texts of a value and what it contains."""
    if isinstance(value, str):
        try:
            return compiled(value).names if "${" in value else frozenset()
        except BadTemplate:  # a text that is no template, such as a JSONPath with ${ in a name
            return frozenset()
    if isinstance(value, BaseModel):
        return frozenset().union(*(names_in(inner) for _, inner in value))
    if isinstance(value, Mapping):
        return frozenset().union(*(names_in(key) | names_in(inner) for key, inner in value.items()))
    if isinstance(value, list | tuple):
        return frozenset().union(*(names_in(inner) for inner in value))
    return frozenset()
