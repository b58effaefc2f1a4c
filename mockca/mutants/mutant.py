"""A mutant: a named, deliberate defect of the authority."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mockca.mutants.patching import Patch


@dataclass(frozen=True, slots=True)
class Mutant:
    """A defect by its name, and how it is put in."""

    name: str
    vi: str
    en: str
    put_in: Callable[[Patch], None]


KNOWN: dict[str, Mutant] = {}
"""The defects with a name of their own. The families' (families.py) are made of what they are about."""


def enter(name: str, vi: str, en: str, put_in: Callable[[Patch], None]) -> None:
    """Enter a defect. ValueError where another one has its name."""
    if name in KNOWN:
        raise ValueError(f"two mutants are called {name}")
    KNOWN[name] = Mutant(name, vi, en, put_in)


def mutant(vi: str, en: str) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Enter the function as the defect that is called as it is, with hyphens: `former_stays` as `former-stays`."""

    def enter_it(put_in: Callable[[Patch], None]) -> Callable[[Patch], None]:
        enter(put_in.__name__.replace("_", "-"), vi, en, put_in)
        return put_in

    return enter_it
