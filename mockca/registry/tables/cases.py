"""Activations, revocations, restores."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table, Text

from mockca.registry.tables.base import Instant, metadata, number_column

activations = Table(
    "activations",
    metadata,
    number_column(),
    Column("regulation", String(64), nullable=False),
    Column("form", String(64), nullable=False),
    Column("fields", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("proposed_by", String(80), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("wanted_at", Instant),
    Column("effective_at", Instant),
)

activation_items = Table(
    "activation_items",
    metadata,
    Column("activation", ForeignKey("activations.number"), primary_key=True),
    Column("serial", ForeignKey("certificates.serial"), primary_key=True),
    Index("activations_of_certificate", "serial"),
)

revocations = Table(
    "revocations",
    metadata,
    number_column(),
    Column("regulation", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("ground", String(64), nullable=False),
    Column("request", JSON, nullable=False),
    Column("requested_by", String(80), nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("executed_at", Instant),
    Column("refusal", Text),
    Column("document_number", String(400)),
)

revocation_items = Table(
    "revocation_items",
    metadata,
    Column("revocation", ForeignKey("revocations.number"), primary_key=True),
    Column("serial", ForeignKey("certificates.serial"), primary_key=True),
    Index("revocations_of_certificate", "serial"),
)

restores = Table(
    "restores",
    metadata,
    number_column(),
    Column("regulation", String(64), nullable=False),
    Column("unit", ForeignKey("units.id"), nullable=False),
    Column("device", ForeignKey("devices.serial"), nullable=False, index=True),
    Column("device_kind", String(20), nullable=False),
    Column("certificate", ForeignKey("certificates.serial"), nullable=False),
    Column("executor", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("ground", String(64), nullable=False),
    Column("request", JSON, nullable=False),
    Column("requested_by", String(80), nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("deadline", ForeignKey("deadlines.number")),
    Column("decided_by", String(80)),
    Column("decided_at", Instant),
    Column("refusal", Text),
    Column("document_number", String(400)),
)
