"""Periodic reports, plans and their figures over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mockca.desk import owed_reports, report_drafts, report_sheets, reports
from mockca.desk.commands import FileReport, Identifier, RequestReport
from mockca.desk.commands.reports import PeriodName
from mockca.desk.transaction import perform
from mockca.desk.views import PeriodFiguresView, ReportDraftView, ReportRequestView, ReportView
from mockca.paper.tables import CSV
from mockca.web.access import actor, here
from mockca.web.api.face import api
from mockca.web.face import File
from mockca.web.models import InSandbox, OfNumber, OwedReportList, Parameters, ReportList, Retry, UnitSlice

Period = Annotated[
    PeriodName | None,
    Field(description="Kỳ báo cáo: 2026, 2026-H1, 2026-Q3, 2026-05, 2026-01-01/2026-03-15. The period."),
]


class DraftQuery(Parameters):
    """Which report, for which period."""

    regulation: Identifier
    report: Identifier
    period: Period = None
    application: Identifier | None = None


class ReportQuery(UnitSlice):
    report: Identifier | None = None
    period: Period = None


class OwedQuery(ReportQuery):
    overdue: bool | None = None


class FiguresQuery(Parameters):
    period: PeriodName
    unit: Identifier | None = None
    regulation: Annotated[
        Identifier | None, Field(description="Quy định nào, cho cơ quan chứng thực. Which, for the authority.")
    ] = None


@api.makes("/reports", ReportView)
def file_report(path: InSandbox, header: Retry, body: FileReport) -> ReportView:
    """Gửi báo cáo, kế hoạch. File a report or a plan of one's own body.

    Figures that the registry counts, and sums of bodies' reports, must agree with it.
    """
    del path
    return perform(here(), actor(), reports.file_report, body, idempotency_key=header.key)


@api.reads("/reports", ReportList)
def list_reports(path: InSandbox, query: ReportQuery) -> ReportList:
    """Các báo cáo đã gửi. The reports that were filed."""
    del path
    page = reports.listing(
        here(),
        actor(),
        report=query.report,
        unit=query.unit,
        period=query.period,
        after=query.after,
        limit=query.limit,
    )
    return ReportList.model_validate(page, from_attributes=True)


@api.reads("/reports/due", OwedReportList)
def list_owed_reports(path: InSandbox, query: OwedQuery) -> OwedReportList:
    """Báo cáo phải gửi: chưa đến hạn, quá hạn, đã gửi, sắp tới. Reports that are owed: open, overdue, filed, coming."""
    del path
    page, upcoming = owed_reports.owed(
        here(),
        actor(),
        overdue=query.overdue,
        report=query.report,
        unit=query.unit,
        period=query.period,
        after=query.after,
        limit=query.limit,
    )
    return OwedReportList(items=page.items, next=page.next, total=page.total, upcoming=upcoming)


@api.reads("/reports/draft", ReportDraftView)
def draft_report(path: InSandbox, query: DraftQuery) -> ReportDraftView:
    """Báo cáo điền sẵn số liệu. A report with its figures filled in, and the request that files it."""
    del path
    return report_drafts.draft(here(), actor(), query.regulation, query.report, query.period, query.application)


@api.makes("/reports/requests", ReportRequestView)
def request_report(path: InSandbox, header: Retry, body: RequestReport) -> ReportRequestView:
    """Yêu cầu báo cáo. Ask bodies for a report by a day."""
    del path
    return perform(here(), actor(), owed_reports.request_report, body, idempotency_key=header.key)


@api.reads("/reports/<number>", ReportView)
def read_report(path: OfNumber) -> ReportView:
    """Một báo cáo. One report."""
    return reports.report(here(), actor(), path.number)


@api.prints("/reports/<number>.csv", CSV)
def read_report_as_csv(path: OfNumber) -> File:
    """Một báo cáo ở dạng CSV, mở được bằng Excel. One report as CSV, as Excel reads it."""
    return File(report_sheets.as_csv(here(), actor(), path.number), CSV, f"report-{path.number}.csv")


@api.reads("/statistics/period", PeriodFiguresView)
def read_period_figures(path: InSandbox, query: FiguresQuery) -> PeriodFiguresView:
    """Số liệu của một kỳ, theo từng cơ quan. The figures of a period, body by body."""
    del path
    return reports.period_figures(here(), actor(), query.period, unit=query.unit, regulation=query.regulation)
