"""Devices and the minutes that moved them."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, Field

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
    fields: dict[str, Any] = Field(default_factory=dict)
    """What the minutes say beyond their signatories and items."""
    copies: int | None = None
    via: str | None = None
    """How the devices travelled: `in_person`, `cipher_service`, `post`."""


class HandoverItemView(View):
    certificate: str | None
    device: str
    row: dict[str, Any] = Field(default_factory=dict)
    """What the minutes say of it besides, by column."""
