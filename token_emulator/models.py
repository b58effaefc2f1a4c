"""Device models, read from data/models.toml: names, PIN policy, and how sure each value is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from token_emulator.errors import UnknownModel
from token_emulator.pin import Answer, CharacterClass, PinPolicy

DEFAULT_MODEL = "generic-10"
NAME_OCTETS = {"label": 32, "manufacturer": 32, "model": 16}
"""Room in CK_TOKEN_INFO (PKCS#11 v2.40 §3.2)."""
POLICY = (
    "max_tries",
    "so_max_tries",
    "min_length",
    "max_length",
    "locking_try_answers",
    "wrong_length_counts",
    "classes",
    "must_change",
)


class DeviceKind(StrEnum):
    """What a device is, as the regulations tell devices apart: it decides who restores one that is locked."""

    PKI_TOKEN = "pki-token"  # noqa: S105
    SIM_PKI = "sim-pki"
    HSM = "hsm"


class Sureness(StrEnum):
    """How sure a value is."""

    PUBLISHED = "published"
    """An official guide for users says so."""
    REPORTED = "reported"
    """Public code or notes about the device say so."""
    CHOSEN = "chosen"
    """Nothing was found; this project's choice."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one value of a model comes from."""

    sure: Sureness
    note: str | None = None


@dataclass(frozen=True, slots=True)
class DeviceModel:
    """One make of device."""

    id: str
    title: str
    label: str
    """Token label where personalisation gives none."""
    manufacturer: str
    model: str
    pin: PinPolicy
    provenance: Mapping[str, Provenance]
    """By the name of the value: `label`, `max_tries`, …"""
    kind: DeviceKind = DeviceKind.PKI_TOKEN


def device_models() -> tuple[str, ...]:
    """Ids of the known models."""
    return tuple(_known())


def device_model(model: str) -> DeviceModel:
    """The model with that id. Raises UnknownModel."""
    try:
        return _known()[model]
    except KeyError:
        raise UnknownModel(model, _known()) from None


@cache
def _known() -> Mapping[str, DeviceModel]:
    return parse_models(files("token_emulator").joinpath("data/models.toml").read_text("utf-8"))


def parse_models(text: str) -> Mapping[str, DeviceModel]:
    """Models in TOML by id.

    Raises ValueError naming the model and the key that is missing, unknown or too long.
    """
    return MappingProxyType({id_: _model(id_, table) for id_, table in tomllib.loads(text).items()})


def _model(id_: str, table: Mapping[str, Any]) -> DeviceModel:
    wanted = {"title", "kind", *NAME_OCTETS, *POLICY}
    if wrong := sorted(wanted ^ set(table)):
        raise ValueError(f"device model {id_}: missing or unknown: {', '.join(wrong)}")
    values = {key: table[key]["value"] for key in (*NAME_OCTETS, *POLICY)}
    for key, room in NAME_OCTETS.items():
        if len(values[key].encode()) > room:
            raise ValueError(f"device model {id_}: {key} is longer than {room} octets")
    return DeviceModel(
        id=id_,
        title=table["title"],
        label=values["label"],
        manufacturer=values["manufacturer"],
        model=values["model"],
        pin=PinPolicy(
            max_tries=values["max_tries"],
            so_max_tries=values["so_max_tries"],
            min_length=values["min_length"],
            max_length=values["max_length"],
            locking_try_answers=Answer[values["locking_try_answers"]],
            wrong_length_counts=values["wrong_length_counts"],
            classes=frozenset(map(CharacterClass, values["classes"])),
            must_change=values["must_change"],
        ),
        provenance=MappingProxyType(
            {key: Provenance(Sureness(table[key]["sure"]), table[key].get("note")) for key in (*NAME_OCTETS, *POLICY)}
        ),
        kind=DeviceKind(table["kind"]),
    )
