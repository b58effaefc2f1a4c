"""Reorganisations: the decision, how far it is carried out, and what became of each certificate."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from mockca.desk.views.base import View
from mockca.desk.views.problems import ViolationView


class ReorganisationView(View):
    """A decision and its progress."""

    number: int
    regulation: str
    kind: str
    title_vi: str
    title_en: str
    clause: str
    decision_number: str
    signed_on: date | None
    effective_on: date
    units: tuple[str, ...]
    successors: tuple[str, ...]
    state: str
    total: int
    """Certificates that it touches."""
    pending: int
    """Not touched yet."""
    reissuing: int
    """Revoked, and still without the new certificate."""
    done: int
    exceptions: int
    """Nothing could be done; the items say why."""
    actions: dict[str, dict[str, int]]
    """How many, by action and state."""
    planned_by: str
    planned_at: AwareDatetime
    finished_at: AwareDatetime | None
    allowed: tuple[str, ...]


class ReorganisationItemView(View):
    """What is to be done, or was, with one certificate."""

    place: int
    certificate: str
    common_name: str
    subscriber_kind: str
    unit: str
    action: str
    """`revoke`, `change`, `reissue` or `keep`."""
    ground: str | None
    """Ground of the revocation."""
    case: str | None
    """Case of the change, ground of the reissue."""
    clause: str
    unsourced: bool
    successor: str | None
    state: str
    done_at: AwareDatetime | None
    revocation: int | None
    """Number of the revocation that it is in."""
    dossier: int | None
    """Number of the new certificate's dossier."""
    replaced_by: str | None
    """Serial of the certificate that took its place, or was issued for it."""
    device: str | None
    """The device that bears that one."""
    why: tuple[ViolationView, ...]
    """Why what comes first by the regulation was not possible; of an exception, why nothing was."""


class LetterView(View):
    """The PIN letter of a device that was made by a reorganisation. Told to the authority alone, never stored."""

    certificate: str
    device: str
    dossier: int
    unit: str
    user_pin: str
    so_pin: str
