"""Who is acting, and what of the registry they may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mockca.errors import Forbidden
from mockca.rules.regulation import Regulation


class Role(StrEnum):
    """The roles of the workflow; the trainer's is the control plane's."""

    AUTHORITY = "authority"
    REGISTRAR = "registrar"
    AGENCY = "agency"
    SUBSCRIBER = "subscriber"
    SECURITY = "security"
    TRAINER = "trainer"


EVERYWHERE = (Role.AUTHORITY, Role.TRAINER)
"""Roles that belong to no single province."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A named account at work."""

    account: str
    role: str
    regulation: str | None = None
    """The regulation of the actor's province; None for the authority and the trainer."""
    unit: str | None = None
    """The body that the actor belongs to."""

    def sees_unit(self, regulation: str, unit: str) -> bool:
        """Whether files of this unit, kept under this regulation, are open to the actor."""
        if self.role in EVERYWHERE:
            return True
        if self.regulation != regulation:
            return False
        return self.role == Role.REGISTRAR or self.unit == unit

    def require(self, operation: str, roles: Sequence[str], clause: str) -> None:
        """Raise Forbidden where the actor has none of the roles."""
        if self.role not in roles:
            raise Forbidden(self.role, operation, roles, clause)

    def require_province(self, regulation: Regulation, operation: str) -> None:
        """Raise Forbidden where the actor belongs to another province."""
        if self.role not in EVERYWHERE and self.regulation != regulation.id:
            raise Forbidden(
                f"{self.role} of {self.regulation}",
                f"{operation} under {regulation.id}",
                (f"{self.role} of {regulation.id}", Role.AUTHORITY),
                regulation.id,
            )


SYSTEM = Actor("system", "system")
"""The sandbox itself: what falls due, and its setting up."""
