"""The keeping of devices: who had each from when to when."""

from __future__ import annotations

from pydantic import AwareDatetime

from mockca.desk.views.base import View


class WarningView(View):
    """What is not as the regulation wants it, and does not stand in the way."""

    clause: str
    vi: str
    en: str


class CustodianView(View):
    number: int
    device: str
    name: str
    position: str | None
    post: str
    since: AwareDatetime
    until: AwareDatetime | None
    decision_number: str | None
    minutes_number: str | None
    classification: str | None
    asset_number: str | None
    house_rules: bool | None


class OutingView(View):
    number: int
    device: str
    carrier: str
    purpose: str
    permitted_by: str | None
    out_at: AwareDatetime
    back_at: AwareDatetime | None


class HoldingView(View):
    """One stretch of a device's way: who held it, by which minutes."""

    holder: str
    """authority, registrar, agency or subscriber."""
    name: str | None
    """Who received it, by the minutes."""
    since: AwareDatetime
    until: AwareDatetime | None
    handover: int | None
    """Number of the minutes; null for the authority's own holding of what it made."""
    leg: str | None
    via: str | None


class CustodyView(View):
    """Who had a device at an instant, and the whole chain."""

    device: str
    certificate: str
    unit: str
    at: AwareDatetime
    holder: str | None
    """Role of who held it at `at`; null before it was made."""
    name: str | None
    """Who had it at `at`: its custodian, or else the receiver of the latest minutes."""
    chain: tuple[HoldingView, ...]
    custodians: tuple[CustodianView, ...]
    outings: tuple[OutingView, ...]


class AppointmentView(View):
    number: int
    regulation: str
    unit: str
    post: str
    vi: str
    en: str
    name: str
    position: str | None
    decision_number: str | None
    since: AwareDatetime
    until: AwareDatetime | None
    clause: str


class ShortcomingView(View):
    """A device that is not kept as the regulation wants it."""

    kind: str
    """no-custodian, no-decision, no-classification, no-asset-number, no-house-rules, not-returned or no-minutes."""
    device: str
    certificate: str
    unit: str
    clause: str
    vi: str
    en: str
