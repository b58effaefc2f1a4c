"""Restores of locked devices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "restores",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("device_kind", sa.String(length=20), nullable=False),
        sa.Column("certificate", sa.String(length=40), nullable=False),
        sa.Column("executor", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.String(length=64), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("requested_by", sa.String(length=80), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("decided_by", sa.String(length=80)),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("refusal", sa.Text()),
        sa.Column("document_number", sa.String(length=400)),
        sa.ForeignKeyConstraint(["unit"], ["units.id"]),
        sa.ForeignKeyConstraint(["device"], ["devices.serial"]),
        sa.ForeignKeyConstraint(["certificate"], ["certificates.serial"]),
        sa.ForeignKeyConstraint(["deadline"], ["deadlines.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_restores_device", "restores", ["device"])
