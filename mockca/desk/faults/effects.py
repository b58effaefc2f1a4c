"""What a fault may do to an answer: one table, a row an effect.

An effect changes a draft: of how the answer is carried (`Carriage`), or of what is signed (`TimestampDraft`). A new one
is a row with a small function; a new kind of draft is a dataclass that its endpoint hands to `Firing.on`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final, Literal, TypeAlias

from mockca.clock import EARLIEST, LATEST
from mockca.pki import der
from mockca.pki.tsa import Stamp

TSA, OCSP, CRL, AIA = "tsa", "ocsp", "crl", "aia"
EVERYWHERE: Final = frozenset((TSA, OCSP, CRL, AIA))

Signing: TypeAlias = Literal["as it should be", "with SHA-1", "with an expired certificate"]


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


Draft: TypeAlias = Any
Parameters: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that may go wrong."""

    name: str
    vi: str
    en: str
    draft: type
    """What it changes."""
    change: Callable[[Draft, Parameters], Draft]
    endpoints: frozenset[str] = EVERYWHERE
    needs: tuple[str, ...] = ()
    """Parameters that must be given."""
    takes: Mapping[str, Any] = field(default_factory=dict)
    """Parameters that may be given, with the values that they have otherwise."""

    @property
    def parameters(self) -> frozenset[str]:
        """The names of everything that may be given."""
        return frozenset((*self.needs, *self.takes))


def _slow(draft: Carriage, given: Parameters) -> Carriage:
    return replace(draft, delay=draft.delay + given["seconds"])


def _status(status: int) -> Callable[[Carriage, Parameters], Carriage]:
    return lambda draft, given: replace(draft, status=status, retry_after=given["retry_after"])


def _truncated(draft: Carriage, given: Parameters) -> Carriage:
    return replace(draft, cut=draft.cut + given["octets"])


def _reset(draft: Carriage, given: Parameters) -> Carriage:
    del given
    return replace(draft, reset=True)


def _stamped(change: Callable[[Stamp, Parameters], Stamp]) -> Callable[[TimestampDraft, Parameters], TimestampDraft]:
    """A change of what is stamped; nothing where nothing is."""

    def changed(draft: TimestampDraft, given: Parameters) -> TimestampDraft:
        return draft if draft.stamp is None else replace(draft, stamp=change(draft.stamp, given))

    return changed


def _skew(stamp: Stamp, given: Parameters) -> Stamp:
    backward, forward = ((end - stamp.instant).total_seconds() for end in (EARLIEST, LATEST))
    seconds = min(max(given["skew_seconds"], backward), forward)
    return replace(stamp, instant=stamp.instant + timedelta(seconds=seconds))


def _wrong_nonce(stamp: Stamp, given: Parameters) -> Stamp:
    del given
    nonce = stamp.nonce or der.integer(0)
    return replace(stamp, nonce=nonce[:-1] + bytes((nonce[-1] ^ 1,)))


def _wrong_imprint(stamp: Stamp, given: Parameters) -> Stamp:
    del given
    return replace(stamp, imprint=stamp.imprint[:-1] + bytes((stamp.imprint[-1] ^ 1,)))


def _refuse(draft: TimestampDraft, given: Parameters) -> TimestampDraft:
    return replace(draft, failure=given["fail_info"])


def _signing(how: Signing) -> Callable[[TimestampDraft, Parameters], TimestampDraft]:
    return lambda draft, _: replace(draft, signing=how)


_STAMPS: Final = frozenset((TSA,))
_ROWS: Final = (
    Effect("slow", "Trả lời chậm", "Answers slowly", Carriage, _slow, needs=("seconds",)),
    Effect(
        "too-many-requests",
        "HTTP 429, hẹn giờ hỏi lại",
        "HTTP 429 with Retry-After",
        Carriage,
        _status(429),
        takes={"retry_after": 1},
    ),
    Effect(
        "unavailable",
        "HTTP 503, hẹn giờ hỏi lại",
        "HTTP 503 with Retry-After",
        Carriage,
        _status(503),
        takes={"retry_after": 1},
    ),
    Effect("reset", "Ngắt kết nối giữa chừng", "Tears the connection down", Carriage, _reset),
    Effect("truncated", "DER thiếu phần cuối", "DER without its end", Carriage, _truncated, takes={"octets": 16}),
    Effect(
        "skew",
        "Dấu thời gian lệch giờ",
        "Time stamps by a clock that is off",
        TimestampDraft,
        _stamped(_skew),
        _STAMPS,
        needs=("skew_seconds",),
    ),
    Effect(
        "refuse",
        "Từ chối, nêu PKIFailureInfo",
        "Refuses, with this PKIFailureInfo",
        TimestampDraft,
        _refuse,
        _STAMPS,
        takes={"fail_info": "systemFailure"},
    ),
    Effect(
        "wrong-nonce",
        "Nonce khác yêu cầu",
        "Another nonce than the request's",
        TimestampDraft,
        _stamped(_wrong_nonce),
        _STAMPS,
    ),
    Effect(
        "wrong-imprint",
        "Giá trị băm khác yêu cầu",
        "Another imprint than the request's",
        TimestampDraft,
        _stamped(_wrong_imprint),
        _STAMPS,
    ),
    Effect("sha1-signature", "Ký bằng SHA-1", "Signs with SHA-1", TimestampDraft, _signing("with SHA-1"), _STAMPS),
    Effect(
        "expired-certificate",
        "Ký bằng chứng thư đã hết hạn",
        "Signs with a certificate that has expired",
        TimestampDraft,
        _signing("with an expired certificate"),
        _STAMPS,
    ),
)
EFFECTS: Final[Mapping[str, Effect]] = {effect.name: effect for effect in _ROWS}
"""Every effect by its name."""
