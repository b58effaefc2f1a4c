"""What is answered where an RFC allows two."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from mockca.desk.commands import SetAnswers
from mockca.desk.views import Problem
from mockca.web.room.blueprint import onward, room, sent, show
from mockca.web.site.asking import ask, attempt


@room.get("/answers")
def answers(sandbox: str) -> Response:
    """The choices."""
    del sandbox
    return _answers()


@room.post("/answers")
def set_answers(sandbox: str) -> Response | BaseResponse:
    """Choose."""
    del sandbox
    _, problem = attempt("set_answers", body=sent(*SetAnswers.model_fields))
    return onward("room.answers") if problem is None else _answers(problem)


def _answers(problem: Problem | None = None) -> Response:
    return show("answers.html", problem, answers=ask("read_answers").items)
