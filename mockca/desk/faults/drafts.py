"""Answers before they go out, as far as a fault may change them: one dataclass a kind of thing to be changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from mockca.pki.tsa import Stamp

TSA, OCSP, CRL, AIA, API = "tsa", "ocsp", "crl", "aia", "api"
ENDPOINTS: Final = (TSA, OCSP, CRL, AIA, API)
"""Where faults may be set, in the order in which they are shown."""
ANYBODY: Final = "anybody"
"""At the API, the role of who has not signed in."""

Signing: TypeAlias = Literal["as it should be", "with SHA-1", "with an expired certificate", "by somebody else"]


@dataclass(frozen=True, slots=True)
class Carriage:
    """How an answer goes to its asker, whatever is in it."""

    delay: float = 0.0
    """Seconds of real time before anything is said."""
    status: int | None = None
    """The HTTP status in the answer's place; None for the answer itself."""
    retry_after: int = 1
    """Seconds, told with `status`."""
    cut: int = 0
    """Octets that are missing at the answer's end."""
    reset: bool = False
    """Whether the connection is torn down instead."""


@dataclass(frozen=True, slots=True)
class TimestampDraft:
    """What a time-stamping authority is about to answer."""

    stamp: Stamp | None
    """None where the request gets no token anyway."""
    failure: str | None = None
    """PKIFailureInfo in the token's place."""
    signing: Signing = "as it should be"


@dataclass(frozen=True, slots=True)
class StatusDraft:
    """What an OCSP responder is about to answer."""

    failure: str | None = None
    """OCSPResponseStatus in the place of any certificate's status (RFC 6960 §4.2.1)."""
    nonce: bytes | None = None
    stale_seconds: float | None = None
    """How long ago nextUpdate was; None where it is yet to come."""
    signing: Signing = "as it should be"


@dataclass(frozen=True, slots=True)
class ListDraft:
    """A CRL that is about to be served."""

    stale_seconds: float | None = None
    """As for a status."""
    missing: frozenset[str] = frozenset()
    """Serial numbers, in hexadecimal, whose entries are left out."""
    empty: bool = False
    """Whether all are."""
    back: int = 0
    """By how much its number is lower than it should be."""
    signing: Signing = "as it should be"
