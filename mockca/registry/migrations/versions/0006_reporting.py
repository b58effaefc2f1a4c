"""Reports with all that was filed, and those that are owed. Nothing was filed before."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"


def _number() -> sa.Column[Any]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("number", kind, autoincrement=True, nullable=False)


def upgrade() -> None:
    """Make the tables, and have the owed reports looked for as soon as the clock is asked."""
    op.drop_index("ix_reports_filed_at", "reports")
    op.drop_table("reports")
    _reports()
    _owed()
    with op.batch_alter_table("deadlines") as table:
        table.alter_column("about", existing_type=sa.String(length=80), type_=sa.String(length=120))
    # A world that is there already; a new one plans this itself when it is filled.
    op.execute(
        "INSERT INTO schedule (due, action, about) SELECT 0, 'open-reports', 'reports' FROM settings WHERE key = 'seed'"
    )


def _reports() -> None:
    op.create_table(
        "reports",
        _number(),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("report", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("application", sa.String(length=64), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("counted_until", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.String(length=64)),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("document_number", sa.String(length=400)),
        sa.Column("signed_by", sa.String(length=400)),
        sa.Column("remarks", sa.Text()),
        sa.Column("due", sa.BigInteger()),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("filed_by", sa.String(length=80), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.ForeignKeyConstraint(["unit"], ["units.id"]),
    )
    op.create_index("ix_reports_filed_at", "reports", ["filed_at"])
    op.create_index("reports_of_period", "reports", ["regulation", "report", "period"])


def _owed() -> None:
    op.create_table(
        "owed_reports",
        _number(),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("report", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("application", sa.String(length=64), nullable=False),
        sa.Column("opens", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.String(length=80)),
        sa.Column("requested_at", sa.BigInteger()),
        sa.Column("document_number", sa.String(length=400)),
        sa.Column("reason", sa.Text()),
        sa.Column("filed", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.PrimaryKeyConstraint("number"),
        sa.ForeignKeyConstraint(["unit"], ["units.id"]),
        sa.ForeignKeyConstraint(["filed"], ["reports.number"]),
    )
    still_open = sa.text("filed IS NULL")
    op.create_index(
        "owed_reports_open", "owed_reports", ["regulation", "due"], sqlite_where=still_open, postgresql_where=still_open
    )
