"""A check's end in words: what was expected and found, the exchange, and the lines that reproduce it."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks import IMPORTANCE_NAMES
from conformance.events import CheckEnded, Exchange


def told(event: CheckEnded) -> str:
    """Everything known of it, as text."""
    return "\n".join((event.check, *(f"  {line}" for line in _lines(event))))


def _lines(event: CheckEnded) -> Iterator[str]:
    yield event.says.vi
    yield from event.says.en.splitlines()
    yield f"điều khoản / clause: {', '.join(event.clauses) or '–'}"
    importance = IMPORTANCE_NAMES[event.importance]
    yield f"mức / importance: {importance.vi} / {importance.en}"
    if event.does:
        yield f"ai làm gì / who does what: {event.does}"
    if event.expected is not None:
        yield f"đã biết trước / known failure: {event.expected.entry}: {event.expected.reason}"
    yield from (f"✗ {mismatch}" for mismatch in event.mismatches)
    yield from (f"! {line}" for line in event.reason.splitlines())
    if event.suspects:
        yield (
            "có thể do bước trước đáng lẽ phải bị từ chối / may follow from a step that had to be refused: "
            + ", ".join(event.suspects)
        )
    if event.at is not None:
        yield f"giờ của hệ thống / target's time: {event.at.isoformat()}"
    for exchange in event.evidence.exchanges:
        yield from _exchange(exchange)
    yield from (f"> {call}" for call in event.evidence.calls)
    yield f"chạy lại / reproduce: {event.reproduce}"


def _exchange(exchange: Exchange) -> Iterator[str]:
    is_text = not exchange.is_binary
    yield f"> {exchange.method} {exchange.url}"
    if exchange.request and is_text:
        yield f"> {exchange.request}"
    yield f"< {exchange.status} {exchange.response if is_text else ''}".rstrip()
    for decoded in exchange.decoded:
        yield f"  {decoded.what}:"
        yield from (f"    {line}" for line in decoded.text.splitlines())
    yield exchange.curl
