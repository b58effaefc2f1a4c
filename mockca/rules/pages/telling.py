"""What must be done in time, who is told of what, what is reported, what becomes of bodies that end."""

from __future__ import annotations

from collections.abc import Iterator

from mockca.rules.pages.voice import NONE, Voice, source
from mockca.rules.regulation import Regulation
from mockca.rules.terms import ReorganisationAction, ReorganisationRule, Report


def deadlines(say: Voice, regulation: Regulation) -> Iterator[str]:
    """Terms in working days."""
    rows = (
        (say.name(rule), say.word("roles", rule.owner), say.days(rule.days), source(rule))
        for rule in regulation.deadlines.values()
    )
    yield from say.table(
        (("việc", "what"), ("ai", "by whom"), ("trong", "within"), ("điều khoản", "clause")),
        rows,
    )


def notices(say: Voice, regulation: Regulation) -> Iterator[str]:
    """Who is told, then what is reported."""
    told = ((say.name(rule), say.word("roles", rule.to), source(rule)) for rule in regulation.notices)
    yield from say.table((("thông báo", "notice"), ("cho", "to"), ("điều khoản", "clause")), told)
    reported = (
        (
            say.name(report),
            say.word("roles", report.by),
            _period(say, report),
            say.listed("recipients", report.recipients),
            NONE if report.form is None else f"`{report.form}`",
            source(report),
        )
        for report in regulation.reports
    )
    yield from say.table(
        (
            ("báo cáo", "report"),
            ("ai gửi", "by"),
            ("kỳ", "period"),
            ("nơi nhận", "to"),
            ("mẫu", "form"),
            ("điều khoản", "clause"),
        ),
        reported,
    )


def _period(say: Voice, report: Report) -> str:
    if report.every_months:
        return say(f"{report.every_months} tháng một lần", f"every {report.every_months} months")
    if report.month:
        return say(f"tháng {report.month} hằng năm", f"each year, month {report.month}")
    return say("khi được yêu cầu", "on demand")


def reorganisations(say: Voice, regulation: Regulation) -> Iterator[str]:
    """What becomes of certificates when bodies are split, merged, renamed or dissolved."""
    rows = (
        (say.name(rule) + told, say.word("kinds", kind), say.word("actions", action.action), source(action))
        for rule in regulation.reorganisations.values()
        for told, kind, action in _actions(say, rule)
    )
    yield from say.table(
        (
            ("khi", "when"),
            ("chứng thư của", "certificates of"),
            ("thì", "are"),
            ("điều khoản", "clause"),
        ),
        rows,
    )


def _actions(say: Voice, rule: ReorganisationRule) -> Iterator[tuple[str, str, ReorganisationAction]]:
    """Each action with what is to be said beside the kind of decision, and the kind of subscriber."""
    stays = say(", ở lại đơn vị cũ", ", staying with the old body")
    otherwise = say("; nếu không được", "; where that is not possible")
    for beside, actions in (("", rule.actions), (stays, rule.staying)):
        for kind, action in actions.items():
            for place, one in enumerate(action.choices()):
                yield beside + (otherwise if place else ""), kind, one
