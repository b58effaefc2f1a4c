"""Where a sandbox's registry lies: in a file of its folder, or in a schema of its own on a PostgreSQL server."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, create_engine, func, make_url, select, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.schema import CreateSchema, DropSchema

from mockca.errors import SetUpError
from mockca.randomness import new_seed
from mockca.registry.tables import metadata

FILE: Final = "registry.db"
"""The database of a sandbox that has its own file."""
ADDRESS: Final = "database.url"
"""Says where the database of any other sandbox is (0600: a password may stand in it)."""
POINTER: Final = "database.file"
"""Names the file of a sandbox that was restored. It is none that was there before: SQLite removes a database's helpers
by their names, and whoever still has an earlier one open must not remove those of the new one."""
DRIVER: Final = "postgresql+psycopg"
EXAMPLE: Final = f"{DRIVER}://user@host/database"


def homes(data: Path) -> list[Path]:
    """Folders of the sandboxes in a data folder, by their names; none where there is no such folder."""
    return sorted({path.parent for name in (FILE, ADDRESS, POINTER) for path in data.glob(f"[a-z]*/{name}")})


def server(address: str | None) -> URL | None:
    """The PostgreSQL database in which new sandboxes get a schema each; None where no address is given.

    SetUpError where the address is another thing, or where the driver is not installed.
    """
    if not address:
        return None
    try:
        url = make_url(address)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() != "postgresql" or "password" in url.query:
        # The address itself is not repeated: a password may stand in it.
        raise SetUpError(f"the address of the database is not understood; give it as {EXAMPLE}")
    _require_driver()
    return url.set(drivername=DRIVER)


def make(home: Path, name: str, on: URL | None) -> URL:
    """Make the empty database of a new sandbox in its folder, or on a server; its address.

    SetUpError where the server cannot be used.
    """
    if on is not None:
        # Several data folders may share a server, so a name alone would not do.
        schema = f"mockca_{name.replace('-', '_')}_{new_seed()[:8]}"
        _execute(on, CreateSchema(schema))
        options = " ".join(filter(None, (_option(on), f"-csearch_path={schema}")))
        path = home / ADDRESS
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(on.update_query_dict({"options": options}).render_as_string(hide_password=False), "utf-8")
    return at(home)


def at(home: Path) -> URL:
    """Address of the database of the sandbox in this folder. SetUpError where its driver is not installed."""
    path = home / ADDRESS
    if not path.exists():
        pointer = home / POINTER
        name = pointer.read_text("ascii").strip() if pointer.exists() else FILE
        return URL.create("sqlite", database=str(home / name))
    _require_driver()
    return make_url(path.read_text("utf-8").strip())


def point_to_new_file(home: Path) -> Path:
    """Where the database of a sandbox that is being restored in this folder is to be put."""
    name = f"registry-{new_seed()}.db"
    (home / POINTER).write_text(name, "ascii")
    return home / name


def drop(home: Path) -> None:
    """Remove what `make` made outside the folder; nothing where there is nothing."""
    if (home / ADDRESS).exists():
        url = at(home)
        _execute(url, DropSchema(_schema(url), cascade=True))


def shown(url: URL) -> str:
    """The address without what is secret in it."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"{url.difference_update_query(['options'])}, schema {_schema(url)}"


def empty(connection: Connection) -> None:
    """Remove every row, and begin to count anew. Readers see the rows until this is committed."""
    for table in reversed(metadata.sorted_tables):
        connection.execute(table.delete())
    if connection.dialect.name == "postgresql":
        # SQLite counts from the greatest number there is. TRUNCATE would take the rows from readers at once.
        for table in metadata.sorted_tables:
            if table.autoincrement_column is not None:
                column = table.autoincrement_column.name
                sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, column))).scalar_one()
                connection.execute(text(f"ALTER SEQUENCE {sequence} RESTART"))


def _execute(url: URL, statement: CreateSchema | DropSchema) -> None:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(statement)
    except OperationalError as error:
        raise SetUpError(f"cannot use the database {url.set(query={})}: {error.orig}") from error
    finally:
        engine.dispose()


def _schema(url: URL) -> str:
    return _option(url).rpartition("-csearch_path=")[2]


def _option(url: URL) -> str:
    options = url.query.get("options", "")
    return options if isinstance(options, str) else " ".join(options)


def _require_driver() -> None:
    if find_spec("psycopg") is None:
        raise SetUpError("PostgreSQL needs a driver; type: python -m pip install 'mockca[postgresql]'")
