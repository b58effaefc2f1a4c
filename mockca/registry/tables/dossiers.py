"""Dossiers, their attachments, rosters."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, LargeBinary, String, Table

from mockca.registry.tables.base import Instant, metadata, number_column

dossiers = Table(
    "dossiers",
    metadata,
    number_column(),
    Column("regulation", String(64), nullable=False),
    Column("operation", String(20), nullable=False),
    Column("subscriber_kind", String(20), nullable=False),
    Column("unit", ForeignKey("units.id"), nullable=False, index=True),
    Column("state", String(20), nullable=False, index=True),
    Column("form", String(64), nullable=False),
    Column("fields", JSON, nullable=False),
    Column("sets", JSON, nullable=False),
    Column("submission", JSON, nullable=False),
    Column("filed_by", String(80), nullable=False),
    Column("filed_at", Instant, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("roster", ForeignKey("rosters.number"), index=True),
    Column("certificate", String(40), index=True),
    Column("replaces", String(40), index=True),
    Column("case", String(64)),
    Column("category", String(64)),
    Column("confirmed_by", String(400)),
    Column("enclosed", JSON, nullable=False, server_default="[]"),
)

attachments = Table(
    "attachments",
    metadata,
    number_column(),
    Column("dossier", ForeignKey("dossiers.number"), index=True),
    Column("roster", ForeignKey("rosters.number"), index=True),
    Column("kind", String(64), nullable=False),
    Column("file_name", String(400), nullable=False),
    Column("sha256", String(64)),
    Column("content", LargeBinary),
    Column("certified", String(20)),
)

rosters = Table(
    "rosters",
    metadata,
    number_column(),
    Column("regulation", String(64), nullable=False),
    Column("form", String(64), nullable=False),
    Column("document_number", String(400), nullable=False),
    Column("subscriber_kind", String(20), nullable=False),
    Column("submission", JSON, nullable=False),
    Column("submitted_by", String(80), nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("rows", JSON, nullable=False, server_default="[]"),
)
