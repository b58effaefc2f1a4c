"""Periodic reports: those that were filed, and those that are owed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from mockca.registry.records import PAGE_LIMIT, insert, many, one, page
from mockca.registry.tables import owed_reports, reports


@dataclass(frozen=True, slots=True)
class FiledReport:
    """A report as it was filed."""

    number: int
    regulation: str
    report: str
    unit: str
    period: str
    application: str
    """Empty where it is about none."""
    since: datetime
    until: datetime
    """The first instant after the period."""
    counted_until: datetime
    """The first instant that was not counted any more: the period's end, or right after the filing."""
    form: str | None
    fields: dict[str, Any]
    counts: dict[str, int]
    parts: list[dict[str, Any]]
    """The bodies' reports that were added up: `unit`, `report` (its number), `counts`."""
    missing: list[str]
    """The bodies whose reports were not there."""
    recipients: list[str]
    document_number: str | None
    signed_by: str | None
    remarks: str | None
    due: datetime | None
    """The instant until which it was in time; None where there was no such time."""
    state: str
    filed_by: str
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class OwedReport:
    """A report that a body owes: for a period of the regulation's, or because it was asked for."""

    number: int
    regulation: str
    report: str
    unit: str
    period: str
    application: str
    opens: datetime
    due: datetime
    requested_by: str | None
    """The account that asked for it; None where the regulation does."""
    requested_at: datetime | None
    document_number: str | None
    reason: str | None
    filed: int | None
    ended_at: datetime | None = None
    """When the body came to owe it no more, because the body itself ended."""
    passed_to: str | None = None
    """The body that owes it since; None where nobody does."""


_STILL = owed_reports.c.filed.is_(None) & owed_reports.c.ended_at.is_(None)
_MATTER = ("regulation", "report", "period", "application")
"""What a debt is about, whoever owes it."""


def add(connection: Connection, **values: Any) -> int:
    """Insert a report from column values; returns its number."""
    return insert(connection, reports, **values)


def get(connection: Connection, number: int) -> FiledReport | None:
    return one(connection, select(reports).where(reports.c.number == number), FiledReport)


def listing(
    connection: Connection,
    *,
    regulation: str | None,
    unit: str | None = None,
    report: str | None = None,
    period: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> tuple[list[FiledReport], int | None, int]:
    """A slice of the filed reports, oldest first; None leaves a filter out."""
    wanted = {"regulation": regulation, "unit": unit, "report": report, "period": period}
    return page(connection, reports, FiledReport, *_where(reports.c, wanted), after=after, limit=limit)


def for_period(
    connection: Connection, regulation: str, report: str, period: str, *, unit: str | None = None
) -> list[FiledReport]:
    """The reports of one kind for one period, newest first; of one body where it is given."""
    wanted = {"regulation": regulation, "report": report, "period": period, "unit": unit}
    statement = select(reports).where(*_where(reports.c, wanted)).order_by(reports.c.number.desc())
    return many(connection, statement, FiledReport)


def owe(connection: Connection, **values: Any) -> int:
    """Write down that a report is owed, from column values; returns its number there."""
    return insert(connection, owed_reports, **values)


def owed(connection: Connection, numbers: Collection[int]) -> list[OwedReport]:
    """What is or was owed under these numbers, in their order."""
    statement = select(owed_reports).where(owed_reports.c.number.in_(numbers)).order_by(owed_reports.c.number)
    return many(connection, statement, OwedReport)


def unanswered(
    connection: Connection, regulation: str, report: str, period: str, unit: str, application: str
) -> list[OwedReport]:
    """What a body still owes of one report for one period."""
    wanted = {"regulation": regulation, "report": report, "period": period, "unit": unit, "application": application}
    statement = select(owed_reports).where(*_where(owed_reports.c, wanted), _STILL).order_by(owed_reports.c.number)
    return many(connection, statement, OwedReport)


def owed_by(connection: Connection, unit: str) -> list[OwedReport]:
    """Everything that a body still owes, in the order in which it came to be owed."""
    statement = select(owed_reports).where(owed_reports.c.unit == unit, _STILL).order_by(owed_reports.c.number)
    return many(connection, statement, OwedReport)


def pass_on(connection: Connection, debt: OwedReport, at: datetime, to: str | None) -> None:
    """The body owes this report no more; `to` does, of those as well who passed theirs on to the body before."""
    columns = owed_reports.c
    connection.execute(owed_reports.update().where(columns.number == debt.number).values(ended_at=at, passed_to=to))
    same = _where(columns, {name: getattr(debt, name) for name in _MATTER})
    connection.execute(owed_reports.update().where(*same, columns.passed_to == debt.unit).values(passed_to=to))


def passed_on_to(
    connection: Connection, regulation: str, report: str, period: str, unit: str, application: str
) -> list[str]:
    """The bodies whose report for one period a body owes in their place."""
    wanted = {"regulation": regulation, "report": report, "period": period, "application": application}
    statement = select(owed_reports.c.unit).where(*_where(owed_reports.c, wanted), owed_reports.c.passed_to == unit)
    return sorted(connection.execute(statement.distinct()).scalars())


def answered(connection: Connection, numbers: Collection[int], filed: int) -> None:
    """What was owed under these numbers has been filed under that one."""
    connection.execute(owed_reports.update().where(owed_reports.c.number.in_(numbers)).values(filed=filed))


def owed_slice(
    connection: Connection,
    *,
    regulation: str | None,
    unit: str | None = None,
    report: str | None = None,
    period: str | None = None,
    overdue: bool | None = None,
    now: datetime,
    after: int = 0,
    limit: int = 100,
) -> tuple[list[tuple[OwedReport, datetime | None]], int | None, int]:
    """A slice of what is and was owed by `now`, by due time, each with when it was filed; the next cursor; the total.

    Overdue is what is not filed, though its body is still there, and whose time had passed by then.
    """
    where = _where(owed_reports.c, {"regulation": regulation, "unit": unit, "report": report, "period": period})
    where.append(owed_reports.c.opens <= now)
    late = _STILL & (owed_reports.c.due < now)
    if overdue is not None:
        where.append(late if overdue else ~late)
    total = connection.execute(select(func.count()).select_from(owed_reports).where(*where)).scalar_one()
    limit = max(1, min(limit, PAGE_LIMIT))
    statement = (
        select(owed_reports, reports.c.filed_at)
        .join_from(owed_reports, reports, reports.c.number == owed_reports.c.filed, isouter=True)
        .where(*where)
        .order_by(owed_reports.c.due, owed_reports.c.number)
        .offset(after)
        .limit(limit)
    )
    found = []
    for row in connection.execute(statement).mappings():
        values = dict(row)
        filed_at = values.pop("filed_at")
        found.append((OwedReport(**values), filed_at))
    following = after + len(found)
    return found, (following if following < total else None), total


def _where(columns: Any, wanted: Mapping[str, str | None]) -> list[ColumnElement[bool]]:
    return [columns[name] == value for name, value in wanted.items() if value is not None]
