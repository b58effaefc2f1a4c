"""Faults of the API may be about one operation. Those that are set already are about none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column."""
    op.add_column("faults", sa.Column("operation", sa.String(length=80)))
