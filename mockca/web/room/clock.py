"""The control room's first page: the clock, and what falls due by it."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from mockca.desk.views import Problem
from mockca.web.room.blueprint import room, sent, show
from mockca.web.site.asking import ask, attempt

UNITS: Final = {"minutes": 60, "hours": 3600, "days": 86400}
OFFSET: Final = ":00+07:00"
"""What a browser's date and time lack: they are Vietnam's."""


@room.get("/")
def front(sandbox: str) -> Response:
    """The clock."""
    del sandbox
    return _front()


@room.post("/")
def turn(sandbox: str) -> Response:
    """Turn the clock, and tell what ran."""
    del sandbox
    turned, problem = attempt("turn_clock", body=_wanted())
    return _front(problem, ran=None if turned is None else turned.ran)


def _front(problem: Problem | None = None, ran: tuple[str, ...] | None = None) -> Response:
    return show("clock.html", problem, clock=ask("read_clock"), ran=ran, units=UNITS)


def _wanted() -> dict[str, Any]:
    """What is to be done with the clock, by the button that was pressed."""
    match request.form.get("do"):
        case "advance":
            amount = sent(numbers=("amount",)).get("amount", 0)
            unit = UNITS.get(request.form.get("unit", ""), 1)
            return {"advance_seconds": amount * unit if isinstance(amount, int | float) else amount}
        case "set":
            text = request.form.get("set", "")
            return {"set": f"{text[:16]}{OFFSET}"}
        case "scale":
            return sent(numbers=("scale",))
        case "freeze":
            return {"freeze": True}
        case "resume":
            return {"freeze": False}
        case _:
            return {}
