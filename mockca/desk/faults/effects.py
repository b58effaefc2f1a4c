"""What a fault may do to an answer: one table, a row an effect.

An effect changes drafts (`drafts`): of how the answer is carried, or of what is signed. A new one is a row with a small
function; a new kind of draft is a dataclass that its endpoint hands to `Firing.on`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final, TypeAlias

from mockca.clock import EARLIEST, LATEST
from mockca.desk.faults.drafts import (
    AIA,
    API,
    CRL,
    OCSP,
    TSA,
    Carriage,
    ListDraft,
    Signing,
    StatusDraft,
    TimestampDraft,
)
from mockca.pki import der
from mockca.pki.tsa import Stamp

EVERYWHERE: Final = frozenset((TSA, OCSP, CRL, AIA, API))
PUBLISHED: Final = frozenset((TSA, OCSP, CRL, AIA))
"""Where answers are DER."""

Draft: TypeAlias = Any
Parameters: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that may go wrong."""

    name: str
    vi: str
    en: str
    drafts: tuple[type, ...]
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


def _other(octets: bytes) -> bytes:
    """The same but for the last bit."""
    return octets[:-1] + bytes((octets[-1] ^ 1,))


def _wrong_nonce(draft: Draft, given: Parameters) -> Draft:
    del given
    if isinstance(draft, StatusDraft):
        return replace(draft, nonce=_other(draft.nonce or bytes(16)))
    if draft.stamp is None:
        return draft
    return replace(draft, stamp=replace(draft.stamp, nonce=_other(draft.stamp.nonce or der.integer(0))))


def _wrong_imprint(stamp: Stamp, given: Parameters) -> Stamp:
    del given
    return replace(stamp, imprint=_other(stamp.imprint))


def _refuse(draft: TimestampDraft, given: Parameters) -> TimestampDraft:
    return replace(draft, failure=given["fail_info"])


def _signing(how: Signing) -> Callable[[Draft, Parameters], Draft]:
    return lambda draft, _: replace(draft, signing=how)


def _no_status(name: str) -> Callable[[StatusDraft, Parameters], StatusDraft]:
    return lambda draft, _: replace(draft, failure=name)


def _stale(draft: Draft, given: Parameters) -> Draft:
    return replace(draft, stale_seconds=given["stale_seconds"])


def _missing(draft: ListDraft, given: Parameters) -> ListDraft:
    entry = given.get("entry")
    return replace(draft, empty=True) if entry is None else replace(draft, missing=draft.missing | {entry})


def _back(draft: ListDraft, given: Parameters) -> ListDraft:
    return replace(draft, back=draft.back + given["back"])


_BY_TSA: Final = frozenset((TSA,))
_BY_OCSP: Final = frozenset((OCSP,))
_ON_LISTS: Final = frozenset((CRL,))
_ROWS: Final = (
    Effect("slow", "Trả lời chậm", "Answers slowly", (Carriage,), _slow, needs=("seconds",)),
    Effect(
        "too-many-requests",
        "HTTP 429, hẹn giờ hỏi lại",
        "HTTP 429 with Retry-After",
        (Carriage,),
        _status(429),
        takes={"retry_after": 1},
    ),
    Effect(
        "unavailable",
        "HTTP 503, hẹn giờ hỏi lại",
        "HTTP 503 with Retry-After",
        (Carriage,),
        _status(503),
        takes={"retry_after": 1},
    ),
    Effect("reset", "Ngắt kết nối giữa chừng", "Tears the connection down", (Carriage,), _reset),
    Effect(
        "truncated",
        "DER thiếu phần cuối",
        "DER without its end",
        (Carriage,),
        _truncated,
        PUBLISHED,
        takes={"octets": 16},
    ),
    Effect("try-later", "OCSP: tryLater", "OCSP: tryLater", (StatusDraft,), _no_status("tryLater"), _BY_OCSP),
    Effect(
        "unauthorized",
        "OCSP: unauthorized",
        "OCSP: unauthorized",
        (StatusDraft,),
        _no_status("unauthorized"),
        _BY_OCSP,
    ),
    Effect(
        "internal-error",
        "OCSP: internalError",
        "OCSP: internalError",
        (StatusDraft,),
        _no_status("internalError"),
        _BY_OCSP,
    ),
    Effect(
        "stale",
        "nextUpdate đã qua",
        "Its nextUpdate has passed, its thisUpdate is as much older",
        (StatusDraft, ListDraft),
        _stale,
        _BY_OCSP | _ON_LISTS,
        takes={"stale_seconds": 60.0},
    ),
    Effect(
        "missing-entry",
        "CRL thiếu một mục, hoặc mọi mục",
        "A CRL without one entry, or without any",
        (ListDraft,),
        _missing,
        _ON_LISTS,
        takes={"entry": None},
    ),
    Effect(
        "number-back",
        "Số CRL lùi lại",
        "A CRL's number goes back",
        (ListDraft,),
        _back,
        _ON_LISTS,
        takes={"back": 1},
    ),
    Effect(
        "skew",
        "Dấu thời gian lệch giờ",
        "Time stamps by a clock that is off",
        (TimestampDraft,),
        _stamped(_skew),
        _BY_TSA,
        needs=("skew_seconds",),
    ),
    Effect(
        "refuse",
        "Từ chối, nêu PKIFailureInfo",
        "Refuses, with this PKIFailureInfo",
        (TimestampDraft,),
        _refuse,
        _BY_TSA,
        takes={"fail_info": "systemFailure"},
    ),
    Effect(
        "wrong-nonce",
        "Nonce khác yêu cầu",
        "Another nonce than the request's",
        (TimestampDraft, StatusDraft),
        _wrong_nonce,
        _BY_TSA | _BY_OCSP,
    ),
    Effect(
        "wrong-imprint",
        "Giá trị băm khác yêu cầu",
        "Another imprint than the request's",
        (TimestampDraft,),
        _stamped(_wrong_imprint),
        _BY_TSA,
    ),
    Effect(
        "wrong-signer",
        "Người khác ký",
        "Signed by somebody who may not",
        (TimestampDraft, StatusDraft, ListDraft),
        _signing("by somebody else"),
        _BY_TSA | _BY_OCSP | _ON_LISTS,
    ),
    Effect("sha1-signature", "Ký bằng SHA-1", "Signs with SHA-1", (TimestampDraft,), _signing("with SHA-1"), _BY_TSA),
    Effect(
        "expired-certificate",
        "Ký bằng chứng thư đã hết hạn",
        "Signs with a certificate that has expired",
        (TimestampDraft, StatusDraft),
        _signing("with an expired certificate"),
        _BY_TSA | _BY_OCSP,
    ),
)
EFFECTS: Final[Mapping[str, Effect]] = {effect.name: effect for effect in _ROWS}
"""Every effect by its name."""
