"""A connection that knows by when the whole exchange must be over.

The time-outs of an HTTP client count from one read to the next: a peer that sends an octet now and then is never
given up. Here every wait for the peer, the connecting, the TLS handshake, each read and write, gets what is left of
one deadline.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

CONNECTIONS = 10
"""How many connections may be open at once."""


@dataclass(slots=True)
class Deadline:
    """The instant by which the exchange that is going on must be over; shared by all its waits."""

    at: float = 0.0

    def start(self, seconds: float) -> None:
        """A new exchange begins, with so much time."""
        self.at = time.monotonic() + seconds

    def left(self, error: type[Exception], most: float | None = None) -> float:
        """Seconds left, at most so many; raises the error where none are."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise error("the time for the whole exchange is over")
        return left if most is None else min(left, most)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(httpcore.ReadTimeout, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(httpcore.WriteTimeout, timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout, timeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._inner, self._deadline = httpcore.SyncBackend(), deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout, timeout)
        return _Stream(self._inner.connect_tcp(host, port, left, local_address, socket_options), self._deadline)


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's transport over such connections."""

    def __init__(self, deadline: Deadline, trust: ssl.SSLContext) -> None:
        super().__init__(verify=trust, trust_env=False)
        # httpx offers no way to hand in a backend; everything else of its transport is wanted as it is.
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust,
            max_connections=CONNECTIONS,
            # A connection kept open may have been closed by its server when it is used again: no verdict for nothing.
            max_keepalive_connections=0,
            network_backend=_Backend(deadline),
        )
