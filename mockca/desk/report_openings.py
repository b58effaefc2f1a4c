"""When reports come to be owed: each body of a province owes them from the day on which their time begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import Connection

from mockca.desk.unit_facts import unit_facts
from mockca.registry import deadlines, reports, schedule, units
from mockca.registry.units import Unit
from mockca.rules import reporting
from mockca.rules.deadlines import local_date
from mockca.rules.periods import Period
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Report

OPEN_REPORTS = "open-reports"
ABOUT = "reports"
LOOK_BACK = timedelta(days=10 * 366)
"""How far back reports are opened when the clock leaps: whoever lets a century go by need not have them all."""


def begin(connection: Connection, regulations: Iterable[Regulation], at: datetime) -> None:
    """Open what is owed in a world that begins at this instant, and plan the next opening."""
    every = tuple(regulations)
    _open_at(connection, every, at)
    _plan(connection, every, at)


def open_reports(
    connection: Connection, regulations: Mapping[str, Regulation], began: datetime, planned: datetime, until: datetime
) -> int:
    """Open every report whose time begins from `planned` until `until`; plan the next opening. Returns how many.

    `began` is when the world did, in which nothing is owed from before.
    """
    every = tuple(regulations.values())
    count = 0
    after = planned - reporting.INSTANT
    if planned < began:
        count += _open_at(connection, every, began)
        after = began
    after = max(after, until - LOOK_BACK)
    for regulation, report in _periodic(every):
        following = reporting.next_opening(regulation, report, after)
        while following is not None and following[0] <= until:
            count += _open(connection, regulation, report, following[1])
            following = reporting.next_opening(regulation, report, following[0])
    _plan(connection, every, until)
    return count


def bodies_that_owe(connection: Connection, regulation: Regulation, report: Report, at: datetime) -> tuple[Unit, ...]:
    """The bodies of the province that owe a report and are there at that instant."""
    registrar = registrar_of(regulation)
    today = local_date(at).isoformat()
    return tuple(
        unit
        for unit in units.of_regulation(connection, regulation.id)
        if reporting.owes(regulation, report, unit_facts(unit), registrar)
        and (unit.ended_on is None or today < unit.ended_on)
    )


def registrar_of(regulation: Regulation) -> str:
    """Id of the registrar's own office."""
    return f"registrar-{regulation.id}"


def deadline_kind(report: Report) -> str:
    """Kind of the deadline by which a report is due."""
    return f"report.{report.id}"


def deadline_about(unit: str, period: str, application: str | None = None) -> str:
    """What that deadline is about: the body, the period, and the application where it is about one."""
    return " ".join(part for part in (unit, period, application) if part)


def _periodic(regulations: Sequence[Regulation]) -> Iterable[tuple[Regulation, Report]]:
    return chain.from_iterable(((one, report) for report in one.reports) for one in regulations)


def _open_at(connection: Connection, regulations: Sequence[Regulation], at: datetime) -> int:
    """Open what is owed already at that instant, and can be in time still."""
    found = (
        (regulation, report, reporting.open_at(regulation, report, at)) for regulation, report in _periodic(regulations)
    )
    return sum(_open(connection, regulation, report, period) for regulation, report, period in found if period)


def _open(connection: Connection, regulation: Regulation, report: Report, period: Period) -> int:
    span = reporting.window(regulation, report, period)
    assert span.due is not None  # noqa: S101 - what is owed by itself has a day
    owing = bodies_that_owe(connection, regulation, report, span.opens)
    owe(connection, regulation, report, [unit.id for unit in owing], period, span.opens, span.due)
    return len(owing)


def owe(
    connection: Connection,
    regulation: Regulation,
    report: Report,
    bodies: Sequence[str],
    period: Period,
    opens: datetime,
    due: datetime,
    *,
    application: str | None = None,
    **asked: Any,
) -> list[int]:
    """Write down that bodies owe a report until an instant, each with its deadline; returns the numbers.

    `asked` says who asked for it, where somebody did.
    """
    for body in bodies:
        about = deadline_about(body, period.name, application)
        deadlines.add(connection, regulation.id, deadline_kind(report), about, report.clause, due)
    return [
        reports.owe(
            connection,
            regulation=regulation.id,
            report=report.id,
            unit=body,
            period=period.name,
            application=application or "",
            opens=opens,
            due=due,
            **asked,
        )
        for body in bodies
    ]


def _plan(connection: Connection, regulations: Sequence[Regulation], after: datetime) -> None:
    openings = (reporting.next_opening(regulation, report, after) for regulation, report in _periodic(regulations))
    instants = [opening[0] for opening in openings if opening is not None]
    if instants:
        schedule.add(connection, min(instants), OPEN_REPORTS, ABOUT)
