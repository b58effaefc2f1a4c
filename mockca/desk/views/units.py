"""Agencies, and who is asking."""

from __future__ import annotations

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


class WhoAmI(View):
    account: str
    role: str
    regulation: str | None
    unit: str | None
