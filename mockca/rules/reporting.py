"""Reports and plans: for which period each is, when it can be filed and is due, and what must be right in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mockca.errors import Violation
from mockca.rules.catalogue import words
from mockca.rules.deadlines import ONE_DAY, local_date
from mockca.rules.facts import UnitFacts
from mockca.rules.fields import MISSING, MOST, blank, shown
from mockca.rules.periods import LAST_YEAR, Period, containing_instant, midnight, parse
from mockca.rules.regulation import Regulation
from mockca.rules.terms import COUNTERS, UNSOURCED, Form, Report, ReportLine

YEAR_FIELD = "report.year"
"""What a form's field says it comes `from` where it is the year that the report is for."""
INSTANT = timedelta(microseconds=1)
"""The shortest time that the registry tells apart."""
PERIODS = "2026, 2026-H1, 2026-Q3, 2026-05, 2026-01-01/2026-03-15"
BY_MONTHS = {1: "2026-05", 3: "2026-Q3", 6: "2026-H1", 12: "2026"}


@dataclass(frozen=True, slots=True)
class Window:
    """From when on a report for a period is taken, and until when it is in time."""

    opens: datetime
    due: datetime | None
    """The instant until which it is in time; None where the regulation names no time."""


def basis(regulation: Regulation, report: Report) -> Report:
    """The report whose periods this one has: the bodies' own where it adds theirs up."""
    return report if report.consolidates is None else regulation.report(report.consolidates)


def fits(regulation: Regulation, report: Report, period: Period) -> bool:
    """Whether the report can be for such a period at all."""
    rule = basis(regulation, report)
    if rule.every_months is not None:
        return period.months == rule.every_months
    return period.months == 12 if rule.month is not None or rule.plan else True


def window(regulation: Regulation, report: Report, period: Period) -> Window:
    """When a report for this period is taken, and until when it is in time. The period fits."""
    return Window(_opens(basis(regulation, report), period), _due(report, period))


def _opens(rule: Report, period: Period) -> datetime:
    if rule.plan and rule.month is None:
        return midnight(date(period.year - 1, 1, 1))
    if rule.month is not None:
        return midnight(date(_filed_in(rule, period), rule.month, 1))
    # What somebody asks for may go up to the day on which it is written.
    return period.until if rule.every_months is not None else midnight(period.last)


def _due(report: Report, period: Period) -> datetime | None:
    grace = timedelta(days=0 if report.grace_days is None else report.grace_days.value)
    if report.every_months is not None:
        return period.until + grace
    if report.month is None:
        return None
    year = _filed_in(report, period)
    following = date(year + report.month // 12, report.month % 12 + 1, 1)
    return midnight(following) + grace


def _filed_in(report: Report, period: Period) -> int:
    """The year in whose `month` the report is due: of a plan the one before."""
    return period.year - 1 if report.plan else period.year


def counted_until(period: Period, now: datetime) -> datetime:
    """The first instant whose events are not counted any more: the period's end, or what comes after `now`."""
    return min(period.until, now + INSTANT)


def next_opening(regulation: Regulation, report: Report, after: datetime) -> tuple[datetime, Period] | None:
    """When the report is next owed for another period after that instant; None for one on demand."""
    start = midnight(regulation.in_force_from.value)
    after = max(after, start - INSTANT)
    if local_date(after).year >= LAST_YEAR:
        return None
    if report.every_months is not None:
        current = containing_instant(after, report.every_months)
        return current.until, current
    if report.month is None:
        return None
    year = local_date(after).year + (1 if report.plan else 0)
    for number in (year, year + 1):
        period = parse(str(number))
        if period is not None and _opens(report, period) > after:
            return _opens(report, period), period
    return None


def next_plan(report: Report, now: datetime) -> Period | None:
    """The year that a plan without a month of its own is for next; None for any other report."""
    return parse(str(local_date(now).year + 1)) if report.plan and report.month is None else None


def open_at(regulation: Regulation, report: Report, instant: datetime) -> Period | None:
    """The period for which the report is owed already at that instant and in time still; None where there is none.

    What was over before is not: nobody was there to report it.
    """
    if instant < midnight(regulation.in_force_from.value) or report.month is None:
        return None
    period = parse(str(local_date(instant).year + (1 if report.plan else 0)))
    due = None if period is None else _due(report, period)
    if period is None or due is None or not _opens(report, period) <= instant < due:
        return None
    return period


def owes(regulation: Regulation, report: Report, unit: UnitFacts, registrar: str) -> bool:
    """Whether this body owes the report; `registrar` is the id of the registrar's own office.

    Bodies are those that may have certificates and have a seal, the registrar's own office among them.
    """
    if report.by == "registrar":
        return unit.id == registrar
    return unit.category in regulation.eligible and unit.has_seal


def check_body(
    regulation: Regulation, report: Report, unit: UnitFacts, registrar: str, *, field: str = "unit"
) -> list[Violation]:
    """That the body is one that reports."""
    if owes(regulation, report, unit, registrar):
        return []
    return [
        Violation(
            field=field,
            value=unit.id,
            clause=regulation.eligible_clause,
            vi="Cơ quan này không thuộc diện báo cáo.",
            en="This body is none of those that report.",
            accepted=", ".join(regulation.eligible),
        )
    ]


def check_period(
    regulation: Regulation, report: Report, text: str | None, now: datetime, *, field: str = "period"
) -> tuple[Period | None, list[Violation]]:
    """The period that is reported on, and everything that is wrong with it; None where it is none of this report's."""
    rule = basis(regulation, report)
    period, found = check_period_named(regulation, report, text, field=field)
    if period is None or found:
        return period, found
    opens = window(regulation, report, period).opens
    if now < opens:
        day = local_date(opens).isoformat()
        vi, en = "Chưa đến lúc báo cáo cho kỳ này.", "It is too early to report on this period."
        return period, [_wrong(report, field, text, vi, en, f"từ / from {day}")]
    if rule.plan and now >= period.until:
        year = local_date(now).year
        vi, en = "Năm của kế hoạch đã qua.", "The plan's year is over."
        return period, [_wrong(report, field, text, vi, en, f"{year}, {year + 1}")]
    return period, []


def check_period_named(
    regulation: Regulation, report: Report, text: str | None, *, field: str = "period"
) -> tuple[Period | None, list[Violation]]:
    """The period that is named, over or not, and what is wrong with it; None where it is none of this report's."""
    rule = basis(regulation, report)
    if blank(text):
        vi, en = "Phải nêu kỳ báo cáo.", "The period is missing."
        if rule.plan:
            vi, en = "Phải nêu năm của kế hoạch.", "The plan's year is missing."
        return None, [_wrong(report, field, text, vi, en, _accepted(rule))]
    period = parse(str(text))
    if period is None or not fits(regulation, report, period):
        vi, en = "Không phải kỳ của báo cáo này.", "This is no period of this report."
        return None, [_wrong(report, field, text, vi, en, _accepted(rule))]
    if period.last < regulation.in_force_from.value:
        return period, [regulation.not_in_force(field, period.last)]
    return period, []


def check_application(regulation: Regulation, report: Report, application: str | None) -> list[Violation]:
    """That a report on an application names one that the regulation knows, and any other report none."""
    if not report.per_application:
        if application is None:
            return []
        vi, en = "Báo cáo này không theo ứng dụng.", "This report is not about an application."
        return [_wrong(report, "application", application, vi, en, "-", UNSOURCED)]
    if application in regulation.applications:
        return []
    vi, en = "Không có ứng dụng này.", "There is no such application."
    if application is None:
        vi, en = "Phải nêu ứng dụng.", "The application is missing."
    return [_wrong(report, "application", application, vi, en, ", ".join(regulation.applications))]


def check_counts(report: Report, counts: Mapping[str, object], known: Mapping[str, int]) -> list[Violation]:
    """Every figure that is missing, is no count, differs from the one that is known, or belongs to no such report."""
    found = []
    labels = words("counters")
    for name in report.counters:
        value, label = counts.get(name), labels[name]
        if is_count(value):
            continue
        vi, en = f"{label.vi}: phải là số đếm, từ 0.", f"{label.en}: must be a count, from 0."
        if blank(value):
            vi, en = f"Thiếu số liệu “{label.vi}”.", f"Missing: {label.en}."
        found.append(_wrong(report, f"counts.{name}", value, vi, en, _wanted(name, known)))
    for name in sorted(set(counts) - set(report.counters)):
        vi, en = "Báo cáo này không có chỉ tiêu đó.", "This report has no such figure."
        found.append(_wrong(report, f"counts.{name}", counts[name], vi, en, ", ".join(report.counters), UNSOURCED))
    return found + _check_known(report, counts, known, "counts", {})


def check_form_counts(
    report: Report, form: Form, fields: Mapping[str, object], known: Mapping[str, int]
) -> list[Violation]:
    """Every figure on the form that differs from the one that is known; the rest is the form's own check."""
    clauses = {name: rule.clause for name, rule in form.fields.items()}
    return _check_known(report, fields, known, "form.fields", clauses)


def _check_known(
    report: Report, values: Mapping[str, object], known: Mapping[str, int], path: str, clauses: Mapping[str, str]
) -> list[Violation]:
    labels = words("counters")
    vi, en = "không khớp với sổ đăng ký.", "differs from what the registry counts."
    if report.consolidates is not None:
        vi, en = "không bằng tổng các báo cáo của cơ quan.", "differs from the sum of the bodies' reports."
    return [
        _wrong(
            report,
            f"{path}.{name}",
            values[name],
            f"{labels[name].vi}: {vi}",
            f"{labels[name].en}: {en}",
            str(known[name]),
            clauses.get(name),
        )
        for name in report.counters
        if name in known and is_count(values.get(name)) and values[name] != known[name]
    ]


def check_year_field(form: Form, fields: Mapping[str, object], period: Period) -> list[Violation]:
    """That the year on the form is the one that the report is for."""
    return [
        Violation(
            field=f"form.fields.{name}",
            value=shown(fields[name]),
            clause=form.fields[name].clause,
            vi="Năm ghi trên biểu mẫu khác kỳ báo cáo.",
            en="The year on the form is not the one that the report is for.",
            accepted=str(period.year),
        )
        for name in year_fields(form)
        if is_count(fields.get(name)) and fields[name] != period.year
    ]


def year_fields(form: Form) -> tuple[str, ...]:
    """The form's fields that hold the year that the report is for."""
    return tuple(name for name, rule in form.fields.items() if YEAR_FIELD in rule.source)


def once(report: Report) -> bool:
    """Whether it is filed once a period; of what is on demand the latest counts."""
    return report.every_months is not None or report.month is not None


def filed_already(report: Report, period: Period, number: int, *, field: str = "period") -> Violation:
    """The violation of reporting twice."""
    vi, en = "Đã có báo cáo cho kỳ này.", "This period has been reported on."
    return _wrong(report, field, period.name, vi, en, f"báo cáo số {number} / report {number}")


def check_day_due(report: Report, due: date, today: date) -> list[Violation]:
    """That the day by which a report is asked for is not over."""
    if due >= today:
        return []
    vi, en = "Hạn báo cáo đã qua.", "That day is over."
    return [_wrong(report, "due", due.isoformat(), vi, en, f"từ / from {today.isoformat()}", UNSOURCED)]


def end_of(day: date) -> datetime:
    """The first instant after that day in Việt Nam."""
    return midnight(day + ONE_DAY)


def known_by(report: Report, source: str) -> tuple[str, ...]:
    """The report's figures that come from this source."""
    return tuple(name for name in report.counters if COUNTERS[name] == source)


def lines_of(report: Report) -> tuple[ReportLine, ...]:
    """The lines of the report's table, in the order in which they stand on paper."""
    labels = words("counters")
    named = {name for line in report.lines for name in line.counters}
    alone = (name for name in report.counters if name not in named)
    return report.lines + tuple(ReportLine(labels[name].vi, labels[name].en, (name,)) for name in alone)


def total(counts: Iterable[Mapping[str, int]], names: Iterable[str]) -> dict[str, int]:
    """The sum of several reports, figure by figure."""
    every = list(counts)
    return {name: sum(one.get(name, 0) for one in every) for name in names}


def is_count(value: object) -> bool:
    """Whether the value is a whole number from nought that any reader of JSON can tell from its neighbours."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


def _wanted(name: str, known: Mapping[str, int]) -> str:
    return str(known[name]) if name in known else "0, 1, 2, …"


def _accepted(rule: Report) -> str:
    if rule.every_months is not None:
        return BY_MONTHS[rule.every_months]
    return "2026" if rule.month is not None or rule.plan else PERIODS


def _wrong(
    report: Report, field: str, value: object, vi: str, en: str, accepted: str, clause: str | None = None
) -> Violation:
    return Violation(
        field=field,
        value=MISSING if blank(value) else shown(value),
        clause=clause or report.clause,
        vi=vi,
        en=en,
        accepted=accepted,
    )
