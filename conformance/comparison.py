"""What changed between two runs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conformance.events import BAD, CheckEnded, Result
from conformance.law import Text
from conformance.reports.json_report import Report


class Change(StrEnum):
    """What became of a check from one run to the next."""

    FAILING = "failing"
    """It fails or breaks off, and did not before."""
    UNCHECKED = "unchecked"
    """It passed, and is skipped now or does not apply any more."""
    PASSING = "passing"
    """It passes, and did not before."""
    OTHER = "other"
    """It came out otherwise, for neither better nor worse."""
    GONE = "gone"
    """It is not in the new run."""


CHANGE_NAMES = {
    Change.FAILING: Text("nay sai", "newly failing"),
    Change.UNCHECKED: Text("nay không kiểm được", "no longer checked"),
    Change.PASSING: Text("nay đúng", "newly passing"),
    Change.OTHER: Text("khác trước", "changed"),
    Change.GONE: Text("không còn trong lần chạy sau", "not in the new run"),
}
REGRESSIONS = frozenset({Change.FAILING, Change.UNCHECKED})


@dataclass(frozen=True, slots=True)
class Difference:
    """One check that came out otherwise."""

    change: Change
    check: str
    before: Result | None
    """None where it was not in the old run."""
    after: Result | None
    """None where it is not in the new one."""
    why: str = ""
    """What the new run says of it."""


def differences(old: Report, new: Report) -> tuple[Difference, ...]:
    """Every check that came out otherwise, in the order of the new run; those that are gone come last.

    A known failure counts as a failure: the list is no matter of the target.
    """
    before = {check.check: check.result for check in old.checks}
    after = {check.check for check in new.checks}
    found = [
        Difference(change, check.check, before.get(check.check), check.result, _why(check))
        for check in new.checks
        if (change := _change(before.get(check.check), check.result)) is not None
    ]
    gone = [Difference(Change.GONE, check, result, None) for check, result in before.items() if check not in after]
    return (*found, *gone)


def _change(before: Result | None, after: Result) -> Change | None:
    if before is after:
        return None
    if after in BAD:
        return Change.OTHER if before in BAD else Change.FAILING
    if after is Result.PASSED:
        return Change.PASSING
    return Change.UNCHECKED if before is Result.PASSED else Change.OTHER


def _why(check: CheckEnded) -> str:
    return "; ".join(str(one) for one in check.mismatches) or check.reason
