"""The visitor's desk: what waits for them, the next step first."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, url_for

from mockca.web.access import here
from mockca.web.office.blueprint import office
from mockca.web.office.inbox import players, waiting, working_days_left
from mockca.web.office.lists import LISTS, may_list
from mockca.web.office.steps import Step
from mockca.web.office.tasks import TASKS
from mockca.web.site import live
from mockca.web.site.rendering import page
from mockca.web.site.sessions import require_visitor

RETRY = 10_000
"""Milliseconds after which a browser asks again what waits."""


@office.get("/")
def front(sandbox: str) -> Response:
    """The desk of the visitor's role."""
    del sandbox
    visitor = require_visitor()
    return page(
        "office/front.html",
        waiting=waiting(visitor),
        lists=_lists(),
        role=visitor.actor.role,
        files=_files(),
        appoints=_appoints(),
    )


@office.get("/live")
def front_live(sandbox: str) -> Response:
    """What waits, told anew to who looks."""
    del sandbox
    visitor = require_visitor()
    return live.told(render_template("office/waiting.html", waiting=waiting(visitor), role=visitor.actor.role), RETRY)


def _files() -> bool:
    """Whether the visitor's role files dossiers."""
    actor = require_visitor().actor
    return (
        actor.regulation is not None
        and actor.role in here().regulation(actor.regulation).operations["file_dossier"].roles
    )


def _appoints() -> bool:
    """Whether the regulation knows posts that the visitor's role fills."""
    actor = require_visitor().actor
    if actor.regulation is None:
        return False
    return any(post.role == actor.role for post in here().regulation(actor.regulation).posts.values())


def _lists() -> list[str]:
    role = require_visitor().actor.role
    return [name for name in LISTS if may_list(name, role)]


@office.context_processor
def _tools() -> dict[str, object]:
    return {
        "task_address": task_address,
        "players": players,
        "days_left": lambda due: working_days_left(due, here().clock.now()),
        "tasks": TASKS,
    }


def task_address(step: Step) -> str:
    """The page on which a step is taken."""
    arguments: dict[str, Any] = dict(step.arguments)
    return url_for("office.do", sandbox=here().name, task=step.task, **arguments)
