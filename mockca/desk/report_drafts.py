"""What a report says: its figures for a period, from the registry or from the bodies' own reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mockca.desk.actors import Actor
from mockca.desk.ended import require_standing
from mockca.desk.facts import require_unit, unit_facts
from mockca.desk.report_openings import bodies_that_owe, registrar_of
from mockca.desk.sandbox import Sandbox
from mockca.desk.transaction import Transaction, reading
from mockca.desk.views import BodyView, CounterView, ReportDraftView, ReportPartView
from mockca.errors import Forbidden, Refused
from mockca.registry import figures, reports, units
from mockca.registry.units import Unit
from mockca.rules import reporting
from mockca.rules.catalogue import words
from mockca.rules.filling import filled, known_of
from mockca.rules.periods import Period
from mockca.rules.regulation import Regulation
from mockca.rules.terms import COUNTERS, Form, Report

FILE = "file_report"


@dataclass(frozen=True, slots=True)
class Content:
    """What is known of a report's figures."""

    counted_until: datetime
    """The first instant that is not counted."""
    known: Mapping[str, int]
    """The figures that the report has to have."""
    registry: Mapping[str, int]
    """What the registry counts beside them, where they are the sum of the bodies' reports."""
    parts: Sequence[Mapping[str, Any]] = ()
    """The bodies' reports: `unit`, `report`, `counts`."""
    missing: Sequence[str] = ()
    """The bodies whose reports are not there."""


def content_of(
    transaction: Transaction, regulation: Regulation, report: Report, period: Period, unit: str, application: str = ""
) -> Content:
    """What is known of a report by now."""
    until = reporting.counted_until(period, transaction.now)
    # The registrar's reports are about the province, anybody else's about the body itself and those it took over from.
    scope = None
    if report.by != "registrar":
        before = reports.passed_on_to(transaction.connection, regulation.id, report.id, period.name, unit, application)
        scope = [unit, *before]
    counted = figures.total(
        transaction.connection,
        reporting.known_by(report, "registry"),
        regulation=regulation.id,
        since=period.since,
        until=until,
        units=scope,
    )
    if report.consolidates is None:
        return Content(until, counted, {})
    filed = reports.for_period(transaction.connection, regulation.id, report.consolidates, period.name)
    latest = {one.unit: one for one in reversed(filed) if one.application == application}
    owing = bodies_that_owe(transaction.connection, regulation, regulation.report(report.consolidates), until)
    parts = [{"unit": one.unit, "report": one.number, "counts": one.counts} for one in latest.values()]
    return Content(
        until,
        reporting.total((one.counts for one in latest.values()), report.counters),
        counted,
        sorted(parts, key=lambda part: str(part["unit"])),
        tuple(body.id for body in owing if body.id not in latest),
    )


def require_filer(transaction: Transaction, regulation_id: str, report_id: str) -> tuple[Regulation, Report, Unit]:
    """The regulation, the report and the actor's body; Forbidden where others report, Refused where it does not."""
    regulation = transaction.regulation(regulation_id, FILE)
    report = regulation.report(report_id)
    role = transaction.actor.role
    may = (report.by,) if report.by == "registrar" else (report.by, "registrar")
    if role not in may:
        raise Forbidden(role, f"{FILE} {report.id}", may, report.clause)
    unit = require_unit(transaction, None)
    require_standing(transaction.connection, regulation, unit)
    violations = reporting.check_body(regulation, report, unit_facts(unit), registrar_of(regulation))
    if violations:
        raise Refused(violations)
    return regulation, report, unit


def draft(
    sandbox: Sandbox, actor: Actor, regulation_id: str, report_id: str, period: str | None, application: str | None
) -> ReportDraftView:
    """The report of the actor's own body as it would be filed now, also while it is too early to file it.

    Refused for what is no period of this report, and for an application that is none of the regulation's.
    """
    with reading(sandbox, actor) as transaction:
        regulation, report, unit = require_filer(transaction, regulation_id, report_id)
        named, violations = reporting.check_period(regulation, report, period, transaction.now)
        wrong = reporting.check_application(regulation, report, application)
        if named is None or wrong:
            raise Refused([*([] if named else violations), *wrong])
        return _draft_view(transaction, regulation, report, unit, named, application)


def _draft_view(
    transaction: Transaction,
    regulation: Regulation,
    report: Report,
    unit: Unit,
    period: Period,
    application: str | None,
) -> ReportDraftView:
    content = content_of(transaction, regulation, report, period, unit.id, application or "")
    span = reporting.window(regulation, report, period)
    labels = words("counters")
    filed = filed_for(transaction, regulation, report, period, unit.id, application or "")
    return ReportDraftView(
        regulation=regulation.id,
        report=report.id,
        vi=report.vi,
        en=report.en,
        plan=report.plan,
        clause=report.clause,
        unit=unit.id,
        period=period.name,
        period_vi=period.vi,
        application=application,
        since=period.since,
        until=period.until,
        counted_to=min(period.until, transaction.now),
        opens=span.opens,
        due=span.due,
        recipients=report.recipients,
        counters=tuple(
            CounterView(
                name=name,
                vi=labels[name].vi,
                en=labels[name].en,
                source=COUNTERS[name],
                count=content.known.get(name),
                registry=content.registry.get(name),
            )
            for name in report.counters
        ),
        parts=part_views(transaction, content.parts),
        missing=body_views(transaction, content.missing),
        filed=filed,
        body=_body(regulation, report, unit, period, application, content.known),
    )


def _body(
    regulation: Regulation,
    report: Report,
    unit: Unit,
    period: Period,
    application: str | None,
    known: Mapping[str, int],
) -> dict[str, Any]:
    """The request that files the report."""
    body: dict[str, Any] = {"regulation": regulation.id, "report": report.id, "period": period.name}
    if application is not None:
        body["application"] = application
    if report.form is None:
        return body | {"counts": {name: known.get(name) for name in report.counters}}
    form = regulation.forms[report.form]
    told = {**known_of(province=regulation.province, unit=unit_facts(unit), fields=known)}
    told[reporting.YEAR_FIELD] = period.year
    values = filled(_fillable(form), told)
    fields = {name: values.get(name) for name in form.fields}
    return body | {"form": {"code": form.code, "fields": fields}}


def _fillable(form: Form) -> dict[str, Any]:
    """The fields that may be filled in for the writer: no signature, and not the day of signing."""
    return {name: rule for name, rule in form.fields.items() if rule.type != "affirmed" and rule.date != "document"}


def filed_for(
    transaction: Transaction, regulation: Regulation, report: Report, period: Period, unit: str, application: str
) -> int | None:
    """Number of the body's latest report for this period; None where there is none."""
    filed = reports.for_period(transaction.connection, regulation.id, report.id, period.name, unit=unit)
    return next((one.number for one in filed if one.application == application), None)


def part_views(transaction: Transaction, parts: Sequence[Mapping[str, Any]]) -> tuple[ReportPartView, ...]:
    names = names_of(transaction, [part["unit"] for part in parts])
    return tuple(ReportPartView(name=names[part["unit"]], **part) for part in parts)


def body_views(transaction: Transaction, bodies: Sequence[str]) -> tuple[BodyView, ...]:
    names = names_of(transaction, bodies)
    return tuple(BodyView(unit=body, name=names[body]) for body in bodies)


def names_of(transaction: Transaction, bodies: Sequence[str]) -> dict[str, str]:
    """What these bodies are called."""
    return {unit.id: unit.name for unit in units.gather(transaction.connection, bodies).values()}
