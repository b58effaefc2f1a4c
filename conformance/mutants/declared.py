"""The mutants with a name of their own, and what is to be played to catch each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

DATA = Path(__file__).with_name("declared.toml")


@dataclass(frozen=True, slots=True)
class Declared:
    """One mutant, as the harness knows it."""

    name: str
    target: str
    """The kind of target that it is a defect of."""
    plays: tuple[str, ...]
    """Scenarios in which it must show; for other kinds of target empty: their whole suite is run."""


@cache
def declared() -> Mapping[str, Declared]:
    """All of them by name, in their order."""
    data: dict[str, Any] = tomllib.loads(DATA.read_text("utf-8"))
    found = {}
    for target, mutants in data.items():
        for name, plays in mutants.items():
            found[name] = Declared(name, target, (plays,) if isinstance(plays, str) else tuple(plays))
    return MappingProxyType(found)
