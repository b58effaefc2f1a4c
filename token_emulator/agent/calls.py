"""One call of a page: its text, the faults that fire for it, and the agent that serves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from token_emulator.agent.devices import Devices
from token_emulator.agent.faults import FaultTable, Firing
from token_emulator.agent.prompts import Prompter, Question
from token_emulator.agent.settings import Settings
from token_emulator.agent.transfer import Transfer
from token_emulator.documents.signing import DeviceKey

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Agent:
    """What operations need."""

    devices: Devices
    prompter: Prompter
    clock: Callable[[], datetime]
    """The time that signatures bear; aware."""
    transfer: Transfer
    settings: Settings = field(default_factory=Settings)
    faults: FaultTable = field(default_factory=FaultTable)


@dataclass(frozen=True, slots=True)
class Call:
    """One operation, asked for once."""

    agent: Agent
    operation: str
    """As in the path."""
    text: str = field(repr=False)
    origin: str
    firing: Firing

    def question(self, vi: str, en: str, about: str) -> Question:
        """What the user is asked before signing."""
        # What follows the path of an address lets whoever has it in.
        shown = about.partition("?")[0] if about.startswith(("http://", "https://")) else about
        return Question(self.operation, vi, en, shown[:300], self.origin[:300], ())

    def file_question(self, question: Question) -> Question:
        """The same, about a file of the user's own."""
        return replace(question, wants_file=True, wants_pin=False)

    async def with_key(self, question: Question, use: Callable[[DeviceKey], T]) -> tuple[T, DeviceKey]:
        """What `use` makes with the key that the user gives the PIN of, and that key. Raises Refusal."""
        return await self.agent.devices.with_key(self.agent.prompter, question, self.firing, use)
