"""Snapshots over HTTP and on the command line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner
from flask.testing import FlaskClient

from mockca.cli import main
from tests.web.conftest import Province

SNAPSHOTS = "/demo/control/snapshots"
Headers = dict[str, str]


def test_the_trainer_takes_restores_and_removes_them(
    an_giang: Province, client: FlaskClient, sign_in: Callable[[str], Headers]
) -> None:
    trainer = sign_in("trainer")
    made = client.post(SNAPSHOTS, json={"name": "lesson"}, headers=trainer)
    assert made.status_code == 201
    assert client.post(SNAPSHOTS, json={"name": "lesson"}, headers=trainer).status_code == 409
    assert client.get(SNAPSHOTS, headers=trainer).get_json()["items"] == [made.get_json()]
    file = client.get(f"{SNAPSHOTS}/lesson", headers=trainer)
    assert (file.mimetype, file.headers["Cache-Control"]) == ("application/x-tar", "no-store")
    assert hashlib.sha256(file.data).hexdigest() == made.get_json()["sha256"]
    an_giang.sends("subscriber", "/dossiers", an_giang.filing(), 201)
    clock = client.post(f"{SNAPSHOTS}/lesson/restoration", json={}, headers=trainer)
    assert clock.get_json()["now"] == made.get_json()["at"]
    assert an_giang.reads("subscriber", "/dossiers")["items"] == []
    assert client.delete(f"{SNAPSHOTS}/lesson", headers=trainer).status_code == 200
    assert client.get(f"{SNAPSHOTS}/lesson", headers=trainer).status_code == 404
    assert client.get(SNAPSHOTS, headers=sign_in("authority")).status_code == 403


def test_the_same_on_the_command_line(home: Path, tmp_path: Path) -> None:
    def said(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["snapshot", *words, "--data", str(home)])
        assert result.exit_code == code, result.output
        return result.output

    taken = said("take", "lesson")
    assert taken.startswith("lesson\t2025-03-03T02:00:00+00:00\t0 chứng thư")
    assert said("list") == taken
    file = tmp_path / "lesson.tar"
    said("export", "lesson", str(file))
    assert file.stat().st_mode & 0o077 == 0
    assert "exists" in said("import", "lesson", str(file), code=1)
    said("import", "again", str(file))
    assert "(đứng · frozen)" in said("restore", "again")
    assert said("remove", "again").startswith("again\t")
    assert "name" in said("take", "Not/a/name", code=1)
