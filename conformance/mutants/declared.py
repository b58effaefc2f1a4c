"""The mutants with a name of their own, and what is to be played to catch each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from conformance.checks import SIGNER, VERIFIER
from conformance.suites import signer, verifier

DATA = Path(__file__).with_name("declared.toml")


@dataclass(frozen=True, slots=True)
class Declared:
    """One mutant, as the harness knows it."""

    name: str
    target: str
    """The kind of target that it is a defect of."""
    plays: tuple[str, ...]
    """Scenarios in which it must show; for other kinds of target the checks each of which must catch it."""


@cache
def declared(target: str) -> Mapping[str, Declared]:
    """Those of one kind of target by name, in their order. A mutant may be of more than one kind."""
    data: dict[str, Any] = tomllib.loads(DATA.read_text("utf-8"))
    found = {}
    for name, plays in data[target].items():
        patterns = (plays,) if isinstance(plays, str) else tuple(plays)
        found[name] = Declared(name, target, tuple(_meant(target, patterns)))
    return MappingProxyType(found)


def _meant(target: str, patterns: tuple[str, ...]) -> Iterator[str]:
    """The ids; of verifiers' and signers' checks, which are made from tables, those that patterns mean."""
    made = {VERIFIER: verifier.CHECKS, SIGNER: signer.CHECKS}.get(target)
    if made is None:
        yield from patterns
        return
    for pattern in patterns:
        yield from (check.id for check in made if fnmatchcase(check.id, pattern))
