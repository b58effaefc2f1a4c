"""The figures of periodic reports: what a body or a province held and asked for in a period, counted in the database.

A period is from `since` on and before `until`. What was asked for counts by the day on which it was, whatever became
of it; what was held is what was in effect or suspended in the last instant before `until`. So a period's figures stay
what they were however far the clock has gone on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, String, Table, case, func, literal, select

from mockca.registry.status import Status
from mockca.registry.tables import certificates, dossiers, restores, revocation_items, revocations, status_changes

HELD: Mapping[str, str] = {
    "organisation": "organisation_certificates",
    "person": "personal_certificates",
    "equipment": "equipment_certificates",
}
ASKED: Mapping[str, str] = {"issue": "new", "reissue": "reissued", "renew": "renewed", "change": "changed"}
REVOKED, RESTORES = "revoked", "restores"
COUNTED = frozenset(
    {*HELD.values(), *(f"{word}_{kind}" for word in (*ASKED.values(), REVOKED) for kind in HELD), RESTORES}
)
"""The figures that the registry knows, by the names that the rules give them."""

Figures = dict[str, int]


def of_bodies(
    connection: Connection,
    names: Collection[str],
    *,
    regulation: str,
    since: datetime,
    until: datetime,
    units: Collection[str] | None = None,
) -> dict[str, Figures]:
    """By body, those of the figures that are not nought; of these bodies alone where they are given."""
    found: defaultdict[str, Figures] = defaultdict(dict)
    for statement in _statements(frozenset(names), since, until, regulation, units):
        for owner, name, count in connection.execute(statement):
            if name in names:
                found[owner][name] = count
    return dict(found)


def total(
    connection: Connection,
    names: Collection[str],
    *,
    regulation: str,
    since: datetime,
    until: datetime,
    units: Collection[str] | None = None,
) -> Figures:
    """Each of the figures, of a province or of some of its bodies."""
    bodies = of_bodies(connection, names, regulation=regulation, since=since, until=until, units=units)
    return {name: sum(one.get(name, 0) for one in bodies.values()) for name in names}


def _statements(
    names: frozenset[str], since: datetime, until: datetime, regulation: str, units: Collection[str] | None
) -> Iterator[Select[Any]]:
    """One statement for each kind of thing that is counted: body, figure's name, count."""
    if names & set(HELD.values()):
        yield _held(until, _in(certificates, regulation, units))
    if any(name.startswith(tuple(ASKED.values())) for name in names):
        yield _asked(since, until, _in(dossiers, regulation, units))
    if any(name.startswith(REVOKED) for name in names):
        yield _revoked(since, until, _in(certificates, regulation, units))
    if RESTORES in names:
        yield _restores(since, until, _in(restores, regulation, units))


def _in(table: Table, regulation: str, units: Collection[str] | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [table.c.regulation == regulation]
    return found if units is None else [*found, table.c.unit.in_(units)]


def _named(column: Column[str], names: Mapping[str, str]) -> ColumnElement[str]:
    """The figure's name by what stands in a column."""
    return case(names, value=column)


def _held(until: datetime, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    # The status of the last instant before `until`, which is no part of the period any more.
    standing = (status_changes.c.instant < until) & (status_changes.c.until >= until)
    return (
        select(certificates.c.unit, _named(certificates.c.subscriber_kind, HELD), func.count())
        .join_from(certificates, status_changes)
        .where(
            *where,
            standing,
            status_changes.c.status.in_([Status.EFFECTIVE.value, Status.SUSPENDED.value]),
            certificates.c.not_after >= until,
        )
        .group_by(certificates.c.unit, certificates.c.subscriber_kind)
    )


def _asked(since: datetime, until: datetime, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    name = _named(dossiers.c.operation, ASKED) + "_" + dossiers.c.subscriber_kind
    return (
        select(dossiers.c.unit, name, func.count())
        .where(*where, dossiers.c.filed_at >= since, dossiers.c.filed_at < until)
        .group_by(dossiers.c.unit, dossiers.c.operation, dossiers.c.subscriber_kind)
    )


def _revoked(since: datetime, until: datetime, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    name = literal(f"{REVOKED}_", String) + certificates.c.subscriber_kind
    return (
        select(certificates.c.unit, name, func.count(certificates.c.serial.distinct()))
        .join_from(certificates, revocation_items)
        .join(revocations)
        .where(*where, revocations.c.requested_at >= since, revocations.c.requested_at < until)
        .group_by(certificates.c.unit, certificates.c.subscriber_kind)
    )


def _restores(since: datetime, until: datetime, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return (
        select(restores.c.unit, literal(RESTORES, String), func.count())
        .where(*where, restores.c.requested_at >= since, restores.c.requested_at < until)
        .group_by(restores.c.unit)
    )
