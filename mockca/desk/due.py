"""What falls due as the clock moves: publications, expiries, missed deadlines, each at its own instant, in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from mockca.desk.device_marks import MARK_DEVICE, mark_device
from mockca.desk.notices import tell
from mockca.desk.publishing import publish_scheduled
from mockca.desk.report_openings import OPEN_REPORTS, open_reports
from mockca.desk.sandbox import Sandbox
from mockca.desk.succession import WRITE_CERTIFICATE, write_certificate
from mockca.registry import certificates, deadlines, journal, schedule, status
from mockca.registry.schedule import Due
from mockca.registry.status import Status

PUBLISH_ACTIVATION = "publish-activation"
EXPIRE = "expire"


def run_due(sandbox: Sandbox) -> tuple[str, ...]:
    """Run what is due by the clock's now; returns what ran, in order. Cheap where nothing is due."""
    now = sandbox.clock.now()
    with sandbox.store.read() as connection:
        if not schedule.waiting(connection, now):
            return ()
    with sandbox.store.write() as connection:
        return run_due_in(sandbox, connection, sandbox.clock.now())


def run_due_in(sandbox: Sandbox, connection: Connection, until: datetime) -> tuple[str, ...]:
    """Run, inside a write transaction, what is due by `until`, in the order of its instants."""
    if not schedule.waiting(connection, until):
        return ()
    ran: list[tuple[datetime, str]] = []
    for due in schedule.due(connection, until):
        if due.action == OPEN_REPORTS:
            opened = open_reports(connection, sandbox.regulations, sandbox.created_at, due.due, until)
            what = f"{opened} reports owed"
        else:
            what = ACTIONS[due.action](sandbox, connection, due)
        ran.append((due.due, what))
        schedule.done(connection, due.number, due.due)
    for late in deadlines.missed(connection, until):
        deadlines.mark_missed(connection, late.number, late.due)
        journal.append(
            connection,
            at=late.due,
            actor="system",
            action="deadline.missed",
            about=late.about,
            detail={"kind": late.kind},
            clauses=[late.clause],
        )
        ran.append((late.due, f"deadline missed: {late.kind} {late.about}"))
    return tuple(what for _, what in sorted(ran, key=lambda item: item[0]))


def _publish(sandbox: Sandbox, connection: Connection, due: Due) -> str:
    publish_scheduled(sandbox, connection, int(due.about), due.due)
    return f"activation {due.about} published"


def _expire(sandbox: Sandbox, connection: Connection, due: Due) -> str:
    certificate = certificates.get(connection, due.about)
    found = status.status_at(connection, due.about, due.due)
    if certificate is None or found is None or found.status is Status.REVOKED:
        return f"certificate {due.about} had ended before it expired"
    regulation = sandbox.regulation(certificate.regulation)
    tell(
        connection,
        regulation,
        "certificate.expired",
        due.due,
        unit=certificate.unit,
        serial=certificate.serial,
        more=f"Chứng thư số {certificate.serial} của {certificate.common_name}.",
    )
    journal.append(
        connection,
        at=due.due,
        actor="system",
        action="certificate.expired",
        about=f"certificate {certificate.serial}",
        detail={},
        clauses=[regulation.max_years.clause],
    )
    return f"certificate {certificate.serial} expired"


ACTIONS: dict[str, Callable[[Sandbox, Connection, Due], str]] = {
    PUBLISH_ACTIVATION: _publish,
    EXPIRE: _expire,
    MARK_DEVICE: mark_device,
    WRITE_CERTIFICATE: write_certificate,
}
