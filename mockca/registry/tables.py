"""The tables. Instants are kept as microseconds since 1970 in UTC, so that they sort in any database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FOREVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""End of an interval that has none yet (RFC 5280 §4.1.2.5)."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as a BigInteger of microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        del dialect
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else EPOCH + value * MICROSECOND


metadata = MetaData()


def _number() -> Column[int]:
    # SQLite hands out row ids only for a column of exactly this type.
    return Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _only(condition: ColumnElement[bool]) -> dict[str, Any]:
    # What is met or done piles up for ever; what is still open is asked for with each request.
    return {"sqlite_where": condition, "postgresql_where": condition}


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
)

authority_certificates = Table(
    "authority_certificates",
    metadata,
    Column("role", String(20), primary_key=True),
    Column("serial", String(40), nullable=False, unique=True),
    Column("der", LargeBinary, nullable=False),
)

dossiers = Table(
    "dossiers",
    metadata,
    _number(),
    Column("regulation", String(64), nullable=False),
    Column("operation", String(20), nullable=False),
    Column("subscriber_kind", String(20), nullable=False),
    Column("unit", ForeignKey("units.id"), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("form", String(64), nullable=False),
    Column("fields", JSON, nullable=False),
    Column("sets", JSON, nullable=False),
    Column("submission", JSON, nullable=False),
    Column("filed_by", String(80), nullable=False),
    Column("filed_at", Instant, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("roster", ForeignKey("rosters.number")),
    Column("certificate", String(40)),
)

attachments = Table(
    "attachments",
    metadata,
    _number(),
    Column("dossier", ForeignKey("dossiers.number"), index=True),
    Column("roster", ForeignKey("rosters.number"), index=True),
    Column("kind", String(64), nullable=False),
    Column("file_name", String(400), nullable=False),
    Column("sha256", String(64)),
    Column("content", LargeBinary),
)

rosters = Table(
    "rosters",
    metadata,
    _number(),
    Column("regulation", String(64), nullable=False),
    Column("form", String(64), nullable=False),
    Column("document_number", String(400), nullable=False),
    Column("subscriber_kind", String(20), nullable=False),
    Column("submission", JSON, nullable=False),
    Column("submitted_by", String(80), nullable=False),
    Column("submitted_at", Instant, nullable=False),
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
)

status_changes = Table(
    "status_changes",
    metadata,
    _number(),
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

devices = Table(
    "devices",
    metadata,
    Column("serial", String(32), primary_key=True),
    Column("model", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("holder", String(20), nullable=False),
    Column("certificate", ForeignKey("certificates.serial"), index=True),
    Column("algorithm", String(20), nullable=False),
    Column("dossier", ForeignKey("dossiers.number"), nullable=False),
    Column("personalised_at", Instant, nullable=False),
)

handovers = Table(
    "handovers",
    metadata,
    _number(),
    Column("regulation", String(64), nullable=False),
    Column("leg", String(64), nullable=False),
    Column("form", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("giver", JSON, nullable=False),
    Column("receiver", JSON, nullable=False),
    Column("document_number", String(400)),
    Column("recorded_by", String(80), nullable=False),
)

handover_items = Table(
    "handover_items",
    metadata,
    Column("handover", ForeignKey("handovers.number"), primary_key=True),
    Column("device", ForeignKey("devices.serial"), primary_key=True),
    Column("certificate", String(40)),
    Index("handovers_of_device", "device"),
)

activations = Table(
    "activations",
    metadata,
    _number(),
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
    _number(),
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
    _number(),
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

announcements = Table(
    "announcements",
    metadata,
    _number(),
    Column("kind", String(20), nullable=False),
    Column("serial", ForeignKey("certificates.serial"), nullable=False, index=True),
    Column("published_at", Instant, nullable=False, index=True),
    Column("effective_at", Instant, nullable=False),
    Column("reason", String(32)),
)

notices = Table(
    "notices",
    metadata,
    _number(),
    Column("to", String(80), nullable=False),
    Column("regulation", String(64), nullable=False),
    Column("subject", String(400), nullable=False),
    Column("text", Text, nullable=False),
    Column("serial", String(40), index=True),
    Column("sent_at", Instant, nullable=False),
    Column("clause", String(64), nullable=False),
)

deadlines = Table(
    "deadlines",
    metadata,
    _number(),
    Column("regulation", String(64), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("about", String(80), nullable=False),
    Column("clause", String(64), nullable=False),
    Column("due", Instant, nullable=False),
    Column("met_at", Instant),
    Column("missed_at", Instant),
    UniqueConstraint("kind", "about", "due"),
)
Index("deadlines_open", deadlines.c.due, **_only(deadlines.c.met_at.is_(None)))

schedule = Table(
    "schedule",
    metadata,
    _number(),
    Column("due", Instant, nullable=False),
    Column("action", String(40), nullable=False),
    Column("about", String(80), nullable=False),
    Column("done_at", Instant),
)
Index("schedule_open", schedule.c.due, **_only(schedule.c.done_at.is_(None)))

crls = Table(
    "crls",
    metadata,
    Column("issuer", String(20), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("base", BigInteger),
    Column("this_update", Instant, nullable=False),
    Column("next_update", Instant, nullable=False),
    Column("last_change", BigInteger, nullable=False),
    Column("clock_epoch", BigInteger, nullable=False),
    Column("der", LargeBinary, nullable=False),
)

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
    _number(),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(64), nullable=False, index=True),
    Column("about", String(120), nullable=False, index=True),
    Column("detail", JSON, nullable=False),
    Column("clauses", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)
