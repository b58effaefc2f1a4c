"""The authority publishes activations and revocations on its portal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from mockca.desk.sandbox import Sandbox
from mockca.desk.statuses import change_status
from mockca.registry import activations, announcements, certificates, journal, status
from mockca.registry.certificates import Certificate
from mockca.registry.status import Status


def publish_scheduled(sandbox: Sandbox, connection: Connection, number: int, at: datetime) -> None:
    """Publish an activation at its time: its certificates that are still waiting take effect."""
    activation = activations.get(connection, number)
    if activation is None or activation.state == "published":
        return
    regulation = sandbox.regulation(activation.regulation)
    clause = regulation.effective_from.clause
    serials = activations.serials_of(connection, number)
    took_effect = []
    for certificate in certificates.gather(connection, serials):
        found = status.status_at(connection, certificate.serial, at)
        # One that was revoked while it waited stays revoked.
        if found is not None and found.status is Status.ISSUED:
            change_status(connection, certificate, Status.EFFECTIVE, at)
            announce(connection, "activation", certificate, at)
            took_effect.append(certificate.serial)
    activations.update(connection, number, state="published", effective_at=at)
    journal.append(
        connection,
        at=at,
        actor="authority",
        action="activation.published",
        about=f"activation {number}",
        detail={"certificates": took_effect},
        clauses=[clause],
    )


def announce_all(
    connection: Connection, kind: str, about: Sequence[Certificate], at: datetime, reason: str | None = None
) -> None:
    """Put an announcement on the portal about each certificate, as `announce` does about one."""
    same = {"kind": kind, "published_at": at, "effective_at": at, "reason": reason}
    announcements.publish_all(connection, [{"serial": one.serial, **same} for one in about])


def announce(
    connection: Connection, kind: str, certificate: Certificate, at: datetime, reason: str | None = None
) -> None:
    """Put one announcement on the portal; it is effective and published at the same instant."""
    announcements.publish(
        connection,
        kind=kind,
        serial=certificate.serial,
        published_at=at,
        effective_at=at,
        reason=reason,
    )
