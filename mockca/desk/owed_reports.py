"""Reports that are owed: what bodies are asked for, what is due and overdue, what comes next."""

from __future__ import annotations

from datetime import datetime

from mockca.desk.actors import EVERYWHERE, Actor
from mockca.desk.commands import RequestReport
from mockca.desk.facts import unit_facts
from mockca.desk.reach import reach
from mockca.desk.report_drafts import filed_for, names_of
from mockca.desk.report_openings import bodies_that_owe, owe, registrar_of
from mockca.desk.reports import READ, canonical
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import Transaction, reading
from mockca.desk.views import OwedReportView, Page, ReportRequestView, UpcomingReportView
from mockca.errors import Forbidden, NotFound, Refused
from mockca.paper.sheets import vietnamese_day
from mockca.registry import announcements, reports, units
from mockca.registry.reports import OwedReport
from mockca.registry.units import Unit
from mockca.rules import reporting
from mockca.rules.periods import Period, parse
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Report

ASK = "request_report"


def request_report(transaction: Transaction, command: RequestReport) -> ReportRequestView:
    """Ask bodies for a report by a day: whoever receives a report may ask for it. Each body gets a notice."""
    regulation = transaction.regulation(command.regulation, ASK)
    report = regulation.report(command.report)
    role = transaction.actor.role
    if role not in report.recipients:
        raise Forbidden(role, f"{ASK} {report.id}", report.recipients, report.clause)
    regulation.require_in_force(transaction.today)
    asked = _asked(transaction, regulation, report, command)
    period, violations = reporting.check_period_named(regulation, report, command.period)
    violations += reporting.check_application(regulation, report, command.application)
    violations += reporting.check_day_due(report, command.due, transaction.today)
    for unit in asked:
        violations += reporting.check_body(
            regulation, report, unit_facts(unit), registrar_of(regulation), field="units"
        )
    if violations or period is None:
        raise Refused(violations)
    numbers = owe(
        transaction.connection,
        regulation,
        report,
        [unit.id for unit in asked],
        period,
        transaction.now,
        reporting.end_of(command.due),
        application=command.application,
        requested_by=role,
        requested_at=transaction.now,
        document_number=command.document_number,
        reason=command.reason,
    )
    for unit in asked:
        _tell(transaction, regulation, report, unit, period, command)
    transaction.record(
        "report.requested",
        f"report {report.id}",
        {
            "period": period.name,
            "application": command.application,
            "units": [unit.id for unit in asked],
            "due": command.due.isoformat(),
        },
        list(dict.fromkeys([report.clause, regulation.operations[ASK].clause])),
    )
    found = reports.owed(transaction.connection, numbers)
    return ReportRequestView(items=tuple(owed_view(transaction, one, None) for one in found))


def _asked(transaction: Transaction, regulation: Regulation, report: Report, command: RequestReport) -> list[Unit]:
    if not command.units:
        return list(bodies_that_owe(transaction.connection, regulation, report, transaction.now))
    found = []
    for name in dict.fromkeys(command.units):
        unit = units.get(transaction.connection, name)
        if unit is None or unit.regulation != regulation.id:
            raise NotFound("unit", name)
        found.append(unit)
    return found


def _tell(
    transaction: Transaction, regulation: Regulation, report: Report, unit: Unit, period: Period, command: RequestReport
) -> None:
    about = ""
    if command.application is not None:
        about = f", {regulation.applications[command.application].vi}"
    why = f" {command.reason}" if command.reason else ""
    by_letter = f" (văn bản số {command.document_number})" if command.document_number else ""
    announcements.notify(
        transaction.connection,
        to=unit.id,
        regulation=regulation.id,
        subject=f"Yêu cầu báo cáo: {report.vi}",
        text=f"{report.vi}, {period.vi}{about}; hạn gửi {vietnamese_day(command.due)}{by_letter}.{why}",
        serial=None,
        sent_at=transaction.now,
        clause=report.clause,
    )


def owed(
    sandbox: Sandbox,
    actor: Actor,
    *,
    overdue: bool | None = None,
    report: str | None = None,
    unit: str | None = None,
    period: str | None = None,
    after: int | None = None,
    limit: int = 100,
) -> tuple[Page, tuple[UpcomingReportView, ...]]:
    """A slice of what is and was owed, by due time: the registrar's of the province, a body's own; and what comes next.

    What comes next is what the actor's own body will owe.
    """
    seen = reach(sandbox, actor, READ, unit)
    with reading(sandbox, actor) as transaction:
        found, following, total = reports.owed_slice(
            transaction.connection,
            regulation=seen.regulation,
            unit=seen.unit,
            report=report,
            period=canonical(period),
            overdue=overdue,
            now=transaction.now,
            after=after or 0,
            limit=limit,
        )
        items = tuple(owed_view(transaction, one, filed_at) for one, filed_at in found)
        upcoming = _upcoming(transaction)
    return Page(items=items, next=following, total=total), upcoming


def _upcoming(transaction: Transaction) -> tuple[UpcomingReportView, ...]:
    actor = transaction.actor
    own = None if actor.unit is None else units.get(transaction.connection, actor.unit)
    if actor.role in EVERYWHERE or own is None or own.ended_on is not None:
        return ()
    regulation = transaction.sandbox.regulation(own.regulation)
    facts, registrar = unit_facts(own), registrar_of(regulation)
    found = []
    for report in regulation.reports:
        if not reporting.owes(regulation, report, facts, registrar):
            continue
        period = reporting.next_plan(report, transaction.now) or _next(transaction, regulation, report, own.id)
        if period is None:
            continue
        span = reporting.window(regulation, report, period)
        found.append(
            UpcomingReportView(
                regulation=regulation.id,
                report=report.id,
                vi=report.vi,
                en=report.en,
                clause=report.clause,
                period=period.name,
                period_vi=period.vi,
                opens=span.opens,
                due=span.due,
                filed=filed_for(transaction, regulation, report, period, own.id, ""),
            )
        )
    return tuple(found)


def _next(transaction: Transaction, regulation: Regulation, report: Report, unit: str) -> Period | None:
    """The next period that a body will owe a report for and has not filed yet."""
    following = reporting.next_opening(regulation, report, transaction.now)
    while following is not None and filed_for(transaction, regulation, report, following[1], unit, ""):
        following = reporting.next_opening(regulation, report, following[0])
    return None if following is None else following[1]


def owed_view(transaction: Transaction, one: OwedReport, filed_at: datetime | None) -> OwedReportView:
    regulation = transaction.sandbox.regulation(one.regulation)
    report = regulation.report(one.report)
    period = parse(one.period)
    assert period is not None  # noqa: S101 - it is a period's own name
    return OwedReportView(
        number=one.number,
        regulation=one.regulation,
        report=one.report,
        vi=report.vi,
        en=report.en,
        clause=report.clause,
        unit=one.unit,
        unit_name=names_of(transaction, [one.unit])[one.unit],
        period=one.period,
        period_vi=period.vi,
        application=one.application or None,
        opens=one.opens,
        due=one.due,
        state=_state(one, filed_at, transaction.now),
        filed=one.filed,
        passed_to=one.passed_to,
        requested_by=one.requested_by,
        requested_at=one.requested_at,
        document_number=one.document_number,
        reason=one.reason,
    )


def _state(one: OwedReport, filed_at: datetime | None, now: datetime) -> str:
    if filed_at is not None:
        return "filed" if filed_at <= one.due else "filed-late"
    if one.ended_at is not None:
        return "ended" if one.passed_to is None else "passed-on"
    return "overdue" if one.due < now else "open"
