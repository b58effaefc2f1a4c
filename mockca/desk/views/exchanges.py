"""The journal of exchanges, and why something was refused."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from mockca.desk.views.base import View
from mockca.desk.views.problems import ViolationView


class RecordingView(View):
    """Which exchanges are noted. One that a fault has changed always is."""

    api: Literal["none", "refusals", "all"]
    ocsp: bool
    crl: bool
    aia: bool
    tsa: bool


class FiredView(View):
    number: int
    effect: str


class ExchangeView(View):
    number: int
    at: AwareDatetime
    """By the sandbox's clock."""
    endpoint: str
    operation: str = ""
    """At the API the operationId, elsewhere which document was asked for."""
    account: str = ""
    role: str = ""
    regulation: str = ""
    """That of the account's province."""
    serials: tuple[str, ...] = ()
    """The certificates or devices that it is about."""
    status: int
    """Of HTTP."""
    outcome: str = ""
    """What the answer says: an OCSP status, a PKIFailureInfo, the kind of problem."""
    clause: str | None = None
    faults: tuple[FiredView, ...] = ()
    """The faults that fired."""
    detail: str = ""
    remedy: str = ""
    state: str | None = None
    allowed: tuple[str, ...] = ()
    thing: str = ""
    wanted: str = ""
    violations: tuple[ViolationView, ...] = ()
    cut: bool = False
    """Whether there was more to note than there is room for."""


class BrokenRuleView(View):
    """One rule that refused one value."""

    clause: str
    clause_vi: str
    """What the clause says, in the project's words."""
    clause_en: str
    field: str | None
    value: str | None
    vi: str
    en: str
    accepted: str
    nearest: str | None
    """Of what is accepted, what comes nearest to the value."""


class NearestView(View):
    """An entry of an allow-list that would have let the exchange pass, or a way to get there."""

    kind: Literal["role", "way", "state", "field", "value", "credential", "operation"]
    vi: str
    en: str


class NearFaultView(View):
    """A fault that is set, held against the exchange."""

    number: int
    effect: str
    fits: tuple[str, ...]
    """What of it fits the exchange."""
    misses: tuple[str, ...]
    """What does not, each with what it wants; empty where only its turn had not come."""


class WhyView(View):
    exchange: ExchangeView
    refused: bool
    vi: str
    en: str
    rules: tuple[BrokenRuleView, ...]
    nearest: tuple[NearestView, ...]
    """What would have been the nearest way to be accepted."""
    near_faults: tuple[NearFaultView, ...]
    """The faults that are set now and did not fire, the one that fits best first."""


class ExchangeListView(View):
    items: tuple[ExchangeView, ...]
    """The newest first."""
    next: int | None
    """Give it as `before` for those that are older; null at the end."""
