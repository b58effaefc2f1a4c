"""Snapshots: taken, restored, downloaded, removed."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk.views import Problem
from mockca.web.access import sandboxes
from mockca.web.room.blueprint import onward, room, sent, show
from mockca.web.site import sessions
from mockca.web.site.asking import ask, attempt


@room.get("/snapshots")
def snapshots(sandbox: str) -> Response:
    """The snapshots."""
    del sandbox
    return _snapshots()


@room.post("/snapshots")
def take_snapshot(sandbox: str) -> Response | BaseResponse:
    """Take one."""
    del sandbox
    _, problem = attempt("take_snapshot", body=sent("name"))
    return onward("room.snapshots") if problem is None else _snapshots(problem)


@room.get("/snapshots/<name>")
def download_snapshot(sandbox: str, name: str) -> Response:
    """The file of one."""
    del sandbox
    file = ask("download_snapshot", snapshot=name)
    response = Response(file.content, content_type=file.media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response


@room.post("/snapshots/<name>/restoration")
def restore_snapshot(sandbox: str, name: str) -> Response | BaseResponse:
    """Put one in the sandbox's place. Whoever did it stays signed in, though the accounts are those of then."""
    _, problem = attempt("restore_snapshot", snapshot=name, body={"accept_url": "accept_url" in request.form})
    if problem is not None:
        return _snapshots(problem)
    restored = sandboxes().open(sandbox)
    sessions.sign_in(restored, restored.account_named("trainer"))
    return onward("room.snapshots", restored=name)


@room.post("/snapshots/<name>/removal")
def remove_snapshot(sandbox: str, name: str) -> Response | BaseResponse:
    """Remove one."""
    del sandbox
    _, problem = attempt("remove_snapshot", snapshot=name)
    return onward("room.snapshots") if problem is None else _snapshots(problem)


def _snapshots(problem: Problem | None = None) -> Response:
    return show("snapshots.html", problem, snapshots=ask("list_snapshots").items, restored=request.args.get("restored"))
