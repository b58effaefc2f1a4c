"""Handovers and the keeping of devices."""

from __future__ import annotations

from dataclasses import dataclass

from mockca.rules.terms.base import Sourced


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
    """The step of the device's lifecycle that these minutes are: dispatch, deliver, collect or return."""
    after_revocation: bool
    """Whether the minutes are allowed only once the certificate is revoked or expired."""
    certificate_named: Sourced[bool]
    """Whether each device must be handed over together with its certificate's serial."""
    clause: str
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Custody:
    """How the device is kept."""

    classification: Sourced[str] | None
    """Level of state secret it is handled as (độ mật)."""
    outside_permission: Sourced[bool] | None
    """Whether taking it out of the office needs the head's permission."""
    assignment_decision: Sourced[bool] | None
    """Whether an organisation's device needs a decision that assigns it to a clerk."""
