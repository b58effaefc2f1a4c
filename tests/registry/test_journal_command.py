from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import URL

from mockca.cli.journal import command
from mockca.registry import journal
from mockca.registry.store import Store
from tests.registry.worlds import START, note


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


@pytest.fixture
def data(tmp_path: Path, empty_database: Path) -> Path:
    """A data folder with the sandboxes `demo` and `lop-1`, and one in the making."""
    folder = tmp_path / "data"
    for name in ("demo", "lop-1", ".lop-2.draft"):
        (folder / name).mkdir(parents=True)
        shutil.copy(empty_database, folder / name / "registry.db")
    (folder / "not a sandbox").mkdir()
    with opened(folder, "demo").write() as conn:
        note(conn, about="dossier 1")
        note(conn, about="dossier 2", action="dossier.checked")
        journal.append(conn, at=START, actor="system", action="clock.turned", about="clock", detail={}, clauses=[])
    return folder


def opened(data: Path, name: str) -> Store:
    return Store(URL.create("sqlite", database=str(data / name / "registry.db")))


def tamper(data: Path) -> None:
    with opened(data, "demo").write() as conn:
        conn.exec_driver_sql("UPDATE journal SET actor = 'someone' WHERE number = 2")


def test_every_sandbox_is_verified_and_its_head_told(data: Path) -> None:
    with opened(data, "demo").read() as conn:
        head = journal.verify(conn).head
    result = run("verify", "--data", str(data))
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "demo: 3 mục, nguyên vẹn · 3 entries, whole",
        f"  {head}",
        "lop-1: 0 mục, nguyên vẹn · 0 entries, whole",
        f"  {'0' * 64}",
    ]


def test_a_broken_journal_is_told_with_the_entry_and_the_exit_code(data: Path) -> None:
    tamper(data)
    result = run("verify", "--data", str(data))
    assert result.exit_code == 1
    assert "demo: HỎNG tại mục 2 · BROKEN at entry 2: its hash does not fit its content" in result.output
    assert "the 1 before it are whole" in result.output
    assert "lop-1: 0 mục, nguyên vẹn" in result.output


def test_one_sandbox_is_verified_when_it_is_named(data: Path) -> None:
    tamper(data)
    result = run("verify", "--data", str(data), "--sandbox", "lop-1")
    assert result.exit_code == 0
    assert "demo" not in result.output


@pytest.mark.parametrize("arguments", [("verify",), ("verify", "--sandbox", "demo"), ("show",)])
def test_where_there_is_no_sandbox_it_says_what_to_type(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = run(*arguments, "--data", str(tmp_path))
    assert result.exit_code == 2
    assert "mockca sandbox list" in result.output


def test_a_file_that_is_no_database_is_told_without_a_traceback(data: Path) -> None:
    (data / "demo" / "registry.db").write_bytes(b"not a database, but long enough to look at it " * 100)
    result = run("verify", "--data", str(data), "--sandbox", "demo")
    assert result.exit_code == 1
    assert "cannot read" in result.output


def test_a_database_without_tables_is_told_without_a_traceback(data: Path) -> None:
    (data / "lop-1" / "registry.db").write_bytes(b"")
    result = run("show", "--data", str(data), "--sandbox", "lop-1")
    assert result.exit_code == 1
    assert "no such table" in result.output


def test_the_journal_is_shown_oldest_first(data: Path) -> None:
    result = run("show", "--data", str(data))
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        '     1  2026-01-05 01:00:00Z  registrar  dossier.filed  dossier 1  {"tên": "Nguyễn Thử"}  AG-3',
        '     2  2026-01-05 01:00:00Z  registrar  dossier.checked  dossier 2  {"tên": "Nguyễn Thử"}  AG-3',
        "     3  2026-01-05 01:00:00Z  system  clock.turned  clock",
    ]


def test_entries_are_chosen_and_written_as_json(data: Path) -> None:
    result = run("show", "--data", str(data), "--about", "dossier 2", "--json")
    (entry,) = [json.loads(line) for line in result.output.splitlines()]
    assert (entry["number"], entry["at"], entry["clauses"]) == (2, "2026-01-05T01:00:00+00:00", ["AG-3"])
    assert len(run("show", "--data", str(data), "--action", "dossier.filed").output.splitlines()) == 1
    assert len(run("show", "--data", str(data), "--after", "1", "--limit", "1").output.splitlines()) == 1
