"""The revocations of one slice: one case for each body and ground, told to each body once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from mockca.desk import statuses
from mockca.desk.commands import Decision, RequestRevocation, Submission
from mockca.desk.due_dates import start_all
from mockca.desk.notices import tell
from mockca.desk.publishing import announce_all
from mockca.desk.transaction import Transaction
from mockca.registry import devices, revocations
from mockca.registry.certificates import Certificate
from mockca.registry.reorganisations import Reorganisation
from mockca.rules import lifecycle
from mockca.rules.deadlines import VIETNAM
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Ground, ReorganisationRule


def revoke_all(
    transaction: Transaction,
    regulation: Regulation,
    rule: ReorganisationRule,
    found: Reorganisation,
    groups: Mapping[tuple[str, str], Sequence[Certificate]],
) -> dict[str, int]:
    """Revoke certificates by body and ground, by virtue of the decision; returns each one's case by its serial.

    As a request that needs nobody's confirmation: executed at once, on the CRL, announced, the device's return due.
    """
    cases: dict[str, int] = {}
    for (unit, ground), certificates in groups.items():
        number = _revoke(transaction, regulation, rule, found, unit, regulation.grounds[ground], certificates)
        cases |= {certificate.serial: number for certificate in certificates}
    return cases


def _revoke(
    transaction: Transaction,
    regulation: Regulation,
    rule: ReorganisationRule,
    found: Reorganisation,
    unit: str,
    ground: Ground,
    certificates: Sequence[Certificate],
) -> int:
    connection, now = transaction.connection, transaction.now
    serials = [certificate.serial for certificate in certificates]
    invalid_since = invalid_from(ground, found)
    # The decision itself asks: nobody is there to pass a request on or to confirm it.
    state = "executed"
    if all(device.state in lifecycle.BACK for device in devices.of_certificates(connection, serials)):
        state = lifecycle.REVOCATION.step(regulation, state, "close", name=unit)
    number = revocations.add(
        connection,
        serials,
        regulation=regulation.id,
        state=state,
        ground=ground.id,
        request=_request(regulation, rule, found, ground, serials, invalid_since),
        requested_by=transaction.actor.account,
        requested_at=now,
        executed_at=now,
    )
    statuses.revoke_all(connection, certificates, now, reason=ground.crl_reason, invalidity_date=invalid_since)
    announce_all(connection, "revocation", certificates, now, ground.crl_reason)
    out = [f"device {certificate.device}" for certificate in certificates if certificate.device is not None]
    start_all(transaction, regulation, "revocation.executed", out)
    more = f"{len(serials)} chứng thư số, theo quyết định {found.decision['number']} ({rule.vi.lower()})."
    for event in ("revocation.requested", "revocation.executed"):
        tell(connection, regulation, event, now, unit=unit, more=more)
    return number


def invalid_from(ground: Ground, found: Reorganisation) -> datetime | None:
    """The beginning of the day in Vietnam on which the decision took effect, where the ground has an earlier event."""
    if not ground.invalidity:
        return None
    day = date.fromisoformat(found.decision["effective_on"])
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def _request(
    regulation: Regulation,
    rule: ReorganisationRule,
    found: Reorganisation,
    ground: Ground,
    serials: Sequence[str],
    invalid_since: datetime | None,
) -> dict[str, Any]:
    """The case's request, as if somebody had asked with the decision in hand."""
    decision = found.decision
    asked = RequestRevocation(
        regulation=regulation.id,
        certificates=tuple(serials),
        ground=ground.id,
        decision=Decision(
            kind=rule.counts_as,
            number=decision["number"],
            effective_on=date.fromisoformat(decision["effective_on"]),
        ),
        invalidity_date=invalid_since,
        submission=Submission(document_number=decision["number"]),
    )
    return asked.model_dump(mode="json", exclude={"submission": {"signature"}})
