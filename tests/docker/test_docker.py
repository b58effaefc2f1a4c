"""What the images, the compose files and the system service are made of, tried without an engine."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
BIN = Path(sys.executable).parent
READ_ONLY = """
mount --make-rprivate /
mount --bind "$1" "$1"
mount -o remount,ro,bind /
exec "$2"
"""
"""Runs a program in a world of its own whose root file system can be read only, but for one folder."""


def run(*command: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=60, **options)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(data: Path, port: int) -> dict[str, str]:
    return {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(data),
        "TMPDIR": str(data),
        "MOCKCA_DATA": str(data),
        "MOCKCA_PORT": str(port),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def becomes_healthy(settings: dict[str, str]) -> bool:
    for _ in range(100):
        if run(DOCKER / "health", env=settings).returncode == 0:
            return True
        time.sleep(0.5)
    return False


def can_mount() -> bool:
    return os.geteuid() == 0 and run("unshare", "-m", "mount", "--make-rprivate", "/").returncode == 0


def test_hadolint_finds_nothing() -> None:
    found = run(BIN / "hadolint", "Dockerfile", cwd=DOCKER)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_what_is_copied_into_the_images_is_there_and_let_through() -> None:
    ignore = (ROOT / ".dockerignore").read_text("utf-8")
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )?(.+) \S+$", (DOCKER / "Dockerfile").read_text("utf-8"), re.M)
    sources = [source for line in copied for source in line.split()]
    assert "mockca" in sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert re.search(rf"^!{re.escape(source.split('/')[0])}/?$", ignore, re.M), source


def test_the_images_run_as_a_user_of_their_own() -> None:
    stages = re.split(r"^FROM ", (DOCKER / "Dockerfile").read_text("utf-8"), flags=re.M)
    base = next(stage for stage in stages if re.match(r"\S+ AS base", stage))
    assert re.search(r"^USER 10001$", base, re.M)
    assert not any(re.search(r"^USER (root|0)", stage, re.M) for stage in stages)


def test_the_images_packages_are_those_that_the_project_is_tested_with() -> None:
    def pinned(path: Path) -> set[str]:
        return set(re.findall(r"^([a-z0-9.-]+==[^ ;]+)", path.read_text("utf-8"), re.M))

    image, tested = pinned(DOCKER / "requirements.lock"), pinned(ROOT / "requirements.lock")
    assert image <= tested
    assert not any(name.startswith(("mypy==", "playwright==", "hypothesis==")) for name in image)


@pytest.mark.parametrize("name", ["compose.yaml", "compose.workshop.yaml"])
def test_every_service_reads_its_root_only_and_has_no_privileges(name: str) -> None:
    document = yaml.safe_load((DOCKER / name).read_text("utf-8"))
    for service in document["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        for volume in service["volumes"]:
            assert volume.split(":")[0] in document["volumes"]


def test_only_the_classroom_listens_on_other_addresses() -> None:
    def published(name: str) -> str:
        document = yaml.safe_load((DOCKER / name).read_text("utf-8"))
        port: str = document["services"]["mock"]["ports"][0]
        return port

    assert published("compose.yaml").startswith("127.0.0.1:")
    assert published("compose.workshop.yaml").startswith("${MOCKCA_LISTEN:-0.0.0.0}:")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze: apt-get install systemd")
def test_the_system_service_is_sound_and_shut_in(tmp_path: Path) -> None:
    unit = tmp_path / "mockca.service"
    text = (DOCKER / "mockca.service").read_text("utf-8")
    unit.write_text(text.replace("/opt/mockca/bin/start", str(DOCKER / "start")), "utf-8")
    verified = run("systemd-analyze", "verify", unit)
    if "Failed to initialize manager" in verified.stderr:  # pragma: no cover - some containers
        pytest.skip("systemd-analyze does not work here")
    assert "mockca.service" not in verified.stderr, verified.stderr
    exposed = re.search(
        r"([\d.]+) (OK|MEDIUM|UNSAFE)", run("systemd-analyze", "security", "--offline=yes", unit).stdout
    )
    assert exposed is None or float(exposed[1]) < 3


def test_the_start_script_says_whose_the_data_folder_must_be(tmp_path: Path) -> None:
    not_a_folder = tmp_path / "file"
    not_a_folder.write_text("")
    ended = run(DOCKER / "start", env=environment(not_a_folder / "data", free_port()))
    assert ended.returncode == 78
    assert f"chown {os.getuid()} " in ended.stderr


def test_the_server_starts_on_a_read_only_root_is_healthy_keeps_credentials_to_itself_and_stops(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    port = free_port()
    start = tmp_path / "start"
    start.write_text(f"#!/bin/sh\nexec {DOCKER / 'start'} --keys p256 --regulations an-giang\n", "utf-8")
    start.chmod(0o755)
    command = [str(start)]
    if can_mount():
        command = ["unshare", "-m", "sh", "-euc", READ_ONLY, "sh", str(data), str(start)]
    settings = environment(data, port)
    assert run(DOCKER / "health", env=settings).returncode == 1
    log = tmp_path / "log"
    with log.open("w") as output, subprocess.Popen(command, env=settings, stdout=output, stderr=output) as server:
        try:
            healthy = becomes_healthy(settings)
        finally:
            server.send_signal(signal.SIGTERM)
            ended = server.wait(30)
    told = log.read_text("utf-8")
    assert healthy, told
    assert ended in (0, -signal.SIGTERM), told
    for line in (data / "demo" / "credentials.json").read_text("utf-8").splitlines():
        if '"credential"' in line:
            assert line.split('"')[3] not in told
