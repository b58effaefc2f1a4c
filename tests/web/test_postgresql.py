"""Sandboxes on a PostgreSQL server: a whole life over HTTP, and the password where it belongs alone."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from mockca.cli import sandbox
from mockca.desk.commands import CreateSandbox
from mockca.desk.sandbox import Sandboxes
from mockca.registry.databases import ADDRESS
from tests.postgresql import ON_POSTGRESQL, PASSWORD, Cluster
from tests.registry.test_databases import schemas
from tests.web.conftest import BASE, SMALL_KEYS
from tests.web.test_cli import run
from tests.web.test_server import PATIENCE, Served, free_port

pytestmark = ON_POSTGRESQL


START = "2026-01-05T08:00:00+07:00"


@pytest.fixture
def database(postgresql: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """As who serves would give it: out of the sight of `ps`."""
    monkeypatch.setattr(sandbox, "KEYS", SMALL_KEYS)
    monkeypatch.setenv("MOCKCA_DATABASE", postgresql.url.render_as_string(hide_password=False))


@contextmanager
def serving(data: Path, port: int) -> Iterator[Served]:
    served = Served(data, port)
    try:
        yield served
    finally:
        served.stop(signal.SIGTERM)


def played(scenario: str, target: str, credentials: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from mockca.cli import main; main()", "scenario", "play", scenario]
    asked = ("--target", target, "--credentials", str(credentials))
    return subprocess.run([*command, *asked], capture_output=True, text=True, check=False)


def files_with(folder: Path, secret: str) -> list[Path]:
    return [
        path.relative_to(folder)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and secret.encode() in path.read_bytes()
    ]


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("database")
def test_a_whole_life_is_lived_on_it_and_the_password_stays_in_one_file(tmp_path: Path, postgresql: Cluster) -> None:
    data = tmp_path / "data"
    before = schemas(postgresql)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    run("sandbox", "create", "demo", "--data", data, "--regulations", "an-giang", "--public-url", url)
    with serving(data, port) as served:
        told = played("an-giang/new-person", f"{url}/demo", data / "demo" / "credentials.json")
        assert told.returncode == 0, told.stdout
        admin = {"Authorization": f"Bearer {(data / 'admin-credential').read_text().strip()}"}
        more = {"name": "lop-1", "regulations": ["lai-chau"], "keys": SMALL_KEYS.model_dump()}
        assert httpx.post(f"{url}/sandboxes", json=more, headers=admin, timeout=PATIENCE).status_code == 201
        assert httpx.get(f"{url}/lop-1/pki/crl/issuing.crl").status_code == 200
    assert len(schemas(postgresql) - before) == 2
    assert "schema mockca_demo_" in served.output
    assert run("journal", "verify", "--data", data).output.count("nguyên vẹn") == 2
    assert PASSWORD not in served.output + told.stdout + told.stderr
    assert files_with(data, PASSWORD) == [Path("demo") / ADDRESS, Path("lop-1") / ADDRESS]


@pytest.mark.usefixtures("database")
def test_a_reset_makes_the_same_world_with_the_same_numbers(tmp_path: Path) -> None:
    run("sandbox", "create", "demo", "--data", tmp_path, "--regulations", "an-giang", "--start", START, "--frozen")
    asked = ("sandbox", "populate", "demo", "--data", tmp_path, "--regulation", "an-giang", "--count", "3")
    shown = ("journal", "show", "--data", tmp_path, "--action", "certificates.staged", "--json")
    details = []
    for _ in range(2):
        run(*asked)
        (entry,) = [json.loads(line) for line in run(*shown).output.splitlines()]
        details.append(entry["detail"])
        run("sandbox", "reset", "demo", "--data", tmp_path, "--yes")
    assert details[0] == details[1]


@pytest.mark.usefixtures("database")
def test_a_sandbox_that_cannot_be_made_leaves_no_schema(tmp_path: Path, postgresql: Cluster) -> None:
    before = schemas(postgresql)
    sandboxes = Sandboxes(tmp_path, BASE, postgresql.url)
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "in-the-way").touch()
    with pytest.raises(OSError, match="demo"):
        sandboxes.create(CreateSandbox(name="demo", regulations=("an-giang",), keys=SMALL_KEYS))
    assert schemas(postgresql) == before


@pytest.mark.usefixtures("database")
def test_a_server_that_is_gone_is_told_in_one_line(tmp_path: Path, postgresql: Cluster) -> None:
    run("sandbox", "create", "demo", "--data", tmp_path, "--regulations", "an-giang", "--seed", "pg")
    address = tmp_path / "demo" / ADDRESS
    address.write_text(address.read_text().replace(f"mockca:{PASSWORD}", "mockca:ten-chu-cai"))
    for asked in (("journal", "verify"), ("sandbox", "list"), ("clock", "show")):
        said = run(*asked, "--data", tmp_path, code=1).output
        assert "password authentication failed" in said
        assert "ten-chu-cai" not in said
