"""HTTP as the harness speaks it: one request, one answer, within limits of time and size, whatever the target does."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from scenarios.port import PortError

LONGEST_ANSWER = 128 * 1024 * 1024
"""Octets of an answer that are read; a CRL of a million entries has 49 MB."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    url: str
    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def media_type(self) -> str:
        """The media type without its parameters, lower case; empty where none is given."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()


class Wire:
    """A client with limits. Raises PortError, in one sentence, where no whole answer came."""

    def __init__(self, *, timeout: float = 30.0, transport: httpx.BaseTransport | None = None) -> None:
        self._timeout = timeout
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=min(timeout, 10.0)),
            follow_redirects=False,
            trust_env=False,
            transport=transport,
            headers={"User-Agent": "mockca-conformance"},
        )

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Answer:
        """Send the request and read the whole answer, at most `timeout` seconds after it was sent."""
        limit = time.monotonic() + self._timeout
        received = bytearray()
        try:
            with self._client.stream(method, url, headers=headers, content=content) as response:
                for piece in response.iter_bytes():
                    received += piece
                    if len(received) > LONGEST_ANSWER:
                        raise PortError(f"{url} answered more than {LONGEST_ANSWER} bytes")
                    if time.monotonic() > limit:
                        raise PortError(f"{url} had not answered in full after {self._timeout:g} s")
        except httpx.TimeoutException as error:
            raise PortError(f"{url} did not answer within {self._timeout:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PortError(f"{url} could not be asked: {error or type(error).__name__}") from error
        return Answer(url, response.status_code, response.headers, bytes(received))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
