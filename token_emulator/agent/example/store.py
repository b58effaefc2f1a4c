"""The documents of the example, in memory, and the tokens by which the agent gets at them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

TICKET_LIFE: Final = 15 * 60.0
"""Seconds that a token is good for."""
MOST_TICKETS: Final = 10_000


@dataclass
class Document:
    """One of them."""

    id: str
    title: str
    content: bytes
    signed: list[str] = field(default_factory=list)
    """Operations, in the order in which they were done."""
    number: str = ""
    day: str = ""

    @property
    def file_name(self) -> str:
        """As the agent is to see it."""
        return f"{self.id}.signed.pdf" if self.signed else f"{self.id}.pdf"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What one token is good for."""

    document: str
    operation: str
    until: float


class Store:
    """Documents and tokens. Any thread may use it."""

    def __init__(self, drafts: Mapping[str, tuple[str, bytes]], now: Callable[[], float]) -> None:
        self._documents = {id_: Document(id_, title, content) for id_, (title, content) in drafts.items()}
        self._tickets: dict[str, Ticket] = {}
        self._now = now
        self._lock = threading.Lock()

    def listed(self) -> list[Document]:
        """All documents."""
        return list(self._documents.values())

    def find(self, id_: str) -> Document | None:
        """One document."""
        return self._documents.get(id_)

    def ticket(self, id_: str, operation: str) -> str:
        """A token for one document and one operation: to fetch it, and to bring it back."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            now = self._now()
            self._tickets = {key: one for key, one in self._tickets.items() if one.until > now}
            if len(self._tickets) < MOST_TICKETS:
                self._tickets[token] = Ticket(id_, operation, now + TICKET_LIFE)
        return token

    def admits(self, token: str, id_: str) -> bool:
        """Whether a token opens a document."""
        with self._lock:
            ticket = self._tickets.get(token)
        return ticket is not None and ticket.document == id_ and ticket.until > self._now()

    def take_back(self, token: str, content: bytes) -> Document | None:
        """Store what the agent brings, once for each token; None where the token is no good."""
        with self._lock:
            ticket = self._tickets.pop(token, None)
            if ticket is None or ticket.until <= self._now():
                return None
            document = self._documents[ticket.document]
            document.content = content
            document.signed.append(ticket.operation)
            return document
