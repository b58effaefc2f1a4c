"""The archive: what is on file, and what ought to be."""

from __future__ import annotations

from pydantic import AwareDatetime

from mockca.desk.views.base import View


class ArchiveItemView(View):
    """Something on file."""

    kind: str
    """dossier, roster, handover, activation, revocation, restore, custodian, appointment or report."""
    number: int
    at: AwareDatetime
    regulation: str
    unit: str | None
    """The body that it is about; null where it may be about several."""
    title_vi: str
    title_en: str
    clause: str
    state: str | None
    certificates: tuple[str, ...]
    """Serials of the certificates that it touches, at most a hundred of them."""
    devices: tuple[str, ...]


class GapView(View):
    """Something that the archive ought to hold on a certificate and does not, or shows as done too late."""

    kind: str
    """request, attachments, roster, minutes, activation, revocation or late-revocation."""
    certificate: str
    device: str | None
    dossier: int
    unit: str
    clause: str
    vi: str
    en: str


class ArchiveFileView(View):
    """Everything on file about one certificate, in the order in which it came."""

    certificate: str
    regulation: str
    unit: str
    device: str | None
    items: tuple[ArchiveItemView, ...]
    gaps: tuple[GapView, ...]
