"""The API's operations by their names in the contract."""

from __future__ import annotations

from difflib import get_close_matches

from mockca.errors import Refused, Violation
from mockca.web.api import api


def require_operation(name: str | None) -> None:
    """Refused where the API has no operation of that name; the nearest ones are named."""
    if name is None or name in api.operations:
        return
    near = get_close_matches(name, api.operations, n=3, cutoff=0.4)
    raise Refused(
        [
            Violation(
                field="operation",
                value=name,
                clause="control",
                vi="API không có thao tác này.",
                en="the API has no such operation",
                accepted=", ".join(near) or "an operationId of /openapi.json",
            )
        ]
    )
