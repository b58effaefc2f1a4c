"""A mock server of one's own for as long as a command runs: another process, a free port, stopped afterwards."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.error import URLError

from mockca.errors import SetUpError

SANDBOX = "demo"
START_SECONDS = 120.0
"""How long a start may take; making the authority's RSA-4096 keys is most of it."""
STOP_SECONDS = 15.0
POLL_SECONDS = 0.05
SERVE = (sys.executable, "-c", "from mockca.cli import main; main(prog_name='mockca')", "serve")


@dataclass(frozen=True, slots=True)
class TemporaryServer:
    """A running server."""

    url: str
    """Base of its sandbox, e.g. `http://127.0.0.1:41233/demo`."""
    credentials: Path
    """The sandbox's accounts, JSON."""


@contextlib.contextmanager
def temporary_server(
    data: Path | None = None, *, regulations: Sequence[str] = (), serve: Sequence[str] = SERVE
) -> Iterator[TemporaryServer]:
    """Start a server on a free port of 127.0.0.1, wait until it answers, stop it at the end.

    `data` is its data folder, a temporary one where left out; `regulations` those of its sandbox, all where empty;
    `serve` the command that starts it. Raises SetUpError, with what the server said, where it does not come up.
    """
    with contextlib.ExitStack() as stack:
        if data is None:
            data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mockca-")))
        log = stack.enter_context(tempfile.TemporaryFile(mode="w+", encoding="utf-8"))
        port = _free_port()
        command = [*serve, "--data", str(data), "--port", str(port), "--workers", "1", "--sandbox", SANDBOX]
        if regulations:
            command += ["--regulations", ",".join(regulations)]
        # Its sandbox goes with its folder; on a database server it would stay.
        environment = {name: value for name, value in os.environ.items() if name != "MOCKCA_DATABASE"}
        # What it prints on its standard output holds credentials, so that goes nowhere.
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=environment)
        stack.callback(_stop, process)
        base = f"http://127.0.0.1:{port}"
        _wait(process, f"{base}/healthz", log)
        yield TemporaryServer(f"{base}/{SANDBOX}", data / SANDBOX / "credentials.json")


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(process: subprocess.Popen[bytes], url: str, log: IO[str]) -> None:
    limit = time.monotonic() + START_SECONDS
    while process.poll() is None:
        if _answers(url):
            return
        if time.monotonic() > limit:
            raise SetUpError(f"the server did not answer within {START_SECONDS:g} s; type: mockca serve")
        time.sleep(POLL_SECONDS)
    log.seek(0)
    said = log.read().strip()[-2000:]
    raise SetUpError(f"the server ended with {process.returncode} instead of starting: {said}\ntype: mockca serve")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own http URL
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
