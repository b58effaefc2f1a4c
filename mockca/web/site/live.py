"""Server-sent events: a part of a page, told anew to the browsers that look at it.

An answer bears what there is to tell and ends; the browser comes again after `retry`. So nobody who looks keeps a
worker busy, and what is lost on the way is told by the next answer.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from flask import Response, request

EVENTS: Final = "text/event-stream"
RETRY_MILLISECONDS: Final = 2000


def told(html: str, retry: int = RETRY_MILLISECONDS) -> Response:
    """The part as it is now; nothing but the time to come again where the browser has it already."""
    mark = sha256(html.encode()).hexdigest()[:16]
    lines = [f"retry: {retry}"]
    if request.headers.get("Last-Event-ID") != mark:
        lines += [f"id: {mark}", *(f"data: {line}" for line in html.splitlines())]
    return _events(lines)


def gone() -> Response:
    """The part is no more: the browser need not come again."""
    return _events(["event: gone", "data:"])


def _events(lines: list[str]) -> Response:
    response = Response("\n".join(lines) + "\n\n", content_type=EVENTS)
    response.headers["Cache-Control"] = "no-store"
    return response
