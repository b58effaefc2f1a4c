"""One run: which target, with what settings, and what the suites have in common."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import pytest

from conformance.checks import AGENT, AUTHORITY, KINDS, PUBLISHER, SIGNER, TOKEN, VERIFIER, Check
from conformance.errors import BadTarget, NothingToRun
from conformance.events import Mismatch, Result
from scenarios import Exchange

DEFAULT_SEED = "1"
DEFAULT_TIMEOUT = 30.0
EXAMPLES = {
    AUTHORITY: "http://host:port/sandbox",
    TOKEN: "/path/to/module.so",
    PUBLISHER: "certificate.pem",
    VERIFIER: "'verify {file} {evidence} {at} {effect}'",
    AGENT: "wss://127.0.0.1:8987",
    SIGNER: "'sign --kind {kind} {draft} {signed}'",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user asked for."""

    target: str
    """`authority=URL`, `token=MODULE`, `publisher=FILE` or `publisher=URL`."""
    regulation: str
    credentials: Path | None = None
    seed: str = DEFAULT_SEED
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Features that the target lacks (features.py)."""
    given: tuple[str, ...] = ()
    """Settings of scenarios, or of orders to a signer, to change, e.g. `mail_domain=tinh.test`."""
    reset: bool = False
    """Empty the sandbox before each scenario."""
    timeout: float = DEFAULT_TIMEOUT
    mapping: Path | None = None
    """How a target with an interface of its own is spoken to (docs/conformance/mapping.md)."""
    adapter: str | None = None
    """`package.module:Class` of a Python adapter."""
    cacert: Path | None = None
    """CAs to trust for https, PEM, besides the usual ones."""
    token_label: str | None = None
    token_serial: str | None = None
    tries: int | None = None
    """Wrong PINs in a row that lock the device, by its model."""
    destructive: bool = False
    """Whether the device may be locked and its PIN changed."""
    pin_file: Path | None = None
    so_pin_file: Path | None = None
    samples: tuple[str, ...] = ()
    """Certificates of a publisher and how each stands: `revoked=FILE`."""
    issuer: Path | None = None
    root: Path | None = None
    tsa: str | None = None
    """The address of a publisher's time-stamping authority, where its authority does not tell it."""
    unknown_serial: str = "unknown"
    """What OCSP is to say of a serial that was never issued."""
    trust: Path | None = None
    """The folder of evidence by which signers' certificates are checked."""


def line_to_run(
    settings: Settings, options: Mapping[str, object], only: Sequence[str], *, flags: Iterable[str] = ()
) -> str:
    """The command that makes these checks again: `options` with their values, those that are None left out."""
    words = ["conformance", "run", "--target", settings.target, "--regulation", settings.regulation]
    for option, value in options.items():
        if value is not None:
            words += [option, str(value)]
    words += flags
    for feature in settings.without:
        words += ["--without", feature]
    for wanted in only:
        words += ["--only", wanted]
    return shlex.join(words)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a suite found out about one check."""

    result: Result
    reason: str = ""
    """Why it was skipped or is not applicable."""
    mismatches: tuple[Mismatch, ...] = ()
    suspects: tuple[str, ...] = ()
    """Earlier steps from which a failure may follow."""
    exchanges: tuple[Exchange, ...] = ()
    """What was asked over HTTP and answered, without anything secret."""
    actor: str = ""
    """Who asked, in a scenario."""
    calls: tuple[str, ...] = ()
    """What a module or command was asked and answered, in words."""
    at: datetime | None = None
    """The target's time when the check began."""


class SuiteRun(Protocol):
    """A suite at work on one target."""

    @property
    def suite(self) -> str:
        """The kind of target, one of KINDS."""
        ...

    @property
    def settings(self) -> Settings: ...

    @property
    def checks(self) -> Sequence[Check]:
        """What will be checked, in order; those of one group stand together."""
        ...

    @property
    def seed(self) -> str | None:
        """What people are made up from; None where the suite makes up nobody."""
        ...

    def start(self) -> None:
        """Raise HarnessError where the target cannot be tested at all."""
        ...

    def before(self, group: str) -> None:
        """Make ready for the checks of a group, the part of their ids before the last `/`. Raises HarnessError."""
        ...

    def judge(self, check: Check) -> Finding:
        """Make the check. An exception is an error of the harness, never a verdict."""
        ...

    def clauses(self, check: Check) -> tuple[str, ...]:
        """What the check tests under the run's regulation."""
        ...

    def redact(self, text: str) -> str:
        """The text without anything secret."""
        ...

    def reproduce(self, check: str | None = None) -> str:
        """The command that makes this check again, and what it builds on; all of them where left out."""
        ...

    def close(self) -> None:
        """Let go of the target."""
        ...


RUN = pytest.StashKey[SuiteRun]()
"""Where pytest keeps the run."""


def target_of(target: str) -> tuple[str, str]:
    """Kind and place in `kind=place`. NothingToRun for a kind without a suite."""
    kind, _, place = target.partition("=")
    if kind not in KINDS:
        written = " or ".join(f"--target {known}={EXAMPLES[known]}" for known in KINDS)
        raise NothingToRun(f"no suite for {kind!r}; write {written}")
    return kind, place


def target_url(target: str) -> str:
    """The URL in `kind=URL`. BadTarget for what is no http URL."""
    kind, url = target_of(target)
    if not url.startswith(("http://", "https://")):
        raise BadTarget(f"{url!r} is no URL; write --target {kind}={EXAMPLES[kind]}")
    return url


def public_place(place: str) -> str:
    """The target's place as a report may show it: a URL without the user, password, query and fragment in it."""
    parts = urlsplit(place)
    if not parts.scheme or not parts.netloc:
        return place
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
