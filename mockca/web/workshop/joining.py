"""Joining a class: by its code or its QR code, with a name."""

from __future__ import annotations

from flask import Response, current_app, redirect, request, session, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk.actors import Role
from mockca.desk.views import Problem
from mockca.errors import Conflict, NotFound
from mockca.registry import accounts
from mockca.web.access import LONGEST_CREDENTIAL, sandboxes
from mockca.web.problems import problem, shape_problem
from mockca.web.site import sessions
from mockca.web.site.rendering import page
from mockca.web.workshop.blueprint import classroom, workshop
from mockca.web.workshop.observing import accounts_of
from mockca.workshop.classroom import ClassState, Join, Learner, SchoolClass
from mockca.workshop.lessons import lesson


@workshop.get("/-/join/")
def enter_code() -> Response | BaseResponse:
    """Where the code is typed in."""
    code = request.args.get("code", "").strip().upper()[:20]
    if not code:
        return page("workshop/code.html", code="", unknown=False)
    try:
        return redirect(url_for("workshop.join_form", code=classroom().of_code(code).code))
    except NotFound:
        return page("workshop/code.html", 404, code=code, unknown=True)


@workshop.get("/-/join/<code>")
def join_form(code: str) -> Response | BaseResponse:
    """Where the name is given; whoever has a place goes there at once."""
    try:
        found = classroom().of_code(code)
    except NotFound:
        return page("workshop/code.html", 404, code=code[:20], unknown=True)
    mine = _mine(found)
    if mine is not None:
        return redirect(url_for("workshop.lesson", sandbox=mine))
    return _form(found, None)


@workshop.post("/-/join/<code>")
def join(code: str) -> Response | BaseResponse:
    """Take a place."""
    found = classroom().of_code(code)
    mine = _mine(found)
    if mine is not None:
        return redirect(url_for("workshop.lesson", sandbox=mine))
    try:
        learner = classroom().join(found.code, Join.model_validate({"name": request.form.get("name", "")}))
    except ValidationError as error:
        return _form(found, shape_problem(error))
    except Conflict:
        return _form(classroom().of_code(code), _full(found))
    come_in(learner, found)
    return redirect(url_for("workshop.lesson", sandbox=learner.sandbox))


@workshop.get("/-/return")
def return_form() -> Response:
    """Where somebody with the address of their way back comes in again."""
    return page("workshop/return.html", refused=False)


@workshop.post("/-/return")
def come_back() -> Response | BaseResponse:
    """Go on in one's own sandbox on another machine."""
    try:
        name = str(_signer().loads(request.form.get("credential", "")[:LONGEST_CREDENTIAL]))
    except BadSignature:
        return page("workshop/return.html", 403, refused=True)
    found = classroom().with_class(name)
    if found is None or found[0].removed:
        return page("workshop/return.html", 403, refused=True)
    come_in(*found)
    return redirect(url_for("workshop.lesson", sandbox=name))


def way_back(learner: Learner) -> str:
    """The address by which a learner goes on elsewhere. What is behind `#` is a credential, and seen by no server."""
    return f"{sandboxes().public_url}{url_for('workshop.return_form')}#{_signer().dumps(learner.sandbox)}"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="workshop/way-back")


def come_in(learner: Learner, of: SchoolClass) -> None:
    """Sign the learner in to their sandbox, with the part of the first step; every part but the trainer's is theirs."""
    sandbox = sandboxes().open(learner.sandbox)
    scenario = lesson(of.lessons[0], of.whole)
    parts = accounts_of(learner.sandbox, scenario)
    names = [name for step in scenario.steps if (name := parts[step.actor])]
    with sandbox.store.read() as connection:
        known = {account.name: account for account in accounts.listing(connection) if account.role != Role.TRAINER}
    first = next((known[name] for name in names if name in known), None) or next(iter(known.values()))
    sessions.sign_in(sandbox, first, may_play=True)


def _mine(of: SchoolClass) -> str | None:
    """The visitor's own sandbox in this class, if they have joined before."""
    beginning = f"{of.code.lower()}-"
    for name in session.get(sessions.KEPT, {}):
        if str(name).startswith(beginning):
            found = classroom().with_class(name)
            if found is not None and not found[0].removed:
                return str(name)
    return None


def _form(of: SchoolClass, refused: Problem | None) -> Response:
    left = of.places - len(classroom().learners(of.code))
    refused = refused or (None if of.state is ClassState.OPEN and left > 0 else _full(of))
    first = lesson(of.lessons[0], of.whole)
    return page("workshop/join.html", 409 if refused else 200, of=of, problem=refused, left=left, first=first)


def _full(of: SchoolClass) -> Problem:
    if of.state is ClassState.OPEN:
        told = "Lớp đã đủ người. / The class is full."
    elif of.state is ClassState.FROZEN:
        told = "Lớp đang tạm dừng, chưa nhận thêm người. / The class is stopped for now and takes nobody."
    else:
        told = "Lớp đã kết thúc. / The class is over."
    return problem(
        409, told, title="Chưa vào lớp được / The class cannot be joined", remedy="Hỏi giảng viên. / Ask the trainer."
    )
