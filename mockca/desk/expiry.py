"""Certificates that expire, hundreds at a time: who is told, and the case that the authority opens by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from mockca.desk.actors import SYSTEM
from mockca.desk.notices import letters
from mockca.desk.sandbox import Sandbox
from mockca.registry import announcements, certificates, deadlines, devices, files, journal, revocations
from mockca.registry.certificates import Certificate
from mockca.registry.journal import Event
from mockca.registry.schedule import Due
from mockca.rules import lifecycle
from mockca.rules.deadlines import due_after
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Ground

EXPIRE = "expire"
CHUNK = 500
"""Certificates that are looked at at once."""

Expiry = tuple[Due, Certificate, Regulation]


def expire(sandbox: Sandbox, connection: Connection, dues: Sequence[Due]) -> list[str]:
    """Enter that certificates have expired, each at its own instant; returns what was done, in the order of `dues`.

    Where the regulation has the authority revoke by itself (TT08-19.1), an executed case on the ground of expiry
    follows, unless the certificate has an executed one: without a CRL entry, open until the device is back.
    """
    told: list[str] = []
    waiting = iter(dues)
    while batch := list(islice(waiting, CHUNK)):
        told += _expire(sandbox, connection, batch)
    return told


def _expire(sandbox: Sandbox, connection: Connection, dues: Sequence[Due]) -> Iterator[str]:
    serials = [due.about for due in dues]
    known = {one.serial: one for one in certificates.gather(connection, serials)}
    revoked = files.revoked_of(connection, serials)
    expired = {
        due.about: (due, known[due.about], sandbox.regulation(known[due.about].regulation))
        for due in dues
        if due.about in known and due.about not in revoked
    }
    cases = _open_cases(connection, list(expired.values()))
    notices: list[dict[str, Any]] = []
    events: list[Event] = []
    for serial, (due, certificate, regulation) in expired.items():
        about = f"Chứng thư số {serial} của {certificate.common_name}."
        notices += letters(regulation, "certificate.expired", due.due, unit=certificate.unit, serial=serial, more=about)
        events.append(_event(due, "certificate.expired", f"certificate {serial}", {}, regulation.max_years.clause))
        events += cases.get(serial, ())
    announcements.notify_all(connection, notices)
    journal.append_all(connection, events)
    for serial in serials:
        yield f"certificate {serial} {'expired' if serial in expired else 'had ended before it expired'}"


def _open_cases(connection: Connection, expired: Sequence[Expiry]) -> dict[str, list[Event]]:
    """Open the cases that the authority opens by itself; returns what to journal of each, by certificate."""
    done = files.cases_of(connection, [due.about for due, _, _ in expired])
    wanted: list[tuple[Due, Regulation, Ground, str]] = []
    for due, _, regulation in expired:
        rule = regulation.case_on_expiry
        if rule is not None and due.about not in done:
            wanted.append((due, regulation, *rule))
    serials = [due.about for due, *_ in wanted]
    found = devices.of_certificates(connection, serials)
    out = {device.certificate: device.serial for device in found if device.state not in lifecycle.BACK}
    numbers = revocations.add_all(
        connection,
        [
            (due.about, _case(due, regulation, ground, closed=due.about not in out))
            for due, regulation, ground, _ in wanted
        ],
    )
    events = {}
    for number, (due, regulation, ground, clause) in zip(numbers, wanted, strict=True):
        about = f"revocation {number}"
        detail = {"ground": ground.id, "certificates": [due.about]}
        events[due.about] = [_event(due, "revocation.executed", about, detail, clause, ground.clause)]
        device = out.get(due.about)
        if device is None:
            recovery = regulation.revocation.recovery_clause
            events[due.about].append(_event(due, "revocation.closed", about, {}, recovery))
            continue
        for term in regulation.deadlines_from("revocation.executed"):
            end = due_after(due.due, term.days)
            deadlines.add(connection, regulation.id, term.kind, f"device {device}", term.clause, end)
    return events


def _case(due: Due, regulation: Regulation, ground: Ground, *, closed: bool) -> dict[str, Any]:
    """A case that went its way at once: nobody had to ask, pass on, or decide."""
    state = lifecycle.REVOCATION.initial(regulation)
    for step in ("forward", "execute", "close"):
        if step in lifecycle.REVOCATION.allowed(regulation, state) and (closed or step != "close"):
            state = lifecycle.REVOCATION.step(regulation, state, step, name=due.about)
    return {
        "regulation": regulation.id,
        "state": state,
        "ground": ground.id,
        "request": {},
        "requested_by": SYSTEM.account,
        "requested_at": due.due,
        "executed_at": due.due,
    }


def _event(due: Due, action: str, about: str, detail: dict[str, Any], *clauses: str) -> Event:
    return Event(due.due, SYSTEM.account, action, about, detail, clauses)
