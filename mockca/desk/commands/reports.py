"""Periodic reports, plans, and reports that somebody asks for."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from mockca.desk.commands.base import Command, Identifier, Text
from mockca.desk.commands.papers import FormSheet

PeriodName = Annotated[str, StringConstraints(min_length=1, max_length=21, pattern=r"^[0-9A-Z/-]*$")]
"""`2026`, `2026-H1`, `2026-Q3`, `2026-05`, or `2026-01-01/2026-03-15`."""


class FileReport(Command):
    """File a report, or a plan, of the caller's own body."""

    regulation: Identifier
    report: Identifier
    """One of the regulation's reports, e.g. `half-year`."""
    period: PeriodName | None = None
    """What it is for; where the report has a form with the year on it, it may be left to the form."""
    application: Identifier | None = None
    """For a report on one of the regulation's applications."""
    form: FormSheet | None = None
    """The filled-in form, where the regulation has one for this report: the figures stand there."""
    counts: dict[Identifier, bool | int | Text | None] = Field(default_factory=dict, max_length=60)
    """The figures by name, where there is no form."""
    remarks: Text | None = None
    """What the body proposes (kiến nghị, đề xuất)."""
    document_number: Text | None = None
    signed_by: Text | None = None


class RequestReport(Command):
    """Ask bodies for a report by a day."""

    regulation: Identifier
    report: Identifier
    period: PeriodName | None = None
    application: Identifier | None = None
    units: Annotated[tuple[Identifier, ...], Field(max_length=500)] = ()
    """Whom; everybody who owes this report where left out."""
    due: date
    """The last day on which it is in time."""
    document_number: Text | None = None
    reason: Text | None = None
