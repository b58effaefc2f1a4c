"""Pages that the agent serves itself: what a browser sees at its address, and the desk where PINs are typed."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Final

from websockets.datastructures import Headers
from websockets.http11 import Response

FOLDER: Final = files(__package__) / "templates"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
KINDS: Final = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css"}


def greeting(path: str, port: int) -> Response:
    """What a browser sees at the address that pages call."""
    name = path.partition("?")[0].strip("/")
    if name == "agent.css":
        return _file("agent.css")
    if name:
        return answer(HTTPStatus.NOT_FOUND, b"404\n", "text/plain")
    return answer(HTTPStatus.OK, _content("greeting.html").replace(b"{port}", str(port).encode()), KINDS["html"])


def desk_page(path: str) -> Response:
    """The desk's page and what belongs to it."""
    name = path.partition("?")[0].strip("/") or "desk.html"
    if name not in ("desk.html", "desk.js", "agent.css"):
        return answer(HTTPStatus.NOT_FOUND, b"404\n", "text/plain")
    return _file(name)


def answer(status: HTTPStatus, body: bytes, kind: str) -> Response:
    """A response that closes the connection."""
    headers = Headers(
        {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "Connection": "close",
        }
    )
    return Response(status.value, status.phrase, headers, body)


def _file(name: str) -> Response:
    return answer(HTTPStatus.OK, _content(name), KINDS[name.rpartition(".")[2]])


@cache
def _content(name: str) -> bytes:
    return (FOLDER / name).read_bytes()
