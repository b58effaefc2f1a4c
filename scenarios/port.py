"""What a scenario needs of an implementation, and nothing more.

An implementation is driven through one method, `Port.perform`: an operation, the name of who does it, and a
JSON object. It answers with an Outcome. How the request travels (HTTP, a mapping file, a Python call) is the
port's affair. `Adapter` is a ready base class for ports written in Python: one method an operation, and whatever
is left out is answered as unsupported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, cast

Body = Mapping[str, Any]
"""A JSON object: what an operation is done with."""


class Operation(StrEnum):
    """Everything that a scenario can ask for.

    Bodies are the contract's (docs/api.md); numbers and serials that the contract puts into the path stand in the
    body here, under the name in parentheses.
    """

    FILE_DOSSIER = "file_dossier"
    REFILE_DOSSIER = "refile_dossier"
    """(dossier)"""
    CHECK_DOSSIER = "check_dossier"
    """(dossier)"""
    SUBMIT_ROSTER = "submit_roster"
    DECIDE_DOSSIER = "decide_dossier"
    """(dossier)"""
    ISSUE_CERTIFICATE = "issue_certificate"
    """(dossier)"""
    RECORD_HANDOVER = "record_handover"
    PROPOSE_ACTIVATION = "propose_activation"
    PUBLISH_ACTIVATION = "publish_activation"
    """(activation)"""
    SUSPEND_CERTIFICATE = "suspend_certificate"
    """(certificate)"""
    LIFT_SUSPENSION = "lift_suspension"
    """(certificate)"""
    REQUEST_REVOCATION = "request_revocation"
    FORWARD_REVOCATION = "forward_revocation"
    """(revocation)"""
    DECIDE_REVOCATION = "decide_revocation"
    """(revocation)"""
    REQUEST_RESTORE = "request_restore"
    DECIDE_RESTORE = "decide_restore"
    """(restore)"""
    REPORT_DAMAGE = "report_damage"
    """(device)"""
    REPORT_LOSS = "report_loss"
    """(device)"""
    ASSIGN_CUSTODIAN = "assign_custodian"
    """(device)"""
    TAKE_OUT = "take_out"
    """(device)"""
    BRING_BACK = "bring_back"
    """(device) (outing)"""
    FILE_REPORT = "file_report"
    """A report or a plan of the actor's own body."""
    REQUEST_REPORT = "request_report"
    """Asks bodies for a report by a day."""
    APPOINT = "appoint"
    REGISTER_UNIT = "register_unit"
    """A body is entered in the list."""
    PLAN_REORGANISATION = "plan_reorganisation"
    """A decision about bodies: which certificates it touches, and what is to be done with each."""
    WORK_REORGANISATION = "work_reorganisation"
    """(reorganisation): the next slice of it; again until it is finished."""
    TURN_CLOCK = "turn_clock"
    """The trainer's: moves the implementation's clock."""
    STAGE_CERTIFICATE = "stage_certificate"
    """The trainer's: puts certificates there as if they had been issued earlier."""
    READ_UNIT = "read_unit"
    """The actor's own agency or organisation: `id`, `name`, `email`, …"""
    READ_DOSSIER = "read_dossier"
    """(dossier)"""
    READ_CERTIFICATE = "read_certificate"
    """(certificate)"""
    READ_STATUS = "read_status"
    """(certificate), optionally `at`"""
    READ_DEVICE = "read_device"
    """(device)"""
    READ_CUSTODY = "read_custody"
    """(device), optionally `at`"""
    READ_APPOINTMENTS = "read_appointments"
    """(unit): whom this body appointed, `items`, oldest first."""
    READ_SHORTCOMINGS = "read_shortcomings"
    """(device): in what it is not kept as the regulation wants it, `items`."""
    SEARCH_ARCHIVE = "search_archive"
    """Optionally `q`, `kind`, `certificate`, `device`, `unit`, `since`, `until`: what is on file, `items`."""
    READ_FILE = "read_file"
    """(certificate): everything on file about it, `items`, and what is missing, `gaps`."""
    REMOVE_DOSSIER = "remove_dossier"
    """(dossier): to be refused."""
    REMOVE_HANDOVER = "remove_handover"
    """(handover): to be refused."""
    REMOVE_ROSTER = "remove_roster"
    """(roster): to be refused."""
    REMOVE_REVOCATION = "remove_revocation"
    """(revocation): to be refused."""
    READ_REVOCATION = "read_revocation"
    """(revocation)"""
    READ_REORGANISATION = "read_reorganisation"
    """(reorganisation)"""
    READ_REORGANISATION_ITEMS = "read_reorganisation_items"
    """(reorganisation), optionally `state`: each certificate that it touches, `items`."""
    DRAFT_REPORT = "draft_report"
    """`regulation`, `report`, optionally `period`, `application`: what it would say now, with the request that files it
    under `body`."""
    READ_REPORT = "read_report"
    """(report)"""
    READ_REPORTS = "read_reports"
    """Optionally `report`, `unit`, `period`: those that were filed, `items`, oldest first."""
    READ_REPORTS_DUE = "read_reports_due"
    """Optionally `report`, `unit`, `period`, `overdue`: what is and was owed, `items`; what comes next, `upcoming`."""
    READ_RESTORE = "read_restore"
    """(restore)"""
    READ_ACTIVATION = "read_activation"
    """(activation)"""
    READ_ANNOUNCEMENTS = "read_announcements"
    """(certificate): the public announcements that name it, `items`, oldest first."""
    READ_NOTICES = "read_notices"
    """(certificate): the notices to this actor about it, `items`, oldest first."""
    READ_DEADLINES = "read_deadlines"
    """(about): the time limits of this matter, `items`."""
    READ_AUTHORITY = "read_authority"
    """What the authority publishes of itself: `certificates` by `role`, each with the `years` that it lasts, `crls` by
    `name`, and `faults`: what of it cannot be had by anybody, or does not hold together."""
    COMPARE_FACES = "compare_faces"
    """(certificate), optionally `issuer_of`: what each public face says about it (faces.py). Whoever has no account
    gives the certificate itself, `pem`."""


READS = frozenset(
    operation for operation in Operation if operation.value.startswith(("read_", "search_", "compare_", "draft_"))
)
"""Operations that change nothing."""


class Verdict(StrEnum):
    """What the implementation made of a request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNSUPPORTED = "unsupported"
    """The implementation has no such operation; nothing can be said about it."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Evidence: one request and its answer, without PINs, keys and credentials (its maker takes them out)."""

    method: str
    url: str
    request: str
    """The body sent, as text; empty where none."""
    status: int
    response: str
    """The body received, as text, cut where long."""
    headers: tuple[tuple[str, str], ...] | None = None
    """Headers that the request needs when it is made by hand, each secret left as a shell variable; None where it is
    as the contract has it: JSON and a bearer token."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one operation."""

    verdict: Verdict
    values: Mapping[str, Any] = field(default_factory=dict)
    """The answer's JSON object, or the problem's where refused."""
    clauses: tuple[str, ...] = ()
    """Clauses that a refusal names."""
    fields: tuple[str, ...] = ()
    """Fields of the request that a refusal names."""
    state: str | None = None
    """Where the thing stands now: a dossier's, device's, revocation's state, a certificate's status."""
    message: str = ""
    """The refusal in a sentence."""
    exchanges: tuple[Exchange, ...] = ()


class Port(Protocol):
    """An implementation, as a scenario sees it."""

    def now(self) -> datetime:
        """The implementation's time, aware."""
        ...

    def perform(self, operation: Operation, actor: str, body: Body) -> Outcome:
        """Do the operation as this actor. Raises PortError where no verdict can be had."""
        ...


class PortError(Exception):
    """The implementation could not be asked, or its answer could not be read: no verdict."""

    def __init__(self, what: str, exchanges: tuple[Exchange, ...] = ()) -> None:
        self.what, self.exchanges = what, exchanges
        super().__init__(what)


class Method(Protocol):
    """One operation of an Adapter."""

    def __call__(self, actor: str, body: Body) -> Outcome: ...


class Adapter:
    """Base of ports written in Python: a method named like the operation does it; the rest is unsupported."""

    def perform(self, operation: Operation, actor: str, body: Body) -> Outcome:
        method = cast("Method | None", getattr(self, operation.value, None))
        if method is None:
            return Outcome(Verdict.UNSUPPORTED, message=f"{type(self).__name__} has no {operation.value}")
        return method(actor, body)
