"""Bodies that are split, merged, renamed or dissolved."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from mockca.desk.commands.base import Command, Identifier, SerialHex, Text

MOST_UNITS = 500
MOST_WORKED = 500
USUAL_WORKED = 200
"""Certificates of one transaction, so that others' requests get their turn in between."""


class SuccessorBody(Command):
    """A body that takes over: the id of a registered one, a new one described, or a renamed one's new self."""

    id: Identifier
    name: Text | None = None
    category: Identifier | None = None
    superiors: tuple[Text, ...] | None = Field(default=None, max_length=4)
    """The bodies above it, top first."""
    locality: Text | None = None
    """The province where left out."""
    email: Text | None = None
    has_seal: bool | None = None


class Share(Command):
    """What goes to one of several successors; whatever no share names goes to the first one."""

    successor: Identifier
    units: tuple[Identifier, ...] = Field(default=(), max_length=MOST_UNITS)
    """Bodies whose certificates all go there."""
    certificates: tuple[SerialHex, ...] = Field(default=(), max_length=20_000)
    """Single certificates that go there, before any share of their body."""


class PlanReorganisation(Command):
    """Plan what a decision about bodies makes of their certificates; nothing is done to them yet."""

    regulation: Identifier
    kind: Identifier
    """What is decided, by the regulation's word: `merge`, `rename`, `dissolve`, …"""
    number: Text | None = None
    """Number and symbol of the decision."""
    signed_on: date | None = None
    effective_on: date | None = None
    """The day on which it takes effect; not in the future."""
    units: tuple[Identifier, ...] = Field(min_length=1, max_length=MOST_UNITS)
    """The bodies that it splits, merges, renames or dissolves; who takes over is not among them."""
    successors: tuple[SuccessorBody, ...] = Field(default=(), max_length=MOST_UNITS)
    shares: tuple[Share, ...] = Field(default=(), max_length=MOST_UNITS)


class WorkReorganisation(Command):
    """Do the next slice of a plan."""

    limit: Annotated[int, Field(ge=1, le=MOST_WORKED)] = USUAL_WORKED
    """Most certificates of the slice; fewer where devices are to be made or written."""
