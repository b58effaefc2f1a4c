"""The keeping of devices: custodians, outings, and whom bodies appoint."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, StringConstraints

from mockca.desk.commands.base import Command, Identifier, Text, _clean
from mockca.desk.commands.papers import FormSheet, Signatory


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("beyond the calendar") from error


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
AssetNumber = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_clean)]


class AssignmentDecision(Command):
    """The decision that gives a device into somebody's keeping."""

    number: Text
    date: date


class CustodyMinutes(Command):
    """Minutes by which one custodian takes a device over from another."""

    document_number: Text
    giver: Signatory
    receiver: Signatory


class AssignCustodian(Command):
    """Say who keeps a device from a moment on; whoever kept it before does so until then."""

    name: Text
    position: Text | None = None
    post: Literal["clerk", "responsible", "owner"]
    """The clerk (văn thư), another person in charge, or the person whom the certificate names."""
    since: Instant | None = None
    """Now where left out; where minutes are made, the moment of the handover that they tell."""
    decision: AssignmentDecision | None = None
    form: FormSheet | None = None
    """The decision's own form, where the regulation has one for another custodian."""
    minutes: CustodyMinutes | None = None
    classification: Identifier | None = None
    """How the device is kept: `mat`, `toi-mat`, `seal` or `public-asset`."""
    asset_number: AssetNumber | None = None
    house_rules: bool | None = None
    """Whether the organisation has rules of its own on keeping and using the device."""


class TakeOut(Command):
    """Take a device out of the office for work."""

    carrier: Text
    purpose: Text
    permitted_by: Text | None = None


class Appoint(Command):
    """Appoint somebody to a post of the regulation; whoever held it before does so no longer."""

    unit: Identifier | None = None
    """The body that appoints; the caller's own where left out."""
    post: Identifier
    name: Text
    position: Text | None = None
    decision_number: Text | None = None
