"""Restoring locked devices."""

from __future__ import annotations

from typing import Literal

from mockca.desk.commands.base import Command, Identifier, Text
from mockca.desk.commands.papers import FormSheet, Submission


class RequestRestore(Command):
    """Ask for a locked device to be made usable again (khôi phục)."""

    regulation: Identifier
    device: Identifier
    ground: Identifier
    """One of the regulation's cases for a restore, e.g. `locked`."""
    form: FormSheet
    submission: Submission = Submission()


class DecideRestore(Command):
    """The competent desk restores the device, or refuses with a reason."""

    decision: Literal["restore", "refuse"]
    reason: Text | None = None
    document_number: Text | None = None
