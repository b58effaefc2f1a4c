"""Reorganisations: their kind, the order of the work, and the bodies that ended by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; order the work by place."""
    op.add_column("units", sa.Column("ended_on", sa.String(length=10)))
    op.add_column("units", sa.Column("ended_by", sa.BigInteger()))
    op.add_column("units", sa.Column("successors", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("reorganisations", sa.Column("kind", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("reorganisation_items", sa.Column("place", sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("reorganisation_work", "reorganisation_items")
    op.create_index("reorganisation_work", "reorganisation_items", ["reorganisation", "state", "place"])
    op.create_index("reorganisation_places", "reorganisation_items", ["reorganisation", "place"])
    op.create_index("ix_reorganisation_items_serial", "reorganisation_items", ["serial"])
