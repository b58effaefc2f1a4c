"""Whether an answer is a refusal by a mapping, and what it says: clauses, fields, state, message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conformance.mapping.model import Reading, Refusals
from conformance.mapping.readings import LAST, read
from conformance.mapping.templates import Missing, compiled
from conformance.redaction import Redactor
from conformance.targets.exchanging import Reply
from scenarios.port import Outcome, PortError, Verdict

USUAL = (400, 403, 404, 409, 422)
"""Statuses of a refusal, where a mapping names none."""


def refusal_of(
    general: Refusals, here: Refusals, reply: Reply, redactor: Redactor, context: Mapping[str, Any]
) -> Outcome | None:
    """The refusal that the answer is; None where it is none.

    Raises PortError where it looks like one but says nothing that the mapping can read: a proxy's page is no verdict.
    """
    status = reply.answer.status
    context = {**context, "status": status, "answer": {} if isinstance(reply.value, Missing) else reply.value}
    is_refused = status in next(one for one in (here.statuses, general.statuses, USUAL) if one is not None)
    when = here.when or general.when
    if not is_refused and when is not None:
        worth = compiled(when).value(context)
        is_refused = not isinstance(worth, Missing) and bool(worth)
    if not is_refused:
        return None
    if isinstance(reply.value, Missing):
        raise PortError(f"{reply.answer.url} refused with {status} but {reply.what()}")

    def told(name: str) -> Any:
        reading: Reading | None = getattr(here, name) or getattr(general, name)
        return None if reading is None else _or_none(read(reading, {LAST: reply.value}, context))

    codes, names = {**general.codes, **here.codes}, {**general.field_names, **here.field_names}
    words = [str(one) for one in _listed(told("clauses"))]
    message = told("message")
    if not words and message is None:
        raise PortError(
            f"{reply.answer.url} refused with {status} but says nothing where the mapping's `refusals` look"
        )
    clauses = [clause for word in words for clause in codes.get(word, (word,))]
    fields = [names.get(str(one), str(one)) for one in _listed(told("fields"))]
    state = told("state")
    values = redactor.value(reply.value)
    return Outcome(
        Verdict.REFUSED,
        values if isinstance(values, dict) else {},
        clauses=tuple(dict.fromkeys(clauses)),
        fields=tuple(dict.fromkeys(fields)),
        state=None if state is None else str(state),
        message=redactor.text(str(message if message is not None else ", ".join(words))),
    )


def _listed(value: Any) -> Iterable[Any]:
    """What was read as a list without what is nothing."""
    return [one for one in (value if isinstance(value, list) else [value]) if one is not None and one != ""]


def _or_none(value: Any) -> Any:
    return None if isinstance(value, Missing) else value
