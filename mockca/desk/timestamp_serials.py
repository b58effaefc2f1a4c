"""Serial numbers of time stamps: each one greater than every one before, whichever process gave it out.

RFC 3161 §2.4.2 wants them unique, also after a crash. A transaction for each token would give that too, but it would
wait for the disk and for every other writer of the registry, and take longer than the signature. So the numbers are
kept in a file of their own. The number to come is written there under a lock, without waiting for the disk: that is
enough for all processes of a running system, those that are killed too. What a loss of power may take away is made
good by the second number: no serial is given out that is not below it, it is on the disk before any is, and whoever
opens the file goes on from there.
"""

from __future__ import annotations

import fcntl
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

AT_A_TIME: Final = 1000
"""Numbers that are set aside by one write that waits for the disk; those left over are never used."""
_LAYOUT: Final = struct.Struct(">QQ")
"""The next serial, and the one up to which they are set aside."""


def read_next(path: Path) -> int:
    """The serial that would be given out next."""
    found = path.read_bytes()[: _LAYOUT.size] if path.exists() else b""
    return int(_LAYOUT.unpack(found)[0]) if found else 1


def write_next(path: Path, serial: int) -> None:
    """Make the file, so that this serial is given out next."""
    path.write_bytes(_LAYOUT.pack(serial, serial))


class TimestampSerials:
    """The serial numbers of one sandbox's time stamps. Safe for threads and processes."""

    def __init__(self, path: Path) -> None:
        """Opens the file, or makes it: the first serial is 1."""
        self._file = _open(path)
        self._thread_turn = threading.Lock()
        with self._turn():
            _, reserved = self._read()
            self._reserve(reserved)

    def take(self) -> int:
        """A serial that nobody has had and nobody else will have, above all that were taken before."""
        with self._turn():
            serial, reserved = self._read()
            if serial >= reserved:
                self._reserve(serial)
                reserved = serial + AT_A_TIME
            os.pwrite(self._file, _LAYOUT.pack(serial + 1, reserved), 0)
        return serial

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):
            os.close(self._file)

    def __del__(self) -> None:
        self.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # The system's lock belongs to the open file, which threads share.
        with self._thread_turn:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _read(self) -> tuple[int, int]:
        found = os.pread(self._file, _LAYOUT.size, 0)
        return _LAYOUT.unpack(found) if found else (1, 1)

    def _reserve(self, serial: int) -> None:
        os.pwrite(self._file, _LAYOUT.pack(serial, serial + AT_A_TIME), 0)
        os.fsync(self._file)


def _open(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return file
