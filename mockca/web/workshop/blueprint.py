"""The workshop's blueprint, and who may come in: the holder of the admin credential, and learners."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final, cast

from flask import Blueprint, Flask, current_app, g, request, session

from mockca.clock import Clock
from mockca.desk.actors import Role
from mockca.desk.sandbox import Sandboxes
from mockca.desk.views import Problem
from mockca.errors import MockcaError
from mockca.web.access import ADMIN_FILE, LONGEST_CREDENTIAL, bearer, here, sandboxes
from mockca.web.problems import problem
from mockca.web.site import sessions
from mockca.workshop.classroom import Classroom, ClassState, Learner, SchoolClass

EXTENSION: Final = "mockca.workshop"
KEPT: Final = "workshop"
FREE: Final = frozenset({"site", "control"})
"""Blueprints that a frozen class may still use: coming and going, and the control plane, which is the trainer's."""
SHOWING: Final = "mockca.showing"
"""Marks, in a request's environment, what the workshop itself does to show a step."""
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})

workshop = Blueprint("workshop", __name__)


class NotTheTrainer(MockcaError):
    """A page of the workshop was asked for that only somebody who gave the admin credential may see."""


class Stopped(MockcaError):
    """The class or this learner is stopped: nothing is changed now."""

    def __init__(self, learner: Learner, of: SchoolClass) -> None:
        self.learner, self.of = learner, of
        super().__init__(learner.sandbox)

    @property
    def problem(self) -> Problem:
        """It as a problem (RFC 9457; 423: RFC 4918 §11.3)."""
        if self.learner.removed:
            told = "Học viên này không còn trong lớp. / This learner is no longer in the class."
            remedy = "Hỏi giảng viên. / Ask the trainer."
        elif self.of.state is ClassState.CLOSED:
            told = "Lớp đã kết thúc; chỉ còn xem được. / The class is over; it can only be looked at."
            remedy = "Vào một lớp khác. / Join another class."
        else:
            told = "Giảng viên đang tạm dừng lớp; lúc này chỉ xem được. / The trainer has stopped the class for now."
            remedy = "Chờ giảng viên cho tiếp tục rồi gửi lại. / Wait until the trainer goes on, then send it again."
        return problem(
            423, told, kind="frozen", title="Đang tạm dừng / Stopped for now", remedy=remedy, clause="unsourced"
        )


def install(app: Flask, of: Sandboxes, clock: Clock) -> None:
    """Give the application a classroom, by whose `clock` learners wait."""
    app.extensions[EXTENSION] = Classroom(of, clock)


def classroom() -> Classroom:
    """The classroom of this application."""
    return cast(Classroom, current_app.extensions[EXTENSION])


def place_of(sandbox: str) -> tuple[Learner, SchoolClass] | None:
    """The learner whose sandbox this is, and the class; None for a sandbox of no class. Looked up once a request."""
    known: dict[str, tuple[Learner, SchoolClass] | None] = g.setdefault("places", {})
    if sandbox not in known:
        known[sandbox] = classroom().with_class(sandbox)
    return known[sandbox]


@workshop.before_app_request
def guard() -> None:
    """While a class, or a learner of it, is stopped nobody but the trainer changes anything in the sandbox."""
    name = (request.view_args or {}).get("sandbox")
    if name is None or request.method in READING or request.blueprint in FREE or SHOWING in request.environ:
        return
    found = place_of(name)
    if found is None:
        return
    learner, of = found
    if (learner.removed or learner.frozen or of.state is not ClassState.OPEN) and not _is_trainers():
        raise Stopped(learner, of)


def _is_trainers() -> bool:
    credential = bearer()
    if credential is not None:
        account = here().account(credential)
        return account is not None and account.role == Role.TRAINER
    who = sessions.visitor()
    return who is not None and who.came_in.role == Role.TRAINER


# --- the trainer of all classes ---------------------------------------------------------------------------------------


def let_in(credential: str) -> bool:
    """Remember in the session that the admin credential was given; whether it was."""
    right = _admin_credential()
    given = 0 < len(credential) <= LONGEST_CREDENTIAL and right is not None
    if not given or not hmac.compare_digest(_digest(credential), _digest(right or "")):
        return False
    session[KEPT] = _stamp(right or "")
    return True


def let_out() -> None:
    """Forget that it was given."""
    session.pop(KEPT, None)


def require_admin() -> None:
    """Let only somebody pass who has given the admin credential. NotTheTrainer."""
    right = _admin_credential()
    if right is None or not hmac.compare_digest(str(session.get(KEPT, "")), _stamp(right)):
        raise NotTheTrainer


def _admin_credential() -> str | None:
    try:
        return (sandboxes().home / ADMIN_FILE).read_text("ascii").strip()
    except FileNotFoundError:
        return None


def _stamp(credential: str) -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, b"workshop/" + credential.encode(), sha256).hexdigest()[:32]


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogateescape")).digest()
