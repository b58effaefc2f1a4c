"""Decisions that split, merge, rename or dissolve bodies, and what they make of each certificate."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from mockca.registry.tables.base import Instant, metadata, number_column

reorganisations = Table(
    "reorganisations",
    metadata,
    number_column(),
    Column("regulation", String(64), nullable=False),
    Column("decision", JSON, nullable=False),
    Column("units", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("total", Integer, nullable=False),
    Column("planned_by", String(80), nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("kind", String(64), nullable=False, server_default=""),
)

reorganisation_items = Table(
    "reorganisation_items",
    metadata,
    Column("reorganisation", ForeignKey("reorganisations.number"), primary_key=True),
    Column("serial", ForeignKey("certificates.serial"), primary_key=True),
    Column("action", String(20), nullable=False),
    Column("clause", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("successor", String(64)),
    Column("outcome", JSON, nullable=False),
    Column("done_at", Instant),
    Column("place", Integer, nullable=False, server_default="0"),
    Index("reorganisation_work", "reorganisation", "state", "place"),
    Index("reorganisation_places", "reorganisation", "place"),
    Index("ix_reorganisation_items_serial", "serial"),
)
