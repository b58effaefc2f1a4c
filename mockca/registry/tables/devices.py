"""Devices and the minutes that moved them."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table

from mockca.registry.tables.base import Instant, metadata, number_column

devices = Table(
    "devices",
    metadata,
    Column("serial", String(32), primary_key=True),
    Column("model", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("holder", String(20), nullable=False),
    Column("certificate", ForeignKey("certificates.serial"), index=True),
    Column("algorithm", String(20), nullable=False),
    Column("dossier", ForeignKey("dossiers.number"), nullable=False, index=True),
    Column("personalised_at", Instant, nullable=False),
)

handovers = Table(
    "handovers",
    metadata,
    number_column(),
    Column("regulation", String(64), nullable=False),
    Column("leg", String(64), nullable=False),
    Column("form", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("giver", JSON, nullable=False),
    Column("receiver", JSON, nullable=False),
    Column("document_number", String(400)),
    Column("recorded_by", String(80), nullable=False),
    Column("fields", JSON, nullable=False, server_default="{}"),
    Column("copies", Integer),
    Column("via", String(20)),
)

handover_items = Table(
    "handover_items",
    metadata,
    Column("handover", ForeignKey("handovers.number"), primary_key=True),
    Column("device", ForeignKey("devices.serial"), primary_key=True),
    Column("certificate", String(40)),
    Column("row", JSON, nullable=False, server_default="{}"),
    Index("handovers_of_device", "device"),
)

custodians = Table(
    "custodians",
    metadata,
    number_column(),
    Column("device", ForeignKey("devices.serial"), nullable=False),
    Column("name", String(400), nullable=False),
    Column("position", String(400)),
    Column("post", String(20), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("decision", JSON),
    Column("minutes", JSON),
    Column("classification", String(64)),
    Column("asset_number", String(64)),
    Column("house_rules", Boolean),
    Column("assigned_by", String(80), nullable=False),
    Index("custodians_of_device", "device", "since"),
)

outings = Table(
    "outings",
    metadata,
    number_column(),
    Column("device", ForeignKey("devices.serial"), nullable=False, index=True),
    Column("carrier", String(400), nullable=False),
    Column("purpose", String(400), nullable=False),
    Column("permitted_by", String(400), nullable=False),
    Column("out_at", Instant, nullable=False),
    Column("back_at", Instant),
    Column("recorded_by", String(80), nullable=False),
)
