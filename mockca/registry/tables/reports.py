"""Periodic reports, as they were filed, and those that are owed."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table, Text

from mockca.registry.tables.base import Instant, metadata, number_column, only_where

reports = Table(
    "reports",
    metadata,
    number_column(),
    Column("regulation", String(64), nullable=False),
    Column("report", String(64), nullable=False),
    Column("unit", ForeignKey("units.id"), nullable=False),
    Column("period", String(40), nullable=False),
    Column("application", String(64), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("counted_until", Instant, nullable=False),
    Column("form", String(64)),
    Column("fields", JSON, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("parts", JSON, nullable=False),
    Column("missing", JSON, nullable=False),
    Column("recipients", JSON, nullable=False),
    Column("document_number", String(400)),
    Column("signed_by", String(400)),
    Column("remarks", Text),
    Column("due", Instant),
    Column("state", String(20), nullable=False),
    Column("filed_by", String(80), nullable=False),
    Column("filed_at", Instant, nullable=False, index=True),
    Index("reports_of_period", "regulation", "report", "period"),
)

owed_reports = Table(
    "owed_reports",
    metadata,
    number_column(),
    Column("regulation", String(64), nullable=False),
    Column("report", String(64), nullable=False),
    Column("unit", ForeignKey("units.id"), nullable=False),
    Column("period", String(40), nullable=False),
    Column("application", String(64), nullable=False),
    Column("opens", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    Column("requested_by", String(80)),
    Column("requested_at", Instant),
    Column("document_number", String(400)),
    Column("reason", Text),
    Column("filed", ForeignKey("reports.number")),
    Column("ended_at", Instant),
    Column("passed_to", ForeignKey("units.id")),
)
Index("owed_reports_open", owed_reports.c.regulation, owed_reports.c.due, **only_where(owed_reports.c.filed.is_(None)))
