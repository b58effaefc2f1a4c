"""Why the authority says no. One root; each error carries fields, the text is made from them.

MockcaError
├── Refused        the request breaks rules (HTTP 422): one Violation for each
├── OutOfOrder     the thing is in a state from which this step is not allowed (409)
│   └── BeyondRestore  the device's own counter has locked the PIN that would restore it (409)
├── Conflict       another request got there first, or an idempotency key is used for something else (409)
├── Forbidden      this role may not do that (403)
├── NotAvailable   the regulation knows no such service (422)
├── NotFound       nothing under that name (404)
├── Moved          another world has taken the sandbox's place meanwhile; nothing was done (503)
├── Malformed      bytes that are not what they claim to be: CSR, DER, signature (400)
└── SetUpError     the machine lacks something (no SoftHSM2, unwritable folder); says what to type
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule broken by one value."""

    field: str
    """Path of the field in the request, e.g. `form.fields.validity_years`."""
    value: str
    """The value that was refused, as text; never a PIN, key or credential."""
    clause: str
    """Id of the clause that refuses it, or `unsourced` where it is this project's own choice."""
    vi: str
    """What is wrong, in Vietnamese."""
    en: str
    """The same in English."""
    accepted: str
    """What would be accepted instead."""


class MockcaError(Exception):
    """Root of every error that the authority raises on purpose."""


class Refused(MockcaError):
    """The request breaks one or more rules."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__("; ".join(f"{v.field}: {v.en} ({v.clause})" for v in self.violations))


class OutOfOrder(MockcaError):
    """A transition that the lifecycle does not allow from the present state."""

    def __init__(self, kind: str, name: str, state: str, wanted: str, allowed: Iterable[str], clause: str) -> None:
        self.kind, self.name, self.state, self.wanted = kind, name, state, wanted
        self.allowed = tuple(sorted(allowed))
        self.clause = clause
        super().__init__(
            f"{kind} {name} is {state}; {wanted} is not allowed from there "
            f"(allowed: {', '.join(self.allowed) or 'nothing'}; {clause})"
        )


class BeyondRestore(OutOfOrder):
    """The device has locked the PIN of the desk that restores, too: it is only good for return."""

    def __init__(self, device: str, state: str, allowed: Iterable[str], clause: str) -> None:
        super().__init__("device", device, state, "restore", allowed, clause)


class Conflict(MockcaError):
    """The request collides with another one."""


class Forbidden(MockcaError):
    """The actor's role may not do this."""

    def __init__(self, role: str, operation: str, allowed: Iterable[str], clause: str) -> None:
        self.role, self.operation, self.clause = role, operation, clause
        self.allowed = tuple(sorted(allowed))
        super().__init__(f"role {role} may not {operation}; allowed: {', '.join(self.allowed) or 'nobody'} ({clause})")


class NotAvailable(MockcaError):
    """The regulation offers no such service."""

    def __init__(self, operation: str, regulation: str, clause: str) -> None:
        self.operation, self.regulation, self.clause = operation, regulation, clause
        super().__init__(f"{operation} is not available under {regulation} ({clause})")


class NotFound(MockcaError):
    """No such thing in this sandbox."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name = kind, name
        super().__init__(f"no {kind} {name} here")


class Moved(MockcaError):
    """A snapshot was restored while the request was under way: what it wanted to change is no more."""

    def __init__(self) -> None:
        super().__init__("the sandbox was restored from a snapshot just now, and nothing was done; send it again")


class Malformed(MockcaError):
    """Bytes from outside that cannot be read as what they claim to be."""

    def __init__(self, what: str, why: str) -> None:
        self.what, self.why = what, why
        super().__init__(f"{what}: {why}")


class SetUpError(MockcaError):
    """The machine lacks something; the text ends in the command to type."""
