"""The Flask application: the faces, and what holds for all of them (limits, errors, headers)."""

from __future__ import annotations

import logging
import traceback
from urllib.parse import urlencode

from flask import Blueprint, Response, g, redirect, render_template, request
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from mockca.clock import Clock, WallClock
from mockca.desk.sandbox import Sandboxes
from mockca.desk.views import Problem
from mockca.errors import MockcaError, Moved
from mockca.randomness import new_credential
from mockca.web import contract, performing
from mockca.web.access import EXTENSION
from mockca.web.api import api
from mockca.web.carrying import Carrier
from mockca.web.control import control
from mockca.web.face import MOST_OCTETS, BadShape, Face, sent
from mockca.web.house import house
from mockca.web.noting import note_answer
from mockca.web.office import office
from mockca.web.policy import POLICY
from mockca.web.portal import portal
from mockca.web.problems import MEDIA_TYPE, Unauthenticated, problem, problem_of, too_large
from mockca.web.room import room
from mockca.web.site import languages, rendering, sessions
from mockca.web.site.entrance import entrance
from mockca.web.site.sessions import NotSignedIn, csrf
from mockca.web.tokens import tokens
from mockca.web.workshop import install as install_workshop
from mockca.web.workshop import watch, workshop
from mockca.web.workshop.blueprint import NotTheTrainer, Stopped

log = logging.getLogger("mockca.web")

FACES: tuple[Face, ...] = (house, api, control)
ROOMS: tuple[Blueprint, ...] = (entrance, portal, office, tokens, workshop, room)
"""The pages for people."""

SECURITY_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def create_app(sandboxes: Sandboxes, wall: Clock | None = None) -> OpenAPI:
    """The application that serves these sandboxes. Learners wait by the clock on the `wall`: the system's."""
    app = OpenAPI(
        "mockca.web",
        info=Info(title="mockca (MÔ PHỎNG / MOCK)", version=contract.VERSION),
        security_schemes={
            "account": {
                "type": "http",
                "scheme": "bearer",
                "description": "The credential of one of the sandbox's accounts (credentials.json).",
            },
            "admin": {
                "type": "http",
                "scheme": "bearer",
                "description": "The data folder's admin credential, which makes sandboxes.",
            },
        },
        validation_error_model=Problem,
        doc_ui=False,
        static_folder="static",
        static_url_path="/-/static",
    )
    app.extensions[EXTENSION] = sandboxes
    app.extensions[contract.FACES] = FACES
    # A body of unstated length is cut here without a word, so one octet more is read for the faces to see.
    app.config["MAX_CONTENT_LENGTH"] = MOST_OCTETS + 1
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    sessions.install(app, sandboxes.home, secure=sandboxes.public_url.startswith("https:"))
    languages.install(app)
    rendering.install(app)
    for face in FACES:
        csrf.exempt(face)  # whoever calls it sends a credential with each request
        app.register_api(face)
    for pages in ROOMS:
        app.register_blueprint(pages)
    install_workshop(app, sandboxes, wall or WallClock())
    watch(app)
    app.before_request(_refuse_long_bodies)
    app.after_request(_secure)
    app.after_request(note_answer)
    app.register_error_handler(MockcaError, _on_refusal)
    app.register_error_handler(Unauthenticated, _on_unauthenticated)
    app.register_error_handler(NotSignedIn, _on_stranger)
    app.register_error_handler(NotTheTrainer, _on_no_trainer)
    app.register_error_handler(Stopped, lambda error: _tell(error.problem))
    app.register_error_handler(CSRFError, _on_foreign_form)
    app.register_error_handler(BadShape, lambda error: _tell(error.problem))
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(OperationalError, _on_busy)
    app.register_error_handler(Exception, _on_fault)
    app.wsgi_app = Carrier(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _refuse_long_bodies() -> None:
    if (request.content_length or 0) > MOST_OCTETS:
        raise RequestEntityTooLarge


def _secure(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _tell(what: Problem, headers: dict[str, str] | None = None) -> Response:
    """The problem as JSON, or as a page where a browser asks outside the API."""
    what = g.problem = what.model_copy(update={"instance": what.instance or request.path[:200]})
    if _for_a_person():
        response = Response(render_template("site/problem.html", problem=what), status=what.status)
    else:
        response = Response(what.model_dump_json(exclude_none=True), status=what.status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(headers or {})
    return response


def _for_a_person() -> bool:
    if "/api/" in request.path or "/control/" in request.path:
        return False
    return request.accept_mimetypes.best_match([MEDIA_TYPE, "application/json", "text/html"]) == "text/html"


def _on_refusal(error: MockcaError) -> Response:
    g.error = error
    return _tell(problem_of(error), {"Retry-After": "1"} if isinstance(error, Moved) else None)


def _on_unauthenticated(error: Unauthenticated) -> Response:
    _, _, operation = (request.endpoint or "").rpartition(".")
    performing.tell(operation, dict(request.view_args or {}), request.args, sent, refusal=error)
    return _tell(problem_of(error), {"WWW-Authenticate": error.challenge})


def _on_stranger(error: NotSignedIn) -> BaseResponse:
    back = request.full_path.removesuffix("?") if request.method == "GET" else ""
    return redirect(f"/{error.sandbox}/sign-in?{urlencode({'back': back})}")


def _on_no_trainer(error: NotTheTrainer) -> BaseResponse:
    del error
    back = request.full_path.removesuffix("?") if request.method == "GET" else ""
    return redirect(f"/-/workshop/sign-in?{urlencode({'back': back})}")


def _on_foreign_form(error: CSRFError) -> Response:
    del error
    return _tell(
        problem(
            400,
            "Biểu mẫu này đã cũ hoặc được gửi từ trang khác. / This form is stale, or came from another site.",
            remedy="Mở lại trang rồi gửi lần nữa. / Open the page again, then send it once more.",
        )
    )


def _on_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status == 413:
        return _tell(too_large(MOST_OCTETS), {"Connection": "close"})
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return _tell(problem(status, f"{request.method} {request.path[:200]}"), headers)


def _on_busy(error: OperationalError) -> Response:
    log.error("the registry cannot be read or written: %s in %s", type(error.orig).__name__, request.endpoint)
    what = problem(
        503,
        "Sổ đăng ký đang bận. / The registry is busy.",
        kind="busy",
        title="Hệ thống đang bận / Busy",
        remedy="Gửi lại sau, cùng Idempotency-Key. / Send it again later, with the same Idempotency-Key.",
    )
    return _tell(what, {"Retry-After": "1"})


def _on_fault(error: Exception) -> Response:
    """A fault of ours. The log gets where it happened; not the message, which may carry the request's values."""
    incident = new_credential()[:12]
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("fault %s: %s in %s\n%s", incident, type(error).__name__, request.endpoint, where)
    return _tell(
        problem(
            500,
            "Có lỗi ngoài dự kiến; yêu cầu chưa được thực hiện trọn vẹn. / Something unexpected went wrong.",
            instance=f"urn:mockca:fault:{incident}",
        )
    )
