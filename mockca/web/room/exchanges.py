"""The journal of exchanges, and why one was refused."""

from __future__ import annotations

from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk.faults import ENDPOINTS
from mockca.desk.views import Problem
from mockca.web.room.blueprint import onward, room, sent, show
from mockca.web.site.asking import ask, attempt

FILTERS: Final = ("endpoint", "operation", "account", "serial", "refused", "disturbed", "before")
AT_A_TIME: Final = 50
PUBLISHED: Final = ("ocsp", "crl", "aia", "tsa")


@room.get("/exchanges")
def exchanges(sandbox: str) -> Response:
    """The latest exchanges."""
    del sandbox
    return _exchanges()


@room.get("/exchanges/<int:number>")
def why(sandbox: str, number: int) -> Response:
    """Why one was refused."""
    del sandbox
    return show("why.html", why=ask("explain_exchange", number=number))


@room.post("/exchanges/recording")
def set_recording(sandbox: str) -> Response | BaseResponse:
    """Say which are noted."""
    del sandbox
    wanted = sent("api") | {name: name in request.form for name in PUBLISHED}
    _, problem = attempt("set_recording", body=wanted)
    return onward("room.exchanges") if problem is None else _exchanges(problem)


def _exchanges(problem: Problem | None = None) -> Response:
    given = {name: value for name in FILTERS if (value := request.args.get(name, "").strip())}
    return show(
        "exchanges.html",
        problem,
        found=ask("list_exchanges", query={**given, "limit": str(AT_A_TIME)}),
        recording=ask("read_recording"),
        given=given,
        endpoints=ENDPOINTS,
        published=PUBLISHED,
    )
