"""Private work folders that die with their owner.

A claim is a folder under the shelf's `staging/` with a lock file that its owner holds shared. Whoever can
take that lock exclusively knows that the owner is gone, however it went, and clears the folder away. The
kernel lets the lock go when the last process that holds it ends, so a killed process leaves nothing that
would have to time out.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK = "claim"
SERIAL = "serial"

_mine: weakref.WeakSet[Claim] = weakref.WeakSet()


@contextmanager
def file_lock(path: Path, operation: int, flags: int = os.O_RDWR | os.O_CREAT) -> Iterator[int]:
    """Hold a flock on the file, made when missing unless the flags say otherwise.

    Threads exclude each other too: each call opens the file anew.
    """
    descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, operation)
        yield descriptor
    finally:
        os.close(descriptor)


class Claim:
    """One private folder. Cleared by `release`, by the garbage collector, or by the sweep after a crash."""

    def __init__(self, staging: Path, gate: Path) -> None:
        # The gate keeps a sweep from finding the folder before its lock is held.
        with file_lock(gate, fcntl.LOCK_SH):
            self.folder = Path(tempfile.mkdtemp(dir=staging))
            self._lock = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_SH)
        self._finalizer = weakref.finalize(self, _clear, self.folder, self._lock)
        _mine.add(self)

    def name_device(self, serial: str) -> None:
        """Say which device this claim is about, so that a sweep spares it on the shelf as well."""
        (self.folder / SERIAL).write_text(serial, "ascii")

    def release(self) -> None:
        """Remove the folder and let the lock go. A second call does nothing."""
        self._finalizer()

    def _forget(self) -> None:
        """In a forked child: the folder is the parent's."""
        if self._finalizer.detach():
            os.close(self._lock)


def _clear(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)


def _after_fork_in_child() -> None:
    for claim in list(_mine):
        claim._forget()
    _mine.clear()


os.register_at_fork(after_in_child=_after_fork_in_child)


def clear_dead_claims(staging: Path, gate: Path) -> tuple[int, frozenset[str]]:
    """Remove the folders whose owners are gone.

    How many they were, and the serials that living claims are about.
    """
    removed, living = 0, set()
    with file_lock(gate, fcntl.LOCK_EX):
        for folder in sorted(filter(Path.is_dir, staging.iterdir())):
            if _abandoned(folder):
                removed += 1
            else:
                with suppress(FileNotFoundError):
                    living.add((folder / SERIAL).read_text("ascii"))
    return removed, frozenset(living)


def _abandoned(folder: Path) -> bool:
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:  # its owner died on the way in or out
        shutil.rmtree(folder, ignore_errors=True)
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        shutil.rmtree(folder, ignore_errors=True)
        return True
    finally:
        os.close(descriptor)
