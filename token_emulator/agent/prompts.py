"""How the agent asks its user: which device, which PIN, which file. On a page of the desk, or from a script.

The PIN lives in an `Answer` for as long as the operation does; nothing here writes it anywhere.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from token_emulator.agent.outcomes import CANCELLED, Refusal


@dataclass(frozen=True, slots=True)
class Choice:
    """A device that may be used."""

    serial: str
    name: str
    """Common name of its certificate."""
    tries_left: int


@dataclass(frozen=True, slots=True)
class Question:
    """What the user is asked."""

    operation: str
    vi: str
    en: str
    about: str
    """The document, or what else is signed."""
    origin: str
    """The page that asks; empty where it did not say."""
    choices: tuple[Choice, ...]
    wrong: str = ""
    """Serial of the device whose PIN was wrong just now."""
    wants_pin: bool = True
    wants_file: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user said."""

    serial: str = ""
    pin: str = field(default="", repr=False)
    file_name: str = ""
    file: bytes = field(default=b"", repr=False)


class Prompter(Protocol):
    """Whoever asks the user."""

    async def ask(self, question: Question) -> Answer:
        """The answer. Raises Refusal when the user cancels."""
        ...


class Script:
    """Answers that were given beforehand, for machines: the same PIN each time, or one after the other.

    A PIN of None cancels. After the last, the last one stays.
    """

    def __init__(self, pins: Iterable[str | None], file: tuple[str, bytes] | None = None) -> None:
        self._pins = deque(pins)
        self._file = file

    async def ask(self, question: Question) -> Answer:
        """The next answer."""
        serial = question.wrong or question.choices[0].serial if question.choices else ""
        if question.wants_file:
            if self._file is None:
                raise Refusal(CANCELLED)
            return Answer(file_name=self._file[0], file=self._file[1])
        if not question.wants_pin:
            return Answer(serial)
        pin = self._pins[0] if self._pins else None
        if len(self._pins) > 1:
            self._pins.popleft()
        if pin is None:
            raise Refusal(CANCELLED)
        return Answer(serial, pin)


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that waits for its answer."""

    id: str
    question: Question
    answer: asyncio.Future[Answer] = field(repr=False)


class Desk:
    """Questions that wait on the desk's page until somebody answers there."""

    def __init__(self, patience: float = 300.0) -> None:
        self._patience = patience
        self._waiting: dict[str, Pending] = {}
        self._watchers: set[Callable[[], None]] = set()

    @property
    def waiting(self) -> tuple[Pending, ...]:
        """In the order in which they came."""
        return tuple(self._waiting.values())

    async def ask(self, question: Question) -> Answer:
        """Wait for the answer; after `patience` seconds nobody is there."""
        pending = Pending(secrets.token_hex(8), question, asyncio.get_running_loop().create_future())
        self._waiting[pending.id] = pending
        self._tell()
        try:
            async with asyncio.timeout(self._patience):
                return await pending.answer
        except TimeoutError:
            raise Refusal(CANCELLED, "nobody answered") from None
        finally:
            del self._waiting[pending.id]
            self._tell()

    def answer(self, id_: str, answer: Answer | None) -> bool:
        """Answer a question, or with None cancel it; whether it was still waiting."""
        pending = self._waiting.get(id_)
        if pending is None or pending.answer.done():
            return False
        if answer is None:
            pending.answer.set_exception(Refusal(CANCELLED))
        else:
            pending.answer.set_result(answer)
        return True

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Be told of each change; call what is returned to be told no longer."""
        self._watchers.add(watcher)
        return lambda: self._watchers.discard(watcher)

    def _tell(self) -> None:
        for watcher in tuple(self._watchers):
            with suppress(RuntimeError):  # the loop is closing
                watcher()
