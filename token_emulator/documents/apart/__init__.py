"""A document of a stranger, looked at in a process of its own: it may take so much time and memory and no more.

    with Inspection(content) as inspection:
        seen = inspection.read()            # who signed, and when
        report = inspection.check(known)    # by the evidence that concerns them

Nothing of pyHanko is imported here; the other process does that (`python -m token_emulator.documents.apart`).
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from token_emulator.documents.errors import DocumentError

PATIENCE: Final = 60.0
"""Seconds of real time for all of it."""
CPU_SECONDS: Final = 40
MEMORY: Final = 2 << 30
"""Octets of address space."""
LONGEST_ANSWER: Final = 8 << 20
MOST_AT_ONCE: Final = 2
"""Documents that this process has looked at side by side; others wait."""
_room: Final = threading.BoundedSemaphore(MOST_AT_ONCE)


class InspectionFailed(DocumentError):
    """The other process took too long or too much memory, or broke down."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"the document could not be looked at: {why}")


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, by what the file says; nothing of it is verified."""

    name: str
    """The signature's."""
    certificate: bytes | None
    """DER."""
    times: tuple[datetime, ...]
    """When, by the signer's clock and by the timestamp, as far as the file says."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read."""

    kind: str
    """pdf, xml, cms; empty where it cannot be read."""
    signers: tuple[Signer, ...]
    why: str = ""
    """What is wrong where it cannot be read."""


@dataclass(frozen=True, slots=True)
class Known:
    """What to check by; certificates, CRLs and OCSP responses in DER."""

    at: datetime
    effect: str
    """announcement or not_before (`checking.Effect`)."""
    anchors: Sequence[bytes]
    certificates: Sequence[bytes] = ()
    crls: Sequence[bytes] = ()
    ocsps: Sequence[bytes] = ()
    effective: dict[str, datetime] = field(default_factory=dict)
    """When announced certificates took effect, by their serial numbers in hexadecimal."""
    regulation: str | None = None
    """By which to judge a PDF, too."""


class Inspection:
    """One document under inspection."""

    def __init__(self, content: bytes, detached: bytes | None = None, patience: float = PATIENCE) -> None:
        self._content, self._detached = content, detached
        self._deadline = time.monotonic() + patience
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if not _room.acquire(timeout=max(0.0, self._deadline - time.monotonic())):
            raise InspectionFailed("others are being looked at")
        try:
            self._process = _started()
        except OSError as error:
            _room.release()
            raise InspectionFailed(f"no process could be started: {error.strerror}") from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        process = self._running
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait()
        _room.release()

    def read(self) -> Seen:
        """Who signed. Raises InspectionFailed."""
        told = self._ask(
            {"document": _text(self._content), "detached": None if self._detached is None else _text(self._detached)}
        )
        return Seen(
            told["kind"],
            tuple(
                Signer(
                    one["name"],
                    None if one["certificate"] is None else b64decode(one["certificate"]),
                    tuple(map(datetime.fromisoformat, one["times"])),
                )
                for one in told["signers"]
            ),
            told["why"],
        )

    def check(self, known: Known) -> dict[str, Any]:
        """The report (`checking.Report.as_json`), with `layout`: what the regulation finds wrong with a PDF, each by
        `clause`, `vi`, `en`; None where that could not be judged. After `read`. Raises InspectionFailed.
        """
        return self._ask(
            {
                "at": known.at.isoformat(),
                "effect": known.effect,
                "anchors": list(map(_text, known.anchors)),
                "certificates": list(map(_text, known.certificates)),
                "crls": list(map(_text, known.crls)),
                "ocsps": list(map(_text, known.ocsps)),
                "effective": {serial: at.isoformat() for serial, at in known.effective.items()},
                "regulation": known.regulation,
            }
        )

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None  # noqa: S101 - used as a context manager
        return self._process

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        process = self._running
        assert process.stdin is not None  # noqa: S101 - for the type checker
        assert process.stdout is not None  # noqa: S101
        try:
            self._send(process.stdin, json.dumps(order).encode() + b"\n")
            answer: dict[str, Any] = json.loads(self._receive(process.stdout))
        except (BrokenPipeError, ValueError):
            raise InspectionFailed("the process ended: too much time or memory") from None
        if "failed" in answer:
            raise InspectionFailed(str(answer["failed"]))
        return answer

    def _send(self, pipe: IO[bytes], octets: bytes) -> None:
        os.set_blocking(pipe.fileno(), False)
        rest = memoryview(octets)
        with selectors.DefaultSelector() as ready:
            ready.register(pipe, selectors.EVENT_WRITE)
            while rest:
                self._wait(ready)
                rest = rest[pipe.write(rest) or 0 :]

    def _receive(self, pipe: IO[bytes]) -> bytes:
        found = bytearray()
        with selectors.DefaultSelector() as ready:
            ready.register(pipe, selectors.EVENT_READ)
            while not found.endswith(b"\n"):
                self._wait(ready)
                chunk = pipe.read(1 << 16)
                if not chunk or len(found) > LONGEST_ANSWER:
                    raise BrokenPipeError
                found += chunk
        return bytes(found)

    def _wait(self, ready: selectors.BaseSelector) -> None:
        if not ready.select(max(0.0, self._deadline - time.monotonic())):
            raise InspectionFailed("it took too long")


def _started() -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[3])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-m", "token_emulator.documents.apart"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={**os.environ, "PYTHONPATH": path},
    )


def _text(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")
