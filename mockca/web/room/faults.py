"""Faults on order: set, looked at, removed."""

from __future__ import annotations

from typing import Final

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk.faults import EFFECTS, ENDPOINTS
from mockca.desk.views import Problem
from mockca.web.api import api
from mockca.web.room.blueprint import onward, room, sent, show
from mockca.web.site.asking import ask, attempt

TEXTS: Final = ("endpoint", "effect", "serial", "role", "operation", "seed", "entry", "fail_info")
NUMBERS: Final = (
    *("next", "every", "probability"),
    *("seconds", "skew_seconds", "retry_after", "octets", "stale_seconds", "back"),
)


@room.get("/faults")
def faults(sandbox: str) -> Response:
    """The faults that are set, and the form that sets one."""
    del sandbox
    return _faults()


@room.post("/faults")
def add_fault(sandbox: str) -> Response | BaseResponse:
    """Set a fault."""
    del sandbox
    _, problem = attempt("add_fault", body=sent(*TEXTS, numbers=NUMBERS))
    return onward("room.faults") if problem is None else _faults(problem)


@room.post("/faults/<int:number>/removal")
def remove_fault(sandbox: str, number: int) -> Response | BaseResponse:
    """Take a fault away."""
    del sandbox
    _, problem = attempt("remove_fault", number=number)
    return onward("room.faults") if problem is None else _faults(problem)


def _faults(problem: Problem | None = None) -> Response:
    return show(
        "faults.html",
        problem,
        faults=ask("list_faults").items,
        effects=EFFECTS,
        endpoints=ENDPOINTS,
        operations=sorted(api.operations),
        given=sent(*TEXTS, numbers=NUMBERS) if problem is not None else {},
    )
