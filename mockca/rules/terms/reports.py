"""Periodic reports, plans, and the figures that they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from mockca.rules.terms.base import Sourced

KINDS_OF_SUBSCRIBER = ("organisation", "person", "equipment")

Source = Literal["registry", "body", "plan"]
"""Who knows a figure: the registry counts it; the body alone does; it is what will be needed."""


def _counters() -> dict[str, Source]:
    held: dict[str, Source] = dict.fromkeys(
        ("organisation_certificates", "personal_certificates", "equipment_certificates"), "registry"
    )
    for asked in ("new", "reissued", "renewed", "changed", "revoked"):
        held |= dict.fromkeys((f"{asked}_{kind}" for kind in KINDS_OF_SUBSCRIBER), "registry")
    told: dict[str, Source] = dict.fromkeys(
        (
            "documents_signed_by_organisation",
            "documents_signed_by_person",
            "documents_sent",
            "application_users",
            "transactions_signed",
        ),
        "body",
    )
    planned: dict[str, Source] = dict.fromkeys((f"planned_{kind}" for kind in KINDS_OF_SUBSCRIBER), "plan")
    return held | {"restores": "registry"} | told | planned


COUNTERS: Mapping[str, Source] = MappingProxyType(_counters())
"""Every figure that a report may hold, with who knows it. Those of the registry: `registry/statistics.py`."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of a report's table: one figure, or several of them side by side."""

    vi: str
    en: str
    counters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report, or a plan, that a body owes."""

    id: str
    vi: str
    en: str
    by: str
    """Role that files it; where it is the agencies', the registrar's own office files it too."""
    every_months: int | None
    """Length of its period, counted from January; None where it is yearly by `month`, or on demand."""
    month: int | None
    """Month in which the yearly report is due."""
    grace_days: Sourced[int] | None
    """Calendar days after the end of the period, or of the month, within which it is in time; None for no day."""
    recipients: tuple[str, ...]
    form: str | None
    """Form that it is filed on; None where the regulation has none."""
    counters: tuple[str, ...]
    """Figures that it holds, each one of COUNTERS."""
    lines: tuple[ReportLine, ...]
    """How the figures stand in its table; those that no line names stand in a line of their own."""
    plan: bool
    """Whether it tells what will be needed in a year rather than what was."""
    consolidates: str | None
    """Id of the bodies' report whose figures it adds up; None where the registry counts them."""
    per_application: bool
    """Whether it is about one of the regulation's applications."""
    clause: str
    unsourced: bool = False
