"""A signing agent as web pages see it, and the document system beside it: files to fetch, a handler to post to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import io
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from conformance.errors import BadTarget

LARGEST: Final = 64 << 20
STORED: Final = {"Status": True, "Message": "", "FileName": "", "FileServer": '{"id": 7}'}
"""What the handler answers unless a check has it say something else; FileServer is a text, whatever it looks like."""


class AgentFailed(Exception):
    """The agent did not answer, or not with one text."""


class AgentTarget:
    """The agent at an address."""

    def __init__(self, url: str, cacert: Path | None = None, timeout: float = 30.0) -> None:
        self.url, self.timeout = url.rstrip("/"), timeout
        self.told: list[str] = []
        """What was sent and what came, in words."""
        self._tls = None
        if url.startswith("wss://"):
            try:
                self._tls = ssl.create_default_context(cafile=None if cacert is None else str(cacert))
            except OSError as error:
                raise BadTarget(f"{cacert} has no certificate: {error}") from error

    def call(self, operation: str, message: str | dict[str, Any]) -> str:
        """The reply to one message. Raises AgentFailed."""
        text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
        self.told.append(f"/{operation} ← {text[:300]}")
        try:
            reply = asyncio.run(self._exchange(operation, text))
        except (OSError, WebSocketException, TimeoutError) as error:
            self.told.append(f"/{operation} → {type(error).__name__}")
            raise AgentFailed(f"/{operation}: {str(error) or type(error).__name__}") from error
        if not isinstance(reply, str):
            raise AgentFailed(f"/{operation}: octets instead of a text")
        self.told.append(f"/{operation} → {reply[:300]}")
        return reply

    async def _exchange(self, operation: str, text: str) -> str | bytes:
        async with asyncio.timeout(self.timeout):
            async with connect(f"{self.url}/{operation}", ssl=self._tls, proxy=None, max_size=LARGEST) as connection:
                await connection.send(text)
                return await connection.recv()


@dataclass(frozen=True, slots=True)
class Upload:
    """What a handler was brought."""

    part: str
    """Name of the file's part."""
    file_name: str
    content: bytes
    parameters: dict[str, str]


@dataclass
class DocumentSystem:
    """Files by path, what the handler answers, and what it was brought."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    answer: Any = field(default_factory=lambda: dict(STORED))
    kind: str = "application/json"
    uploads: list[Upload] = field(default_factory=list)

    def begin(self) -> None:
        """As if new."""
        self.files, self.answer, self.kind = {"/79.pdf": draft()}, dict(STORED), "application/json"
        self.uploads.clear()


@contextmanager
def document_system() -> Iterator[DocumentSystem]:
    """One, on a port of its own on the loopback address."""
    system = DocumentSystem()
    system.begin()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = system.files.get(self.path)
            if self.path.startswith("/needs-login"):
                self._send(302, b"", "text/html", Location="/login.html")
            elif self.path == "/login.html":
                self._send(200, b"<!doctype html><title>Login</title>", "text/html")
            else:
                self._send(404 if content is None else 200, content or b"", "application/pdf")

        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), LARGEST)
            system.uploads.extend(_uploads(self.headers.get("Content-Type", ""), self.rfile.read(length)))
            self._send(200, json.dumps(system.answer).encode(), system.kind)

        def _send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        system.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield system
        finally:
            server.shutdown()
            thread.join()


def _uploads(kind: str, body: bytes) -> list[Upload]:
    """The files in a multipart/form-data body, each with the body's parameters."""
    message = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=email.policy.HTTP)
    files: list[tuple[str, str, bytes]] = []
    parameters: dict[str, str] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = str(part.get_param("name", "", "content-disposition"))
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        file_name = part.get_filename()
        if file_name is None:
            parameters[name] = content.decode("utf-8", "replace")
        else:
            files.append((name, file_name, content))
    return [Upload(*file, parameters) for file in files]


def draft() -> bytes:
    """A page to sign."""
    # The other suites do without it.
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(100, 700, "conformance: agent")
    canvas.save()
    return out.getvalue()
