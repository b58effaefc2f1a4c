"""Databases, made by the migrations once for the session: a copy of the file for each test, and an emptied schema."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from mockca.registry import databases
from mockca.registry.migrations import migrate
from mockca.registry.store import Store
from tests.postgresql import ON_POSTGRESQL, Cluster


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
def file_store(database: Path) -> Iterator[Store]:
    """For what a file alone does."""
    opened = Store(URL.create("sqlite", database=str(database)))
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=ON_POSTGRESQL)])
def backend(request: pytest.FixtureRequest) -> str:
    """Each test that asks for it, or for what is made from it, runs on both."""
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="session")
def schema(postgresql: Cluster, tmp_path_factory: pytest.TempPathFactory) -> URL:
    url = databases.make(tmp_path_factory.mktemp("schema"), "registry", postgresql.url)
    migrate(url)
    return url


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest) -> URL:
    """The address of a database with all tables and nothing in them."""
    if backend == "sqlite":
        return URL.create("sqlite", database=str(request.getfixturevalue("database")))
    shared: URL = request.getfixturevalue("schema")
    store = Store(shared)
    with store.write() as connection:
        databases.empty(connection)
    store.close()
    return shared


@pytest.fixture
def new_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> URL:
    """The address of a database without tables."""
    server = request.getfixturevalue("postgresql").url if backend == "postgresql" else None
    return databases.make(tmp_path, "new", server)


@pytest.fixture
def store(url: URL) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()
