"""Settings, accounts, and the bodies they belong to."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, String, Table

from mockca.registry.tables.base import Instant, metadata, number_column

settings = Table(
    "settings",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("regulation", String(64)),
    Column("unit", String(64)),
    Column("credential_hash", String(64), nullable=False, unique=True),
)

units = Table(
    "units",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("regulation", String(64), nullable=False),
    Column("name", String(400), nullable=False),
    Column("category", String(64), nullable=False),
    Column("superiors", JSON, nullable=False),
    Column("locality", String(400), nullable=False),
    Column("email", String(400), nullable=False),
    Column("has_seal", Boolean, nullable=False),
    Column("ended_on", String(10)),
    Column("ended_by", BigInteger),
    Column("successors", JSON, nullable=False, server_default="[]"),
)

appointments = Table(
    "appointments",
    metadata,
    number_column(),
    Column("unit", ForeignKey("units.id"), nullable=False, index=True),
    Column("post", String(64), nullable=False),
    Column("name", String(400), nullable=False),
    Column("position", String(400)),
    Column("decision_number", String(400)),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("recorded_by", String(80), nullable=False),
)
