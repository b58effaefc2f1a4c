"""The journal, and answers kept for retries."""

from __future__ import annotations

from sqlalchemy import JSON, Column, String, Table

from mockca.registry.tables.base import Instant, metadata, number_column

idempotency = Table(
    "idempotency",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("answer", JSON, nullable=False),
    Column("at", Instant, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    number_column(),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(64), nullable=False, index=True),
    Column("about", String(120), nullable=False, index=True),
    Column("detail", JSON, nullable=False),
    Column("clauses", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)
