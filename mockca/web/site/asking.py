"""How a page has the authority do something: the operations of the API, by the models of their contract.

What a page asks for is thus checked, refused and journaled as if it had come over HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockca.desk.views import Problem
from mockca.errors import MockcaError
from mockca.web.access import here
from mockca.web.api import api
from mockca.web.control import control
from mockca.web.face import BadShape
from mockca.web.problems import problem_of
from mockca.web.site.sessions import require_trainer, require_visitor


def ask(
    name: str,
    *,
    key: str | None = None,
    query: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    **path: object,
) -> Any:
    """What the operation of this id (contract) answers, asked as the visitor: a view, or a File.

    Operations of the control plane are for whoever came in as the trainer, whatever part they have. `key` makes a form
    that is sent twice harmless. BadShape where the values don't fit, NotSignedIn, and every refusal of the desk.
    """
    if name in control.operations:
        operation = control.operations[name]
        require_trainer()
    else:
        operation = api.operations[name]
        require_visitor()
    texts = {part: str(value) for part, value in path.items()}
    header = {"Idempotency-Key": key} if key else {}
    return operation.ask(texts | {"sandbox": here().name}, query, header, body)


def attempt(
    name: str, *, key: str | None = None, body: Mapping[str, Any] | None = None, **path: object
) -> tuple[Any, Problem | None]:
    """As `ask`, but a refusal comes back as a problem to show beside the form."""
    try:
        return ask(name, key=key, body=body, query=None, **path), None
    except BadShape as error:
        return None, error.problem
    except MockcaError as error:
        return None, problem_of(error)
