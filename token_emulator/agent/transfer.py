"""What the agent fetches and posts, without the page's session, as the real one does (facts: sign-service §3.4).

Whatever goes wrong is a `Refusal`: 0x0023 when fetching, 0x0028 when posting.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import Message as Header
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import httpx

from token_emulator.agent.messages import KeyValue
from token_emulator.agent.outcomes import DOWNLOAD, UPLOAD, Refusal
from token_emulator.agent.settings import Manners

LARGEST_DOCUMENT: Final = 64 << 20
LARGEST_ANSWER: Final = 64 << 10
"""Octets of what an upload handler answers."""
FETCH_PATIENCE: Final = 60.0
PART: Final = "uploadfile"
"""Name of the file's part."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the page handed over for the agent to come back with."""

    session: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document and its name."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """What an upload handler said."""

    file_name: str
    file_server: Any
    """As it came: a text, or any other JSON value."""
    document_number: str
    document_date: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Fetches and posts."""

    manners: Manners
    tls: ssl.SSLContext | bool = True

    async def fetch(self, url: str, credentials: Credentials) -> Fetched:
        """The document at an address."""
        try:
            async with (
                self._client(FETCH_PATIENCE) as client,
                client.stream("GET", url, headers=self._headers(credentials)) as answer,
            ):
                if answer.is_redirect:
                    raise Refusal(DOWNLOAD, f"HTTP {answer.status_code} to another page: is a login needed?")
                if answer.status_code != httpx.codes.OK:
                    raise Refusal(DOWNLOAD, f"HTTP {answer.status_code}")
                content = await _read(answer, LARGEST_DOCUMENT)
                if content is None:
                    raise Refusal(DOWNLOAD, f"over {LARGEST_DOCUMENT >> 20} MiB")
                return Fetched(_name(answer, url), content)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise Refusal(DOWNLOAD, _why(error)) from error

    async def post(
        self, handler: str, name: str, content: bytes, metadata: Iterable[KeyValue], credentials: Credentials
    ) -> Stored:
        """Hand a signed document to an upload handler."""
        fields: dict[str, list[str]] = {}
        for one in metadata:
            fields.setdefault(one.Key, []).append(one.Value)
        files = {
            PART: (name, content, "application/pdf" if content.startswith(b"%PDF") else "application/octet-stream")
        }
        try:
            async with self._client(self.manners.upload_patience) as client:
                request = client.build_request(
                    "POST", handler, data=fields, files=files, headers=self._headers(credentials)
                )
                answer = await client.send(request, stream=True)
                body = await _read(answer, LARGEST_ANSWER)
                await answer.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise Refusal(UPLOAD, _why(error)) from error
        if not answer.is_success:
            raise Refusal(UPLOAD, f"HTTP {answer.status_code}")
        if body is None:
            raise Refusal(UPLOAD, f"an answer over {LARGEST_ANSWER >> 10} KiB")
        return self._accepted(body, name)

    def _accepted(self, body: bytes, name: str) -> Stored:
        """What the handler's JSON says, whatever its content type."""
        strict = self.manners.boolean_status
        try:
            said = json.loads(body.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            if strict:
                raise Refusal(UPLOAD, "the answer is no JSON object")
            said = {}
        status = said.get("Status")
        if strict and not isinstance(status, bool):
            raise Refusal(UPLOAD, "Status is no JSON boolean")
        if status is False:
            raise Refusal(UPLOAD, _plain(said.get("Message")) or "Status is false")
        return Stored(
            _plain(said.get("FileName")) or name,
            "" if said.get("FileServer") is None else said["FileServer"],
            _plain(said.get("DocumentNumber")),
            _plain(said.get("DocumentDate")),
        )

    @asynccontextmanager
    async def _client(self, patience: float) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(
            timeout=httpx.Timeout(patience, connect=min(patience, 10.0)),
            follow_redirects=self.manners.follow_redirects,
            max_redirects=5,
            verify=self.tls,
            trust_env=False,
        ) as client:
            yield client

    def _headers(self, credentials: Credentials) -> dict[str, str]:
        headers = {"User-Agent": "mockca-agent"}
        if self.manners.session_cookie and credentials.session:
            headers["Cookie"] = f"{self.manners.session_cookie}={credentials.session}"
        if self.manners.bearer and credentials.token:
            headers["Authorization"] = f"Bearer {credentials.token}"
        return headers


async def _read(answer: httpx.Response, most: int) -> bytes | None:
    """The body; None when it is over the limit."""
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > most:
            return None
    return bytes(content)


def _name(answer: httpx.Response, url: str) -> str:
    """By Content-Disposition, or the end of the path; never a folder."""
    header = Header()
    header["Content-Disposition"] = answer.headers.get("Content-Disposition", "")
    named = header.get_filename() or unquote(urlsplit(url).path)
    name = PurePosixPath(named.replace("\\", "/")).name
    printable = "".join(character for character in name if character.isprintable())[:200]
    return printable or "document.pdf"


def _plain(value: Any) -> str:
    return "" if value is None else str(value)[:1000]


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__
