from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine, inspect, text
from sqlalchemy.schema import CreateTable

from mockca.registry import journal
from mockca.registry.migrations import FOLDER, HEAD, migrate, revision
from mockca.registry.store import Store
from mockca.registry.tables import metadata
from tests.registry.worlds import note


def described(url: URL) -> dict[str, Any]:
    """Everything that a database says of its tables, apart from the names of what has none."""
    engine = create_engine(url)
    inspector = inspect(engine)
    found: dict[str, Any] = {}
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        found[table] = {
            "columns": {column["name"]: str(column) for column in inspector.get_columns(table)},
            "order": [column["name"] for column in inspector.get_columns(table)],
            "key": inspector.get_pk_constraint(table),
            "foreign": sorted(map(str, inspector.get_foreign_keys(table))),
            "unique": sorted(map(str, inspector.get_unique_constraints(table))),
            "indexes": sorted(
                str(index | {"dialect_options": {name: str(what) for name, what in index["dialect_options"].items()}})
                for index in inspector.get_indexes(table)
            ),
        }
    engine.dispose()
    return found


def test_the_revisions_make_exactly_the_tables_of_the_code(url: URL, new_url: URL) -> None:
    engine = create_engine(new_url)
    metadata.create_all(engine)
    engine.dispose()
    assert described(url) == described(new_url)


def test_alembic_finds_nothing_left_to_do(store: Store) -> None:
    with store.read() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []


def test_the_head_that_the_code_names_is_the_latest_revision(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
    with store.read() as conn:
        assert revision(conn) == HEAD


def test_a_database_of_the_first_version_is_brought_up_to_date_with_what_it_holds(new_url: URL) -> None:
    store = Store(new_url)
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with store.write() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
        note(conn)
    migrate(new_url)
    with store.read() as conn:
        assert revision(conn) == HEAD
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []
        assert journal.verify(conn).entries == 1
    store.close()


def test_a_database_that_is_up_to_date_is_left_alone(store: Store) -> None:
    before = store.data_version()
    migrate(store.url)
    assert store.data_version() == before


def test_a_migration_that_fails_leaves_nothing_behind(new_url: URL) -> None:
    store = Store(new_url)
    with store.write() as conn:
        conn.execute(CreateTable(metadata.tables["journal"]))
    with pytest.raises(Exception, match="already exists"):
        migrate(new_url)
    with store.read() as conn:
        assert inspect(conn).get_table_names() == ["journal"]
        assert revision(conn) is None
    store.close()


def test_a_folder_with_a_strange_name_is_as_good_as_any(tmp_path: Path) -> None:
    folder = tmp_path / "100% thử? #1"
    folder.mkdir()
    url = URL.create("sqlite", database=str(folder / "registry.db"))
    migrate(url)
    store = Store(url)
    with store.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM journal")).scalar_one() == 0
    store.close()
    assert (folder / "registry.db").exists()


def test_several_processes_may_migrate_a_new_database_at_once(new_url: URL) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=migrate, args=(new_url,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    store = Store(new_url)
    with store.read() as conn:
        assert revision(conn) == HEAD
    store.close()


def test_where_files_cannot_be_linked_a_new_database_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr("os.link", refused)
    migrate(f"sqlite:///{tmp_path / 'registry.db'}")
    store = Store(f"sqlite:///{tmp_path / 'registry.db'}")
    with store.read() as conn:
        assert revision(conn) == HEAD
    store.close()
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []
