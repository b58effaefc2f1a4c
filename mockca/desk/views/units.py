"""Agencies, and who is asking."""

from __future__ import annotations

from datetime import date

from mockca.desk.views.base import View


class UnitView(View):
    id: str
    regulation: str
    name: str
    category: str
    superiors: tuple[str, ...]
    locality: str
    email: str
    has_seal: bool
    ended_on: date | None = None
    """Since when the body is no more, where a decision ended it."""
    successors: tuple[str, ...] = ()
    """Who took over."""


class WhoAmI(View):
    account: str
    role: str
    regulation: str | None
    unit: str | None
