"""Devices and the minutes that moved them."""

from __future__ import annotations

from pydantic import AwareDatetime

from mockca.desk.views.base import View


class DeviceView(View):
    serial: str
    model: str
    state: str
    holder: str
    """authority, registrar, agency or subscriber."""
    certificate: str | None
    algorithm: str
    handovers: tuple[int, ...] = ()
    allowed: tuple[str, ...] = ()


class HandoverView(View):
    number: int
    regulation: str
    leg: str
    form: str
    at: AwareDatetime
    giver: str
    receiver: str
    items: tuple[HandoverItemView, ...]
    document_number: str | None = None


class HandoverItemView(View):
    certificate: str | None
    device: str
