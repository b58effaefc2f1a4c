"""Time limits, and what falls due."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, UniqueConstraint

from mockca.registry.tables.base import Instant, metadata, number_column, only_where

deadlines = Table(
    "deadlines",
    metadata,
    number_column(),
    Column("regulation", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("about", String(120), nullable=False),
    Column("clause", String(64), nullable=False),
    Column("due", Instant, nullable=False),
    Column("met_at", Instant),
    Column("missed_at", Instant),
    UniqueConstraint("kind", "about", "due"),
)
Index("deadlines_open", deadlines.c.due, **only_where(deadlines.c.met_at.is_(None)))

schedule = Table(
    "schedule",
    metadata,
    number_column(),
    Column("due", Instant, nullable=False),
    Column("action", String(40), nullable=False),
    Column("about", String(80), nullable=False),
    Column("done_at", Instant),
)
Index("schedule_open", schedule.c.due, **only_where(schedule.c.done_at.is_(None)))
