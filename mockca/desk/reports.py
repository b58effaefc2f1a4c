"""Periodic reports and plans: filed by bodies and the registrar, each once, with figures that agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mockca.desk.actors import Actor
from mockca.desk.commands import FileReport, FormSheet
from mockca.desk.facts import unit_facts
from mockca.desk.reach import reach
from mockca.desk.report_drafts import (
    FILE,
    Content,
    body_views,
    content_of,
    filed_for,
    names_of,
    part_views,
    require_filer,
)
from mockca.desk.report_openings import deadline_about, deadline_kind
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import Transaction, reading
from mockca.desk.views import BodyFiguresView, Page, PeriodFiguresView, ReportView
from mockca.errors import NotFound, Refused, Violation
from mockca.registry import announcements, deadlines, figures, reports
from mockca.registry.reports import FiledReport, OwedReport
from mockca.registry.units import Unit
from mockca.rules import reporting
from mockca.rules.fields import MISSING, blank
from mockca.rules.forms import check_form
from mockca.rules.periods import Period, parse
from mockca.rules.regulation import Regulation
from mockca.rules.terms import UNSOURCED, Form, Report

READ = "read_reports"
FILED = "filed"


def file_report(transaction: Transaction, command: FileReport) -> ReportView:
    """File a report of the actor's own body: checked against the registry, sent to whom it is for."""
    regulation, report, unit = require_filer(transaction, command.regulation, command.report)
    regulation.require_in_force(transaction.today)
    form = None if report.form is None else regulation.forms[report.form]
    text, field = _period_named(command, form)
    period, violations = reporting.check_period(regulation, report, text, transaction.now, field=field)
    violations += reporting.check_application(regulation, report, command.application)
    application = command.application or ""
    content = None
    owed: list[OwedReport] = []
    if period is not None and not violations:
        content = content_of(transaction, regulation, report, period, unit.id, application)
        owed = reports.unanswered(transaction.connection, regulation.id, report.id, period.name, unit.id, application)
        before = filed_for(transaction, regulation, report, period, unit.id, application)
        if before is not None and not owed and reporting.once(report):
            violations.append(reporting.filed_already(report, period, before, field=field))
    violations += _check_figures(transaction, regulation, report, form, command, unit, period, content)
    if violations or period is None or content is None:
        raise Refused(violations)
    return _file(transaction, regulation, report, unit, command, period, content, owed)


def _period_named(command: FileReport, form: Form | None) -> tuple[str | None, str]:
    """The period that the request names, by itself or by the year on its form, and in which field."""
    if command.period is None and form is not None and command.form is not None:
        for name in reporting.year_fields(form):
            value = command.form.fields.get(name)
            return (None if blank(value) else str(value)), f"form.fields.{name}"
    return command.period, "period"


def _check_figures(
    transaction: Transaction,
    regulation: Regulation,
    report: Report,
    form: Form | None,
    command: FileReport,
    unit: Unit,
    period: Period | None,
    content: Content | None,
) -> list[Violation]:
    known: Mapping[str, int] = {} if content is None else content.known
    if form is None:
        found = [] if command.form is None else [_no_form(command.form)]
        return found + reporting.check_counts(report, command.counts, known)
    sheet = command.form
    if sheet is None or sheet.code != form.code:
        return [_wrong_form(report, form, sheet)]
    found = check_form(regulation, form, sheet.fields, today=transaction.today, unit=unit_facts(unit))
    if command.counts:
        found.append(_counts_on_form(form))
    if period is not None:
        found += reporting.check_year_field(form, sheet.fields, period)
    return found + reporting.check_form_counts(report, form, sheet.fields, known)


def _file(
    transaction: Transaction,
    regulation: Regulation,
    report: Report,
    unit: Unit,
    command: FileReport,
    period: Period,
    content: Content,
    owed: Sequence[OwedReport],
) -> ReportView:
    connection = transaction.connection
    told: Mapping[str, Any] = command.counts if command.form is None else command.form.fields
    fields = {} if command.form is None else dict(command.form.fields)
    number = reports.add(
        connection,
        regulation=regulation.id,
        report=report.id,
        unit=unit.id,
        period=period.name,
        application=command.application or "",
        since=period.since,
        until=period.until,
        counted_until=content.counted_until,
        form=report.form,
        fields=fields,
        counts={name: told[name] for name in report.counters},
        parts=list(content.parts),
        missing=list(content.missing),
        recipients=list(report.recipients),
        document_number=command.document_number or fields.get("document_number"),
        signed_by=command.signed_by,
        remarks=command.remarks or fields.get("proposals"),
        due=_due(reporting.window(regulation, report, period).due, owed),
        state=FILED,
        filed_by=transaction.actor.account,
        filed_at=transaction.now,
    )
    reports.answered(connection, [one.number for one in owed], number)
    deadlines.met(
        connection, deadline_kind(report), deadline_about(unit.id, period.name, command.application), transaction.now
    )
    _send(transaction, regulation, report, unit, period, number)
    transaction.record(
        "report.filed",
        f"report {number}",
        {"report": report.id, "period": period.name, "unit": unit.id, "missing": list(content.missing)},
        list(dict.fromkeys([report.clause, regulation.operations[FILE].clause])),
    )
    return report_view(transaction, require_report(transaction, number))


def _due(by_rule: datetime | None, owed: Sequence[OwedReport]) -> datetime | None:
    """Until when it was in time: by what was asked for, or else by the regulation."""
    return min((one.due for one in owed), default=by_rule)


def _send(
    transaction: Transaction, regulation: Regulation, report: Report, unit: Unit, period: Period, number: int
) -> None:
    for recipient in report.recipients:
        announcements.notify(
            transaction.connection,
            to=recipient,
            regulation=regulation.id,
            subject=report.vi,
            text=f"{report.vi}, {period.vi}, của {unit.name} (báo cáo số {number}).",
            serial=None,
            sent_at=transaction.now,
            clause=report.clause,
        )


def require_report(transaction: Transaction, number: int) -> FiledReport:
    """The filed report with this number, where the actor may see it; NotFound otherwise."""
    found = reports.get(transaction.connection, number)
    actor = transaction.actor
    if found is None or not actor.sees_unit(found.regulation, found.unit):
        raise NotFound("report", str(number))
    return found


def report(sandbox: Sandbox, actor: Actor, number: int) -> ReportView:
    """One filed report."""
    with reading(sandbox, actor) as transaction:
        found = require_report(transaction, number)
        reach(sandbox, actor, READ)
        return report_view(transaction, found)


def listing(
    sandbox: Sandbox,
    actor: Actor,
    *,
    report: str | None = None,
    unit: str | None = None,
    period: str | None = None,
    after: int | None = None,
    limit: int = 100,
) -> Page:
    """A slice of the filed reports: the authority's all, a registrar's of the province, a body's own."""
    seen = reach(sandbox, actor, READ, unit)
    with reading(sandbox, actor) as transaction:
        found, following, total = reports.listing(
            transaction.connection,
            regulation=seen.regulation,
            unit=seen.unit,
            report=report,
            period=canonical(period),
            after=after or 0,
            limit=limit,
        )
        items = tuple(report_view(transaction, one) for one in found)
    return Page(items=items, next=following, total=total)


def period_figures(
    sandbox: Sandbox, actor: Actor, period: str, *, unit: str | None = None, regulation: str | None = None
) -> PeriodFiguresView:
    """What the registry counts in a period: of the registrar's province, or of a body, also while it is not over."""
    seen = reach(sandbox, actor, READ, unit)
    known = sandbox.regulation(seen.regulation or regulation or "")
    named = parse(period)
    if named is None:
        raise Refused([_no_period(period)])
    with reading(sandbox, actor) as transaction:
        until = reporting.counted_until(named, transaction.now)
        bodies = figures.of_bodies(
            transaction.connection,
            figures.COUNTED,
            regulation=known.id,
            since=named.since,
            until=until,
            units=None if seen.unit is None else [seen.unit],
        )
        names = names_of(transaction, list(bodies))
    return PeriodFiguresView(
        regulation=known.id,
        period=named.name,
        period_vi=named.vi,
        since=named.since,
        until=named.until,
        counted_to=min(named.until, transaction.now),
        counts=reporting.total(bodies.values(), sorted(figures.COUNTED)),
        units=tuple(BodyFiguresView(unit=one, name=names[one], counts=bodies[one]) for one in sorted(bodies)),
    )


def report_view(transaction: Transaction, filed: FiledReport) -> ReportView:
    regulation = transaction.sandbox.regulation(filed.regulation)
    rule = regulation.report(filed.report)
    period = parse(filed.period)
    assert period is not None  # noqa: S101 - it was read when the report was filed
    return ReportView(
        number=filed.number,
        regulation=filed.regulation,
        report=filed.report,
        vi=rule.vi,
        en=rule.en,
        plan=rule.plan,
        clause=rule.clause,
        unit=filed.unit,
        unit_name=names_of(transaction, [filed.unit])[filed.unit],
        period=filed.period,
        period_vi=period.vi,
        application=filed.application or None,
        since=filed.since,
        until=filed.until,
        counted_to=min(filed.until, filed.filed_at),
        form=filed.form,
        fields=filed.fields,
        counts=filed.counts,
        parts=part_views(transaction, filed.parts),
        missing=body_views(transaction, filed.missing),
        recipients=tuple(filed.recipients),
        document_number=filed.document_number,
        signed_by=filed.signed_by,
        remarks=filed.remarks,
        state=filed.state,
        filed_by=filed.filed_by,
        filed_at=filed.filed_at,
        due=filed.due,
        in_time=None if filed.due is None else filed.filed_at <= filed.due,
    )


def canonical(period: str | None) -> str | None:
    """A period by the name under which it is kept."""
    found = None if period is None else parse(period)
    return period if found is None else found.name


def _no_form(sheet: FormSheet) -> Violation:
    return Violation(
        field="form",
        value=sheet.code,
        clause=UNSOURCED,
        vi="Báo cáo này không có biểu mẫu; số liệu ghi ở counts.",
        en="This report has no form; its figures stand in `counts`.",
        accepted="null",
    )


def _wrong_form(report: Report, form: Form, sheet: FormSheet | None) -> Violation:
    return Violation(
        field="form" if sheet is None else "form.code",
        value=MISSING if sheet is None else sheet.code,
        clause=report.clause,
        vi=f"Báo cáo này phải theo mẫu {form.code}.",
        en=f"This report is made on form {form.code}.",
        accepted=form.code,
    )


def _counts_on_form(form: Form) -> Violation:
    return Violation(
        field="counts",
        value="…",
        clause=UNSOURCED,
        vi=f"Số liệu ghi trên mẫu {form.code}.",
        en=f"The figures stand on form {form.code}.",
        accepted="{}",
    )


def _no_period(text: str) -> Violation:
    return Violation(
        field="period",
        value=text,
        clause=UNSOURCED,
        vi="Không phải kỳ báo cáo.",
        en="This is no period.",
        accepted=reporting.PERIODS,
    )
