"""How far an actor's eye reaches: everywhere, over a province, or over one body's own."""

from __future__ import annotations

from dataclasses import dataclass

from mockca.desk.actors import EVERYWHERE, Actor, Role
from mockca.desk.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Reach:
    """What is looked at; None for no limit."""

    regulation: str | None
    unit: str | None


def reach(sandbox: Sandbox, actor: Actor, operation: str, unit: str | None = None) -> Reach:
    """What the actor may look at by this operation of his regulation, narrowed to a unit where one is asked for.

    Forbidden, with the operation's clause, where his role may not at all.
    """
    if actor.role in EVERYWHERE:
        return Reach(None, unit)
    sandbox.regulation(actor.regulation or "").require_role(actor.role, operation)
    return Reach(actor.regulation, unit if actor.role == Role.REGISTRAR else actor.unit or "")
