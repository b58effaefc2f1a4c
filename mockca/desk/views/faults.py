"""Faults on order, and the time-stamping authority's settings."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime

from mockca.desk.views.base import View


class FaultView(View):
    number: int
    endpoint: str
    serial: str | None
    role: str | None
    operation: str | None
    next: int | None
    every: int | None
    probability: float | None
    seed: str | None
    effect: str
    parameters: dict[str, Any]
    seen: int
    """Exchanges that it was held against."""
    fired: int
    """Those of them that it changed; each is in the journal as `exchange.disturbed`."""
    spent: bool
    """Whether it will not fire again."""
    set_by: str
    set_at: AwareDatetime


class FaultListView(View):
    items: tuple[FaultView, ...]


class TimestampingView(View):
    url: str
    policy: str
    """The object identifier that every token bears."""
    accept_sha1: bool
