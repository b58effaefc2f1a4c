"""Vietnam's administrative units by date: province, district and commune before July 2025, province and commune since.

The names, and which unit became which, are the data that the library `vietnamadminunits` carries. They are read from
its files: importing it costs half a second and 70 MB for a geocoder that nobody here needs. What it knows of the time
before is the map as it stood just before the merger.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from mockca.errors import NotFound, SetUpError

MERGED_ON: Final = date(2025, 7, 1)
"""First day of the 34 provinces (Nghị quyết 202/2025/QH15) and of two tiers (Luật 72/2025/QH15): no districts since."""

LIBRARY: Final = "vietnamadminunits"


@dataclass(frozen=True, slots=True)
class Ward:
    """A commune (xã, phường, thị trấn, đặc khu), by full names: `Xã Giang Ma`, `Huyện Tam Đường`, `Tỉnh Lai Châu`."""

    name: str
    """The district's where the district has no communes: five islands before the merger."""
    district: str | None
    """None since the merger."""
    province: str

    @property
    def short_name(self) -> str:
        """The name without its kind: `Giang Ma`."""
        return _without(self.name, ("Xã", "Phường", "Thị trấn", "Đặc khu", "Huyện"))


def provinces(on: date) -> tuple[str, ...]:
    """Full names of the provinces on a day: 63 before the merger, 34 since, sorted."""
    return tuple(sorted(_full_names(on < MERGED_ON).values()))


def province_named(name: str, on: date) -> str | None:
    """The full name of the province called so (`Lai Châu`, `Tỉnh Lai Châu`) on that day; None where there is none."""
    names = _full_names(on < MERGED_ON)
    return name if name in names.values() else names.get(name)


def districts(province: str, on: date) -> tuple[str, ...]:
    """Full names of a province's districts on a day; none since the merger, and none of an unknown province."""
    return tuple(dict.fromkeys(ward.district for ward in wards(province, on) if ward.district is not None))


def wards(province: str, on: date) -> tuple[Ward, ...]:
    """The communes of a province, by its full or its short name, on a day; none of an unknown province."""
    full = province_named(province, on)
    return () if full is None else _wards(full, on < MERGED_ON)


def successors_of(ward: Ward) -> tuple[Ward, ...]:
    """What an old commune became: one new one, or several where it was divided, the main one first.

    NotFound for a commune that did not exist just before the merger.
    """
    try:
        return _successors()[ward]
    except KeyError:
        where = ", ".join(part for part in (ward.name, ward.district, ward.province) if part)
        raise NotFound("ward", where) from None


def successor_of(ward: Ward) -> Ward:
    """The one new commune that stands for an old one; of several the main one. NotFound as `successors_of`."""
    return successors_of(ward)[0]


def successor_of_province(province: str) -> str:
    """The new province, by full name, that an old one (full or short name) went into. NotFound for another name."""
    old = province_named(province, date(MERGED_ON.year - 1, 1, 1))
    for new, parts in _conversion()["provinces"].items():
        if old in parts:
            return str(new)
    raise NotFound("province", province)


def provinces_merged() -> Mapping[str, tuple[str, ...]]:
    """The new provinces that were made of several, with the old ones that each was made of, all by full name."""
    return MappingProxyType(
        {new: parts for new, parts in _conversion()["provinces"].items() if len(parts) > 1},
    )


def within(name: str) -> str:
    """A unit's full name as it stands inside another name: `Ủy ban nhân dân` + `xã Giang Ma`."""
    return name[:1].lower() + name[1:]


def _without(name: str, kinds: tuple[str, ...]) -> str:
    kind = next((kind for kind in kinds if name.startswith(f"{kind} ")), "")
    return name.removeprefix(kind).strip()


# --- the library's files ------------------------------------------------------------------------------------------


@cache
def _folder() -> Path:
    found = find_spec(LIBRARY)
    if found is None or not found.submodule_search_locations:
        raise SetUpError(f"the administrative units are missing; type: pip install {LIBRARY}")
    return Path(next(iter(found.submodule_search_locations))) / "data"


def _rows(statement: str, *values: str) -> list[tuple[Any, ...]]:
    address = f"{(_folder() / 'dataset.db').as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return connection.execute(statement, values).fetchall()


def _spelt(name: str) -> str:
    """A few of the data's names have a capital in the second word of the kind."""
    for kind in ("Thị trấn", "Thị xã", "Thành phố"):
        if name.casefold().startswith(kind.casefold()):
            return kind + name[len(kind) :]
    return name


@cache
def _full_names(before: bool) -> Mapping[str, str]:
    """Full name by short name."""
    if before:
        return dict(_rows("SELECT DISTINCT provinceShort, province FROM admin_units_legacy"))
    return dict(_rows("SELECT DISTINCT provinceShort, province FROM admin_units"))


@cache
def _wards(province: str, before: bool) -> tuple[Ward, ...]:
    if before:
        rows = _rows(
            "SELECT coalesce(ward, district), district FROM admin_units_legacy WHERE province = ? ORDER BY rowid",
            province,
        )
        return tuple(Ward(_spelt(name), _spelt(district), province) for name, district in rows)
    rows = _rows("SELECT ward FROM admin_units WHERE province = ? ORDER BY rowid", province)
    return tuple(Ward(name, None, province) for (name,) in rows)


@cache
def _conversion() -> Mapping[str, Any]:
    """The library's table of what became what: provinces by full names, communes still by its keys."""
    table = json.loads((_folder() / "converter_2025.json").read_text("utf-8"))
    old = dict(_rows("SELECT DISTINCT provinceKey, province FROM admin_units_legacy"))
    new = dict(_rows("SELECT DISTINCT provinceKey, province FROM admin_units"))
    return {
        "provinces": {
            new[key]: tuple(sorted(old[part] for part in parts)) for key, parts in table["DICT_PROVINCE"].items()
        },
        "whole": table["DICT_PROVINCE_WARD_NO_DIVIDED"],
        "divided": table["DICT_PROVINCE_WARD_DIVIDED"],
    }


@cache
def _successors() -> Mapping[Ward, tuple[Ward, ...]]:
    old = {
        key: Ward(_spelt(name), _spelt(district), province)
        for key, name, district, province in _rows(
            "SELECT provinceKey || '_' || districtKey || '_' || coalesce(wardKey, ''), coalesce(ward, district), "
            "district, province FROM admin_units_legacy"
        )
    }
    new = {
        (province_key, ward_key): Ward(name, None, province)
        for province_key, ward_key, name, province in _rows(
            "SELECT provinceKey, wardKey, ward, province FROM admin_units"
        )
    }
    found: dict[Ward, tuple[Ward, ...]] = {}
    for province, wholes in _conversion()["whole"].items():
        for ward, parts in wholes.items():
            found |= {old[part]: (new[province, ward],) for part in parts}
    for province, divided in _conversion()["divided"].items():
        for part, pieces in divided.items():
            main_first = sorted(pieces, key=lambda piece: not piece["isDefaultNewWard"])
            found[old[part]] = tuple(new[province, piece["newWardKey"]] for piece in main_first)
    return found
