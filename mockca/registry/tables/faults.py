"""Faults on order: which exchanges are to go wrong, how, and how often they have."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Float, String, Table

from mockca.registry.tables.base import Instant, metadata, number_column

faults = Table(
    "faults",
    metadata,
    number_column(),
    Column("endpoint", String(20), nullable=False),
    Column("serial", String(40)),
    Column("role", String(20)),
    Column("next", BigInteger),
    Column("every", BigInteger),
    Column("probability", Float),
    Column("seed", String(64)),
    Column("effect", String(40), nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("fired", BigInteger, nullable=False),
    Column("set_by", String(80), nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("operation", String(80)),
)
