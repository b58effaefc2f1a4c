"""Announcements to everybody, notices to one."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, Text

from mockca.registry.tables.base import Instant, metadata, number_column

announcements = Table(
    "announcements",
    metadata,
    number_column(),
    Column("kind", String(20), nullable=False),
    Column("serial", ForeignKey("certificates.serial"), nullable=False, index=True),
    Column("published_at", Instant, nullable=False, index=True),
    Column("effective_at", Instant, nullable=False),
    Column("reason", String(32)),
)

notices = Table(
    "notices",
    metadata,
    number_column(),
    Column("to", String(80), nullable=False),
    Column("regulation", String(64), nullable=False),
    Column("subject", String(400), nullable=False),
    Column("text", Text, nullable=False),
    Column("serial", String(40), index=True),
    Column("sent_at", Instant, nullable=False),
    Column("clause", String(64), nullable=False),
)
