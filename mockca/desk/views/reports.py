"""Figures, periodic reports, and time limits."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime

from mockca.desk.views.base import View


class RestoreFigures(View):
    requested: int
    """All requests, whatever became of them."""
    restored: int
    refused: int
    late: int
    """Decided after their time limit, or still undecided past it."""


class StatisticsView(View):
    regulation: str
    at: AwareDatetime
    certificates: dict[str, int]
    """How many there are of each status."""
    revocations: dict[str, int]
    """How many certificates were revoked on each ground."""
    restores: RestoreFigures


class DeadlineView(View):
    number: int
    kind: str
    about: str
    clause: str
    due: AwareDatetime
    met_at: AwareDatetime | None
    overdue: bool


class CounterView(View):
    """One figure of a report."""

    name: str
    vi: str
    en: str
    source: str
    """Who knows it: `registry` counts it, the `body` alone does, or it is a `plan`."""
    count: int | None
    """What the registry counts, or what the bodies' reports add up to; null where it is for the writer to say."""
    registry: int | None
    """Of a report that adds others up: what the registry counts in the whole province."""


class ReportPartView(View):
    """A body's report within one that adds several up."""

    unit: str
    name: str
    report: int
    counts: dict[str, int]


class BodyView(View):
    """A body, named."""

    unit: str
    name: str


class ReportDraftView(View):
    """What a report would say if it were filed now."""

    regulation: str
    report: str
    vi: str
    en: str
    plan: bool
    clause: str
    unit: str
    period: str
    period_vi: str
    application: str | None
    since: AwareDatetime
    until: AwareDatetime
    """The first instant after the period."""
    counted_to: AwareDatetime
    """Up to when things were counted: the period's end, or now."""
    opens: AwareDatetime
    due: AwareDatetime | None
    """Until when it is in time; null where the regulation names no day."""
    recipients: tuple[str, ...]
    counters: tuple[CounterView, ...]
    parts: tuple[ReportPartView, ...]
    missing: tuple[BodyView, ...]
    """Bodies whose reports are not there yet."""
    filed: int | None
    """Number of the report that has been filed for this period."""
    body: dict[str, Any]
    """A request to file it, with all that is known; what is null is for the writer to say."""


class ReportView(View):
    number: int
    regulation: str
    report: str
    vi: str
    en: str
    plan: bool
    clause: str
    unit: str
    unit_name: str
    period: str
    period_vi: str
    application: str | None
    since: AwareDatetime
    until: AwareDatetime
    counted_to: AwareDatetime
    form: str | None
    fields: dict[str, Any]
    counts: dict[str, int]
    parts: tuple[ReportPartView, ...]
    missing: tuple[BodyView, ...]
    recipients: tuple[str, ...]
    document_number: str | None
    signed_by: str | None
    remarks: str | None
    state: str
    filed_by: str
    filed_at: AwareDatetime
    due: AwareDatetime | None
    in_time: bool | None
    """Null where the regulation names no day and nobody asked for one."""


class OwedReportView(View):
    """A report that a body owes or owed."""

    number: int
    regulation: str
    report: str
    vi: str
    en: str
    clause: str
    unit: str
    unit_name: str
    period: str
    period_vi: str
    application: str | None
    opens: AwareDatetime
    due: AwareDatetime
    state: str
    """open, overdue, filed, filed-late, passed-on (the body ended, another one owes it) or ended (nobody does)."""
    filed: int | None
    """Number of the report."""
    passed_to: str | None
    """The body that owes it in its place."""
    requested_by: str | None
    """Role that asked for it; null where the regulation does."""
    requested_at: AwareDatetime | None
    document_number: str | None
    reason: str | None


class UpcomingReportView(View):
    """A report that the caller's body will owe next; a plan for the next year, be it filed or not."""

    regulation: str
    report: str
    vi: str
    en: str
    clause: str
    period: str
    period_vi: str
    opens: AwareDatetime
    due: AwareDatetime | None
    filed: int | None
    """Number of the plan that has been filed for that year."""


class ReportRequestView(View):
    """What was asked for, body by body."""

    items: tuple[OwedReportView, ...]


class BodyFiguresView(View):
    unit: str
    name: str
    counts: dict[str, int]


class PeriodFiguresView(View):
    """What the registry counts in a period."""

    regulation: str
    period: str
    period_vi: str
    since: AwareDatetime
    until: AwareDatetime
    counted_to: AwareDatetime
    counts: dict[str, int]
    units: tuple[BodyFiguresView, ...]
    """Body by body; those of whom there is nothing to count are left out."""
