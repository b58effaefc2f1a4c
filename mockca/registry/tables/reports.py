"""Periodic reports, as they were filed."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, String, Table

from mockca.registry.tables.base import Instant, metadata, number_column

reports = Table(
    "reports",
    metadata,
    number_column(),
    Column("regulation", String(64), nullable=False),
    Column("report", String(64), nullable=False),
    Column("unit", ForeignKey("units.id"), nullable=False),
    Column("period", String(20), nullable=False),
    Column("fields", JSON, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("filed_by", String(80), nullable=False),
    Column("filed_at", Instant, nullable=False, index=True),
)
