"""Databases on disk: one made by the migrations for the session, a copy of it for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from mockca.registry.migrations import migrate
from mockca.registry.store import Store


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "registry.db"
    migrate(URL.create("sqlite", database=str(path)))
    return path


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> Path:
    """The file of a database with all tables and nothing in them."""
    return Path(shutil.copy(empty_database, tmp_path / "registry.db"))


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    opened = Store(URL.create("sqlite", database=str(database)))
    yield opened
    opened.close()
