"""The clock: one per sandbox, shared by every process that serves it. Nothing else here asks for the time."""

from __future__ import annotations

import fcntl
import math
import mmap
import os
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from mockca.errors import SetUpError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
EARLIEST = datetime(1950, 1, 1, tzinfo=UTC)
"""First instant that a certificate can name as UTCTime (RFC 5280 §4.1.2.5.1)."""
LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""Last instant that a certificate can name (RFC 5280 §4.1.2.5); a running clock stops there."""
GREATEST_SCALE = 1_000_000.0

_LATEST = (LATEST - EPOCH) // MICROSECOND
_SLOT = struct.Struct("<8sQQQqqd?7x")
_CHECK = struct.Struct("<I4x")
_SLOT_SIZE = _SLOT.size + _CHECK.size
_FILE_SIZE = 2 * _SLOT_SIZE
_MAGIC = b"mockclk1"
_READ_TRIES = 1000


def system_now() -> datetime:
    """The system's time, aware, in UTC. The only place in the project that asks for it."""
    return datetime.now(UTC)


class Clock(Protocol):
    """Whatever tells the time."""

    def now(self) -> datetime:
        """An aware UTC datetime with microseconds."""
        ...


class WallClock:
    """The system's own time: by which people wait, not the authority."""

    def now(self) -> datetime:
        """The system's time, aware, in UTC."""
        return system_now()


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What a clock shows, and how it runs."""

    now: datetime
    frozen: bool
    scale: float
    """Seconds of the clock for one second of the system; kept while the clock is frozen."""
    epoch: int
    """Grows with each turn: part of the key of everything that is cached by time."""


class FixedClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, instant: datetime) -> None:
        self._now = _checked(instant)

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Show `instant` from now on."""
        self._now = _checked(instant)

    def advance(self, step: timedelta) -> None:
        """Move on by `step`, or back where it is negative."""
        self._now = _checked(self._now + step)


@dataclass(frozen=True, slots=True)
class _State:
    """Clock time is `shown` + (system - `anchor`) × `scale`, in microseconds since 1970."""

    sequence: int
    epoch: int
    generation: int
    anchor: int
    shown: int
    scale: float
    frozen: bool

    def at(self, system: int) -> int:
        if self.frozen:
            return self.shown
        return min(self.shown + int((system - self.anchor) * self.scale), _LATEST)

    def pack(self) -> bytes:
        body = _SLOT.pack(
            _MAGIC,
            self.sequence,
            self.epoch,
            self.generation,
            self.anchor,
            self.shown,
            self.scale,
            self.frozen,
        )
        return body + _CHECK.pack(zlib.crc32(body))


class SharedClock:
    """A clock in a small file that every process of a sandbox maps into memory.

    The file holds two copies of the state, each with a sequence number and a checksum. A turn overwrites the
    older one under a file lock, so that a reader always finds a whole copy, whatever happens to the writer. The
    clock goes by the system's time, so it runs on while no server does, and a frozen clock is still frozen after
    a restart.

    Safe for threads, for processes, and after a fork.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("r+b") as file:
                self._map = mmap.mmap(file.fileno(), _FILE_SIZE)
        except (OSError, ValueError) as error:
            raise SetUpError(f"clock {path} cannot be opened: {error}") from error
        self._seen: tuple[bytes, _State | None] = (b"", None)
        self._read()

    @classmethod
    def create(
        cls,
        path: Path,
        start: datetime,
        frozen: bool = False,
        *,
        scale: float = 1.0,
        epoch: int = 0,
        generation: int = 0,
    ) -> SharedClock:
        """Make the file and open it; it shows `start` now. FileExistsError where there is one already."""
        state = _State(1, epoch, generation, _micros(system_now()), _micros(_checked(start)), scale, frozen)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            with draft.open("xb") as file:
                file.write(replace(state, sequence=0).pack() + state.pack())
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        return cls(path)

    @classmethod
    def open(cls, path: Path) -> SharedClock:
        """Open an existing clock. SetUpError where the file is missing or damaged."""
        return cls(path)

    def close(self) -> None:
        """Let go of the file. Reading the clock afterwards is an error."""
        self._map.close()

    def now(self) -> datetime:
        """The time here: aware, UTC, microseconds."""
        state = self._read()
        return EPOCH + state.at(_micros(system_now())) * MICROSECOND

    def reading(self) -> ClockReading:
        """Time, pace and epoch, all of one moment."""
        return _reading(self._read(), _micros(system_now()))

    @property
    def epoch(self) -> int:
        """Number of times that the clock was turned."""
        return self._read().epoch

    @property
    def generation(self) -> int:
        """Number of times that the sandbox was reset: whoever sees it move opens the sandbox again."""
        return self._read().generation

    def bump_generation(self) -> int:
        """Tell every process that the sandbox was reset. Returns the new generation."""
        with self._turn() as state:
            return self._write(replace(state, generation=state.generation + 1)).generation

    def freeze(self) -> ClockReading:
        """Stop at the present reading."""
        return self._change(frozen=True)

    def resume(self) -> ClockReading:
        """Run on from the present reading, at the scale set last."""
        return self._change(frozen=False)

    def set(self, instant: datetime) -> ClockReading:
        """Show `instant`, before or after the present reading; a running clock runs on from there."""
        return self._change(shown=instant)

    def advance(self, step: timedelta) -> ClockReading:
        """Move on by `step`, or back where it is negative."""
        return self._change(step=step)

    def scale(self, rate: float) -> ClockReading:
        """Run `rate` times as fast as the system's clock, from the present reading on."""
        if not (math.isfinite(rate) and 0 < rate <= GREATEST_SCALE):
            raise ValueError(f"a clock's scale is more than 0 and at most {GREATEST_SCALE:.0f}, not {rate}")
        return self._change(scale=float(rate))

    def _change(
        self,
        *,
        shown: datetime | None = None,
        step: timedelta | None = None,
        scale: float | None = None,
        frozen: bool | None = None,
    ) -> ClockReading:
        with self._turn() as state:
            system = _micros(system_now())
            instant = EPOCH + state.at(system) * MICROSECOND if shown is None else shown
            if step is not None:
                try:
                    instant += step
                except OverflowError as error:
                    raise ValueError(f"{step} from {instant.isoformat()} is beyond the calendar") from error
            turned = self._write(
                replace(
                    state,
                    epoch=state.epoch + 1,
                    anchor=system,
                    shown=_micros(_checked(instant)),
                    scale=state.scale if scale is None else scale,
                    frozen=state.frozen if frozen is None else frozen,
                )
            )
            return _reading(turned, system)

    @contextmanager
    def _turn(self) -> Iterator[_State]:
        # A lock belongs to the opened file, so each turn opens its own: threads and forks exclude each other.
        with self._path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield self._read()

    def _write(self, state: _State) -> _State:
        state = replace(state, sequence=state.sequence + 1)
        offset = state.sequence % 2 * _SLOT_SIZE
        self._map[offset : offset + _SLOT_SIZE] = state.pack()
        self._map.flush()
        return state

    def _read(self) -> _State:
        for _ in range(_READ_TRIES):
            raw = self._map[:]
            seen, state = self._seen
            if state is not None and raw == seen:
                return state
            whole = [copy for slot in (0, _SLOT_SIZE) if (copy := _unpack(raw, slot))]
            if whole:
                state = max(whole, key=_sequence)
                self._seen = (raw, state)
                return state
        raise SetUpError(f"clock {self._path} is damaged; delete the sandbox and create it again")


def _unpack(raw: bytes, offset: int) -> _State | None:
    body = raw[offset : offset + _SLOT.size]
    (check,) = _CHECK.unpack_from(raw, offset + _SLOT.size)
    if zlib.crc32(body) != check:
        return None
    magic, sequence, epoch, generation, anchor, shown, scale, frozen = _SLOT.unpack(body)
    return _State(sequence, epoch, generation, anchor, shown, scale, frozen) if magic == _MAGIC else None


def _sequence(state: _State) -> int:
    return state.sequence


def _reading(state: _State, system: int) -> ClockReading:
    return ClockReading(
        now=EPOCH + state.at(system) * MICROSECOND, frozen=state.frozen, scale=state.scale, epoch=state.epoch
    )


def _micros(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def _checked(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone")
    if not EARLIEST <= instant <= LATEST:
        raise ValueError(f"a clock shows {EARLIEST:%Y} to {LATEST:%Y}, not {instant.isoformat()}")
    return instant.astimezone(UTC)
