"""The classroom's database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL

from mockca.registry.migrations import revision
from mockca.registry.store import Store
from mockca.workshop.migrations import FOLDER, HEAD, migrate
from mockca.workshop.tables import metadata


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = URL.create("sqlite", database=str(tmp_path / "workshop.db"))
    migrate(url)
    store = Store(url)
    yield store
    store.close()


def test_the_revisions_make_exactly_the_tables_of_the_code(store: Store) -> None:
    with store.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_head_that_the_code_names_is_the_latest_revision(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
    migrate(store.url)
    with store.read() as connection:
        assert revision(connection) == HEAD
