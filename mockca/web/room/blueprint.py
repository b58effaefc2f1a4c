"""The control room's blueprint, and what its pages share: who may come in, forms read, the next page."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk.views import Problem
from mockca.web.access import here
from mockca.web.site.languages import mark
from mockca.web.site.rendering import page
from mockca.web.site.sessions import require_trainer

room = Blueprint("room", __name__, url_prefix="/<sandbox>/room")

PAGES: Final = (
    ("room.front", mark("Đồng hồ")),
    ("room.faults", mark("Lỗi theo yêu cầu")),
    ("room.exchanges", mark("Trao đổi")),
    ("room.snapshots", mark("Ảnh chụp")),
    ("room.answers", mark("Cách trả lời")),
)


@room.before_request
def guard() -> None:
    """For the trainer alone, whatever part they have at present."""
    require_trainer()


def show(template: str, problem: Problem | None = None, **values: object) -> Response:
    """A page of the room; 422 or the like where a problem stands on it."""
    status = 200 if problem is None else problem.status
    return page(f"room/{template}", status=status, problem=problem, pages=PAGES, **values)


def onward(endpoint: str, **values: object) -> BaseResponse:
    """To a page of the room, after something was done."""
    return redirect(url_for(endpoint, sandbox=here().name, **values), 303)  # type: ignore[arg-type]


def sent(*texts: str, numbers: Collection[str] = ()) -> dict[str, Any]:
    """What a form holds under these names, without what was left empty; numbers read where they are some."""
    found: dict[str, Any] = {}
    for name in (*texts, *numbers):
        text = request.form.get(name, "").strip()
        if text:
            found[name] = _number(text) if name in numbers else text
    return found


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
