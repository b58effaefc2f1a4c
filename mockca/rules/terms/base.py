"""Values with where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")
ANY_DEVICE = "any"
"""Stands for every kind of device that a table doesn't name."""
UNSOURCED = "unsourced"
"""Stands where a clause id would, for what is this project's own choice."""


class EffectiveFrom(StrEnum):
    """What makes a certificate effective."""

    ANNOUNCEMENT = "announcement"
    """The authority's publication of it on the portal."""
    NOT_BEFORE = "not_before"
    """The start of its validity."""


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value with where it comes from."""

    value: T
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """Something that only has a name: a category of bodies, a kind of attachment, a duty."""

    vi: str
    en: str
    clause: str
    unsourced: bool = False


def plain(value: Any) -> Any:
    """The same value in lists, dictionaries and JSON's own types; frozen sets become sorted lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value
