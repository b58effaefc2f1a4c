"""Plain WSGI, as far as the PKI's own face needs it: bodies with a limit, answers, problems."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from wsgiref.types import StartResponse, WSGIEnvironment

from mockca.desk.views import Problem
from mockca.web.problems import MEDIA_TYPE

LONGEST_NAME: Final = 200
"""Characters of a path that an error repeats."""
STATUS_LINES: Final = {
    200: "200 OK",
    304: "304 Not Modified",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    413: "413 Content Too Large",
    414: "414 URI Too Long",
    415: "415 Unsupported Media Type",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}

Headers = list[tuple[str, str]]


class BodyTooLargeError(Exception):
    """The body is longer than it may be."""


def read_body(environ: WSGIEnvironment, most: int) -> bytes:
    """The request's body; BodyTooLargeError where it has more octets than `most`."""
    stated = environ.get("CONTENT_LENGTH", "")
    if stated.isascii() and stated.isdigit():
        if len(stated) > 18 or int(stated) > most:
            raise BodyTooLargeError
        return _read(environ, int(stated))
    if environ.get("wsgi.input_terminated"):
        body = _read(environ, most + 1)
        if len(body) > most:
            raise BodyTooLargeError
        return body
    return b""


def _read(environ: WSGIEnvironment, length: int) -> bytes:
    body: bytes = environ["wsgi.input"].read(length)
    return body


def shown(environ: WSGIEnvironment) -> str:
    """The path as an error repeats it. WSGI hands it over octet by octet."""
    path: str = environ["PATH_INFO"]
    return path.encode("latin-1", "replace").decode("utf-8", "replace")[:LONGEST_NAME]


def tell(
    what: Problem, environ: WSGIEnvironment, start_response: StartResponse, headers: Headers | None = None
) -> Iterable[bytes]:
    """A problem (RFC 9457)."""
    what = what.model_copy(update={"instance": shown(environ)})
    body = what.model_dump_json(exclude_none=True).encode()
    return send(
        environ,
        start_response,
        body,
        MEDIA_TYPE,
        [("Cache-Control", "no-store"), *(headers or [])],
        what.status,
    )


def send(
    environ: WSGIEnvironment,
    start_response: StartResponse,
    body: bytes,
    kind: str,
    headers: Headers,
    status: int = 200,
) -> Iterable[bytes]:
    """A whole answer; without its body where HEAD asks."""
    start_response(
        STATUS_LINES[status],
        [
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
            *headers,
        ],
    )
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
