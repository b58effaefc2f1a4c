"""Handovers of devices, and their loss."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mockca.desk.commands.base import Command, Identifier, SerialHex, Text
from mockca.desk.commands.papers import Row, Signatory


class HandoverItem(Command):
    """What changes hands: a device with its certificate."""

    certificate: SerialHex | None = None
    device: Identifier
    row: Row = Field(default_factory=dict)
    """What the minutes say of this item besides, by column: reason, effective period, note."""


class RecordHandover(Command):
    """Minutes of a handover (biên bản giao nhận), one leg of the custody chain."""

    regulation: Identifier
    leg: Identifier
    """Name of the leg in the regulation, e.g. `authority-registrar`."""
    form: Identifier
    items: tuple[HandoverItem, ...] = Field(min_length=1, max_length=1_000)
    giver: Signatory
    receiver: Signatory
    document_number: Text | None = None
    fields: dict[Identifier, bool | int | Text | None] = Field(default_factory=dict, max_length=40)
    """What the minutes' form says besides, e.g. its place."""
    copies: Annotated[int, Field(ge=1, le=10)] | None = None
    """Copies of the minutes that were signed."""
    via: Literal["in_person", "cipher_service", "post"] | None = None
    """How the devices travelled."""


class ReportDamage(Command):
    """A device works no longer."""

    circumstances: Text


class ReportLoss(Command):
    """A device was lost."""

    circumstances: Text
    form: Identifier | None = None
