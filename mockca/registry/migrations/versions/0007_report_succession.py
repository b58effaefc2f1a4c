"""What a body owed when it ended: since when it does not any more, and who owes it since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; whatever is owed stays owed."""
    with op.batch_alter_table("owed_reports") as table:
        table.add_column(sa.Column("ended_at", sa.BigInteger()))
        table.add_column(sa.Column("passed_to", sa.String(length=64)))
        table.create_foreign_key("owed_reports_passed_to_fkey", "units", ["passed_to"], ["id"])
