"""Certificates that were put there."""

from __future__ import annotations

from pydantic import AwareDatetime

from mockca.desk.views.base import View


class StagedView(View):
    """What was staged, in the order of the dossiers."""

    regulation: str
    subscriber_kind: str
    count: int
    issued_at: AwareDatetime
    not_after: AwareDatetime
    serials: tuple[str, ...]
    dossiers: tuple[int, ...]
    units: dict[str, int]
    """How many each unit got."""
