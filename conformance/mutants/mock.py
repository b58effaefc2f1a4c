"""A mock that takes its defects from each request, started by its own command, and a target that names them."""

from __future__ import annotations

import contextlib
import shlex
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from conformance.errors import BadTarget
from conformance.targets.credentials import Credentials, read_credentials
from conformance.targets.http import HttpTarget
from conformance.targets.wire import Wire

START_SECONDS = 180.0
STOP_SECONDS = 15.0
SANDBOX = "demo"
MUTANT, FORGET = "Mockca-Mutant", "Mockca-Forget"


class _Naming(httpx.BaseTransport):
    """Names a mutant in every request."""

    def __init__(self, direct: httpx.BaseTransport | None) -> None:
        self._direct = direct or httpx.HTTPTransport()
        self.named: dict[str, str] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers.update(self.named)
        return self._direct.handle_request(request)

    def close(self) -> None:
        self._direct.close()


class Mutated(HttpTarget):
    """The mock with a defect, another one each time if need be."""

    def __init__(
        self, url: str, regulation: str, credentials: Credentials, direct: httpx.BaseTransport | None = None
    ) -> None:
        """`direct` takes the place of HTTP."""
        self._way = _Naming(direct)
        super().__init__(url, regulation, credentials, transport=self._way)

    def wire(self) -> Wire:
        """Another client of it, which goes the same way: each request bears the defect that is set here."""
        return Wire(transport=self._way)

    def under(self, mutant: str, *, forget: bool) -> None:
        """From now on it has this defect, none where empty; what it does is forgotten at once where `forget`."""
        self._way.named = {MUTANT: mutant, **({FORGET: "1"} if forget else {})} if mutant else {}


@dataclass(frozen=True, slots=True)
class Mock:
    """A running mock of our own."""

    url: str
    """Of its sandbox."""
    credentials: Credentials
    direct: httpx.BaseTransport | None = None
    """The way to it where that is not HTTP."""

    def target(self, regulation: str) -> HttpTarget:
        """It, as it should be."""
        return HttpTarget(self.url, regulation, self.credentials, transport=self.direct)

    def mutated(self, regulation: str) -> Mutated:
        """It, ready to be given a defect."""
        return Mutated(self.url, regulation, self.credentials, self.direct)


@contextlib.contextmanager
def running(command: str) -> Iterator[Mock]:
    """Start a mock with `command serve --mutable …` on a free port of the loopback, and stop it at the end.

    BadTarget, with what it said, where it does not come up.
    """
    with contextlib.ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conformance-prove-")))
        log = stack.enter_context(tempfile.TemporaryFile(mode="w+", encoding="utf-8"))
        port = _free_port()
        words = [*shlex.split(command), "serve", "--mutable", "--data", str(data), "--port", str(port)]
        words += ["--sandbox", SANDBOX, "--keys", "p256"]
        try:
            # Its standard output shows credentials, so that goes nowhere.
            process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=log)
        except OSError as error:
            raise BadTarget(f"{words[0]}: {error.strerror}; name the mock's command with --mock") from error
        stack.callback(_stop, process)
        base = f"http://127.0.0.1:{port}"
        _wait(process, f"{base}/healthz", log)
        yield Mock(f"{base}/{SANDBOX}", read_credentials(data / SANDBOX / "credentials.json"))


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(process: subprocess.Popen[bytes], url: str, log: IO[str]) -> None:
    limit = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < limit:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, trust_env=False, timeout=2).status_code == 200:
                return
        time.sleep(0.1)
    log.seek(0)
    said = log.read().strip()[-2000:]
    raise BadTarget(f"the mock did not start: {said or 'it said nothing'}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
