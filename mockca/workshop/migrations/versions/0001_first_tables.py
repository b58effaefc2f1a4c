"""Classes, learners, and how far each has got."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "classes",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("lessons", sa.JSON(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "learners",
        sa.Column("sandbox", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["classes.code"]),
        sa.PrimaryKeyConstraint("sandbox"),
    )
    op.create_index("ix_learners_code", "learners", ["code"])
    op.create_table(
        "beginnings",
        sa.Column("sandbox", sa.String(length=40), nullable=False),
        sa.Column("lesson", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.BigInteger(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sandbox"], ["learners.sandbox"]),
        sa.PrimaryKeyConstraint("sandbox", "lesson"),
    )
    op.create_table(
        "steps",
        sa.Column("sandbox", sa.String(length=40), nullable=False),
        sa.Column("lesson", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sandbox"], ["learners.sandbox"]),
        sa.PrimaryKeyConstraint("sandbox", "lesson", "step"),
    )
    op.create_table(
        "tries",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("sandbox", sa.String(length=40), nullable=False),
        sa.Column("lesson", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("mismatches", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sandbox"], ["learners.sandbox"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_tries_sandbox_lesson_step", "tries", ["sandbox", "lesson", "step"])
