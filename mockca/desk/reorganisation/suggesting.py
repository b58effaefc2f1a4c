"""What the map of July 2025 does to a sandbox's bodies: old communes into new ones, districts away, provinces together.

Bodies are recognised by the real places in their names. What cannot be told from a name is left to people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Final

from mockca.desk import places
from mockca.desk.places import MERGED_ON, Ward, within
from mockca.pki.names import fold
from mockca.registry.units import Unit
from mockca.rules.regulation import Regulation

BEFORE: Final = MERGED_ON - timedelta(days=1)
TOGETHER: Final = ("consolidate", "merge")
"""Kinds of decision by which several bodies become one, the first that a regulation has counts."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One decision that the map asks for."""

    kind: str
    units: tuple[Unit, ...]
    successor: dict[str, Any] | None
    """The body that takes over, as a plan names it; None where nobody does."""
    name: str
    """What that body is called; empty for nobody."""
    exists: bool
    """Whether it is registered already."""

    def plan(self, regulation: str, number: str | None) -> dict[str, Any]:
        """The request that plans it."""
        return {
            "regulation": regulation,
            "kind": self.kind,
            "number": number,
            "effective_on": MERGED_ON.isoformat(),
            "units": [unit.id for unit in self.units],
            "successors": [] if self.successor is None else [self.successor],
        }


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the map asks for, and the bodies of which it is not clear."""

    decisions: tuple[Suggestion, ...]
    unclear: tuple[Unit, ...]
    """Bodies under a district whose own place their names don't tell."""


@dataclass(frozen=True, slots=True)
class _Next:
    """What a body becomes."""

    name: str
    superiors: tuple[str, ...]
    category: str
    alone: bool
    """Whether no other old place went into the same new one."""


def suggest(regulation: Regulation, bodies: Sequence[Unit]) -> Suggestions:
    """The decisions for one province's bodies; none for a province that the map does not have."""
    standing = [unit for unit in bodies if unit.regulation == regulation.id and unit.ended_on is None]
    if places.province_named(regulation.province, BEFORE) is None:
        return Suggestions((), ())
    atlas = _atlas(regulation.province)
    groups: dict[_Next, list[Unit]] = {}
    ending: list[Unit] = []
    unclear: list[Unit] = []
    for unit in standing:
        found = atlas.next_of(unit)
        if found is None:
            continue
        if isinstance(found, str):
            (ending if found == "ends" else unclear).append(unit)
        else:
            groups.setdefault(found, []).append(unit)
    taken = {unit.id for unit in bodies}
    decisions = [_together(regulation, becomes, units, standing, taken) for becomes, units in groups.items()]
    if ending and "dissolve" in regulation.reorganisations:
        decisions.append(Suggestion("dissolve", tuple(ending), None, "", False))
    return Suggestions(tuple(one for one in decisions if one is not None), tuple(unclear))


def _together(
    regulation: Regulation, becomes: _Next, units: Sequence[Unit], standing: Sequence[Unit], taken: set[str]
) -> Suggestion | None:
    same = next((unit for unit in standing if unit.name == becomes.name and unit not in units), None)
    if len(units) == 1 and becomes.alone and same is None and "rename" in regulation.reorganisations:
        (unit,) = units
        named = {"id": unit.id, "name": becomes.name, "superiors": list(becomes.superiors)}
        return Suggestion("rename", (unit,), named, becomes.name, True)
    kind = next((kind for kind in TOGETHER if kind in regulation.reorganisations), None)
    if kind is None:
        return None
    if same is not None:
        return Suggestion(kind, tuple(units), {"id": same.id}, same.name, True)
    id_ = _new_id(becomes.name, regulation.id, taken)
    taken.add(id_)
    new = {
        "id": id_,
        "name": becomes.name,
        "category": becomes.category,
        "superiors": list(becomes.superiors),
        "email": f"{id_}@{units[0].email.rpartition('@')[2]}",
        "has_seal": any(unit.has_seal for unit in units),
    }
    return Suggestion(kind, tuple(units), new, becomes.name, False)


def _new_id(name: str, regulation: str, taken: set[str]) -> str:
    words = [fold(word).encode("ascii", "ignore").decode() for word in name.split()]
    stem = "-".join(word for word in words if word)[: 60 - len(regulation)].strip("-")
    number, found = 1, f"{stem}-{regulation}"
    while found in taken:
        number += 1
        found = f"{stem}-{number}-{regulation}"
    return found[:64]


class _Atlas:
    """One old province: which of its places a name means, and what became of them."""

    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = within(old), within(new)
        wards = places.wards(old, BEFORE)
        self._wards: dict[str, list[Ward]] = {}
        for ward in wards:
            self._wards.setdefault(within(ward.name), []).append(ward)
        self._districts = sorted({within(ward.district) for ward in wards if ward.district}, key=len, reverse=True)
        # A unit of the new map may be called as one that there was before.
        self._into: dict[Ward, int] = {}
        for ward in wards:
            for piece in places.successors_of(ward):
                self._into[piece] = self._into.get(piece, 0) + 1

    def next_of(self, unit: Unit) -> _Next | str | None:
        """What a body becomes; `ends`; `unclear`; None where the map leaves it alone."""
        ward = self._ward_of(unit)
        if ward is not None:
            return self._moved(unit, ward)
        if _mentioned(self._districts, unit.name):
            return "ends"
        if _mentioned(self._districts, " ".join(unit.superiors)):
            return "unclear"
        if self._old == self._new:
            return None
        name, superiors = self._in_new_province(unit.name), tuple(map(self._in_new_province, unit.superiors))
        if (name, superiors) == (unit.name, tuple(unit.superiors)):
            return None
        return _Next(name, superiors, unit.category, alone=False)

    def _ward_of(self, unit: Unit) -> Ward | None:
        """The old commune that a body's name, or its nearest superior's, means; None for none, and for several."""
        for text in (unit.name, unit.superiors[-1] if unit.superiors else ""):
            named = _mentioned(sorted(self._wards, key=len, reverse=True), text)
            if named is None:
                continue
            found = self._wards[named]
            above = " ".join(unit.superiors)
            there = [ward for ward in found if ward.district and _mentioned([within(ward.district)], above)] or found
            return there[0] if len(there) == 1 else None
        return None

    def _moved(self, unit: Unit, ward: Ward) -> _Next | None:
        new = places.successor_of(ward)
        old_name, new_name = within(ward.name), within(new.name)
        superiors = tuple(
            _replaced(self._in_new_province(body), old_name, new_name)
            for body in unit.superiors
            if not _mentioned(self._districts, body)
        )
        name = _replaced(self._in_new_province(unit.name), old_name, new_name)
        if (name, superiors) == (unit.name, tuple(unit.superiors)):
            # It is the new one: an old commune's body stands under a district.
            return None
        return _Next(name, superiors, unit.category, alone=self._into[new] == 1)

    def _in_new_province(self, text: str) -> str:
        return _replaced(text, self._old, self._new)


@cache
def _atlas(province: str) -> _Atlas:
    old = places.province_named(province, BEFORE)
    assert old is not None  # noqa: S101 - asked for before
    return _Atlas(old, places.successor_of_province(old))


def _mentioned(names: Iterable[str], text: str) -> str | None:
    """The first of these names that stands in a text as a whole."""
    return next((name for name in names if _whole(name).search(text)), None)


def _replaced(text: str, old: str, new: str) -> str:
    return _whole(old).sub(new, text)


@cache
def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
