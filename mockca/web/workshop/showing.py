"""Shows a step: the scenario's engine does it, over the same HTTP contract as everybody, within this process."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import Context
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import httpx
from flask import current_app

from conformance.targets.credentials import Credentials
from conformance.targets.http import HttpTarget
from mockca.desk.sandbox import Sandbox
from mockca.web.access import sandboxes
from mockca.web.pki import in_front_of
from mockca.web.workshop.blueprint import SHOWING, classroom
from mockca.workshop import progress
from mockca.workshop.classroom import Learner, SchoolClass
from mockca.workshop.lessons import Behind, How, lesson
from scenarios import Result, Step, StepResult


def show(sandbox: Sandbox, learner: Learner, of: SchoolClass, lesson_id: str, step: Step, how: How) -> StepResult:
    """Do the step with the scenario's own request, by the account that plays its actor, and keep it as behind."""
    credentials = Credentials.model_validate(sandboxes().credentials(sandbox.name))
    here = in_front_of(current_app.wsgi_app, sandboxes())
    target = HttpTarget(
        sandbox.url,
        lesson(lesson_id, of.whole).regulation,
        credentials,
        transport=httpx.WSGITransport(app=_apart(here)),
    )
    try:
        clock = sandbox.clock.now()
        result = progress.course(classroom(), learner, of, lesson_id, clock, target).show(step)
    finally:
        target.close()
    if result.result is Result.PASSED and result.outcome is not None:
        now = classroom().clock.now()
        behind = Behind(step.id, how, now, clock, result.outcome.values, result.outcome.message)
        progress.get_on(classroom(), learner.sandbox, lesson_id, behind)
    return result


def _apart(application: WSGIApplication) -> WSGIApplication:
    """The application, for a request within a request: it sees nothing of what the outer one has learnt."""

    def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return Context().run(application, environ | {SHOWING: True}, start_response)

    return call
