"""The API's operations by their names in the contract."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

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


def fields_of(operation: str) -> frozenset[str]:
    """The names of all fields that an operation's body may have, those of its parts too; none where it takes none."""
    known = api.operations.get(operation)
    if known is None or known.body is None:
        return frozenset()
    return frozenset(_names(known.body.model_json_schema()))


def _names(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
        for inner in schema.values():
            yield from _names(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _names(inner)
