"""Restores."""

from __future__ import annotations

from pydantic import AwareDatetime

from mockca.desk.views.base import View
from mockca.desk.views.certificates import PinLetter
from mockca.desk.views.keeping import WarningView


class RestoreView(View):
    number: int
    regulation: str
    state: str
    """requested, restored or refused."""
    device: str
    device_kind: str
    """pki-token, sim-pki or hsm; the delegation of the regulation goes by it."""
    certificate: str
    ground: str
    executor: str
    """The role that decides."""
    clause: str
    """The clause of that delegation."""
    requested_by: str
    requested_at: AwareDatetime
    due: AwareDatetime | None = None
    """Null where the regulation sets no time limit."""
    late: bool = False
    """Decided after `due`, or still undecided past it."""
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    refusal: str | None = None
    warnings: tuple[WarningView, ...] = ()
    """What the body lacks that its regulation asks for."""


class RestoredView(View):
    restore: RestoreView
    pin_letter: PinLetter | None = None
    """The device's new transport PIN, where it was restored."""
