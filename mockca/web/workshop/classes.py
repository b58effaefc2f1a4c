"""The trainer's first pages: signing in with the admin credential, the classes, opening one."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as BaseResponse

import scenarios
from mockca.desk.views import Problem
from mockca.errors import MockcaError
from mockca.rules.loading import load
from mockca.rules.regulation import Regulation
from mockca.web.problems import problem_of, shape_problem
from mockca.web.site.entrance import within
from mockca.web.site.rendering import page
from mockca.web.workshop.blueprint import classroom, let_in, let_out, require_admin, workshop
from mockca.workshop.classroom import MOST_PLACES, OpenClass
from mockca.workshop.lessons import lesson
from scenarios import Scenario


@workshop.get("/-/workshop/sign-in")
def sign_in_form() -> Response:
    """Where the admin credential is given."""
    return page("workshop/sign-in.html", back=request.args.get("back", ""), refused=False)


@workshop.post("/-/workshop/sign-in")
def sign_in() -> Response | BaseResponse:
    """Come in as the trainer of all classes."""
    back = request.form.get("back", "")
    if not let_in(request.form.get("credential", "").strip()):
        return page("workshop/sign-in.html", 403, back=back, refused=True)
    return redirect(within(back, url_for("workshop.front")))


@workshop.post("/-/workshop/sign-out")
def sign_out() -> BaseResponse:
    """Leave."""
    let_out()
    return redirect(url_for("workshop.sign_in_form"))


@workshop.get("/-/workshop/")
def front() -> Response:
    """The classes, and the form that opens one."""
    require_admin()
    return _front(None)


@workshop.post("/-/workshop/")
def open_class() -> Response | BaseResponse:
    """Open a class."""
    require_admin()
    form = request.form
    try:
        command = OpenClass.model_validate(
            {
                "title": form.get("title", ""),
                "lessons": tuple(form.getlist("lessons")),
                "whole": form.get("whole") == "1",
                "places": form.get("places", ""),
            }
        )
        opened = classroom().open_class(command)
    except ValidationError as error:
        return _front(shape_problem(error))
    except MockcaError as error:
        return _front(problem_of(error))
    return redirect(url_for("workshop.board", code=opened.code))


def _front(problem: Problem | None) -> Response:
    return page(
        "workshop/front.html",
        422 if problem else 200,
        problem=problem,
        classes=[(one, len(classroom().learners(one.code))) for one in classroom().all()],
        lessons=library(),
        most_places=MOST_PLACES,
        given=request.form,
    )


def library() -> list[tuple[Regulation, list[tuple[Scenario, int]]]]:
    """The lessons there are, by regulation, with the number of their main steps."""
    found: dict[str, list[tuple[Scenario, int]]] = {}
    for name in scenarios.available():
        scenario = scenarios.load(name)
        found.setdefault(scenario.regulation, []).append((scenario, len(lesson(name, whole=False).steps)))
    return [(load(regulation), lessons) for regulation, lessons in found.items()]
