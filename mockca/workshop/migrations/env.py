"""Run by Alembic: the revisions go into the transaction of the connection that `migrate` brings."""

from __future__ import annotations

from alembic import context

from mockca.workshop.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
