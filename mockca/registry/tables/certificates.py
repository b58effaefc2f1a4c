"""Certificates, their status, the lists that tell it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table, Text

from mockca.registry.tables.base import Instant, metadata, number_column

authority_certificates = Table(
    "authority_certificates",
    metadata,
    Column("role", String(20), primary_key=True),
    Column("serial", String(40), nullable=False, unique=True),
    Column("der", LargeBinary, nullable=False),
)

certificates = Table(
    "certificates",
    metadata,
    Column("serial", String(40), primary_key=True),
    Column("regulation", String(64), nullable=False),
    Column("subscriber_kind", String(20), nullable=False),
    Column("unit", String(64), nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("common_name", String(400), nullable=False, index=True),
    Column("not_before", Instant, nullable=False),
    Column("not_after", Instant, nullable=False, index=True),
    Column("dossier", ForeignKey("dossiers.number"), nullable=False, unique=True),
    Column("device", String(32), index=True),
    Column("algorithm", String(20), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("der", LargeBinary, nullable=False),
    Column("replaces", String(40), index=True),
)

status_changes = Table(
    "status_changes",
    metadata,
    number_column(),
    Column("serial", ForeignKey("certificates.serial"), nullable=False),
    Column("instant", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason", String(32)),
    Column("invalidity_date", Instant),
    Column("keep_until", Instant, nullable=False),
    Column("crl_entry", LargeBinary),
    Index("status_by_serial", "serial", "instant"),
    Index("status_on_crl", "instant", "until"),
)

crls = Table(
    "crls",
    metadata,
    Column("issuer", String(20), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("is_delta", Boolean, primary_key=True),
    Column("base", BigInteger),
    Column("this_update", Instant, nullable=False),
    Column("next_update", Instant, nullable=False),
    Column("last_change", BigInteger, nullable=False),
    Column("clock_epoch", BigInteger, nullable=False),
    Column("der", LargeBinary, nullable=False),
)
