"""What the bodies of a province are called, by kind, day and seed: patterns from `data/bodies.toml`, real places."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from faker import Faker

from mockca.desk import places
from mockca.desk.places import MERGED_ON, Ward, within
from mockca.randomness import Randomness
from mockca.rules.regulation import Regulation

DATA: Final = Path(__file__).parent / "data" / "bodies.toml"
DEFAULT: Final = "default"
"""The category whose look a category has that the data does not name."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind of body looks during one time."""

    names: tuple[str, ...]
    """Patterns of the name, alternatives."""
    superiors: tuple[str, ...]
    """Patterns of the bodies above it, top first."""
    until: date = date.max
    """The first day on which it no longer looks so."""
    has_seal: bool = True
    categories: tuple[str, ...] = ()
    """Categories of eligible bodies that it may belong to; the first that a regulation has counts."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body, named."""

    name: str
    superiors: tuple[str, ...]
    has_seal: bool
    category: str | None
    """The eligible category that its look asks for; None where it asks for none that the regulation has."""


def standing() -> tuple[str, ...]:
    """The bodies that every sandbox has in each province."""
    return tuple(_looks()["standing"])


def in_force(regulation: Regulation, start: date) -> date:
    """The day by which a regulation's bodies are named: the sandbox's first, not before the regulation came into force.

    A province that was merged into another one has its bodies as they were the day before.
    """
    day = max(start, regulation.in_force_from.value)
    if day >= MERGED_ON and places.province_named(regulation.province, day) is None:
        return MERGED_ON - timedelta(days=1)
    return day


def body(group: str, kind: str, regulation: Regulation, day: date, randomness: Randomness) -> Body:
    """The body of a kind: `group` is `standing` or `category`. The same seed gives the same name."""
    looks = _looks()[group].get(kind) or _looks()["category"][DEFAULT]
    look = next(look for look in looks if day < look.until)
    label = f"body/{regulation.id}/{kind}"
    values = _values(regulation, day, randomness, label)
    return Body(
        name=randomness.choice(f"{label}/name", look.names).format_map(values),
        superiors=tuple(pattern.format_map(values) for pattern in look.superiors),
        has_seal=look.has_seal,
        category=next((category for category in look.categories if category in regulation.eligible), None),
    )


def _values(regulation: Regulation, day: date, randomness: Randomness, label: str) -> dict[str, str]:
    ward = _ward(regulation.province, day, randomness, label)
    values = {
        "province": within(ward.province),
        "short": regulation.province,
        "ward": within(ward.name),
        "ward_short": ward.short_name,
        "surname": _surname(int.from_bytes(randomness.octets(label, 8))),
    }
    # A pattern with a district that is not there is a mistake in the data, and fails as one.
    return values if ward.district is None else values | {"district": within(ward.district)}


def _surname(seed: int) -> str:
    with _turn:
        faker = _faker()
        faker.seed_instance(seed)
        return str(faker.last_name())


_turn = threading.Lock()


@cache
def _faker() -> Faker:
    """Made once, for that takes as long as making a hundred bodies; whoever seeds and asks it does so in turn."""
    return Faker("vi_VN")


def _ward(province: str, day: date, randomness: Randomness, label: str) -> Ward:
    """A commune with a name rather than a number; one named as the province where the province is made up."""
    found = _named_wards(province, day < MERGED_ON)
    if found:
        return randomness.choice(f"{label}/ward", found)
    return Ward(f"Xã {province}", f"Huyện {province}" if day < MERGED_ON else None, f"Tỉnh {province}")


@cache
def _named_wards(province: str, before_merger: bool) -> tuple[Ward, ...]:
    day = MERGED_ON - timedelta(days=1) if before_merger else MERGED_ON
    return tuple(ward for ward in places.wards(province, day) if not ward.short_name.isdigit())


@cache
def _looks() -> Mapping[str, Mapping[str, tuple[Look, ...]]]:
    table = tomllib.loads(DATA.read_text("utf-8"))
    return {
        group: {kind: tuple(_look(entry) for entry in entries) for kind, entries in kinds.items()}
        for group, kinds in table.items()
    }


def _look(entry: dict[str, Any]) -> Look:
    return Look(
        names=tuple(entry["names"]),
        superiors=tuple(entry["superiors"]),
        until=entry.get("until", date.max),
        has_seal=entry.get("has_seal", True),
        categories=tuple(entry.get("categories", ())),
    )
