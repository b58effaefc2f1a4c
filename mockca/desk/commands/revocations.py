"""Revocation."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from mockca.desk.commands.base import Command, Identifier, SerialHex, Text
from mockca.desk.commands.papers import Attachment, Decision, FormSheet, Submission

Day = Annotated[date, Field(ge=date(1950, 1, 1))]
"""A day since the earliest that a certificate can name."""


class Unfit(Command):
    """What a certificate says that no longer fits its subscriber, each with its new value."""

    common_name: Text | None = None
    organisation: Text | None = None
    """The body that the subscriber works for: the lowest that the subject names."""
    locality: Text | None = None
    email: Text | None = None


class RequestRevocation(Command):
    """Ask for the revocation of certificates on one ground."""

    regulation: Identifier
    certificates: tuple[SerialHex, ...] = Field(min_length=1, max_length=10_000)
    ground: Identifier
    form: FormSheet | None = None
    enclosed: tuple[FormSheet, ...] = Field(default=(), max_length=4)
    """Filled-in lists that come with the form."""
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=20)
    event_on: Day | None = None
    """Day of the event that the ground rests on, e.g. of retirement."""
    unfit: Unfit | None = None
    """What no longer fits in the certificate, where the ground asks for it."""
    decision: Decision | None = None
    breached_duty: Identifier | None = None
    """Clause id of the duty that the subscriber broke, where the ground asks for it."""
    confirmed_by: Text | None = None
    """Who at the managing body confirms the request, where the ground asks for it."""
    invalidity_date: AwareDatetime | None = None
    """When the key is known or suspected to have been compromised (RFC 5280 §5.3.2)."""
    submission: Submission = Submission()


class DecideRevocation(Command):
    """The competent desk confirms a revocation request (it is then executed) or refuses it with a reason."""

    decision: Literal["confirm", "refuse"]
    reason: Text | None = None
    document_number: Text | None = None


class ForwardRevocation(Command):
    """The body between subscriber and decider confirms a request and passes it on, or refuses it with a reason."""

    decision: Literal["forward", "refuse"]
    form: FormSheet | None = None
    reason: Text | None = None
    submission: Submission = Submission()
