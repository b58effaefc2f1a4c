"""Activations."""

from __future__ import annotations

from pydantic import AwareDatetime

from mockca.desk.views.base import View


class ActivationView(View):
    number: int
    regulation: str
    state: str
    """proposed, scheduled (published at its time) or published."""
    certificates: tuple[str, ...]
    proposed_at: AwareDatetime
    effective_at: AwareDatetime | None = None
