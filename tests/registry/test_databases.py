from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, inspect, make_url

from mockca.errors import SetUpError
from mockca.registry import databases, journal, schedule
from mockca.registry.migrations import migrate
from mockca.registry.store import Store
from tests.postgresql import ON_POSTGRESQL, PASSWORD, Cluster
from tests.registry.worlds import day, note


def schemas(server: Cluster) -> set[str]:
    engine = create_engine(server.url)
    try:
        return {name for name in inspect(engine).get_schema_names() if name.startswith("mockca_")}
    finally:
        engine.dispose()


# --- addresses ------------------------------------------------------------------------------------------------


def test_without_an_address_a_sandbox_has_a_file_of_its_own(tmp_path: Path) -> None:
    assert databases.server(None) is databases.server("") is None
    url = databases.make(tmp_path, "demo", None)
    assert url == databases.at(tmp_path) == URL.create("sqlite", database=str(tmp_path / "registry.db"))
    assert databases.shown(url) == str(tmp_path / "registry.db")


@pytest.mark.parametrize("written", ["postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_an_address_of_postgresql_is_read_with_the_one_driver_there_is(written: str) -> None:
    assert databases.server(f"{written}://user@host/base") == make_url("postgresql+psycopg://user@host/base")


@pytest.mark.parametrize(
    "address",
    ["host/base", "mysql://user:secret@host/base", "sqlite:////tmp/x", "postgresql://host/base?password=secret"],
)
def test_another_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(SetUpError, match=r"postgresql\+psycopg://user@host/database") as caught:
        databases.server(address)
    assert "secret" not in str(caught.value)


def test_a_missing_driver_is_told_with_what_to_type(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(databases, "find_spec", lambda name: None)
    (tmp_path / databases.ADDRESS).write_text("postgresql+psycopg://user@host/base")
    with pytest.raises(SetUpError, match=r"pip install 'mockca\[postgresql\]'"):
        databases.server("postgresql://user@host/base")
    with pytest.raises(SetUpError, match="pip install"):
        databases.at(tmp_path)


def test_sandboxes_are_found_wherever_their_databases_are(tmp_path: Path) -> None:
    for name, file in (("one", databases.FILE), ("two", databases.ADDRESS), (".three", databases.FILE), ("four", "x")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).touch()
    assert databases.homes(tmp_path) == [tmp_path / "one", tmp_path / "two"]
    assert databases.homes(tmp_path / "nowhere") == []


# --- on a server ----------------------------------------------------------------------------------------------


@ON_POSTGRESQL
def test_a_sandbox_on_a_server_has_a_schema_and_remembers_where(postgresql: Cluster, tmp_path: Path) -> None:
    before = schemas(postgresql)
    url = databases.make(tmp_path, "lop-1", postgresql.url)
    (schema,) = schemas(postgresql) - before
    assert schema.startswith("mockca_lop_1_")
    assert databases.at(tmp_path) == url
    assert stat.S_IMODE((tmp_path / databases.ADDRESS).stat().st_mode) == 0o600
    assert schema in databases.shown(url)
    assert PASSWORD not in databases.shown(url)
    databases.drop(tmp_path)
    assert schemas(postgresql) == before


@ON_POSTGRESQL
def test_the_servers_own_options_are_kept(postgresql: Cluster, tmp_path: Path) -> None:
    url = databases.make(tmp_path, "demo", postgresql.url.update_query_dict({"options": "-cwork_mem=8MB"}))
    store = Store(url)
    with store.read() as conn:
        assert conn.exec_driver_sql("SHOW work_mem").scalar_one() == "8MB"
        assert conn.exec_driver_sql("SELECT current_schema()").scalar_one() in databases.shown(url)
    store.close()


@ON_POSTGRESQL
def test_two_sandboxes_on_one_server_do_not_wait_for_each_other(postgresql: Cluster, tmp_path: Path) -> None:
    stores = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        url = databases.make(tmp_path / name, name, postgresql.url)
        migrate(url)
        stores.append(Store(url))
    one, two = stores
    with one.write() as first, two.write() as second:
        note(first)
        assert journal.verify(second).entries == 0
        note(second)
        note(second)
    with one.read() as first, two.read() as second:
        assert (journal.verify(first).entries, journal.verify(second).entries) == (1, 2)
    for store in stores:
        store.close()


@ON_POSTGRESQL
@pytest.mark.parametrize("wrong", ["password", "database", "host"])
def test_a_server_that_cannot_be_used_is_told_without_the_password(
    postgresql: Cluster, tmp_path: Path, wrong: str
) -> None:
    right = postgresql.url
    url = {
        "password": right.set(password="ten-chu-cai"),
        "database": right.set(database="nowhere"),
        "host": right.set(query={"host": "/nowhere"}),
    }[wrong]
    with pytest.raises(SetUpError, match="cannot use the database") as caught:
        databases.make(tmp_path, "demo", url)
    assert str(url.password) not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@ON_POSTGRESQL
def test_a_server_that_crashed_and_came_back_has_what_was_told_and_is_used_again(
    postgresql: Cluster, schema: URL
) -> None:
    store = Store(schema)
    with store.write() as conn:
        databases.empty(conn)
        note(conn)
    postgresql.crash()
    postgresql.start()
    with store.write() as conn:
        assert note(conn) == 2
    store.close()


def test_an_emptied_database_counts_from_one_again(store: Store) -> None:
    for _ in range(2):
        with store.write() as conn:
            schedule.add(conn, day(1), "expire", "a1")
            schedule.add(conn, day(2), "expire", "a2")
            assert [entry.number for entry in schedule.due(conn, day(3))] == [1, 2]
            databases.empty(conn)
            assert schedule.due(conn, day(3)) == []
