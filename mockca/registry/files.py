"""What is on file about many devices or certificates at once: for what is missing, a few queries a batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, String, cast, literal, or_, select

from mockca.registry.status import Status
from mockca.registry.tables import (
    FOREVER,
    activation_items,
    activations,
    attachments,
    certificates,
    deadlines,
    handover_items,
    handovers,
    revocation_items,
    revocations,
    status_changes,
)

Pairs = dict[str, frozenset[str]]


def legs_of(connection: Connection, devices: Sequence[str]) -> Pairs:
    """By device, the legs that there are minutes of."""
    statement = (
        select(handover_items.c.device, handovers.c.leg)
        .join_from(handover_items, handovers)
        .where(handover_items.c.device.in_(devices))
    )
    return _gathered([(device, leg) for device, leg in connection.execute(statement)])


def overdue_of(connection: Connection, devices: Sequence[str], kinds: Sequence[str], now: datetime) -> Pairs:
    """By device, the kinds of its deadlines that have passed unmet."""
    prefix = "device "
    statement = select(deadlines.c.about, deadlines.c.kind).where(
        deadlines.c.kind.in_(kinds),
        deadlines.c.about.in_([prefix + device for device in devices]),
        deadlines.c.met_at.is_(None),
        deadlines.c.due < now,
    )
    return _gathered([(about.removeprefix(prefix), kind) for about, kind in connection.execute(statement)])


def revoked_of(connection: Connection, serials: Sequence[str]) -> frozenset[str]:
    """Those of the certificates that are revoked."""
    statement = select(status_changes.c.serial).where(
        status_changes.c.serial.in_(serials),
        status_changes.c.until == FOREVER,
        status_changes.c.status == Status.REVOKED.value,
    )
    return frozenset(connection.execute(statement).scalars())


def effective_of(connection: Connection, serials: Sequence[str]) -> frozenset[str]:
    """Those of the certificates that have ever been effective."""
    statement = select(status_changes.c.serial).where(
        status_changes.c.serial.in_(serials), status_changes.c.status == Status.EFFECTIVE.value
    )
    return frozenset(connection.execute(statement).scalars())


def cases_of(connection: Connection, serials: Sequence[str], *, executed: bool = True) -> frozenset[str]:
    """Those of the certificates whose revocation was asked for, and executed unless any request will do."""
    statement = select(revocation_items.c.serial).where(revocation_items.c.serial.in_(serials))
    if executed:
        statement = statement.join(revocations).where(revocations.c.executed_at.is_not(None))
    return frozenset(connection.execute(statement).scalars())


def late_of(connection: Connection, serials: Sequence[str], term: str, now: datetime) -> dict[str, str]:
    """By certificate, the ground of a case whose term of this kind has passed unmet while the certificate was valid.

    A case that was refused is none: nothing had to be done.
    """
    about = literal("revocation ").concat(cast(revocations.c.number, String))
    statement = (
        select(revocation_items.c.serial, revocations.c.ground)
        .join_from(revocation_items, revocations)
        .join(certificates, certificates.c.serial == revocation_items.c.serial)
        .join(deadlines, (deadlines.c.kind == term) & (deadlines.c.about == about))
        .where(
            revocation_items.c.serial.in_(serials),
            certificates.c.not_after > deadlines.c.due,
            or_(
                deadlines.c.met_at.is_(None) & (deadlines.c.due < now),
                revocations.c.executed_at.is_not(None) & (deadlines.c.due < deadlines.c.met_at),
            ),
        )
        .order_by(revocations.c.number)
    )
    return {row.serial: row.ground for row in connection.execute(statement)}


def activated_of(connection: Connection, serials: Sequence[str]) -> frozenset[str]:
    """Those of the certificates with a published proposal of the time of effect."""
    statement = (
        select(activation_items.c.serial)
        .join(activations)
        .where(activation_items.c.serial.in_(serials), activations.c.state == "published")
    )
    return frozenset(connection.execute(statement).scalars())


def replaced_of(connection: Connection, serials: Sequence[str]) -> frozenset[str]:
    """Those of the certificates that a newer one took the place of."""
    statement = select(certificates.c.replaces).where(certificates.c.replaces.in_(serials))
    return frozenset(connection.execute(statement).scalars())


def attachments_of(connection: Connection, dossiers: Sequence[int]) -> dict[int, frozenset[str]]:
    """By dossier, the kinds of its attachments."""
    statement = select(attachments.c.dossier, attachments.c.kind).where(attachments.c.dossier.in_(dossiers))
    found: dict[int, set[str]] = {}
    for dossier, kind in connection.execute(statement):
        found.setdefault(dossier, set()).add(kind)
    return {dossier: frozenset(kinds) for dossier, kinds in found.items()}


def _gathered(pairs: Sequence[tuple[str, str]]) -> Pairs:
    found: dict[str, set[str]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return {key: frozenset(values) for key, values in found.items()}
