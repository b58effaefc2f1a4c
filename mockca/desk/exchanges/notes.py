"""What is noted of an exchange: never a body, a PIN or a credential; of what was sent, only what an error repeats."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from mockca.desk.views import Problem
from mockca.registry.exchanges import ExchangeRing, Record

log = logging.getLogger("mockca.desk")

SETTINGS_KEY: Final = "recording"
FILE: Final = "exchanges"
"""The ring's file in a sandbox's folder."""
LONGEST_TEXT: Final = 200
"""Characters of each text that is noted."""
_KIND_PREFIX: Final = "urn:mockca:problem:"


class Recording(BaseModel):
    """Which exchanges are noted. One that a fault has changed always is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api: Literal["none", "refusals", "all"] = "refusals"
    ocsp: bool = False
    crl: bool = False
    aia: bool = False
    tsa: bool = False

    @property
    def published(self) -> frozenset[str]:
        """The endpoints of the PKI's own face at which everything is noted."""
        return frozenset(name for name in ("ocsp", "crl", "aia", "tsa") if getattr(self, name))


@dataclass(frozen=True, slots=True)
class Note:
    """An exchange, as far as it is noted before its answer goes out."""

    endpoint: str
    operation: str = ""
    """At the API the operationId, elsewhere which document was asked for."""
    account: str = ""
    role: str = ""
    regulation: str = ""
    """That of the account's province."""
    serials: tuple[str, ...] = ()
    """The certificates or devices that it is about."""
    outcome: str = ""
    """What the answer says, in the protocol's own word."""
    faults: tuple[tuple[int, str], ...] = ()
    """Those that fired: number, effect."""
    thing: str = ""
    """Where a step was out of order: of what kind of thing."""
    wanted: str = ""
    """And which step it was; or which operation a role may not do."""
    problem: Problem | None = None


def keep(ring: ExchangeRing, note: Note, status: int, at: datetime) -> int | None:
    """Put an exchange into the ring; its number, or None where the disk did not take it: nobody is refused for that."""
    record: Record = {
        "at": at.isoformat(),
        "endpoint": note.endpoint,
        "operation": note.operation,
        "account": note.account,
        "role": note.role,
        "regulation": note.regulation,
        "serials": list(note.serials[:20]),
        "status": status,
        "outcome": note.outcome,
        "faults": [{"number": number, "effect": effect} for number, effect in note.faults],
        "thing": note.thing,
        "wanted": note.wanted,
    }
    if note.problem is not None:
        record |= _told(note.problem)
    try:
        return ring.add({name: value for name, value in record.items() if value}, _shorter)
    except OSError as error:
        log.error("an exchange could not be noted: %s", error.strerror)
        return None


def kind_of(problem: Problem) -> str:
    """The problem's type without its prefix."""
    return problem.type.removeprefix(_KIND_PREFIX)


def _told(problem: Problem) -> dict[str, Any]:
    return {
        "outcome": kind_of(problem),
        "clause": problem.clause,
        "detail": problem.detail[:LONGEST_TEXT],
        "remedy": (problem.remedy or "")[:LONGEST_TEXT],
        "state": problem.state,
        "allowed": list(problem.allowed),
        "violations": [
            {name: value[:LONGEST_TEXT] for name, value in violation.model_dump().items()}
            for violation in problem.violations
        ],
    }


def _shorter(record: Record) -> Record | None:
    """The record without what can best be spared: violations from the last one on, then texts."""
    violations = record.get("violations")
    if violations:
        return {**record, "violations": violations[:-1], "cut": True}
    for name in ("remedy", "allowed", "serials", "detail"):
        if name in record:
            return {key: value for key, value in record.items() if key != name} | {"cut": True}
    return None
