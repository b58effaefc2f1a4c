"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _number() -> sa.Column[int]:
    return sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False)


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("regulation", sa.String(length=64)),
        sa.Column("unit", sa.String(length=64)),
        sa.Column("credential_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("credential_hash"),
    )
    op.create_table(
        "activations",
        _number(),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("wanted_at", sa.BigInteger()),
        sa.Column("effective_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "authority_certificates",
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("role"),
        sa.UniqueConstraint("serial"),
    )
    op.create_table(
        "crls",
        sa.Column("issuer", sa.String(length=20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger()),
        sa.Column("this_update", sa.BigInteger(), nullable=False),
        sa.Column("next_update", sa.BigInteger(), nullable=False),
        sa.Column("last_change", sa.BigInteger(), nullable=False),
        sa.Column("clock_epoch", sa.BigInteger(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "number"),
    )
    op.create_table(
        "deadlines",
        _number(),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("clause", sa.String(length=64), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("met_at", sa.BigInteger()),
        sa.Column("missed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("kind", "about", "due"),
    )
    op.create_index(
        "deadlines_open",
        "deadlines",
        ["due"],
        sqlite_where=sa.text("met_at IS NULL"),
        postgresql_where=sa.text("met_at IS NULL"),
    )
    op.create_table(
        "handovers",
        _number(),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("leg", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("giver", sa.JSON(), nullable=False),
        sa.Column("receiver", sa.JSON(), nullable=False),
        sa.Column("document_number", sa.String(length=400)),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "idempotency",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "key"),
    )
    op.create_table(
        "journal",
        _number(),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("hash"),
    )
    op.create_index("ix_journal_about", "journal", ["about"])
    op.create_index("ix_journal_action", "journal", ["action"])
    op.create_table(
        "notices",
        _number(),
        sa.Column("to", sa.String(length=80), nullable=False),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("serial", sa.String(length=40)),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_notices_serial", "notices", ["serial"])
    op.create_table(
        "revocations",
        _number(),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.String(length=64), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("requested_by", sa.String(length=80), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("executed_at", sa.BigInteger()),
        sa.Column("refusal", sa.Text()),
        sa.Column("document_number", sa.String(length=400)),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "rosters",
        _number(),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("document_number", sa.String(length=400), nullable=False),
        sa.Column("subscriber_kind", sa.String(length=20), nullable=False),
        sa.Column("submission", sa.JSON(), nullable=False),
        sa.Column("submitted_by", sa.String(length=80), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "schedule",
        _number(),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(
        "schedule_open",
        "schedule",
        ["due"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("superiors", sa.JSON(), nullable=False),
        sa.Column("locality", sa.String(length=400), nullable=False),
        sa.Column("email", sa.String(length=400), nullable=False),
        sa.Column("has_seal", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "dossiers",
        _number(),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("operation", sa.String(length=20), nullable=False),
        sa.Column("subscriber_kind", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("sets", sa.JSON(), nullable=False),
        sa.Column("submission", sa.JSON(), nullable=False),
        sa.Column("filed_by", sa.String(length=80), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("roster", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("certificate", sa.String(length=40)),
        sa.ForeignKeyConstraint(
            ["roster"],
            ["rosters.number"],
        ),
        sa.ForeignKeyConstraint(
            ["unit"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_dossiers_state", "dossiers", ["state"])
    op.create_table(
        "attachments",
        _number(),
        sa.Column("dossier", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("roster", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=400), nullable=False),
        sa.Column("sha256", sa.String(length=64)),
        sa.Column("content", sa.LargeBinary()),
        sa.ForeignKeyConstraint(
            ["dossier"],
            ["dossiers.number"],
        ),
        sa.ForeignKeyConstraint(
            ["roster"],
            ["rosters.number"],
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_attachments_dossier", "attachments", ["dossier"])
    op.create_index("ix_attachments_roster", "attachments", ["roster"])
    op.create_table(
        "certificates",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("subscriber_kind", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("common_name", sa.String(length=400), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("dossier", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("device", sa.String(length=32)),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier"],
            ["dossiers.number"],
        ),
        sa.PrimaryKeyConstraint("serial"),
        sa.UniqueConstraint("dossier"),
    )
    op.create_index("ix_certificates_common_name", "certificates", ["common_name"])
    op.create_index("ix_certificates_device", "certificates", ["device"])
    op.create_index("ix_certificates_not_after", "certificates", ["not_after"])
    op.create_index("ix_certificates_unit", "certificates", ["unit"])
    op.create_table(
        "activation_items",
        sa.Column("activation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["activation"],
            ["activations.number"],
        ),
        sa.ForeignKeyConstraint(
            ["serial"],
            ["certificates.serial"],
        ),
        sa.PrimaryKeyConstraint("activation", "serial"),
    )
    op.create_index("activations_of_certificate", "activation_items", ["serial"])
    op.create_table(
        "announcements",
        _number(),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=32)),
        sa.ForeignKeyConstraint(
            ["serial"],
            ["certificates.serial"],
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_announcements_published_at", "announcements", ["published_at"])
    op.create_index("ix_announcements_serial", "announcements", ["serial"])
    op.create_table(
        "devices",
        sa.Column("serial", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("certificate", sa.String(length=40)),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("dossier", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("personalised_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate"],
            ["certificates.serial"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier"],
            ["dossiers.number"],
        ),
        sa.PrimaryKeyConstraint("serial"),
    )
    op.create_index("ix_devices_certificate", "devices", ["certificate"])
    op.create_table(
        "revocation_items",
        sa.Column("revocation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["revocation"],
            ["revocations.number"],
        ),
        sa.ForeignKeyConstraint(
            ["serial"],
            ["certificates.serial"],
        ),
        sa.PrimaryKeyConstraint("revocation", "serial"),
    )
    op.create_index("revocations_of_certificate", "revocation_items", ["serial"])
    op.create_table(
        "status_changes",
        _number(),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("instant", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=32)),
        sa.Column("invalidity_date", sa.BigInteger()),
        sa.Column("keep_until", sa.BigInteger(), nullable=False),
        sa.Column("crl_entry", sa.LargeBinary()),
        sa.ForeignKeyConstraint(
            ["serial"],
            ["certificates.serial"],
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("status_by_serial", "status_changes", ["serial", "instant"])
    op.create_index("status_on_crl", "status_changes", ["instant", "until"])
    op.create_table(
        "handover_items",
        sa.Column("handover", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("certificate", sa.String(length=40)),
        sa.ForeignKeyConstraint(
            ["device"],
            ["devices.serial"],
        ),
        sa.ForeignKeyConstraint(
            ["handover"],
            ["handovers.number"],
        ),
        sa.PrimaryKeyConstraint("handover", "device"),
    )
    op.create_index("handovers_of_device", "handover_items", ["device"])
