"""Renewal, change and reissue; custodians; reports; reorganisations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _number() -> sa.Column[Any]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("number", kind, autoincrement=True, nullable=False)


def upgrade() -> None:
    """Add the columns and make the tables."""
    _columns()
    _keeping()
    _reports()
    _reorganisations()


def _columns() -> None:
    with op.batch_alter_table("dossiers") as table:
        table.add_column(sa.Column("replaces", sa.String(length=40)))
        table.add_column(sa.Column("case", sa.String(length=64)))
        table.add_column(sa.Column("category", sa.String(length=64)))
        table.add_column(sa.Column("confirmed_by", sa.String(length=400)))
        table.add_column(sa.Column("enclosed", sa.JSON(), nullable=False, server_default="[]"))
    op.create_index("ix_dossiers_replaces", "dossiers", ["replaces"])
    op.add_column("rosters", sa.Column("rows", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("attachments", sa.Column("certified", sa.String(length=20)))
    op.add_column("certificates", sa.Column("replaces", sa.String(length=40)))
    op.create_index("ix_certificates_replaces", "certificates", ["replaces"])
    op.create_index("ix_dossiers_unit", "dossiers", ["unit"])
    op.create_index("ix_dossiers_roster", "dossiers", ["roster"])
    op.create_index("ix_dossiers_certificate", "dossiers", ["certificate"])
    op.create_index("ix_devices_dossier", "devices", ["dossier"])
    op.add_column("handovers", sa.Column("fields", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("handovers", sa.Column("copies", sa.Integer()))
    op.add_column("handover_items", sa.Column("row", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("handovers", sa.Column("via", sa.String(length=20)))


def _keeping() -> None:
    op.create_table(
        "custodians",
        _number(),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("position", sa.String(length=400)),
        sa.Column("post", sa.String(length=20), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("decision", sa.JSON()),
        sa.Column("minutes", sa.JSON()),
        sa.Column("classification", sa.String(length=64)),
        sa.Column("asset_number", sa.String(length=64)),
        sa.Column("house_rules", sa.Boolean()),
        sa.Column("assigned_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.serial"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("custodians_of_device", "custodians", ["device", "since"])
    op.create_table(
        "outings",
        _number(),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("carrier", sa.String(length=400), nullable=False),
        sa.Column("purpose", sa.String(length=400), nullable=False),
        sa.Column("permitted_by", sa.String(length=400), nullable=False),
        sa.Column("out_at", sa.BigInteger(), nullable=False),
        sa.Column("back_at", sa.BigInteger()),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.serial"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_outings_device", "outings", ["device"])
    op.create_table(
        "appointments",
        _number(),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("post", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("position", sa.String(length=400)),
        sa.Column("decision_number", sa.String(length=400)),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_appointments_unit", "appointments", ["unit"])


def _reports() -> None:
    op.create_table(
        "reports",
        _number(),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("report", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("filed_by", sa.String(length=80), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_reports_filed_at", "reports", ["filed_at"])


def _reorganisations() -> None:
    op.create_table(
        "reorganisations",
        _number(),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.JSON(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("planned_by", sa.String(length=80), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "reorganisation_items",
        sa.Column("reorganisation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("clause", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("successor", sa.String(length=64)),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["reorganisation"], ["reorganisations.number"]),
        sa.ForeignKeyConstraint(["serial"], ["certificates.serial"]),
        sa.PrimaryKeyConstraint("reorganisation", "serial"),
    )
    op.create_index("reorganisation_work", "reorganisation_items", ["reorganisation", "state"])
