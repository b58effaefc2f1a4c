"""How far a clock may be turned from outside: where certificates can still be dated (RFC 5280 §4.1.2.5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mockca.clock import EARLIEST
from mockca.desk.commands import TurnClock
from mockca.errors import Refused, Violation

LATEST = datetime(2900, 1, 1, tzinfo=UTC)
"""Far enough from the end of the calendar for all that is issued, CRLs and terms of validity included."""


def require_in_calendar(field: str, instant: datetime) -> None:
    """Raise Refused where no clock may show the instant."""
    if not EARLIEST <= instant <= LATEST:
        raise Refused(
            [
                Violation(
                    field=field,
                    value=instant.isoformat(),
                    clause="unsourced",
                    vi="đồng hồ không chỉ được thời điểm này",
                    en="no clock shows this instant",
                    accepted=f"{EARLIEST.isoformat()} to {LATEST.isoformat()}",
                )
            ]
        )


def require_possible(now: datetime, turn: TurnClock) -> None:
    """Raise Refused where a turn from `now` would leave the calendar."""
    if turn.set is not None:
        require_in_calendar("set", turn.set)
    if turn.advance_seconds is not None:
        # A step is at most a century, so the sum is still a datetime.
        require_in_calendar("advance_seconds", now + timedelta(seconds=turn.advance_seconds))
