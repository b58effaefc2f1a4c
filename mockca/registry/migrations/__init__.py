"""From an empty database, or one of an earlier version, to the tables of today."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import URL, Connection, inspect, make_url, text

from mockca.registry.store import Store

HEAD: Final = "0010"
"""The latest revision."""
FOLDER: Final = Path(__file__).parent


def migrate(url: str | URL) -> None:
    """Bring the database to the latest revision, in one transaction; several processes may ask at once.

    A file that is not there yet begins as a copy of an empty one of today, which a process makes only once.
    """
    url = make_url(url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        _begin(Path(url.database))
    bring_up(url)


def bring_up(url: URL, head: str = HEAD, folder: Path = FOLDER) -> None:
    """Run what the database lacks of the revisions in a folder, up to its latest one, `head`, in one transaction."""
    store = Store(url)
    try:
        with store.read() as connection:
            if revision(connection) == head:
                return
        with store.write() as connection:
            _upgrade(connection, folder)
    finally:
        store.close()


def revision(connection: Connection) -> str | None:
    """The revision that the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def _begin(path: Path) -> None:
    """Put an empty database of today there; leave it be where one is there meanwhile, or where links cannot be made."""
    with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
        whole = Path(folder) / path.name
        whole.write_bytes(_empty())
        with suppress(OSError):
            os.link(whole, path)


@cache
def _empty() -> bytes:
    """The file of an empty database of today."""
    with TemporaryDirectory(prefix="mockca-") as folder:
        path = Path(folder) / "registry.db"
        bring_up(URL.create("sqlite", database=str(path)))
        return path.read_bytes()


def _upgrade(connection: Connection, folder: Path) -> None:
    # Alembic takes longer to import than everything else that a start needs, and most starts do not migrate.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
