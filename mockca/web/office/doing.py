"""Doing something: the request drawn as a form, sent to the API, refused beside the fields or done."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk.views import (
    ActivationView,
    AppointmentView,
    CertificateView,
    CustodianView,
    DeviceView,
    DossierView,
    HandoverView,
    IssuedView,
    OutingView,
    ReportRequestView,
    ReportView,
    RestoredView,
    RestoreView,
    RevocationView,
    RosterView,
    UnitView,
)
from mockca.errors import MockcaError, NotFound
from mockca.web.access import here
from mockca.web.face import BadShape
from mockca.web.office.blueprint import office
from mockca.web.office.fields import Entered, Sheet, blank, entered, sampled
from mockca.web.office.matter import Matter
from mockca.web.office.signing import to_sign, with_signature
from mockca.web.office.tasks import TASKS, Task
from mockca.web.office.tasks.cases import grounds_for
from mockca.web.office.tasks.dossiers import filings
from mockca.web.problems import problem_of
from mockca.web.site.asking import attempt
from mockca.web.site.rendering import page

LARGEST_FILE = 1024 * 1024


@office.get("/do/<task>")
def do(sandbox: str, task: str) -> Response:
    """The form of a task."""
    del sandbox
    found, matter = _task(task), Matter(_named())
    if task == "file_dossier" and "kind" not in request.args and matter.certificate is None:
        return page("office/choosing.html", task=found, filings=filings(matter.regulation), matter=matter)
    if task == "request_revocation" and "ground" not in request.args:
        return page("office/grounds.html", task=found, grounds=grounds_for(matter), matter=matter)
    sheet, problem = _drawn(found, matter)
    form = blank(sheet)
    form.problem = problem
    return _shown(found, matter, form, 200 if problem is None else problem.status)


@office.post("/do/<task>")
def done(sandbox: str, task: str) -> Response | BaseResponse:
    """The task done, or its form again with what was refused. Made-up data is filled in where that was asked for."""
    del sandbox
    found, matter = _task(task), Matter(_named())
    sheet, problem = _drawn(found, matter)
    form = entered(sheet, with_signature(request.form, request.files), _uploaded(sheet))
    if problem is not None:
        form.problem = problem
        return _shown(found, matter, form, problem.status)
    if "sample" in request.form:
        return _shown(found, matter, sampled(sheet, form))
    if "to_sign" in request.form:
        return _content(found, matter, form)
    answer, problem = attempt(sheet.operation, key=request.form.get("key") or None, body=form.body, **sheet.arguments)
    if problem is not None:
        form.problem = problem
        return _shown(found, matter, form, problem.status)
    if isinstance(answer, IssuedView | RestoredView):
        return page("office/letter.html", answer=answer, matter=matter)
    return redirect(address_of(answer))


def _named() -> dict[str, str]:
    """What the address names; of several things of a kind the names with commas between."""
    return {name: ",".join(texts) for name, texts in request.args.lists()}


def _content(task: Task, matter: Matter, form: Entered) -> Response:
    """What a device has to sign, as a file; the form again where it is not filled in as the contract wants it."""
    try:
        content = to_sign(form.sheet.operation, form.body, form.sheet.arguments)
    except BadShape as error:
        form.problem = error.problem
        return _shown(task, matter, form, error.problem.status)
    response = Response(content, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers.set("Content-Disposition", "attachment", filename="noi-dung.json")
    return response


def _task(name: str) -> Task:
    if name not in TASKS:
        raise NotFound("page", name)
    return TASKS[name]


def _drawn(task: Task, matter: Matter) -> tuple[Sheet, Any]:
    """The task's form; empty, with the problem, where the regulation or the thing's state forbids it."""
    try:
        return task.draw(matter), None
    except NotFound:
        raise
    except MockcaError as error:
        return Sheet((), task.name), problem_of(error)


def _shown(task: Task, matter: Matter, form: Entered, status: int = 200) -> Response:
    return page("office/task.html", status, task=task, matter=matter, form=form)


def _uploaded(sheet: Sheet) -> dict[str, tuple[str, str]]:
    found = {}
    for one in sheet.every():
        file = request.files.get(one.path) if one.kind == "file" else None
        if file is not None and file.filename:
            content = file.stream.read(LARGEST_FILE + 1)
            found[one.path] = (file.filename[-200:], base64.b64encode(content).decode("ascii"))
    return found


def address_of(answer: object) -> str:
    """The page of what was done."""
    name = here().name
    match answer:
        case DossierView():
            return url_for("office.dossier", sandbox=name, number=answer.number)
        case RosterView():
            return url_for("office.roster", sandbox=name, number=answer.number)
        case HandoverView():
            return url_for("office.handover", sandbox=name, number=answer.number)
        case ActivationView():
            return url_for("office.activation", sandbox=name, number=answer.number)
        case RevocationView():
            return url_for("office.revocation", sandbox=name, number=answer.number)
        case RestoreView():
            return url_for("office.restore", sandbox=name, number=answer.number)
        case ReportView():
            return url_for("office.report", sandbox=name, number=answer.number)
        case CertificateView():
            return url_for("office.certificate", sandbox=name, serial=answer.serial)
        case DeviceView():
            return url_for("office.device", sandbox=name, serial=answer.serial)
        case CustodianView() | OutingView():
            return url_for("office.device", sandbox=name, serial=answer.device)
        case AppointmentView():
            return url_for("office.listing", sandbox=name, kind="appointments")
        case UnitView():
            return url_for("office.listing", sandbox=name, kind="units")
        case ReportRequestView():
            return url_for("office.listing", sandbox=name, kind="owed")
    return url_for("office.front", sandbox=name)
