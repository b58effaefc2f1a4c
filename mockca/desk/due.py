"""What falls due as the clock moves: publications, expiries, missed deadlines, each at its own instant, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection

from mockca.desk.actors import SYSTEM
from mockca.desk.device_marks import MARK_DEVICE, mark_device
from mockca.desk.expiry import EXPIRE, expire
from mockca.desk.publishing import publish_scheduled
from mockca.desk.report_openings import OPEN_REPORTS, open_reports
from mockca.desk.sandbox import Sandbox
from mockca.desk.succession import WRITE_CERTIFICATE, write_certificate
from mockca.registry import deadlines, journal, schedule
from mockca.registry.journal import Event
from mockca.registry.schedule import Due

PUBLISH_ACTIVATION = "publish-activation"

Run = Callable[[Sandbox, Connection, Sequence[Due]], list[str]]
"""Runs one action on several things, in their order, and says what it did with each."""


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
    for action, group in groupby(schedule.due(connection, until), attrgetter("action")):
        dues = list(group)
        if action == OPEN_REPORTS:
            did = [_open_reports(sandbox, connection, due, until) for due in dues]
        else:
            did = ACTIONS[action](sandbox, connection, dues)
        ran += zip([due.due for due in dues], did, strict=True)
        schedule.done(connection, dues)
    late = deadlines.missed(connection, until)
    deadlines.mark_missed(connection, [(term.number, term.due) for term in late])
    journal.append_all(
        connection,
        [
            Event(term.due, SYSTEM.account, "deadline.missed", term.about, {"kind": term.kind}, (term.clause,))
            for term in late
        ],
    )
    ran += [(term.due, f"deadline missed: {term.kind} {term.about}") for term in late]
    return tuple(what for _, what in sorted(ran, key=lambda item: item[0]))


def _each(run: Callable[[Sandbox, Connection, Due], str]) -> Run:
    return lambda sandbox, connection, dues: [run(sandbox, connection, due) for due in dues]


def _open_reports(sandbox: Sandbox, connection: Connection, due: Due, until: datetime) -> str:
    """Note the reports that are owed by `until`; how far ahead is to be looked, the thing itself does not say."""
    opened = open_reports(connection, sandbox.regulations, sandbox.created_at, due.due, until)
    return f"{opened} reports owed"


def _publish(sandbox: Sandbox, connection: Connection, due: Due) -> str:
    publish_scheduled(sandbox, connection, int(due.about), due.due)
    return f"activation {due.about} published"


ACTIONS: dict[str, Run] = {
    PUBLISH_ACTIVATION: _each(_publish),
    EXPIRE: expire,
    MARK_DEVICE: _each(mark_device),
    WRITE_CERTIFICATE: _each(write_certificate),
}
