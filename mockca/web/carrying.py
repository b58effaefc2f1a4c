"""Answers carried otherwise than they should, because a fault on order says so: late, cut off, refused, torn down."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from mockca.desk.faults.drafts import Carriage
from mockca.web.bare import Headers, send, tell
from mockca.web.problems import problem

CARRIAGE: Final = "mockca.carriage"
"""Where a request's environment has the carriage of its answer, if it is not the usual one."""
OPEN_FILES: Final = Path("/proc/self/fd")
SENT_SECONDS: Final = 5.0
"""How long a connection may take to send the first octet of an answer."""
_UNSPECIFIED: Final = struct.pack("=H14x", socket.AF_UNSPEC)
_TCP_INFO_OCTETS: Final = 256
_DATA_SEGMENTS_OUT: Final = 156
"""Where `struct tcp_info` of Linux counts the segments with data that were sent, an unsigned int (tcp(7))."""


class Late:
    """An answer that is not to go out before so many seconds have passed.

    A server that knows it serves others meanwhile (`mockca.web.patience`); to any other it is an iterable that takes
    its time.
    """

    def __init__(self, seconds: float, parts: Iterable[bytes]) -> None:
        self.seconds, self.parts = seconds, parts

    def __iter__(self) -> Iterator[bytes]:
        time.sleep(self.seconds)
        yield from self.parts

    def close(self) -> None:
        """Nothing is held."""


def carry(
    carriage: Carriage,
    environ: WSGIEnvironment,
    start_response: StartResponse,
    body: bytes,
    kind: str,
    headers: Headers,
) -> Iterable[bytes]:
    """The answer as the carriage has it. Nobody may keep it."""

    def give(told: bytes) -> Iterable[bytes]:
        return send(environ, start_response, told, kind, [("Cache-Control", "no-store"), *headers])

    return _carried(carriage, environ, start_response, body, give)


class Carrier:
    """Carries an application's answers as they are, but for those whose request's environment has a carriage.

    The application decides about it, before it begins to answer.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The answer of the application."""
        began: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, *more: Any) -> Callable[[bytes], object]:
            if CARRIAGE not in environ:
                return start_response(status, headers, *more)
            began.append((status, headers))
            return lambda _: None

        parts = self._application(environ, start)
        carriage: Carriage | None = environ.get(CARRIAGE)
        if carriage is None:
            return parts
        with ExitStack() as stack:
            if isinstance(parts, Closing):
                stack.callback(parts.close)
            body = b"".join(parts)

        def give(told: bytes) -> Iterable[bytes]:
            start_response(*began[-1])
            return [told]

        return _carried(carriage, environ, start_response, body, give)


@runtime_checkable
class Closing(Protocol):
    """An answer that wants to know when it has been given (PEP 3333)."""

    def close(self) -> None:
        """The answer has been given."""


def _carried(
    carriage: Carriage,
    environ: WSGIEnvironment,
    start_response: StartResponse,
    body: bytes,
    give: Callable[[bytes], Iterable[bytes]],
) -> Iterable[bytes]:
    answer = _altered(carriage, environ, start_response, body, give)
    return Late(carriage.delay, answer) if carriage.delay else answer


def _altered(
    carriage: Carriage,
    environ: WSGIEnvironment,
    start_response: StartResponse,
    body: bytes,
    give: Callable[[bytes], Iterable[bytes]],
) -> Iterable[bytes]:
    if carriage.reset:
        give(body)
        return _torn(environ, body)
    if carriage.status is not None:
        ordered = problem(
            carriage.status,
            "Lỗi do người hướng dẫn đặt. / A fault on order.",
            kind="fault",
            title="Lỗi theo yêu cầu / A fault on order",
            remedy="Gửi lại sau thời gian trong `Retry-After`. / Send it again after `Retry-After`.",
        )
        return tell(ordered, environ, start_response, [("Retry-After", str(carriage.retry_after))])
    return give(body[: -carriage.cut] if carriage.cut else body)


def _torn(environ: WSGIEnvironment, body: bytes) -> Iterator[bytes]:
    """The first octet of an answer; then the connection is torn down (RST), as by a firewall or a crash.

    WSGI knows nothing of connections. So it is looked for among those to the asker: it is the one that sends when this
    octet is handed out, since a worker handles one request at a time. Where it is not found the answer just ends too
    early, at which the server hangs up.
    """
    with ExitStack() as stack:
        sent = {one: _segments(one) for one in _connections_of(environ.get("REMOTE_ADDR"), stack)}
        yield body[:1]
        limit = time.monotonic() + SENT_SECONDS
        while sent and time.monotonic() < limit:
            for connection, before in sent.items():
                if _segments(connection) != before:
                    # On Linux this ends a connection at once, whoever else has it open (tcp_disconnect).
                    ctypes.CDLL(None).connect(connection.fileno(), _UNSPECIFIED, len(_UNSPECIFIED))
                    return
            time.sleep(0.001)


def _connections_of(asker: str | None, stack: ExitStack) -> Iterator[socket.socket]:
    """This process's connections to the asker; closed with the stack, while the server keeps its own."""
    for path in OPEN_FILES.iterdir() if OPEN_FILES.exists() else ():
        with suppress(OSError):
            # Nothing else may be touched: to close a copy of a database's file is to give up the locks on it.
            if not str(path.readlink()).startswith("socket:"):
                continue
            connection = stack.enter_context(socket.socket(fileno=os.dup(int(path.name))))
            if connection.family in (socket.AF_INET, socket.AF_INET6) and connection.getpeername()[0] == asker:
                yield connection


def _segments(connection: socket.socket) -> int:
    """Segments with data that this end has sent."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_OCTETS)
    found: int = struct.unpack_from("=I", info, _DATA_SEGMENTS_OUT)[0]
    return found
