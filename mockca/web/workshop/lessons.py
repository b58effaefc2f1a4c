"""The learner's page: the story, the present step and the ways to do it, and what came of the last try."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk.actors import Role
from mockca.errors import Conflict, NotFound
from mockca.registry import accounts
from mockca.web.access import here, sandboxes
from mockca.web.office.tasks import TASKS
from mockca.web.site import live, sessions
from mockca.web.site.rendering import page
from mockca.web.workshop import telling
from mockca.web.workshop.blueprint import Stopped, classroom, place_of, workshop
from mockca.web.workshop.observing import accounts_of
from mockca.web.workshop.operations import OF_TRAINER, counterparts
from mockca.web.workshop.showing import show
from mockca.workshop import progress
from mockca.workshop.classroom import Learner, SchoolClass
from mockca.workshop.lessons import Behind, Course, How, lesson
from scenarios import Operation, Result, Step, StepResult
from scenarios.faces import FACES
from scenarios.port import READS

LIVE_MILLISECONDS = 3000
"""How often a learner's page asks whether the step is done. Forty of them ask one small server."""


@workshop.get("/<sandbox>/lesson/", endpoint="lesson")
def lesson_page(sandbox: str) -> Response | BaseResponse:
    """The lesson: the present step, or another one that is asked for."""
    found = place_of(here().name)
    if found is None:
        return page("workshop/none.html")
    del sandbox
    sessions.require_visitor()
    return _page(*_in_lesson(found), None)


@workshop.get("/<sandbox>/lesson/live")
def lesson_live(sandbox: str) -> Response:
    """What has come of the step that the learner looks at."""
    del sandbox
    found = _place()
    sessions.require_visitor()
    learner, of, lesson_id, course = _in_lesson(found)
    step = _chosen(course)
    if step is None:
        return live.gone()
    news = _news(learner, of, lesson_id, course, step)
    return live.told(render_template("workshop/news.html", **news), LIVE_MILLISECONDS)


@workshop.post("/<sandbox>/lesson/show")
def show_step(sandbox: str) -> Response | BaseResponse:
    """Have a step shown: it is done with the scenario's own request. Readings and the trainer's part count as done."""
    del sandbox
    found = _place()
    sessions.require_visitor()
    learner, of, lesson_id, course = _in_lesson(found)
    step = _wanted(course)
    how = How.DONE if step.does in READS or step.does in OF_TRAINER else How.SHOWN
    result = show(here(), learner, of, lesson_id, step, how)
    if result.result is Result.PASSED and step.does not in READS:
        return redirect(_address(lesson_id))
    return _page(*_in_lesson(found), result)


@workshop.post("/<sandbox>/lesson/skip")
def skip_step(sandbox: str) -> BaseResponse:
    """Leave a step out. The story hangs on main steps, so these are shown instead."""
    del sandbox
    found = _place()
    sessions.require_visitor()
    learner, _, lesson_id, course = _in_lesson(found)
    step = _wanted(course)
    if step.is_main:
        raise Conflict(f"the lesson goes on from step {step.id}; have it shown instead of leaving it out")
    behind = Behind(step.id, How.SKIPPED, classroom().clock.now(), here().clock.now())
    progress.get_on(classroom(), learner.sandbox, lesson_id, behind)
    return redirect(_address(lesson_id))


@workshop.get("/<sandbox>/lesson/credentials.json")
def credentials(sandbox: str) -> Response:
    """The sandbox's accounts for the learner's own software, without the trainer's."""
    del sandbox
    _place()
    sessions.require_visitor()
    document = dict(sandboxes().credentials(here().name))
    document["accounts"] = [one for one in document["accounts"] if one["role"] != Role.TRAINER.value]
    response = Response(json.dumps(document, ensure_ascii=False, indent=2), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers.set("Content-Disposition", "attachment", filename="credentials.json")
    return response


Place = tuple[Learner, SchoolClass]
InLesson = tuple[Learner, SchoolClass, str, Course]


def _place() -> Place:
    found = place_of(here().name)
    if found is None:
        raise NotFound("learner", here().name)
    return found


def _in_lesson(found: Place) -> InLesson:
    learner, of = found
    if learner.removed:
        raise Stopped(learner, of)
    asked = request.values.get("lesson", of.lessons[0])
    if asked not in of.lessons:
        raise NotFound("lesson", asked)
    return learner, of, asked, progress.course(classroom(), learner, of, asked, here().clock.now())


def _chosen(course: Course) -> Step | None:
    asked = request.values.get("step")
    if asked is None:
        return course.present
    step = course.scenario.step(asked)
    if step is None:
        raise NotFound("step", asked)
    return step


def _wanted(course: Course) -> Step:
    step = _chosen(course)
    if step is None or step.id in course.behind:
        raise Conflict("this step is behind you already")
    return step


def _address(lesson_id: str) -> str:
    return url_for("workshop.lesson", sandbox=here().name, lesson=lesson_id)


def _page(learner: Learner, of: SchoolClass, lesson_id: str, course: Course, result: StepResult | None) -> Response:
    step = _chosen(course)
    values: dict[str, Any] = {
        "learner": learner,
        "of": of,
        "course": course,
        "scenario": course.scenario,
        "lesson_id": lesson_id,
        "lessons": [lesson(each, of.whole) for each in of.lessons],
        "step": step,
        "result": result,
        "told": telling,
        "faces": FACES,
        "number_done": sum(each.id in course.behind for each in course.scenario.steps),
    }
    if step is not None:
        values |= _news(learner, of, lesson_id, course, step) | _ways(course, step)
    status = 409 if result is not None and result.result is not Result.PASSED else 200
    return page("workshop/lesson.html", status, **values)


def _news(learner: Learner, of: SchoolClass, lesson_id: str, course: Course, step: Step) -> dict[str, Any]:
    behind = course.behind.get(step.id)
    return {
        "lesson_id": lesson_id,
        "of": of,
        "learner": learner,
        "step": step,
        "behind": behind,
        "present": course.present,
        "try_": None if behind else progress.last_try(classroom(), learner.sandbox, lesson_id, step.id),
        "told": telling,
    }


def _ways(course: Course, step: Step) -> dict[str, Any]:
    """The ways to do a step: the account, the office page, the request."""
    account = accounts_of(here().name, course.scenario)[step.actor]
    body = course.body(step, here().clock.now())
    with here().store.read() as connection:
        known = accounts.get(connection, account) if account else None
    return {
        "account": known,
        "is_nobody": account is None,
        "is_trainers": step.does in OF_TRAINER,
        "is_reading": step.does in READS,
        "is_comparison": step.does is Operation.COMPARE_FACES,
        "body": body,
        "request_": None if body is None or step.does in OF_TRAINER else telling.request_of(step, body, here().url),
        "office": _office(step, body),
    }


OFFICE_WORDS = {"subscriber_kind": "kind"}
"""What the office's addresses call the things of a request, where that is another name."""
OFFICE_THINGS = frozenset(
    {"activation", "certificate", "device", "dossier", "ground", "kind", "leg", "outing", "regulation", "restore"}
    | {"revocation"}
)


def _office(step: Step, body: dict[str, Any] | None) -> str | None:
    """The office's form for such a step, about the things that the step is about; None where there is none."""
    names = [name for name, one in counterparts().items() if one.operation is step.does and name in TASKS]
    if not names or body is None:
        return None
    items, listed = body.get("items"), body.get("certificates")
    first = items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}
    if isinstance(listed, list) and listed:
        first = {"certificate": listed[0]}
    about = {
        OFFICE_WORDS.get(name, name): value for name, value in (first | body).items() if isinstance(value, str | int)
    }
    query = urlencode({name: value for name, value in about.items() if name in OFFICE_THINGS})
    return f"{url_for('office.do', sandbox=here().name, task=names[0])}?{query}"
