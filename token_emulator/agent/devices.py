"""The devices that the agent may use, and how a PIN is asked for until something is signed, or the device is locked."""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from token_emulator.agent.faults import FaultName, Firing
from token_emulator.agent.outcomes import (
    CANCELLED,
    DEVICE,
    NO_ROOM,
    NO_TOKEN,
    PIN_LOCKED,
    TIMESTAMP,
    UNSIGNABLE,
    WRONG_PIN,
    Refusal,
)
from token_emulator.agent.prompts import Choice, Prompter, Question
from token_emulator.device import DeviceInfo, Shelf
from token_emulator.documents.errors import (
    DocumentError,
    NoCertificate,
    NoRoom,
    NotPlugged,
    TimestampFailed,
    Unsignable,
)
from token_emulator.documents.signing import DeviceKey
from token_emulator.documents.signing.keys import common_name
from token_emulator.errors import PinIncorrect, PinLocked, TokenError

T = TypeVar("T")
MOST_TRIES: Final = 64
"""Wrong PINs that one operation may take; devices lock long before."""


@dataclass
class Devices:
    """What is plugged in. One operation at a time for each device."""

    shelf: Shelf
    serial: str | None = None
    """The only one to use; None: the user chooses."""
    _locks: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def usable(self) -> dict[str, DeviceInfo]:
        """Plugged devices with a certificate. Raises Refusal when there is none."""
        found = await asyncio.to_thread(self._look)
        if not found:
            raise Refusal(NO_TOKEN, "plug one in" if self.serial is None else f"device {self.serial} is not plugged in")
        return found

    async def choose(self, prompter: Prompter, question: Question) -> DeviceInfo:
        """The only device, or the one that the user picks; no PIN is asked for."""
        usable = await self.usable()
        if len(usable) == 1:
            return next(iter(usable.values()))
        answer = await prompter.ask(replace(question, choices=_choices(usable), wants_pin=False))
        return _picked(usable, answer.serial)

    async def with_key(
        self, prompter: Prompter, question: Question, firing: Firing, use: Callable[[DeviceKey], T]
    ) -> tuple[T, DeviceKey]:
        """What `use` makes with the key of the device and the PIN that the user gives, and that key.

        Asks anew after a wrong PIN, for as long as the device lets. Raises Refusal.
        """
        if FaultName.CANCELLED in firing:
            raise Refusal(CANCELLED)
        wrong = await self._type_wrong_pins(firing, use)
        for _ in range(MOST_TRIES):
            usable = await self.usable()
            answer = await prompter.ask(replace(question, choices=_choices(usable), wrong=wrong))
            key = _key(self.shelf, _picked(usable, answer.serial), answer.pin)
            try:
                return await self.run(key.serial, lambda key=key: use(key)), key  # type: ignore[misc]
            except PinIncorrect:
                wrong = key.serial
        raise Refusal(WRONG_PIN)

    async def again(self, key: DeviceKey, use: Callable[[DeviceKey], T]) -> T:
        """As `with_key`, with a key that has its PIN. Raises Refusal."""
        try:
            return await self.run(key.serial, lambda: use(key))
        except PinIncorrect as error:
            raise Refusal(WRONG_PIN) from error

    async def run(self, serial: str, work: Callable[[], T]) -> T:
        """Something done with a device while nobody else uses it. Raises PinIncorrect, Refusal."""
        async with self._holding(serial):
            return await asyncio.to_thread(work)

    @asynccontextmanager
    async def _holding(self, serial: str) -> AsyncIterator[None]:
        async with self._locks[serial]:
            try:
                yield
            except PinIncorrect:
                raise
            except TokenError as error:
                raise refusal_of(error) from error

    async def _type_wrong_pins(self, firing: Firing, use: Callable[[DeviceKey], T]) -> str:
        """The fault `wrong-pin`: the serial that it was done to, or nothing."""
        fault = firing.get(FaultName.WRONG_PIN)
        if fault is None:
            return ""
        device = next(iter((await self.usable()).values()))
        for _ in range(fault.tries or MOST_TRIES):
            key = _key(self.shelf, device, secrets.token_hex(6))
            try:
                await self.run(device.serial, lambda key=key: use(key))  # type: ignore[misc]
            except PinIncorrect:
                continue
        return device.serial

    def _look(self) -> dict[str, DeviceInfo]:
        plugged = [serial for serial in self.shelf.plugged() if self.serial in (None, serial)]
        try:
            seen = [self.shelf.inspect(serial) for serial in plugged]
        except TokenError as error:
            raise refusal_of(error) from error
        return {one.serial: one for one in seen if one.certificate is not None}


def refusal_of(error: TokenError) -> Refusal:
    """What the page is told of an error in signing."""
    match error:
        case PinLocked():
            return Refusal(PIN_LOCKED, f"device {error.serial}")
        case NotPlugged() | NoCertificate():
            return Refusal(NO_TOKEN, str(error))
        case NoRoom():
            return Refusal(NO_ROOM, f"{error.reserved} octets are too few")
        case TimestampFailed():
            return Refusal(TIMESTAMP, error.why)
        case Unsignable():
            return Refusal(UNSIGNABLE, f"{error.vi} / {error.en}")
        case DocumentError():
            return Refusal(UNSIGNABLE, str(error))
        case _:
            return Refusal(DEVICE, str(error))


def _choices(usable: dict[str, DeviceInfo]) -> tuple[Choice, ...]:
    return tuple(
        Choice(one.serial, common_name(one.certificate or b""), one.user_tries_left) for one in usable.values()
    )


def _picked(usable: dict[str, DeviceInfo], serial: str) -> DeviceInfo:
    if serial not in usable:
        raise Refusal(NO_TOKEN, f"device {serial or '-'} is not plugged in")
    return usable[serial]


def _key(shelf: Shelf, device: DeviceInfo, pin: str) -> DeviceKey:
    return DeviceKey(shelf, device.serial, pin, device.certificate or b"")
