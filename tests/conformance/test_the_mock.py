"""The mock itself, served by its own command, holds to every scenario of every regulation."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance import catalogue
from mockca.cli import main
from mockca.cli.temporary_server import TemporaryServer, temporary_server

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[TemporaryServer]:
    with temporary_server() as running:
        yield running


def test_the_mock_passes_its_own_suite_twice_in_one_sandbox(server: TemporaryServer, tmp_path: Path) -> None:
    for regulation in (*catalogue.regulations(), *catalogue.regulations()):
        report = tmp_path / f"{regulation}.xml"
        command = [sys.executable, "-m", "conformance", "run", "--target", f"authority={server.url}"]
        command += ["--regulation", regulation, "--credentials", str(server.credentials), "--junit", str(report)]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        steps = len(list(catalogue.checks(regulation)))
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"{steps} đúng / passed, 0 sai / failed, 0 chưa kiểm / skipped" in done.stdout
        assert "user_pin" not in report.read_text(encoding="utf-8")


def test_states_plays_both_lives_on_a_server_of_its_own() -> None:
    shown = CliRunner().invoke(main, ["states", "--regulation", "lai-chau"])
    assert shown.exit_code == 0, shown.output
    for state in ("effective", "revoked", "expired", "unknown"):
        assert state in shown.output
    assert "Every face agrees" in shown.output
