"""Faults on order. There were none before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "faults",
        sa.Column("number", kind, autoincrement=True, nullable=False),
        sa.Column("endpoint", sa.String(length=20), nullable=False),
        sa.Column("serial", sa.String(length=40)),
        sa.Column("role", sa.String(length=20)),
        sa.Column("next", sa.BigInteger()),
        sa.Column("every", sa.BigInteger()),
        sa.Column("probability", sa.Float()),
        sa.Column("seed", sa.String(length=64)),
        sa.Column("effect", sa.String(length=40), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("fired", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.String(length=80), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
