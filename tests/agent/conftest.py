"""An agent that runs in a thread, a document system beside it, and a page's side of the wire."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, redirect, request
from websockets.asyncio.client import connect
from werkzeug.serving import make_server

from tests.documents.authority import BODY, NOON, PERSON, authority
from tests.documents.conftest import blank_page
from token_emulator import Shelf
from token_emulator.agent import (
    STRICT,
    Agent,
    Certificate,
    Devices,
    Running,
    Script,
    Settings,
    Transfer,
    certificate_in,
    command,
    running,
)
from token_emulator.agent.prompts import Prompter
from token_emulator.agent.running import write_note
from token_emulator.documents.signing.keys import common_name

PIN, SO_PIN = "135790", "24680246"
TODAY = datetime.now(UTC)
UNITS = ("UBND tỉnh Ví Dụ", "Sở Nội vụ tỉnh Ví Dụ")


def make_device(shelf: Shelf, algorithm: str, name: str, model: str = "generic-10") -> str:
    """A plugged device with a certificate; its serial."""
    with shelf.personalise(model, algorithm, PIN, SO_PIN, name) as device:
        device.write_certificate(authority().issue(device.public_key_der, name, UNITS, "ai.do@vidu.test", 7))
        device.place()
    shelf.plug(device.serial)
    return device.serial


@pytest.fixture(scope="session")
def devices(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shelf, dict[str, str]]:
    """A shelf with a person's device (P-256) and an organisation's (RSA), both plugged in: serials by kind."""
    shelf = Shelf(tmp_path_factory.mktemp("agent-devices"))
    return shelf, {"person": make_device(shelf, "p256", PERSON), "organisation": make_device(shelf, "rsa2048", BODY)}


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate_in(tmp_path_factory.mktemp("agent"), TODAY)


@dataclass
class AgentAtWork:
    """An agent at work, and the page's side."""

    agent: Agent
    at: Running
    home: Path
    trust: ssl.SSLContext

    def call(self, operation: str, message: Any = "", patience: float = 60, **more: Any) -> Any:
        """What a page gets back."""
        text = message if isinstance(message, str | bytes) else json.dumps(message)
        answer = asyncio.run(self._exchange(operation, text, patience, more))
        try:
            return json.loads(answer)
        except ValueError:
            return answer

    async def _exchange(self, operation: str, text: str | bytes, patience: float, more: dict[str, Any]) -> str | bytes:
        # Not the library's threads: before Python 3.13 a TLS socket that two threads use loses data now and then.
        async with connect(f"{self.at.address}/{operation}", ssl=self.trust, proxy=None, **more) as connection:
            await connection.send(text)
            async with asyncio.timeout(patience):
                return await connection.recv()

    def hang_up(self, operation: str, message: Any, then: Callable[[], object]) -> None:
        """Send a message, and hang up without waiting for the reply once `then` is done."""

        async def call() -> None:
            async with connect(f"{self.at.address}/{operation}", ssl=self.trust, proxy=None) as connection:
                await connection.send(json.dumps(message))
                await asyncio.to_thread(then)

        asyncio.run(call())

    def order(self, *faults: dict[str, Any]) -> None:
        command(self.home, {"do": "order", "faults": list(faults)})

    def withdraw(self) -> None:
        command(self.home, {"do": "withdraw"})


@contextmanager
def agent_at_work(
    shelf: Shelf, serial: str | None, certificate: Certificate, prompter: Prompter, **settings: Any
) -> Iterator[AgentAtWork]:
    """An agent in a thread of its own."""
    manners = settings.get("manners", STRICT)
    values = {"roots": (der(authority().root),), "chain": (der(authority().issuer),), "serial": serial, **settings}
    agent = Agent(Devices(shelf, serial), prompter, lambda: NOON, Transfer(manners), Settings(**values))
    ready: threading.Event = threading.Event()
    opened: list[Running] = []
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        stop = asyncio.Event()
        loops.append((asyncio.get_running_loop(), stop))
        async with running(agent, certificate, 0, 0) as at:
            opened.append(at)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(20)
    home = certificate.home / str(opened[0].port)
    home.mkdir(exist_ok=True)
    write_note(home, opened[0])
    trust = ssl.create_default_context(cafile=str(certificate.root))
    try:
        yield AgentAtWork(agent, opened[0], home, trust)
    finally:
        loop, stop = loops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        assert not thread.is_alive()


def der(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(certificate.public_bytes(Encoding.DER))


@dataclass
class DocumentSystem:
    """Files to sign, and an upload handler that answers as it is told."""

    url: str = ""
    answer: Any = field(default_factory=lambda: {"Status": True, "FileName": "", "FileServer": "kho/1"})
    kind: str = "text/html"
    page: bytes = field(default_factory=blank_page)
    uploads: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture(scope="session")
def _system_server() -> Iterator[DocumentSystem]:
    app, system = Flask("system"), DocumentSystem()

    @app.get("/files/<path:name>")
    def fetch(name: str) -> Any:
        system.headers.append(dict(request.headers))
        if name.startswith("login"):
            return redirect("/files/trang đăng nhập.html")
        if name.endswith(".html"):
            return "<html>Đăng nhập</html>"
        return Response(system.page, mimetype="application/pdf") if name != "none.pdf" else ("", 404)

    @app.post("/upload")
    def upload() -> Any:
        file = request.files["uploadfile"]
        system.uploads.append((file.filename or "", file.read(), request.form.to_dict()))
        system.headers.append(dict(request.headers))
        body = system.answer if isinstance(system.answer, str) else json.dumps(system.answer)
        return Response(body, mimetype=system.kind)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    system.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield system
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def system(_system_server: DocumentSystem) -> DocumentSystem:
    """The document system, as if new."""
    fresh = DocumentSystem()
    _system_server.uploads.clear()
    _system_server.headers.clear()
    _system_server.answer, _system_server.kind, _system_server.page = fresh.answer, fresh.kind, fresh.page
    return _system_server


@pytest.fixture(scope="session")
def _agent(devices: tuple[Shelf, dict[str, str]], certificate: Certificate) -> Iterator[AgentAtWork]:
    shelf, serials = devices
    with agent_at_work(shelf, serials["person"], certificate, Script([PIN])) as one:
        yield one


@pytest.fixture
def agent(_agent: AgentAtWork) -> Iterator[AgentAtWork]:
    """An agent with the person's device, whose PIN a script knows; without faults."""
    yield _agent
    _agent.agent.faults.withdraw()
    asyncio.run(asyncio.sleep(0))


def sender(pdf: bytes) -> list[str]:
    """Common names of who signed."""
    from tests.documents.verifying import reader

    return [common_name(one.signer_cert.dump()) for one in reader(pdf).embedded_signatures]
