"""Periodic reports, and plans."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """A report, or a plan, that a body owes."""

    id: str
    vi: str
    en: str
    by: str
    """Role that files it."""
    every_months: int | None
    """Length of its period, counted from January; None where it is yearly by `month`, or on demand."""
    month: int | None
    """Month in which the yearly report is due."""
    grace_days: int
    """Calendar days after the end of the period, or of the month, within which it is in time."""
    recipients: tuple[str, ...]
    form: str | None
    """Form that it is filed on; None where the regulation has none."""
    counters: tuple[str, ...]
    """Figures that it holds; the registry knows them by these names (registry/statistics.py)."""
    plan: bool
    """Whether it tells what will be needed rather than what was."""
    clause: str
    unsourced: bool = False
