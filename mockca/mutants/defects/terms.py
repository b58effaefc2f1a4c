"""Defects about terms: how long, how often, by when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from mockca.desk import facts, succession
from mockca.mutants.mutant import mutant
from mockca.mutants.patching import Patch
from mockca.registry import deadlines
from mockca.rules import deadlines as calendar
from mockca.rules import grounds, requirements, subjects
from mockca.rules.terms import Sourced


@mutant("Không giới hạn thời hạn chứng thư số", "The longest term of a certificate is not enforced")
def term_not_capped(patch: Patch) -> None:
    patch.everywhere(requirements.longest_years, lambda *_: Sourced(99, "unsourced", True))


@mutant("Năm tính 366 ngày", "A year counts 366 days")
def year_too_long(patch: Patch) -> None:
    _other_days(patch, 366)


@mutant("Thời hạn nào cũng bị cắt còn một năm", "Every term is cut to a year")
def term_cut_short(patch: Patch) -> None:
    _other_days(patch, 73)


@mutant("Gia hạn bao nhiêu lần cũng được", "A certificate is renewed as often as anybody asks")
def renewed_again_and_again(patch: Patch) -> None:
    patch.everywhere(facts.times_renewed, lambda *_: 0)


@mutant("Thay đổi thông tin mà kéo dài thời hạn", "A change of information makes the term longer")
def change_extends(patch: Patch) -> None:
    successor_end = succession.successor_end

    def longer(*arguments: Any) -> datetime:
        return successor_end(*arguments) + timedelta(days=30)

    patch.everywhere(successor_end, longer)


@mutant("Đếm cả ngày nghỉ là ngày làm việc", "Weekends and holidays count as working days")
def deadline_counts_holidays(patch: Patch) -> None:
    def every_day(start: datetime, working_days: int) -> datetime:
        day = calendar.local_date(start) + timedelta(days=working_days + 1)
        return datetime.combine(day, time(), calendar.VIETNAM).astimezone(UTC)

    patch.everywhere(calendar.due_after, every_day)


@mutant("Hạn xử lý dài thêm ba tuần", "Every working-day term is three weeks longer")
def deadlines_too_long(patch: Patch) -> None:
    due_after = calendar.due_after
    patch.everywhere(due_after, lambda start, working_days: due_after(start, working_days + 15))


@mutant("Không ghi nhận việc đã làm xong đúng hạn", "What was done in time is not noted")
def deadline_never_met(patch: Patch) -> None:
    patch.everywhere(deadlines.met, lambda *_: 0)


@mutant("Không đặt thời hạn nào", "No term is ever set")
def no_deadlines(patch: Patch) -> None:
    patch.everywhere(deadlines.add, lambda *_: 0)


@mutant("Không xét ngày của sự kiện phải thu hồi trước đó", "The event before which to revoke is not looked at")
def event_overlooked(patch: Patch) -> None:
    patch.everywhere(grounds.latest_before, lambda *_: None)


def _other_days(patch: Patch, days: int) -> None:
    subject_of = subjects.subject_of

    def longer(*arguments: Any) -> Any:
        found = subject_of(*arguments)
        return replace(found, validity_days=found.validity_days // 365 * days)

    patch.everywhere(subject_of, longer)
