"""Whether a fault fires: what it is held against, the counting, and the journal entry of the exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import Connection

from mockca.desk.actors import SYSTEM
from mockca.desk.faults.effects import EFFECTS, Effect, Parameters
from mockca.randomness import Randomness
from mockca.registry import faults, journal
from mockca.registry.faults import Fault

if TYPE_CHECKING:
    from mockca.desk.sandbox import Sandbox

DraftT = TypeVar("DraftT")

DISTURBED: Final = "exchange.disturbed"
"""The journal's name for an exchange that a fault has changed."""
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request with its answer, as far as faults ask about it."""

    endpoint: str
    serials: frozenset[str] = frozenset()
    """The certificates that it is about, by serial number in hexadecimal."""
    role: str | None = None
    """The one of the authority's certificates that it is about; at the API, the role of who asks."""
    operation: str | None = None
    """What is asked for at the API, by its name in the contract."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What the journal is to tell of it, plain JSON."""


@dataclass(frozen=True, slots=True)
class Firing:
    """The effects that an exchange suffers, in the order in which their faults were set."""

    effects: tuple[tuple[Effect, Parameters], ...] = ()
    faults: tuple[tuple[int, str], ...] = ()
    """The faults themselves: number, effect."""

    def on(self, draft: DraftT) -> DraftT:
        """The draft with every effect on its kind in it."""
        for effect, parameters in self.effects:
            if isinstance(draft, effect.drafts):
                draft = effect.change(draft, parameters)
        return draft


def armed(connection: Connection) -> frozenset[str]:
    """The endpoints at which a fault may fire. Everywhere else nothing has to be asked."""
    return faults.armed(connection)


def fire(sandbox: Sandbox, exchange: Exchange) -> Firing:
    """Hold every fault of the endpoint against the exchange; those that fire are in the journal when this returns."""
    with sandbox.store.write() as connection:
        left = faults.left_at(connection, exchange.endpoint)
        fired = [fault for fault in left if _fires(connection, fault, exchange)]
        if fired:
            journal.append(
                connection,
                at=sandbox.clock.now(),
                actor=SYSTEM.account,
                action=DISTURBED,
                about=exchange.endpoint,
                detail={
                    **exchange.detail,
                    "faults": [{"number": fault.number, "effect": fault.effect, **fault.parameters} for fault in fired],
                },
                clauses=[],
            )
    return Firing(
        tuple((EFFECTS[fault.effect], fault.parameters) for fault in fired),
        tuple((fault.number, fault.effect) for fault in fired),
    )


def held_against(fault: Fault, exchange: Exchange) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What of a fault fits an exchange, and what does not: each as `condition value`.

    A fault that will not fire again does not fit in that; whether its turn has come is not asked.
    """
    conditions = {
        "endpoint": (fault.endpoint, fault.endpoint == exchange.endpoint),
        "serial": (fault.serial, fault.serial in exchange.serials),
        "role": (fault.role, fault.role == exchange.role),
        "operation": (fault.operation, fault.operation == exchange.operation),
        "next": (fault.next, not fault.spent),
    }
    given = {f"{name} {value}": fits for name, (value, fits) in conditions.items() if value is not None}
    return tuple(name for name, fits in given.items() if fits), tuple(name for name, fits in given.items() if not fits)


def _fires(connection: Connection, fault: Fault, exchange: Exchange) -> bool:
    """Whether this fault fires now. It is counted either way, if the exchange is one that it means."""
    if held_against(fault, exchange)[1]:
        return False
    seen = fault.seen + 1
    fires = _is_its_turn(fault, seen)
    faults.count(connection, fault.number, seen=seen, fired=fault.fired + fires)
    return fires


def _is_its_turn(fault: Fault, seen: int) -> bool:
    if fault.every is not None:
        return seen % fault.every == 0
    if fault.probability is not None:
        drawn = Randomness(fault.seed or "").integer(f"fault/{seen}", 1, _MILLION)
        return drawn <= fault.probability * _MILLION
    return True
