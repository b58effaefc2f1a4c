"""Figures and time limits."""

from __future__ import annotations

from pydantic import AwareDatetime

from mockca.desk.views.base import View


class RestoreFigures(View):
    requested: int
    """All requests, whatever became of them."""
    restored: int
    refused: int
    late: int
    """Decided after their time limit, or still undecided past it."""


class StatisticsView(View):
    regulation: str
    at: AwareDatetime
    certificates: dict[str, int]
    """How many there are of each status."""
    revocations: dict[str, int]
    """How many certificates were revoked on each ground."""
    restores: RestoreFigures


class DeadlineView(View):
    number: int
    kind: str
    about: str
    clause: str
    due: AwareDatetime
    met_at: AwareDatetime | None
    overdue: bool
