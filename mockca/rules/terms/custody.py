"""Handovers and the keeping of devices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockca.rules.terms.base import Label, Sourced


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of the custody chain: who hands devices to whom, by which minutes."""

    name: str
    vi: str
    en: str
    giver: str
    receiver: str
    form: str
    step: str
    """The step of the device's lifecycle that these minutes are: dispatch, deliver, collect or return;
    forward where they stay on their way, from one body to the next."""
    after_revocation: bool
    """Whether the minutes are allowed only once the certificate is revoked or expired."""
    certificate_named: Sourced[bool]
    """Whether each device must be handed over together with its certificate's serial."""
    receiver_papers: Mapping[str, Label]
    """What whoever comes for the devices must show, all of them."""
    receiver_appointed: Sourced[bool]
    """Whether the receiver must be named by the body that he comes from (`appointed_by`)."""
    copies: Sourced[int] | None
    """How many copies of the minutes are made, one a side."""
    transport: Sourced[frozenset[str]] | None
    """Ways by which the devices may travel; None where any will do."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Custody:
    """How the device is kept. None, or empty, where the text is silent."""

    classification: Mapping[str, Sourced[str]]
    """How it is kept, by kind of subscriber: a level of state secret (`mat`, `toi-mat`), like the `seal`, like a
    `public-asset`."""
    custodians: Mapping[str, Sourced[frozenset[str]]]
    """Who may keep it, by kind of subscriber: `clerk`, `responsible`, `owner`."""
    outside_permission: Sourced[bool] | None
    """Whether taking an organisation's device out of the office needs the head's permission."""
    assignment_decision: Sourced[bool] | None
    """Whether an organisation's device needs a decision that assigns it to its custodian."""
    house_rules: Sourced[bool] | None
    """Whether the organisation must have rules of its own on keeping and using it."""
    change_minutes: Sourced[bool] | None
    """Whether another custodian takes it over by minutes only."""
    change_decision: Sourced[bool] | None
    """Whether another custodian needs a decision too."""
    change_form: Sourced[str] | None
    """Form of that decision."""
    asset_number: Sourced[bool] | None
    """Whether a person's device needs an asset number."""


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody that a body appoints: the officer for digital signatures, who receives devices, a delegate."""

    vi: str
    en: str
    role: str
    """Role of the body that appoints."""
    required: bool
    """Whether its absence is told as a warning with each request."""
    clause: str
    unsourced: bool = False
