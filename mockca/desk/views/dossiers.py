"""Dossiers and rosters."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime

from mockca.desk.views.base import View
from mockca.desk.views.keeping import WarningView


class SheetView(View):
    """A filled-in list that came with a form."""

    code: str
    fields: dict[str, Any]
    rows: tuple[dict[str, Any], ...] = ()


class DossierView(View):
    number: int
    regulation: str
    operation: str
    subscriber_kind: str
    unit: str
    state: str
    form: str
    fields: dict[str, Any]
    category: str | None = None
    """Category of the person, where the regulation lists who may have a certificate."""
    confirmed_by: str | None = None
    enclosed: tuple[SheetView, ...] = ()
    attachments: tuple[str, ...]
    """Kinds of the attachments."""
    filed_by: str
    filed_at: AwareDatetime
    reasons: tuple[str, ...] = ()
    roster: int | None = None
    certificate: str | None = None
    replaces: str | None = None
    """The certificate that is to be renewed or changed, or the former one of a reissue."""
    case: str | None = None
    """Case of the change, or ground of the reissue."""
    allowed: tuple[str, ...] = ()
    """Steps that the lifecycle allows from here."""
    warnings: tuple[WarningView, ...] = ()
    """What the body lacks that its regulation asks for."""


class RosterView(View):
    number: int
    regulation: str
    form: str
    document_number: str
    subscriber_kind: str
    dossiers: tuple[int, ...]
    rows: tuple[dict[str, Any], ...] = ()
    """The list's lines; told by the dossiers where none were sent."""
    submitted_at: AwareDatetime
