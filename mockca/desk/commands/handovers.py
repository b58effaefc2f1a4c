"""Handovers of devices, and their loss."""

from __future__ import annotations

from pydantic import Field

from mockca.desk.commands.base import Command, Identifier, SerialHex, Text
from mockca.desk.commands.papers import Signatory


class HandoverItem(Command):
    """What changes hands: a device with its certificate."""

    certificate: SerialHex | None = None
    device: Identifier


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


class ReportLoss(Command):
    """A device was lost."""

    circumstances: Text
    form: Identifier | None = None
