from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from mockca.registry import journal, settings
from mockca.registry.store import Store
from tests.registry.worlds import note, undone

WRITER = """
import sys
from mockca.registry.store import Store
from tests.registry.worlds import note
store = Store(sys.argv[1])
"""


def address(store: Store) -> str:
    return store.url.render_as_string(hide_password=False)


def value(store: Store, key: str = "key") -> object:
    with store.read() as conn:
        return settings.get(conn, key)


def put(store: Store, what: object, key: str = "key") -> None:
    with store.write() as conn:
        settings.put(conn, key, what)


def entries(store: Store) -> int:
    with store.read() as conn:
        result = journal.verify(conn)
    assert result.ok, result
    return result.entries


# --- one process ----------------------------------------------------------------------------------------------


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="a store is a file"):
        Store("sqlite://")


def test_a_commit_is_flushed_to_the_disk(store: Store) -> None:
    with store.write() as conn:
        if not store.is_sqlite:
            assert conn.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
            return
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert conn.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert conn.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_work_is_committed_on_leaving_and_undone_by_an_error(store: Store) -> None:
    put(store, "first")
    with undone(store) as conn:
        settings.put(conn, "key", "second")
    assert value(store) == "first"


def test_a_writer_sees_its_own_work_and_readers_see_it_when_it_is_done(store: Store) -> None:
    put(store, "before")
    with store.write() as conn:
        settings.put(conn, "key", "after")
        assert settings.get(conn, "key") == "after"
        assert value(store) == "before"
    assert value(store) == "after"


def test_a_reader_sees_one_state_however_long_it_reads(store: Store) -> None:
    put(store, "before")
    with store.read() as conn:
        assert settings.get(conn, "key") == "before"
        put(store, "after")
        assert settings.get(conn, "key") == "before"
    assert value(store) == "after"


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"), store.read() as conn:
        settings.put(conn, "key", "value")


def test_foreign_keys_hold(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write() as conn:
        conn.execute(text("INSERT INTO handover_items (handover, device) VALUES (1, 'none')"))


def test_a_write_inside_a_write_is_refused_and_the_outer_one_goes_on(store: Store) -> None:
    with store.write() as conn:
        with pytest.raises(RuntimeError, match="wait for itself"), store.write():
            pass
        settings.put(conn, "key", "outer")
    assert value(store) == "outer"


def test_the_data_version_moves_with_commits_and_not_with_reads(store: Store) -> None:
    first = store.data_version()
    value(store)
    assert store.data_version() == first
    put(store, "done")
    second = store.data_version()
    assert second != first
    assert store.data_version() == second


def test_work_in_progress_is_not_told_under_the_data_version_of_its_commit(store: Store) -> None:
    before = store.data_version()
    with store.write() as conn:
        settings.put(conn, "key", "value")
        during = store.data_version()
        assert value(store) is None
    assert store.data_version() not in (before, during)


def test_what_was_undone_in_a_file_leaves_its_data_version_alone(file_store: Store) -> None:
    before = file_store.data_version()
    with undone(file_store) as conn:
        settings.put(conn, "key", "undone")
    assert file_store.data_version() == before


def test_a_store_that_was_closed_does_not_repeat_a_data_version(store: Store) -> None:
    put(store, "one")
    before = store.data_version()
    store.close()
    put(store, "two")
    assert store.data_version() != before


def test_all_threads_are_told_the_same_data_version(store: Store) -> None:
    told: list[int] = []
    put(store, "one")
    store.data_version()
    put(store, "two")
    threads = [threading.Thread(target=lambda: told.append(store.data_version())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(told) == {store.data_version()}


def test_a_closed_store_opens_again_when_it_is_used(store: Store) -> None:
    put(store, "kept")
    store.close()
    store.close()
    assert value(store) == "kept"


def test_threads_that_write_at_once_take_turns(store: Store) -> None:
    def work() -> None:
        for _ in range(15):
            with store.write() as conn:
                note(conn)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert entries(store) == 90


# --- several processes ----------------------------------------------------------------------------------------


def _count_up(url: URL, times: int) -> None:
    store = Store(url)
    for _ in range(times):
        with store.write() as conn:
            settings.put(conn, "count", (settings.get(conn, "count") or 0) + 1)
            note(conn)
    store.close()


def test_processes_that_write_at_once_lose_nothing_and_keep_the_journal_whole(store: Store) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_count_up, args=(store.url, 30)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    assert value(store, "count") == entries(store) == 120


def test_the_data_version_moves_when_another_process_commits(store: Store) -> None:
    before = store.data_version()
    subprocess.run(
        [sys.executable, "-c", WRITER + "with store.write() as conn: note(conn)", address(store)], check=True
    )
    assert store.data_version() != before


def test_a_store_is_as_good_after_a_fork_as_before(store: Store) -> None:
    put(store, "parent", "mine")
    before = store.data_version()

    def child() -> None:
        assert value(store, "mine") == "parent"
        for _ in range(20):
            with store.write() as conn:
                note(conn)
        store.close()

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    for _ in range(20):
        with store.write() as conn:
            note(conn)
    process.join()
    assert process.exitcode == 0
    assert entries(store) == 40
    assert store.data_version() != before


def test_a_child_forked_in_the_middle_of_a_write_is_kept_from_the_database(store: Store) -> None:
    def child() -> None:
        with pytest.raises(RuntimeError, match="middle of a transaction"), store.write():
            pass
        with pytest.raises(RuntimeError, match="middle of a transaction"):
            store.data_version()
        store.close()

    process = multiprocessing.get_context("fork").Process(target=child)
    with store.write() as conn:
        process.start()
        note(conn)
        process.join()
    assert process.exitcode == 0
    assert entries(store) == 1


def test_a_lock_does_not_outlive_its_owner_in_a_forked_child(store: Store) -> None:
    program = WRITER + (
        "import os\n"
        "with store.write() as conn:\n"
        "    note(conn)\n"
        "    if os.fork(): os.kill(os.getpid(), 9)\n"
        "    print('orphan', flush=True)\n"
        "    sys.stdin.read()\n"
        "    os._exit(0)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, address(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"orphan\n"
        process.wait()
        with store.write() as conn:
            note(conn)
    assert entries(store) == 1


def test_a_store_closed_by_a_child_stays_open_in_the_parent(store: Store) -> None:
    put(store, "parent")
    process = multiprocessing.get_context("fork").Process(target=store.close)
    process.start()
    process.join()
    assert process.exitcode == 0
    assert value(store) == "parent"


def test_a_writer_killed_in_mid_transaction_leaves_no_trace_and_no_lock(store: Store) -> None:
    with store.write() as conn:
        note(conn)
    program = WRITER + (
        "with store.write() as conn:\n"
        "    for _ in range(50): note(conn)\n"
        "    print('inside', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, address(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"inside\n"
        os.kill(process.pid, signal.SIGKILL)
    assert entries(store) == 1
    with store.write() as conn:
        note(conn)
    assert entries(store) == 2


def test_writers_killed_at_any_moment_lose_nothing_that_they_had_told(store: Store) -> None:
    program = WRITER + (
        "while True:\n    with store.write() as conn: number = note(conn)\n    print(number, flush=True)\n"
    )
    told: set[int] = set()
    # A server outlives its clients; a file is written by those that are killed.
    for _ in range(4 if store.is_sqlite else 1):
        command = [sys.executable, "-c", program, address(store)]
        processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
        for process in processes:
            assert process.stdout
            told |= {int(process.stdout.readline()) for _ in range(15)}
        for process in processes:
            os.kill(process.pid, signal.SIGKILL)
        for process in processes:
            rest, _ = process.communicate()
            told |= {int(line) for line in rest.split(b"\n")[:-1]}
        assert entries(store) >= max(told)
    with store.read() as conn:
        kept = {entry.number for entry in journal.entries(conn, limit=100_000)}
    assert told <= kept
    if store.is_sqlite:
        with store.read() as conn:
            assert conn.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
