"""Pages: a template with what every page shows, and the filters by which values are written for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from flask import Flask, Response, current_app, render_template, request

from mockca.errors import MockcaError
from mockca.randomness import new_credential
from mockca.web.access import here
from mockca.web.site import languages
from mockca.web.site.languages import mark, translate
from mockca.web.site.sessions import visitor
from mockca.web.site.words import REASONS, ROLES, STATUSES

VIETNAM: Final = timezone(timedelta(hours=7), "+07:00")
MEDIA_TYPE: Final = "text/html; charset=utf-8"
ROOMS: Final = (
    ("portal.front", mark("Cổng thông tin")),
    ("office.front", mark("Văn phòng")),
    ("tokens.front", mark("Thiết bị")),
    ("workshop.lesson", mark("Bài học")),
    ("room.front", mark("Phòng điều khiển")),
)
"""The rooms of a sandbox, by the page that one enters; those that there are."""


def install(app: Flask) -> None:
    """Teach the application's templates the filters and what all of them show."""
    app.jinja_env.filters["time"] = vietnam_time
    app.jinja_env.filters["day"] = vietnam_day
    app.jinja_env.filters["word"] = word
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_shared)


def page(template: str, status: int = 200, **values: object) -> Response:
    """The page of a template."""
    response = Response(render_template(template, **values), status=status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store" if visitor() is not None else "no-cache"
    response.headers["Vary"] = "Cookie"
    return response


def vietnam_time(instant: datetime) -> str:
    """An instant as people in Vietnam write it; in UTC where the calendar ends before +07:00 does."""
    try:
        return instant.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")
    except OverflowError:
        return instant.astimezone(UTC).strftime("%d/%m/%Y %H:%M:%SZ")


def vietnam_day(instant: datetime) -> str:
    """The day of an instant in Vietnam."""
    return vietnam_time(instant)[:10]


def word(value: object, of: str) -> str:
    """What people call a value of the contract (`of`: status, reason, role), or the value itself."""
    words = {"status": STATUSES, "reason": REASONS, "role": ROLES}[of]
    text = str(getattr(value, "value", value))
    return translate(words[text]) if text in words else text


def _shared() -> dict[str, Any]:
    named = "sandbox" in (request.view_args or {}) and request.endpoint is not None
    try:
        sandbox = here() if named else None
    except MockcaError:
        sandbox = None
    return {
        "address": request.full_path.removesuffix("?"),
        "language": languages.current(),
        "languages": languages.LANGUAGES,
        "sandbox": sandbox,
        "now": sandbox.clock.now() if sandbox is not None else None,
        "visitor": visitor() if sandbox is not None else None,
        "rooms": [(endpoint, name) for endpoint, name in ROOMS if endpoint in current_app.view_functions],
        "new_key": new_credential,
    }
