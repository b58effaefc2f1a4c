"""The control plane: clock, sandboxes, journal, regulations."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import AwareDatetime, Field

from mockca.desk.views.base import View


class ComingView(View):
    """One thing that will happen by itself."""

    at: AwareDatetime
    what: str
    about: str


class ClockView(View):
    now: AwareDatetime
    frozen: bool
    scale: float
    epoch: int
    """Grows with each turn of the clock."""
    ran: tuple[str, ...] = ()
    """What fell due while the clock was turned, in order."""
    coming: tuple[ComingView, ...] = ()
    """What falls due next, the soonest first, ten things at most; deadlines are told by the API's `/deadlines`."""


class SandboxView(View):
    name: str
    url: str
    seed: str
    regulations: tuple[str, ...]
    created_at: AwareDatetime


class JournalEntryView(View):
    number: int
    at: AwareDatetime
    actor: str
    action: str
    about: str
    detail: dict[str, Any]
    clauses: tuple[str, ...]
    previous: str
    hash: str


class RegulationView(View):
    id: str
    title_vi: str
    title_en: str
    regime: str
    in_force_from: date
    effective_from: str
    """`announcement` or `not_before`."""
    services: tuple[str, ...]
    values: dict[str, Any] = Field(default_factory=dict)
    """Every rule value with its clause, as `mockca rules show` prints it."""
