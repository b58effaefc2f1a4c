"""The trainer's board of a class: who is where, what each last did wrong, and what can be done about all or one."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import segno
from flask import Response, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk.actors import Actor, Role
from mockca.desk.views import Problem
from mockca.errors import Malformed, MockcaError, NotFound
from mockca.paper.attendance import Attendance, Lesson, render_attendance
from mockca.registry import accounts
from mockca.web.access import sandboxes
from mockca.web.control import control
from mockca.web.face import BadShape
from mockca.web.problems import problem_of
from mockca.web.site import live, sessions
from mockca.web.site.languages import mark, translate
from mockca.web.site.rendering import VIETNAM, page
from mockca.web.workshop import telling
from mockca.web.workshop.blueprint import classroom, require_admin, workshop
from mockca.web.workshop.joining import way_back
from mockca.workshop import progress
from mockca.workshop.classroom import ClassState, Learner, SchoolClass
from mockca.workshop.lessons import How, lesson

TRAINER: Final = Actor("trainer", Role.TRAINER)
"""Whoever has the admin credential may do in every sandbox what its trainer may."""
TURNS: Final = {
    "3600": mark("tiến 1 giờ"),
    "86400": mark("tiến 1 ngày"),
    "604800": mark("tiến 7 ngày"),
    "2592000": mark("tiến 30 ngày"),
    "31536000": mark("tiến 365 ngày"),
}
FAULTS: Final = {
    "ocsp/unavailable": mark("OCSP không trả lời (503)"),
    "ocsp/try-later": mark("OCSP bảo thử lại sau"),
    "crl/stale": mark("CRL đã quá hạn"),
    "crl/missing-entry": mark("CRL thiếu mục thu hồi"),
    "tsa/refuse": mark("Dấu thời gian bị từ chối"),
    "api/unavailable": mark("API tạm ngừng (503)"),
    "api/reset": mark("API ngắt kết nối giữa chừng"),
}
"""Endpoint and effect of the faults at hand here; the rest is in the control room and `mockca fault`."""
FAULT_TIMES: Final = {"1": mark("một lần"), "5": mark("năm lần"), "": mark("đến khi gỡ")}


@workshop.get("/-/workshop/<code>/")
def board(code: str) -> Response:
    """The board of a class in one lesson."""
    require_admin()
    return _page(classroom().of_code(code), None)


@workshop.get("/-/workshop/<code>/live")
def board_live(code: str) -> Response:
    """The board as it is now."""
    require_admin()
    of = classroom().of_code(code)
    return live.told(render_template("workshop/grid.html", **_grid(of)))


@workshop.get("/-/workshop/<code>/join")
def invitation(code: str) -> Response:
    """The code and its QR, to be projected."""
    require_admin()
    of = classroom().of_code(code)
    address = f"{sandboxes().public_url}{url_for('workshop.join_form', code=of.code)}"
    return page("workshop/invitation.html", of=of, address=address, qr=qr(address))


@workshop.get("/-/workshop/<code>/learners/<int:number>")
def learner(code: str, number: int) -> Response:
    """One learner: what is behind them, their last tries, and what can be done for them."""
    require_admin()
    of = classroom().of_code(code)
    return _learner_page(of, _learner(of, number), None)


@workshop.post("/-/workshop/<code>/learners/<int:number>/enter")
def look_over_shoulder(code: str, number: int) -> BaseResponse:
    """Go into a learner's sandbox as its trainer."""
    require_admin()
    of = classroom().of_code(code)
    sandbox = sandboxes().open(_learner(of, number).sandbox)
    with sandbox.store.read() as connection:
        trainer = next(one for one in accounts.listing(connection) if one.role == Role.TRAINER)
    sessions.sign_in(sandbox, trainer)
    return redirect(url_for("workshop.lesson", sandbox=sandbox.name))


@workshop.post("/-/workshop/<code>/do")
def act(code: str) -> Response | BaseResponse:
    """Do something to the class, or to one learner where `learner` names one."""
    require_admin()
    of = classroom().of_code(code)
    form = request.form
    one = _learner(of, int(form["learner"])) if form.get("learner", "").isdecimal() else None
    try:
        _act(of, one, form.get("what", ""))
    except BadShape as error:
        return _refused(of, one, error.problem)
    except MockcaError as error:
        return _refused(of, one, problem_of(error))
    if one is not None and form.get("what") != "remove":
        return redirect(url_for("workshop.learner", code=of.code, number=one.number))
    lesson_id = form["lesson"] if form.get("lesson") in of.lessons else None
    return redirect(url_for("workshop.board", code=of.code, lesson=lesson_id))


@workshop.get("/-/workshop/<code>/results.<kind>")
def results(code: str, kind: str) -> Response:
    """Every learner's way through every lesson, as CSV or JSON."""
    require_admin()
    of = classroom().of_code(code)
    rows = list(_results(of))
    if kind == "json":
        told = {"class": of.code, "title": of.title, "opened_at": of.opened_at.isoformat(), "steps": rows}
        return _file(json.dumps(told, ensure_ascii=False, indent=1).encode(), "application/json", f"{of.code}.json")
    if kind != "csv":
        raise NotFound("page", kind)
    text = io.StringIO()
    writer = csv.DictWriter(text, RESULT_COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    return _file(b"\xef\xbb\xbf" + text.getvalue().encode(), "text/csv; charset=utf-8", f"{of.code}.csv")


@workshop.get("/-/workshop/<code>/certificates.pdf")
def certificates(code: str) -> Response:
    """Certificates of attendance, a page each: everybody's, or that of one `learner`."""
    require_admin()
    of = classroom().of_code(code)
    only = request.args.get("learner", type=int)
    everybody = classroom().learners(of.code) if only is None else [_learner(of, only)]
    if not everybody:
        raise NotFound("learner", of.code)
    kept = {each: progress.kept(classroom(), of, each) for each in of.lessons}
    attendances = [
        Attendance(
            one.name,
            of.title,
            of.code,
            one.joined_at.astimezone(VIETNAM).date(),
            [
                _attended(
                    each,
                    of,
                    Counter(kept[each].get((one.sandbox, step.id), NEVER)[0] for step in lesson(each, of.whole).steps),
                )
                for each in of.lessons
            ],
        )
        for one in everybody
    ]
    return _file(render_attendance(attendances), "application/pdf", f"{of.code}.pdf")


NEVER: Final[progress.Kept] = (None, None, 0)


def _attended(lesson_id: str, of: SchoolClass, ways: Counter[How | None]) -> Lesson:
    taught = lesson(lesson_id, of.whole)
    return Lesson(taught.title.vi, len(taught.steps), ways[How.DONE], ways[How.SHOWN], ways[How.SKIPPED])


RESULT_COLUMNS: Final = ("number", "name", "lesson", "step", "title", "clauses", "how", "at", "tries")


def qr(address: str) -> Markup:
    """The address as a QR code (ISO/IEC 18004), in SVG."""
    drawn = segno.make(address, error="m").svg_inline(
        scale=8, border=4, svgclass="qr", lineclass="qr-ink", title=address, omitsize=True
    )
    return Markup(drawn)  # noqa: S704 - made of the address alone, by segno


# --- what is done -----------------------------------------------------------------------------------------------------


def _act(of: SchoolClass, one: Learner | None, what: str) -> None:
    everybody = [one] if one is not None else classroom().learners(of.code)
    do = ACTIONS.get(what)
    if do is None:
        raise Malformed("what", f"one of {', '.join(ACTIONS)} is wanted")
    do(of, one, everybody)


def _freeze(of: SchoolClass, one: Learner | None, everybody: list[Learner]) -> None:
    del everybody
    if one is None:
        classroom().set_state(of.code, ClassState.FROZEN)
    else:
        classroom().set_frozen(one.sandbox, True)


def _thaw(of: SchoolClass, one: Learner | None, everybody: list[Learner]) -> None:
    del everybody
    if one is None:
        classroom().set_state(of.code, ClassState.OPEN)
    else:
        classroom().set_frozen(one.sandbox, False)


def _close(of: SchoolClass, one: Learner | None, everybody: list[Learner]) -> None:
    del one, everybody
    classroom().set_state(of.code, ClassState.CLOSED)


def _turn(of: SchoolClass, one: Learner | None, everybody: list[Learner]) -> None:
    del of, one
    body: dict[str, Any]
    if request.form.get("to"):
        body = {"set": _instant(request.form["to"])}
    else:
        by = request.form.get("by", "")
        if by not in TURNS:
            raise Malformed("by", f"one of {', '.join(TURNS)} is wanted")
        body = {"advance_seconds": float(by)}
    for each in everybody:
        _ask(each, "turn_clock", body)


def _fault(of: SchoolClass, one: Learner | None, everybody: list[Learner]) -> None:
    del of, one
    fault, times = request.form.get("fault", ""), request.form.get("times", "")
    if fault not in FAULTS or times not in FAULT_TIMES:
        raise Malformed("fault", f"one of {', '.join(FAULTS)} is wanted")
    endpoint, _, effect = fault.partition("/")
    body: dict[str, Any] = {"endpoint": endpoint, "effect": effect}
    if times:
        body["next"] = int(times)
    for each in everybody:
        _ask(each, "add_fault", body)


def _mend(of: SchoolClass, one: Learner | None, everybody: list[Learner]) -> None:
    del of, one
    for each in everybody:
        for fault in _ask(each, "list_faults").items:
            _ask(each, "remove_fault", number=str(fault.number))


def _reset(of: SchoolClass, one: Learner | None, everybody: list[Learner]) -> None:
    del of, one
    for each in everybody:
        classroom().reset(each.sandbox)


def _remove(of: SchoolClass, one: Learner | None, everybody: list[Learner]) -> None:
    del of, everybody
    if one is None:
        raise Malformed("learner", "say whom to remove")
    classroom().remove(one.sandbox)


ACTIONS: Final[dict[str, Callable[[SchoolClass, Learner | None, list[Learner]], None]]] = {
    "freeze": _freeze,
    "thaw": _thaw,
    "close": _close,
    "turn": _turn,
    "fault": _fault,
    "mend": _mend,
    "reset": _reset,
    "remove": _remove,
}


def _ask(learner: Learner, operation: str, body: dict[str, Any] | None = None, **path: str) -> Any:
    """Have the control plane of a learner's sandbox do something, as its trainer."""
    g.sandbox, g.actor = sandboxes().open(learner.sandbox), TRAINER
    return control.operations[operation].ask(path | {"sandbox": learner.sandbox}, body=body)


def _instant(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed("to", "a day and time are wanted") from None
    return (found if found.tzinfo else found.replace(tzinfo=VIETNAM)).isoformat()


# --- what is shown ----------------------------------------------------------------------------------------------------


def _page(of: SchoolClass, problem: Problem | None) -> Response:
    return page(
        "workshop/board.html",
        problem.status if problem else 200,
        problem=problem,
        lessons=[lesson(each, of.whole) for each in of.lessons],
        turns=TURNS,
        faults=FAULTS,
        fault_times=FAULT_TIMES,
        **_grid(of),
    )


def _grid(of: SchoolClass) -> dict[str, Any]:
    chosen = request.values.get("lesson", of.lessons[0])
    if chosen not in of.lessons:
        raise NotFound("lesson", chosen)
    seen = progress.board(classroom(), of, chosen)
    return {"of": of, "board": seen, "lesson_id": chosen, "told": telling, "length": length, "how": telling.HOWS}


def _refused(of: SchoolClass, one: Learner | None, problem: Problem) -> Response:
    return _page(of, problem) if one is None else _learner_page(of, one, problem)


def _learner_page(of: SchoolClass, learner: Learner, problem: Problem | None) -> Response:
    ways = []
    clock = sandboxes().open(learner.sandbox).clock.now()
    for each in of.lessons:
        line = next(
            one for one in progress.board(classroom(), of, each).lines if one.learner.sandbox == learner.sandbox
        )
        ways.append((progress.course(classroom(), learner, of, each, clock), line))
    return page(
        "workshop/learner.html",
        problem.status if problem else 200,
        problem=problem,
        of=of,
        learner=learner,
        clock=clock,
        ways=ways,
        told=telling,
        length=length,
        how=telling.HOWS,
        way_back=way_back(learner),
        turns=TURNS,
        faults=FAULTS,
        fault_times=FAULT_TIMES,
    )


def _learner(of: SchoolClass, number: int) -> Learner:
    found = next((one for one in classroom().learners(of.code) if one.number == number), None)
    if found is None:
        raise NotFound("learner", str(number))
    return found


def length(span: timedelta) -> str:
    """A span of time as people say it, in the request's language."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return translate("vừa xong")
    if minutes < 60:
        return translate("%(n)d phút") % {"n": minutes}
    return translate("%(h)d giờ %(n)d phút") % {"h": minutes // 60, "n": minutes % 60}


def _results(of: SchoolClass) -> Iterable[dict[str, Any]]:
    everybody = classroom().learners(of.code)
    for lesson_id in of.lessons:
        kept = progress.kept(classroom(), of, lesson_id)
        for one in everybody:
            for step in lesson(lesson_id, of.whole).steps:
                how, at, tries = kept.get((one.sandbox, step.id), NEVER)
                yield {
                    "number": one.number,
                    "name": one.name,
                    "lesson": lesson_id,
                    "step": step.id,
                    "title": step.say_vi,
                    "clauses": " ".join(step.clauses),
                    "how": "" if how is None else how.value,
                    "at": "" if at is None else at.astimezone(VIETNAM).isoformat(timespec="seconds"),
                    "tries": tries,
                }


def _cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
