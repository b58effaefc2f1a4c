"""What the authority answers where an RFC allows two."""

from __future__ import annotations

from mockca.desk.views.base import View


class AnswerView(View):
    name: str
    value: str
    default: str
    choices: tuple[str, ...]
    rfc: str
    vi: str
    en: str
    sourced: bool = False
    """Whether the default is known to be what the real authority does."""


class AnswersView(View):
    items: tuple[AnswerView, ...]
