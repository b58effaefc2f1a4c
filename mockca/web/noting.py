"""Exchanges put down in the journal of exchanges, when their status is known."""

from __future__ import annotations

from typing import Any, cast
from wsgiref.types import StartResponse

from flask import Response, g, request

from mockca.desk.actors import Actor
from mockca.desk.exchanges import Note, keep
from mockca.desk.exchanges.notes import kind_of
from mockca.desk.faults.drafts import API
from mockca.desk.sandbox import Sandbox
from mockca.desk.views import Problem
from mockca.errors import Forbidden, MockcaError, NotFound, OutOfOrder
from mockca.web.access import sandboxes

API_PATH = "/api/v1/"


def noting(sandbox: Sandbox, note: Note | None, start_response: StartResponse) -> StartResponse:
    """Begins an answer and notes the exchange with its status; nothing more where there is no note."""
    if note is None:
        return start_response

    def start(status: str, *more: Any) -> Any:
        keep(sandbox.exchanges, note, int(status[:3]), sandbox.clock.now())
        return start_response(status, *more)

    return cast("StartResponse", start)


def note_refusal(sandbox: Sandbox, endpoint: str, problem: Problem) -> None:
    """Note a request that HTTP alone refuses at an endpoint of the PKI's own face, where everything is noted there."""
    if endpoint in sandbox.lookout.look().recording.published:
        note = Note(endpoint, outcome=kind_of(problem), problem=problem)
        keep(sandbox.exchanges, note, problem.status, sandbox.clock.now())


def note_answer(response: Response) -> Response:
    """Note an exchange with the API as far as that is wanted; the answer stays as it is."""
    if API_PATH not in request.path:
        return response
    sandbox = _sandbox()
    if sandbox is None:
        return response
    wanted, fired = sandbox.lookout.look().recording.api, g.get("fired", ())
    if fired or wanted == "all" or (wanted == "refusals" and response.status_code >= 400):
        keep(sandbox.exchanges, _note(fired, response.status_code), response.status_code, sandbox.clock.now())
    return response


def _sandbox() -> Sandbox | None:
    if "sandbox" in g:
        return cast("Sandbox", g.sandbox)
    try:
        return sandboxes().open(request.path.split("/")[1])
    except NotFound:
        return None


def _note(fired: tuple[tuple[int, str], ...], status: int) -> Note:
    asker: Actor | None = g.get("actor")
    error: MockcaError | None = g.get("error")
    serial = (request.view_args or {}).get("serial")
    problem: Problem | None = g.get("problem")
    return Note(
        endpoint=API,
        operation=(request.endpoint or "").rpartition(".")[2],
        account=asker.account if asker else "",
        role=asker.role if asker else "",
        regulation=(asker.regulation if asker else None) or "",
        serials=() if serial is None else (str(serial)[:64],),
        outcome="done" if status < 400 else "fault",
        faults=fired,
        thing=error.kind if isinstance(error, OutOfOrder) else "",
        wanted=_wanted(error),
        problem=problem,
    )


def _wanted(error: MockcaError | None) -> str:
    if isinstance(error, OutOfOrder):
        return error.wanted
    return error.operation if isinstance(error, Forbidden) else ""
