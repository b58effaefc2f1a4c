"""Figures of what the registry holds, counted in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, literal, select

from mockca.registry.status import Status
from mockca.registry.tables import certificates, deadlines, restores, revocation_items, revocations, status_changes


def certificates_by_status(connection: Connection, regulation: str, now: datetime) -> dict[str, int]:
    """Certificates by where they stand at `now` (as `status.status_at` says); only what there is any of."""
    ended = (certificates.c.not_after <= now) & (status_changes.c.status != Status.REVOKED.value)
    standing = case((ended, Status.EXPIRED.value), else_=status_changes.c.status).label("standing")
    return _counted(
        connection,
        select(standing, func.count())
        .join_from(certificates, status_changes)
        .where(certificates.c.regulation == regulation, status_changes.c.instant <= now, status_changes.c.until > now)
        .group_by(standing),
    )


def revoked_by_ground(connection: Connection, regulation: str) -> dict[str, int]:
    """Certificates in executed requests for revocation, by the request's ground."""
    return _counted(
        connection,
        select(revocations.c.ground, func.count())
        .join_from(revocations, revocation_items)
        .where(revocations.c.regulation == regulation, revocations.c.executed_at.is_not(None))
        .group_by(revocations.c.ground),
    )


def restores_by_state(connection: Connection, regulation: str) -> dict[str, int]:
    """Requests to restore a device, by their state."""
    return _counted(
        connection,
        select(restores.c.state, func.count()).where(restores.c.regulation == regulation).group_by(restores.c.state),
    )


def late_restores(connection: Connection, regulation: str, now: datetime) -> int:
    """Requests to restore a device that were answered after their term, or are past it without an answer."""
    answered = func.coalesce(deadlines.c.met_at, literal(now, deadlines.c.met_at.type))
    statement = (
        select(func.count())
        .select_from(restores.join(deadlines))
        .where(restores.c.regulation == regulation, answered > deadlines.c.due)
    )
    return connection.execute(statement).scalar_one()


def _counted(connection: Connection, statement: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(statement)}
