"""Activation, suspension and its lifting."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from mockca.desk.commands.base import Command, Identifier, SerialHex, Text
from mockca.desk.commands.papers import FormSheet, Submission


class ProposeActivation(Command):
    """Propose the time of effect (đề nghị thời điểm có hiệu lực) of handed-over certificates."""

    regulation: Identifier
    form: FormSheet
    certificates: tuple[SerialHex, ...] = Field(min_length=1, max_length=10_000)
    effective_at: AwareDatetime | None = None
    """The proposed moment; at once where left out. Publication decides."""
    submission: Submission = Submission()


class SuspendCertificate(Command):
    """Suspend a certificate (tạm dừng)."""

    reason: Text
    submission: Submission = Submission()


class LiftSuspension(Command):
    """Lift a suspension."""

    reason: Text
