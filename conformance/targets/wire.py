"""HTTP as the harness speaks it: one request, one answer, within limits of time and size, whatever the target does."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

import httpx

from conformance.errors import BadTarget
from conformance.targets.deadline import Deadline, DeadlineTransport
from scenarios.port import PortError

LONGEST_ANSWER = 128 * 1024 * 1024
"""Octets of an answer that are read; a CRL of a million entries has 49 MB."""
LONGEST_JSON = 16 * 1024 * 1024
"""Octets of an answer in JSON that are read: a page of a list is far smaller, and more would fill the memory."""


class Silence(PortError):
    """No whole answer came in time."""


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

    def __init__(
        self,
        *,
        timeout: float = 30.0,
        cacert: Path | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """`cacert` is a PEM file of CAs to trust besides the usual ones; BadTarget where it cannot be used."""
        self._timeout = timeout
        self._deadline = Deadline()
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=min(timeout, 10.0)),
            follow_redirects=False,
            trust_env=False,
            transport=transport or DeadlineTransport(self._deadline, _trust(cacert)),
            headers={"User-Agent": "mockca-conformance"},
        )

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        cookies: CookieJar | None = None,
        longest: int = LONGEST_ANSWER,
    ) -> Answer:
        """Send the request and read the whole answer, at most `timeout` seconds after it was sent.

        The cookies of the jar go along, and what the answer sets is put there; without a jar none are sent or kept.
        """
        received = bytearray()
        self._client.cookies = CookieJar() if cookies is None else cookies
        self._deadline.start(self._timeout)
        try:
            with self._client.stream(method, url, headers=headers, content=content) as response:
                for piece in response.iter_bytes():
                    received += piece
                    if len(received) > longest:
                        raise PortError(f"{url} answered more than {longest} bytes")
        except httpx.TimeoutException as error:
            raise Silence(f"{url} had not answered in full after {self._timeout:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise PortError(f"{url} could not be asked: {_why(error)}") from error
        return Answer(url, response.status_code, response.headers, bytes(received))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _trust(cacert: Path | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if cacert is None:
        return context
    try:
        context.load_verify_locations(cacert)
    except ssl.SSLError:
        raise BadTarget(f"--cacert {cacert}: no certificates in PEM") from None
    except OSError as error:
        raise BadTarget(f"--cacert {cacert}: {error.strerror}") from None
    return context


def _why(error: Exception) -> str:
    told: BaseException | None = error
    while told is not None:
        if isinstance(told, ssl.SSLCertVerificationError):
            return f"its TLS certificate is not trusted ({told.verify_message}); give its CA's with --cacert FILE"
        told = told.__cause__ or told.__context__
    return str(error) or type(error).__name__
