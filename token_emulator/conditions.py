"""What becomes of a device: lost and found, damaged, returned, wiped.

This is what the device and its holder know; who is told, and what follows by which regulation, is the authority's
business. Packing is in `package`.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from token_emulator.device import Shelf
from token_emulator.durable import sync
from token_emulator.errors import WrongStage
from token_emulator.faults import KEPT
from token_emulator.pin import PinState
from token_emulator.state import STATE, Condition, Record

STEPS = MappingProxyType(
    {
        Condition.HERE: frozenset({Condition.LOST}),
        Condition.LOST: frozenset({Condition.HERE}),
        Condition.DAMAGED: frozenset({Condition.HERE}),
        Condition.RETURNED: frozenset({Condition.HERE, Condition.DAMAGED}),
        Condition.WIPED: frozenset({Condition.HERE, Condition.DAMAGED, Condition.RETURNED}),
    }
)
"""From which conditions a device gets into each: found when lost, returned when damaged too, never back from wiped."""
NO_SEALS = bytes(240)


def mark(shelf: Shelf, serial: str, condition: Condition) -> Record:
    """Say what became of a device: clients that use it are told CKR_DEVICE_REMOVED.

    WIPED destroys its keys and PINs. Raises UnknownDevice, WrongStage.
    """
    record = shelf.change_state(serial, lambda before: _marked(before, condition))
    sync(shelf.folder(serial) / STATE)
    if condition is not Condition.HERE:
        shelf.unplug(serial)
    if condition is Condition.WIPED:
        hollow(shelf.folder(serial))
    return record


def hollow(folder: Path) -> None:
    """Take out all but the record of a device that is not here any more."""
    shutil.rmtree(folder / "store", ignore_errors=True)
    (folder / "store").mkdir(mode=0o700)
    for name in ("token.copy", KEPT):
        (folder / name).unlink(missing_ok=True)
    sync(folder)


def emptied(record: Record, condition: Condition) -> Record:
    """The record of an empty case: no PIN opens anything, and sessions from before are dead."""
    return replace(
        record,
        condition=condition,
        generation=record.generation + 1,
        sealed=NO_SEALS,
        faults=MappingProxyType({}),
    )


def _marked(record: Record, condition: Condition) -> Record:
    if record.condition not in STEPS.get(condition, frozenset()):
        wanted = "be found" if condition is Condition.HERE else f"become {condition.name.lower()}"
        raise WrongStage(record.serial, record.condition.name.lower(), wanted)
    if condition is Condition.WIPED:
        return replace(emptied(record, condition), pins=PinState())
    # The generation ends sessions in a reader of one's own, too.
    return replace(record, condition=condition, generation=record.generation + 1)
