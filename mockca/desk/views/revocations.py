"""Revocation cases."""

from __future__ import annotations

from pydantic import AwareDatetime

from mockca.desk.views.base import View


class RevocationView(View):
    number: int
    regulation: str
    state: str
    """requested, executed, refused or closed (device returned or reported lost)."""
    ground: str
    clause: str
    crl_reason: str | None
    certificates: tuple[str, ...]
    requested_by: str
    requested_at: AwareDatetime
    executed_at: AwareDatetime | None = None
    refusal: str | None = None
    devices_outstanding: tuple[str, ...] = ()
