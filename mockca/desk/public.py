"""What anybody may know of certificates: of those that were announced all that is public, of others nothing.

A certificate that was issued but has no effect yet is not announced, so it is not found here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mockca import registry
from mockca.desk.actors import SYSTEM
from mockca.desk.sandbox import Sandbox
from mockca.desk.statuses import require_certificate, require_status, status_view
from mockca.desk.transaction import reading
from mockca.desk.views import StatusView
from mockca.errors import NotFound
from mockca.registry.announcements import Announced, Announcement
from mockca.registry.certificates import Certificate
from mockca.registry.status import StatusAt, status_at
from mockca.registry.tables import MICROSECOND

MOST_ANNOUNCEMENTS = 50
"""About one certificate that are told, the latest ones."""


@dataclass(frozen=True, slots=True)
class Found:
    """One line of what a search found."""

    certificate: Announced
    status: StatusView


@dataclass(frozen=True, slots=True)
class PublicFile:
    """All that is public of one certificate."""

    certificate: Certificate
    unit: str
    """The body's name."""
    status: StatusView
    announcements: tuple[Announcement, ...]
    """Newest first."""
    changes: tuple[StatusAt, ...]
    """What became of it until now, oldest first."""


def search(
    sandbox: Sandbox, words: str | None = None, *, after: int | None = None, limit: int = 20
) -> tuple[tuple[Found, ...], int | None]:
    """Announced certificates whose name, body, serial or device number is like `words`, and the next slice's cursor."""
    with reading(sandbox, SYSTEM) as transaction:
        connection, now = transaction.connection, transaction.now
        found, following = registry.announcements.announced(
            connection, until=now, words=words, before=after, limit=limit
        )
        return tuple(
            Found(
                one,
                status_view(sandbox.regulation(one.regulation), require_status(connection, one.serial, now), now),
            )
            for one in found
        ), following


def public_file(sandbox: Sandbox, serial: str, *, most_changes: int = 50) -> PublicFile:
    """What the portal shows of a certificate, with its latest changes. NotFound where nothing was announced of it."""
    with reading(sandbox, SYSTEM) as transaction:
        connection, now = transaction.connection, transaction.now
        told, _ = registry.announcements.search(connection, until=now, serial=serial, limit=MOST_ANNOUNCEMENTS)
        if not told:
            raise NotFound("announced certificate", serial)
        certificate = require_certificate(connection, serial)
        changes: list[StatusAt] = []
        instant = now
        while len(changes) < most_changes and (found := status_at(connection, serial, instant)) is not None:
            changes.append(found)
            instant = found.since - MICROSECOND
        return PublicFile(
            certificate,
            told[0].unit,
            status_view(sandbox.regulation(certificate.regulation), require_status(connection, serial, now), now),
            tuple(told),
            tuple(reversed(changes)),
        )


def announced_by(sandbox: Sandbox, serial: str, instant: datetime) -> bool:
    """Whether anything had been announced of the certificate by an instant."""
    with reading(sandbox, SYSTEM) as transaction:
        told, _ = registry.announcements.search(transaction.connection, until=instant, serial=serial, limit=1)
    return bool(told)
