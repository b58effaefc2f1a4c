"""What one device remembers: the record in the file `state` of its folder, which the PKCS#11 module obeys.

The layout is that of `struct record` in module/state.h. Whoever changes the record holds the file's flock, so that
no try of a PIN that a client makes meanwhile is lost.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from types import MappingProxyType

from token_emulator.claims import file_lock
from token_emulator.errors import DeviceFailed
from token_emulator.pin import Answer, CharacterClass, PinPolicy, PinState

STATE = "state"
"""Name of the file."""
MAGIC = b"MOCKTOK1"
LAYOUT = struct.Struct("<8s4I2I2I2I4I8I32s32s16s16s240s2I72s")
ALWAYS = 0xFFFFFFFF
CLASS_BITS = MappingProxyType(
    {CharacterClass.LOWER: 1, CharacterClass.UPPER: 2, CharacterClass.DIGIT: 4, CharacterClass.OTHER: 8}
)


class Fault(IntEnum):
    """Faults of a token that the module shows on order, by their places in the record."""

    LOGIN = 0
    """C_Login answers a given value. No PIN is compared and no try is counted."""
    REMOVED = 1
    """The device is pulled out during a signature."""
    SLOW = 2
    """A signature takes longer, by so many milliseconds."""
    MEMORY = 3
    """There is no room on the token for another object: CKR_DEVICE_MEMORY."""


class Condition(IntEnum):
    """What became of a device. In all but the first it cannot be plugged in, and clients do not see it."""

    HERE = 0
    """On the shelf, in a reader or not."""
    PACKED = 1
    """It went away in a package; what is left here is an empty case."""
    LOST = 2
    DAMAGED = 3
    """It answers nothing any more."""
    RETURNED = 4
    """Handed back to the authority."""
    WIPED = 5
    """Its keys and PINs are destroyed, for good."""


@dataclass(frozen=True, slots=True)
class Order:
    """How often a fault is to show, and with what value."""

    times: int | None = 1
    """None: until it is withdrawn."""
    value: int = 0
    """LOGIN: the CKR number. SLOW: milliseconds."""

    def __post_init__(self) -> None:
        if not (self.times is None or 0 < self.times < ALWAYS) or not 0 <= self.value <= 0xFFFFFFFF:
            raise ValueError(f"a fault shows 1 to {ALWAYS - 1} times, with a value of 32 bits")


@dataclass(frozen=True, slots=True)
class Record:
    """The record, decoded."""

    serial: str
    label: str
    manufacturer: str
    model: str
    policy: PinPolicy
    pins: PinState = field(default_factory=PinState)
    faults: Mapping[Fault, Order] = field(default_factory=lambda: MappingProxyType({}))
    """Those on order."""
    generation: int = 0
    """Grows when the token is emptied."""
    sealed: bytes = field(default=b"\0" * 240, repr=False)
    """SoftHSM2's own PINs, sealed by the device's: only the module opens them."""
    condition: Condition = Condition.HERE
    journey: int = 0
    """How often it was packed."""


def encode(record: Record) -> bytes:
    """The record's octets."""
    pins, policy = record.pins, record.policy
    orders = [record.faults.get(fault) for fault in Fault]
    return LAYOUT.pack(
        MAGIC,
        record.generation,
        *(pins.initialised, pins.user_pin_set, pins.user_pin_to_be_changed),
        *(pins.user_failures, pins.so_failures),
        *(policy.max_tries, policy.so_max_tries),
        *(policy.min_length, policy.max_length),
        policy.locking_try_answers,
        policy.wrong_length_counts,
        sum(CLASS_BITS[kind] for kind in policy.classes),
        policy.must_change,
        *(number for order in orders for number in _order_numbers(order)),
        *(_padded(text, room) for text, room in zip(_texts(record), (32, 32, 16, 16), strict=True)),
        record.sealed,
        *(record.condition, record.journey),
        b"",
    )


def decode(octets: bytes) -> Record:
    """What the octets say. Raises ValueError when they are not a record."""
    if len(octets) != LAYOUT.size or not octets.startswith(MAGIC):
        raise ValueError("not a device's state")
    values = LAYOUT.unpack(octets)
    numbers, texts = values[1:23], [text.decode().rstrip() for text in values[23:27]]
    generation, initialised, user_pin_set, to_be_changed, user_failures, so_failures = numbers[:6]
    max_tries, so_max_tries, shortest, longest, locking, length_counts, classes, must_change = numbers[6:14]
    return Record(
        label=texts[0],
        manufacturer=texts[1],
        model=texts[2],
        serial=texts[3],
        policy=PinPolicy(
            max_tries=max_tries,
            so_max_tries=so_max_tries,
            min_length=shortest,
            max_length=longest,
            locking_try_answers=Answer(locking),
            wrong_length_counts=bool(length_counts),
            classes=frozenset(kind for kind, bit in CLASS_BITS.items() if classes & bit),
            must_change=bool(must_change),
        ),
        pins=PinState(bool(initialised), bool(user_pin_set), bool(to_be_changed), user_failures, so_failures),
        faults=MappingProxyType(
            {
                fault: Order(None if times == ALWAYS else times, value)
                for fault, value, times in zip(Fault, numbers[14::2], numbers[15::2], strict=True)
                if times
            }
        ),
        generation=generation,
        sealed=values[27],
        condition=Condition(values[28]),
        journey=values[29],
    )


def create(folder: Path, record: Record) -> None:
    """Write the record of a device that nobody uses yet."""
    (folder / STATE).write_bytes(encode(record))


def read(folder: Path) -> Record:
    """The record of the device in that folder. Raises FileNotFoundError, DeviceFailed."""
    return _locked(folder, os.O_RDONLY, fcntl.LOCK_SH, None)


def change(folder: Path, how: Callable[[Record], Record]) -> Record:
    """Change the record while nobody else does; the new one. Raises FileNotFoundError, DeviceFailed."""
    return _locked(folder, os.O_RDWR, fcntl.LOCK_EX, how)


def _locked(folder: Path, flags: int, operation: int, how: Callable[[Record], Record] | None) -> Record:
    with file_lock(folder / STATE, operation, flags) as descriptor:
        try:
            record = decode(os.pread(descriptor, LAYOUT.size + 1, 0))
        except ValueError as error:
            raise DeviceFailed(f"device {folder.name}", f"its state is damaged: {error}") from error
        if how is not None:
            record = how(record)
            os.pwrite(descriptor, encode(record), 0)  # in place: clients have it mapped
        return record


def _texts(record: Record) -> tuple[str, str, str, str]:
    return record.label, record.manufacturer, record.model, record.serial


def _padded(text: str, room: int) -> bytes:
    octets = text.encode()
    if len(octets) > room:
        raise ValueError(f"{text!r} is longer than {room} octets")
    return octets.ljust(room)


def _order_numbers(order: Order | None) -> tuple[int, int]:
    if order is None:
        return 0, 0
    return order.value, ALWAYS if order.times is None else order.times
