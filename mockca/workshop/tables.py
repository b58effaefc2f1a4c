"""The tables of the classroom, in a database of their own. `clock` is a sandbox's time, the rest is the wall's."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

from mockca.registry.tables import Instant

metadata = MetaData()

classes = Table(
    "classes",
    metadata,
    Column("code", String(6), primary_key=True),
    Column("title", String(120), nullable=False),
    Column("lessons", JSON, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("places", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
)

learners = Table(
    "learners",
    metadata,
    Column("sandbox", String(40), primary_key=True),
    Column("code", String(6), ForeignKey("classes.code"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("name", String(80), nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("frozen", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False),
)

beginnings = Table(
    "beginnings",
    metadata,
    Column("sandbox", String(40), ForeignKey("learners.sandbox"), primary_key=True),
    Column("lesson", String(80), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("clock", Instant, nullable=False),
    Column("keys", JSON, nullable=False),
)

steps = Table(
    "steps",
    metadata,
    Column("sandbox", String(40), ForeignKey("learners.sandbox"), primary_key=True),
    Column("lesson", String(80), primary_key=True),
    Column("step", String(80), primary_key=True),
    Column("how", String(10), nullable=False),
    Column("at", Instant, nullable=False),
    Column("clock", Instant, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("told", Text, nullable=False),
)

tries = Table(
    "tries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("sandbox", String(40), ForeignKey("learners.sandbox"), nullable=False),
    Column("lesson", String(80), nullable=False),
    Column("step", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("clauses", JSON, nullable=False),
    Column("told", Text, nullable=False),
    Column("mismatches", JSON, nullable=False),
)
Index("ix_tries_sandbox_lesson_step", tries.c.sandbox, tries.c.lesson, tries.c.step)
