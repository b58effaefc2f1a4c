"""The latest exchanges of a sandbox, in a file beside its database: a ring of slots, the oldest gives way to a new one.

An exchange is no change, so there is no transaction for one, and nothing that is cached by the database's version is
disturbed. Its number comes under a lock, without waiting for the disk: what a loss of power takes away was only told,
not decided. A process that is killed in the middle leaves a slot that the next exchange overwrites.
"""

from __future__ import annotations

import fcntl
import json
import os
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

SLOTS: Final = 4096
"""Exchanges that are kept."""
SLOT_OCTETS: Final = 2048
"""Of one exchange, its number and length included."""
_HEAD: Final = struct.Struct(">8sQ")
"""What the file is, and the number of the latest exchange."""
_SLOT: Final = struct.Struct(">QI")
_MAGIC: Final = b"mockexc1"
_FIRST: Final = 4096
"""Where the slots begin."""
_AS_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
MOST_OCTETS: Final = SLOT_OCTETS - _SLOT.size

Record = dict[str, Any]
Shorten = Callable[[Record], Record | None]


class ExchangeRing:
    """The latest exchanges. Safe for threads and processes."""

    def __init__(self, path: Path) -> None:
        """Opens the file, or makes it."""
        self._file = -1
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._thread_turn = threading.Lock()

    def add(self, record: Mapping[str, Any], shorten: Shorten) -> int:
        """Keep an exchange, plain JSON; returns its number.

        `shorten` makes a record that is too long shorter, again and again; ValueError where it cannot.
        """
        body = _packed(record, shorten)
        with self._turn(fcntl.LOCK_EX):
            number = self._latest() + 1
            # Not through a map: where the disk is full, writing to one kills the process.
            os.pwrite(self._file, _SLOT.pack(number, len(body)) + body, _place(number))
            os.pwrite(self._file, _HEAD.pack(_MAGIC, number), 0)
        return number

    def get(self, number: int) -> Record | None:
        """The exchange of that number; None where there is none, or it has given way."""
        with self._turn(fcntl.LOCK_SH):
            return self._read(number) if 0 < number <= self._latest() else None

    def latest(self, before: int | None = None) -> Iterator[tuple[int, Record]]:
        """The exchanges from the newest to the oldest, with their numbers; those numbered below `before` if given."""
        with self._turn(fcntl.LOCK_SH):
            newest = self._latest()
        oldest = max(newest - SLOTS, 0)
        for number in range(min(newest, newest if before is None else before - 1), oldest, -1):
            record = self.get(number)
            if record is not None:
                yield number, record

    def clear(self) -> None:
        """Forget them all, and begin to count anew."""
        with self._turn(fcntl.LOCK_EX):
            os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Close the file; nothing can be read or kept any more."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def __del__(self) -> None:
        self.close()

    @contextmanager
    def _turn(self, lock: int) -> Iterator[None]:
        # The system's lock belongs to the open file, which threads share.
        with self._thread_turn:
            fcntl.flock(self._file, lock)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _latest(self) -> int:
        head = os.pread(self._file, _HEAD.size, 0)
        magic, number = _HEAD.unpack(head) if len(head) == _HEAD.size else (b"", 0)
        return number if magic == _MAGIC else 0

    def _read(self, number: int) -> Record | None:
        slot = os.pread(self._file, SLOT_OCTETS, _place(number))
        if len(slot) < _SLOT.size:
            return None
        found, length = _SLOT.unpack_from(slot)
        if found != number:
            return None
        try:
            record: Record = json.loads(slot[_SLOT.size : _SLOT.size + length])
        except ValueError:
            return None
        return record


def _place(number: int) -> int:
    return _FIRST + (number - 1) % SLOTS * SLOT_OCTETS


def _packed(record: Mapping[str, Any], shorten: Shorten) -> bytes:
    told: Record | None = dict(record)
    while told is not None:
        body = _AS_JSON.encode(told).encode("utf-8", "replace")
        if len(body) <= MOST_OCTETS:
            return body
        told = shorten(told)
    raise ValueError(f"an exchange does not fit into {MOST_OCTETS} octets")
