"""Periodic reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """A periodic report."""

    vi: str
    en: str
    every_months: int | None
    """None where the text gives no period."""
    recipients: tuple[str, ...]
    clause: str
    unsourced: bool = False
