"""`mockca serve` as a process: it starts, serves with its workers, outlives a worker, stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.web.conftest import BASE

PATIENCE = 60.0
"""Seconds after which a server that says nothing counts as failed."""


def workers_of(pid: int) -> set[int]:
    """The worker processes of a server."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return {int(child) for child in children.split()}


def until(what: str, happens: object) -> None:
    """Wait for something that another process does."""
    assert callable(happens)
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Served:
    """A running `mockca serve`."""

    def __init__(self, home: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = "from mockca.cli import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", command, "serve", "--data", str(home), "--port", str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        until("the server answers", self.is_up)

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()[0]
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.TransportError:
            return False

    def is_refusing(self) -> bool:
        try:
            httpx.get(f"{self.url}/healthz")
        except httpx.TransportError:
            return True
        return False

    def stop(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        self.output = self.process.communicate(timeout=PATIENCE)[0]
        return self.process.returncode


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    running = Served(home)
    yield running
    if running.process.poll() is None:
        running.stop(signal.SIGTERM)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_every_face_and_stops_cleanly(served: Served, how: signal.Signals) -> None:
    assert "MÔ PHỎNG" in httpx.get(f"{served.url}/demo/").text
    assert httpx.get(f"{served.url}/demo/api/v1/me").status_code == 401
    assert httpx.get(f"{served.url}/demo/pki/crl/issuing.crl").headers["Content-Type"] == "application/pkix-crl"
    assert httpx.get(f"{served.url}/nowhere/pki/crl/issuing.crl").status_code == 404
    long = httpx.post(f"{served.url}/demo/api/v1/dossiers", content=iter([b" " * 1024] * 3000))
    assert long.status_code in (401, 413)
    assert len(workers_of(served.process.pid)) == 4
    assert served.stop(how) == 0
    assert served.is_refusing()
    assert "Traceback" not in served.output


def test_a_worker_that_dies_is_started_again(served: Served) -> None:
    before = workers_of(served.process.pid)
    os.kill(min(before), signal.SIGKILL)
    until(
        "another worker starts",
        lambda: len(workers_of(served.process.pid)) == 4 and workers_of(served.process.pid) != before,
    )
    until("it answers", served.is_up)
    assert served.stop(signal.SIGTERM) in (0, 1)


def test_workers_do_not_outlive_a_killed_server(served: Served) -> None:
    served.stop(signal.SIGKILL)
    until("the port is free again", served.is_refusing)


def in_a_worker(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a line with the server module at hand, in a process whose parent is this one."""
    line = f"import sys; from pathlib import Path; from mockca.web import server; {code}"
    command = [sys.executable, "-c", line, *(str(each) for each in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_application_is_built_in_each_worker(home: Path) -> None:
    code = "print(callable(server.load_in_worker(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))"
    assert in_a_worker(code, home, BASE, os.getpid()).stdout == "True\n"


def test_a_worker_that_starts_after_its_servers_death_ends_at_once(home: Path) -> None:
    code = "server.load_in_worker(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))"
    done = in_a_worker(code, home, BASE, os.getpid() + 1)
    assert (done.returncode, done.stderr) == (1, "")
