"""What the authority tells: announcements to everybody, notices to one."""

from __future__ import annotations

from pydantic import AwareDatetime

from mockca.desk.views.base import View
from mockca.desk.views.certificates import StatusView


class AnnouncementView(View):
    number: int
    kind: str
    """activation or revocation."""
    serial: str
    common_name: str
    unit: str
    regulation: str
    published_at: AwareDatetime
    effective_at: AwareDatetime
    reason: str | None = None


class PublicCertificateView(View):
    """What the portal tells anybody about a serial number."""

    status: StatusView
    announcements: tuple[AnnouncementView, ...]
    """Newest first."""


class NoticeView(View):
    number: int
    to: str
    subject: str
    text: str
    serial: str | None
    sent_at: AwareDatetime
    clause: str
