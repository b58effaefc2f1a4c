"""The readers of a shelf: which devices are plugged in, for every client of the shelf at once.

The file's layout is that of `struct readers` in module/readers.c: each reader has a counter, odd while a device is
in it, and the device's serial. Clients have the file mapped and are woken when it is written.
"""

from __future__ import annotations

import fcntl
import os
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

from token_emulator.claims import file_lock
from token_emulator.errors import NoFreeReader, TokenError

READERS = 8
MAGIC = b"MOCKRDR1"
HEAD = struct.Struct("<8sII")
READER = struct.Struct("<II16s")
SIZE = HEAD.size + READERS * READER.size


@dataclass(frozen=True, slots=True)
class _Reader:
    counter: int
    serial: str

    @property
    def taken(self) -> bool:
        return self.counter % 2 == 1


class Readers:
    """The file `readers` of one shelf."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def prepare(self) -> None:
        """Make the file when there is none."""
        if self._path.exists():
            return
        with tempfile.NamedTemporaryFile(dir=self._path.parent, delete=False) as draft:
            draft.write(HEAD.pack(MAGIC, READERS, 0).ljust(SIZE, b"\0"))
        try:
            os.link(draft.name, self._path)  # unlike a rename, never over one that clients have mapped meanwhile
        except FileExistsError:
            pass
        finally:
            Path(draft.name).unlink()

    def plugged(self) -> dict[str, int]:
        """The devices that are plugged in, and the reader that each is in."""
        with file_lock(self._path, fcntl.LOCK_SH) as descriptor:
            found = self._read(descriptor)
        return {reader.serial: number for number, reader in enumerate(found) if reader.taken}

    def plug(self, serial: str) -> int:
        """Put a device into the first free reader; which that is. In a reader already, it stays.

        Raises NoFreeReader.
        """
        with file_lock(self._path, fcntl.LOCK_EX) as descriptor:
            found = self._read(descriptor)
            for number, reader in enumerate(found):
                if reader.taken and reader.serial == serial:
                    return number
            for number, reader in enumerate(found):
                if not reader.taken:
                    place = HEAD.size + number * READER.size
                    os.pwrite(descriptor, READER.pack(reader.counter, 0, serial.encode()), place)
                    self._count(descriptor, number, reader)  # last: an odd counter says that the serial is whole
                    return number
        raise NoFreeReader(serial, (reader.serial for reader in found))

    def unplug(self, serial: str) -> bool:
        """Pull a device out; whether it was plugged in."""
        with file_lock(self._path, fcntl.LOCK_EX) as descriptor:
            for number, reader in enumerate(self._read(descriptor)):
                if reader.taken and reader.serial == serial:
                    self._count(descriptor, number, reader)
                    return True
        return False

    def _read(self, descriptor: int) -> list[_Reader]:
        octets = os.pread(descriptor, SIZE + 1, 0)
        if len(octets) != SIZE or not octets.startswith(MAGIC):
            raise TokenError(f"{self._path} is not a list of readers")
        rows = READER.iter_unpack(octets[HEAD.size :])
        return [_Reader(counter, serial.rstrip(b"\0").decode("ascii")) for counter, _, serial in rows]

    @staticmethod
    def _count(descriptor: int, number: int, reader: _Reader) -> None:
        os.pwrite(descriptor, struct.pack("<I", (reader.counter + 1) & 0xFFFFFFFF), HEAD.size + number * READER.size)
