"""A full CRL and a delta of one instant have the same number (RFC 5280 §5.2.4)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table anew, for its key is another; what was issued stays as it is."""
    op.execute("CREATE TABLE former_crls AS SELECT * FROM crls")
    op.drop_table("crls")
    op.create_table(
        "crls",
        sa.Column("issuer", sa.String(length=20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("is_delta", sa.Boolean(), nullable=False),
        sa.Column("base", sa.BigInteger()),
        sa.Column("this_update", sa.BigInteger(), nullable=False),
        sa.Column("next_update", sa.BigInteger(), nullable=False),
        sa.Column("last_change", sa.BigInteger(), nullable=False),
        sa.Column("clock_epoch", sa.BigInteger(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "number", "is_delta"),
    )
    op.execute(
        "INSERT INTO crls SELECT issuer, number, base IS NOT NULL, base, this_update, next_update, last_change,"
        " clock_epoch, der FROM former_crls"
    )
    op.drop_table("former_crls")
