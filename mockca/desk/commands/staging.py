"""Certificates that are put there, without a dossier's way through the desks."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from mockca.desk.commands.base import Command, Identifier, SubscriberKind, Text

MOST_STAGED = 20_000


class StageCertificates(Command):
    """Put certificates into the sandbox as if they had been issued, and taken effect, at an instant of the past."""

    regulation: Identifier
    unit: Identifier | None = None
    """Whose certificates; spread over all eligible units of the regulation where left out."""
    subscriber_kind: SubscriberKind = SubscriberKind.PERSON
    count: Annotated[int, Field(ge=1, le=MOST_STAGED)] = 1
    issued_at: AwareDatetime | None = None
    """Their notBefore, not in the future; now where left out."""
    years: Annotated[int, Field(ge=1, le=20)] | None = None
    """Their term, of the regulation's years; its longest where left out. Not held to the regulation: an earlier text
    may have allowed another one."""
    common_names: tuple[Text, ...] | None = Field(default=None, min_length=1, max_length=MOST_STAGED)
    """Names to be used in turn; made up where left out."""
