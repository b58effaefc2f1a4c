"""The archive: everything that was ever put on file, kind by kind, by what it touches.

A slice goes through the kinds in their order and, in each, by number; the cursor names both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, false, func, null, or_, select

from mockca.registry.records import PAGE_LIMIT
from mockca.registry.tables import (
    activation_items,
    activations,
    appointments,
    certificates,
    custodians,
    devices,
    dossiers,
    handover_items,
    handovers,
    reorganisation_items,
    reorganisations,
    reports,
    restores,
    revocation_items,
    revocations,
    rosters,
    units,
)

RANK = 2**40
"""A cursor is the kind's place times this, plus the number within the kind."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None leaves a filter out."""

    regulation: str | None = None
    unit: str | None = None
    certificate: str | None = None
    device: str | None = None
    words: str | None = None
    """Part of a common name, a unit's name, a person's name, or a document's number."""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on file."""

    kind: str
    number: int
    at: datetime
    regulation: str
    unit: str | None
    what: str
    """Form, leg, ground, post, report, or the custodian's name, by the kind."""
    state: str | None


def find(
    connection: Connection, wanted: Wanted, *, kinds: Collection[str] = (), after: int = 0, limit: int = 100
) -> tuple[list[Entry], int | None]:
    """A slice of what is wanted, of these kinds (all where empty), and the next cursor; None at the end."""
    limit = max(1, min(limit, PAGE_LIMIT))
    found: list[Entry] = []
    for rank, (kind, source) in enumerate(SOURCES.items()):
        first = after - rank * RANK
        if first >= RANK or (kinds and kind not in kinds):
            continue
        if len(found) > limit:
            break
        statement = source(wanted, max(first, 0)).limit(limit + 1 - len(found))
        found += [Entry(kind=kind, **row) for row in connection.execute(statement).mappings()]
    more = len(found) > limit
    found = found[:limit]
    return found, _cursor(found[-1]) if more else None


def touched(
    connection: Connection, kind: str, numbers: Sequence[int], unit: str | None = None
) -> dict[int, list[tuple[str | None, str | None]]]:
    """By number, the (certificate, device) pairs that things of one kind are about; only this unit's where given."""
    source = _TOUCHED.get(kind)
    if source is None or not numbers:
        return {}
    statement = source(numbers)
    if unit is not None:
        statement = statement.where(certificates.c.unit == unit)
    found: dict[int, list[tuple[str | None, str | None]]] = {}
    for number, certificate, device in connection.execute(statement):
        found.setdefault(number, []).append((certificate, device))
    return found


def _cursor(entry: Entry) -> int:
    return list(SOURCES).index(entry.kind) * RANK + entry.number


# --- what of a kind is wanted ------------------------------------------------------------------------------------


def _like(column: ColumnElement[Any], words: str) -> ColumnElement[bool]:
    # Without regard to case, as SQLite's LIKE has none for the letters of ASCII and PostgreSQL's has it for all.
    return column.icontains(words, autoescape=True)


def _units_named(wanted: Wanted, words: str) -> Select[Any]:
    statement = select(units.c.id).where(_like(units.c.name, words))
    return statement if wanted.regulation is None else statement.where(units.c.regulation == wanted.regulation)


def _named(wanted: Wanted, words: str) -> ColumnElement[bool]:
    """Certificates by their name or their unit's."""
    return or_(_like(certificates.c.common_name, words), certificates.c.unit.in_(_units_named(wanted, words)))


def _certificate_filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.unit is not None:
        found.append(certificates.c.unit == wanted.unit)
    if wanted.certificate is not None:
        found.append(certificates.c.serial == wanted.certificate)
    if wanted.device is not None:
        found.append(certificates.c.device == wanted.device)
    return found


def _by_certificates(
    wanted: Wanted, among: Callable[[Select[Any]], ColumnElement[bool]], number: Column[Any] | None = None
) -> list[ColumnElement[bool]]:
    """Conditions on a thing by the certificates that it touches; `number` is its document's, for words."""

    def serials(condition: ColumnElement[bool]) -> Select[Any]:
        statement = select(certificates.c.serial).where(condition)
        return (
            statement if wanted.regulation is None else statement.where(certificates.c.regulation == wanted.regulation)
        )

    found = [among(serials(condition)) for condition in _certificate_filters(wanted)]
    if wanted.words is not None:
        named = among(serials(_named(wanted, wanted.words)))
        found.append(named if number is None else or_(named, _like(number, wanted.words)))
    return found


def _from(
    table: Table, at: str, what: ColumnElement[Any], wanted: Wanted, after: int, **columns: ColumnElement[Any]
) -> Select[Any]:
    told = {"regulation": table.c.get("regulation"), "unit": table.c.get("unit"), "state": table.c.get("state")}
    named = {name: null() if column is None else column for name, column in (told | columns).items()}
    statement = select(
        table.c.number,
        table.c[at].label("at"),
        what.label("what"),
        *(column.label(name) for name, column in named.items()),
    )
    statement = statement.where(table.c.number > after).order_by(table.c.number)
    if wanted.regulation is not None:
        statement = statement.where(named["regulation"] == wanted.regulation)
    if wanted.since is not None:
        statement = statement.where(table.c[at] >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(table.c[at] < wanted.until)
    return statement


def _dossier_filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.unit is not None:
        found.append(dossiers.c.unit == wanted.unit)
    for condition in _certificate_filters(replace(wanted, unit=None)):
        serials = select(certificates.c.serial).where(condition)
        found.append(or_(dossiers.c.certificate.in_(serials), dossiers.c.replaces.in_(serials)))
    if wanted.words is not None:
        named = select(certificates.c.serial).where(_like(certificates.c.common_name, wanted.words))
        if wanted.regulation is not None:
            named = named.where(certificates.c.regulation == wanted.regulation)
        number = dossiers.c.submission["document_number"].as_string()
        found.append(
            or_(
                dossiers.c.unit.in_(_units_named(wanted, wanted.words)),
                dossiers.c.certificate.in_(named),
                _like(number, wanted.words),
            )
        )
    return found


def _dossiers(wanted: Wanted, after: int) -> Select[Any]:
    return _from(dossiers, "filed_at", dossiers.c.form, wanted, after).where(*_dossier_filters(wanted))


def _rosters(wanted: Wanted, after: int) -> Select[Any]:
    statement = _from(rosters, "submitted_at", rosters.c.form, wanted, after)
    filters = _dossier_filters(wanted)
    if not filters:
        return statement
    mine: ColumnElement[bool] = rosters.c.number.in_(
        select(dossiers.c.roster).where(dossiers.c.roster.is_not(None), *filters)
    )
    if wanted.words is not None and wanted.unit is None and not _certificate_filters(wanted):
        mine = or_(mine, _like(rosters.c.document_number, wanted.words))
    return statement.where(mine)


def _handovers(wanted: Wanted, after: int) -> Select[Any]:
    def among(serials: Select[Any]) -> ColumnElement[bool]:
        of_device = select(certificates.c.device).where(certificates.c.serial.in_(serials))
        mine = or_(handover_items.c.certificate.in_(serials), handover_items.c.device.in_(of_device))
        return handovers.c.number.in_(select(handover_items.c.handover).where(mine))

    statement = _from(handovers, "at", handovers.c.leg, wanted, after)
    return statement.where(*_by_certificates(wanted, among, handovers.c.document_number))


def _activations(wanted: Wanted, after: int) -> Select[Any]:
    def among(serials: Select[Any]) -> ColumnElement[bool]:
        return activations.c.number.in_(
            select(activation_items.c.activation).where(activation_items.c.serial.in_(serials))
        )

    statement = _from(activations, "proposed_at", activations.c.form, wanted, after)
    return statement.where(*_by_certificates(wanted, among))


def _revocations(wanted: Wanted, after: int) -> Select[Any]:
    def among(serials: Select[Any]) -> ColumnElement[bool]:
        return revocations.c.number.in_(
            select(revocation_items.c.revocation).where(revocation_items.c.serial.in_(serials))
        )

    statement = _from(revocations, "requested_at", revocations.c.ground, wanted, after)
    return statement.where(*_by_certificates(wanted, among, revocations.c.document_number))


def _restores(wanted: Wanted, after: int) -> Select[Any]:
    statement = _from(restores, "requested_at", restores.c.ground, wanted, after)
    return statement.where(*_by_certificates(wanted, restores.c.certificate.in_, restores.c.document_number))


def _custodians(wanted: Wanted, after: int) -> Select[Any]:
    statement = (
        _from(
            custodians,
            "since",
            custodians.c.name,
            wanted,
            after,
            regulation=certificates.c.regulation,
            unit=certificates.c.unit,
        )
        .join_from(custodians, devices, devices.c.serial == custodians.c.device)
        .join(certificates, certificates.c.serial == devices.c.certificate)
        .where(*_certificate_filters(wanted))
    )
    if wanted.words is None:
        return statement
    return statement.where(or_(_like(custodians.c.name, wanted.words), _named(wanted, wanted.words)))


def _appointments(wanted: Wanted, after: int) -> Select[Any]:
    statement = _from(
        appointments, "since", appointments.c.post, wanted, after, regulation=units.c.regulation
    ).join_from(appointments, units, units.c.id == appointments.c.unit)
    if wanted.words is not None:
        statement = statement.where(or_(_like(appointments.c.name, wanted.words), _like(units.c.name, wanted.words)))
    return statement.where(*_of_bodies(wanted, appointments))


def _reports(wanted: Wanted, after: int) -> Select[Any]:
    statement = _from(reports, "filed_at", reports.c.report, wanted, after)
    if wanted.words is not None:
        statement = statement.where(reports.c.unit.in_(_units_named(wanted, wanted.words)))
    return statement.where(*_of_bodies(wanted, reports))


def _reorganisations(wanted: Wanted, after: int) -> Select[Any]:
    def among(serials: Select[Any]) -> ColumnElement[bool]:
        return reorganisations.c.number.in_(
            select(reorganisation_items.c.reorganisation).where(reorganisation_items.c.serial.in_(serials))
        )

    statement = _from(reorganisations, "planned_at", reorganisations.c.kind, wanted, after)
    return statement.where(*_by_certificates(wanted, among))


def _of_bodies(wanted: Wanted, table: Table) -> list[ColumnElement[bool]]:
    """Things of a body touch no certificate."""
    if wanted.certificate is not None or wanted.device is not None:
        return [false()]
    return [] if wanted.unit is None else [table.c.unit == wanted.unit]


SOURCES: dict[str, Callable[[Wanted, int], Select[Any]]] = {
    "dossier": _dossiers,
    "roster": _rosters,
    "handover": _handovers,
    "activation": _activations,
    "revocation": _revocations,
    "restore": _restores,
    "custodian": _custodians,
    "appointment": _appointments,
    "report": _reports,
    "reorganisation": _reorganisations,
}
"""The kinds in their order, with the statement that finds things of each past a number."""


# --- what they touch ---------------------------------------------------------------------------------------------


def _through(items: Table, number: Column[Any], serial: Column[Any], numbers: Sequence[int]) -> Select[Any]:
    return (
        select(number, certificates.c.serial, certificates.c.device)
        .join_from(items, certificates, certificates.c.serial == serial)
        .where(number.in_(numbers))
        .order_by(number, certificates.c.dossier)
    )


def _in_minutes(numbers: Sequence[int]) -> Select[Any]:
    return (
        select(handover_items.c.handover, certificates.c.serial, devices.c.serial)
        .join_from(handover_items, devices, devices.c.serial == handover_items.c.device)
        .join(certificates, certificates.c.serial == func.coalesce(handover_items.c.certificate, devices.c.certificate))
        .where(handover_items.c.handover.in_(numbers))
        .order_by(handover_items.c.handover, certificates.c.dossier)
    )


_TOUCHED: dict[str, Callable[[Sequence[int]], Select[Any]]] = {
    "dossier": lambda numbers: _through(dossiers, dossiers.c.number, dossiers.c.certificate, numbers),
    "roster": lambda numbers: _through(dossiers, dossiers.c.roster, dossiers.c.certificate, numbers),
    "handover": _in_minutes,
    "activation": lambda numbers: _through(
        activation_items, activation_items.c.activation, activation_items.c.serial, numbers
    ),
    "revocation": lambda numbers: _through(
        revocation_items, revocation_items.c.revocation, revocation_items.c.serial, numbers
    ),
    "reorganisation": lambda numbers: _through(
        reorganisation_items, reorganisation_items.c.reorganisation, reorganisation_items.c.serial, numbers
    ),
    "restore": lambda numbers: _through(restores, restores.c.number, restores.c.certificate, numbers),
    "custodian": lambda numbers: (
        select(custodians.c.number, certificates.c.serial, devices.c.serial)
        .join_from(custodians, devices, devices.c.serial == custodians.c.device)
        .join(certificates, certificates.c.serial == devices.c.certificate)
        .where(custodians.c.number.in_(numbers))
    ),
}
