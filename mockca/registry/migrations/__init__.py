"""From an empty database, or one of an earlier version, to the tables of today."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, inspect, text

from mockca.registry.store import Store

HEAD: Final = "0008"
"""The latest revision."""
FOLDER: Final = Path(__file__).parent


def migrate(url: str | URL) -> None:
    """Bring the database to the latest revision, in one transaction; several processes may ask at once."""
    store = Store(url)
    try:
        with store.read() as connection:
            if revision(connection) == HEAD:
                return
        with store.write() as connection:
            _upgrade(connection)
    finally:
        store.close()


def revision(connection: Connection) -> str | None:
    """The revision that the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def _upgrade(connection: Connection) -> None:
    # Alembic takes longer to import than everything else that a start needs, and most starts do not migrate.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
