"""The harness's own clock: when a run began and ended, and what time it is where a target cannot say."""

from __future__ import annotations

from datetime import UTC, datetime


def system_time() -> datetime:
    """This machine's time, in UTC."""
    return datetime.now(UTC)
