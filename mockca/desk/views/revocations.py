"""Revocation cases."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from mockca.desk.views.base import View
from mockca.desk.views.keeping import WarningView


class RevocationView(View):
    number: int
    regulation: str
    state: str
    """requested, forwarded (confirmed by whoever passes requests on), executed, refused or closed (device returned or
    reported lost)."""
    ground: str
    clause: str
    crl_reason: str | None
    certificates: tuple[str, ...]
    requested_by: str
    """An account; `system` for a case that the authority opened by itself."""
    requested_at: AwareDatetime
    event_on: date | None = None
    attachments: tuple[str, ...] = ()
    """Kinds of the attachments."""
    forwarded_by: str | None = None
    forwarded_at: AwareDatetime | None = None
    due: AwareDatetime | None = None
    """The earliest of the terms within which it must be executed; null where there is none."""
    late: bool = False
    """Executed after a term's end, or still open past it."""
    executed_at: AwareDatetime | None = None
    refusal: str | None = None
    devices_outstanding: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    """Steps that the lifecycle allows from here."""
    warnings: tuple[WarningView, ...] = ()
    """Each term that was not kept, with its clause."""
