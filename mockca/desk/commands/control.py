"""The control plane: clock, sandboxes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from mockca.desk.commands.base import Command, Identifier


class TurnClock(Command):
    """Turn the sandbox's clock. Exactly one of `set`, `advance_seconds`, `scale`, `freeze`."""

    set: AwareDatetime | None = None
    advance_seconds: Annotated[float, Field(gt=0, le=100 * 366 * 86400)] | None = None
    scale: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    freeze: bool | None = None
    """True stops the clock, False lets it run."""


class ResetSandbox(Command):
    """Empty the sandbox and fill it again from its template; another seed makes another world."""

    seed: Identifier | None = None


class AuthorityKeys(Command):
    """Key algorithms of the hierarchy, in the shape of the real second generation by default."""

    root: Literal["rsa2048", "rsa3072", "rsa4096", "p256", "p384"] = "rsa4096"
    issuing: Literal["rsa2048", "rsa3072", "rsa4096", "p256", "p384"] = "rsa4096"
    ocsp: Literal["rsa2048", "rsa3072", "p256", "p384"] = "rsa2048"
    tsa: Literal["rsa2048", "rsa3072", "p256", "p384"] = "rsa2048"


class CreateSandbox(Command):
    """A new sandbox from a template."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    seed: Identifier | None = None
    regulations: tuple[Identifier, ...] = Field(default=(), max_length=20)
    """Regulations in force here; all that are known where left out."""
    start: AwareDatetime | None = None
    """The clock's first reading; the system's time where left out."""
    frozen: bool = False
    keys: AuthorityKeys = AuthorityKeys()
