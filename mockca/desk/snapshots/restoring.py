"""A world put in the place of another, at one instant: the system swaps two folders in one step (renameat2).

Everything is made ready and on the disk before, beside the sandbox. Whoever is killed before the swap has changed
nothing; after it nothing is left to be done but to tidy up. Those who wait to change the old world are told so (Moved),
those who only read it finish; the next request finds the new one.
"""

from __future__ import annotations

import ctypes
import os
import shutil
from pathlib import Path
from typing import Final

from mockca.clock import SharedClock
from mockca.desk.sandbox import Sandbox
from mockca.desk.snapshots import bundle
from mockca.desk.snapshots.bundle import Manifest
from mockca.desk.timestamp_serials import write_next
from mockca.desk.timestamps import SERIALS_FILE
from mockca.errors import SetUpError
from mockca.randomness import new_seed
from mockca.registry import databases
from mockca.registry.migrations import migrate
from token_emulator.durable import sync, sync_all
from token_emulator.readers import Readers

AT_FDCWD: Final = -100
RENAME_EXCHANGE: Final = 2
_MARK: Final = "restored"


def restore(sandbox: Sandbox, source: Path) -> Manifest:
    """Put the world of the snapshot in the sandbox's place; what it is of.

    The caller sees to it that nobody else restores the same sandbox meanwhile. Malformed where it is no snapshot;
    SetUpError where the system cannot swap folders.
    """
    for left in sandbox.home.parent.glob(f".{sandbox.name}.{_MARK}.*"):
        shutil.rmtree(left, ignore_errors=True)
    draft = sandbox.home.parent / f".{sandbox.name}.{_MARK}.{new_seed()}"
    try:
        manifest = _furnish(draft, source, sandbox.clock.generation + 1)
        with sandbox.standing_still(), sandbox.store.write():
            exchange(draft, sandbox.home)
            sync(sandbox.home.parent)
            # Whoever has the old clock open learns of it by that.
            sandbox.clock.bump_generation()
        _pull_out(draft)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def _furnish(draft: Path, source: Path, generation: int) -> Manifest:
    draft.mkdir(mode=0o700)
    manifest = bundle.extract(source, draft)
    database = databases.point_to_new_file(draft)
    (draft / bundle.REGISTRY).rename(database)
    migrate(databases.at(draft))
    at = manifest.clock
    SharedClock.create(
        draft / "clock", at.now, at.frozen, scale=at.scale, epoch=at.epoch, generation=generation
    ).close()
    write_next(draft / SERIALS_FILE, manifest.timestamp_serial)
    for path in draft.glob("tokens/devices/*"):
        (path / "store").mkdir(mode=0o700, exist_ok=True)
    sync_all(draft)
    return manifest


def exchange(one: Path, other: Path) -> None:
    """Swap two folders in one step. SetUpError where the system or the file system cannot."""
    try:
        swap = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # pragma: no cover - other systems have none
        raise SetUpError("this system cannot swap folders (renameat2); snapshots are restored on Linux only") from None
    if swap(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) != 0:
        why = os.strerror(ctypes.get_errno())
        raise SetUpError(f"the folders {one.name} and {other.name} could not be swapped: {why}")


def _pull_out(old: Path) -> None:
    """Pull the devices out of the readers that running clients have mapped: they are told CKR_DEVICE_REMOVED."""
    path = old / bundle.READERS
    if path.exists():
        readers = Readers(path)
        for serial in readers.plugged():
            readers.unplug(serial)
