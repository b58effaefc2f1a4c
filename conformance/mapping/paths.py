"""JSONPath, RFC 9535 and nothing besides, by python-jsonpath."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError

from conformance.mapping.templates import MISSING

LONGEST = 1000
"""Characters of a path."""
ENVIRONMENT = JSONPathEnvironment(strict=True)


@cache
def compiled_path(path: str) -> JSONPath:
    """The path, compiled. Raises ValueError, in one sentence, where it is none."""
    if len(path) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    try:
        found = ENVIRONMENT.compile(path)
    except JSONPathError as error:
        raise ValueError(f"no JSONPath (RFC 9535): {str(error).splitlines()[0]}") from error
    assert isinstance(found, JSONPath)  # noqa: S101 - compound paths are not of the RFC, and off in strict mode
    return found


def found_at(path: str, document: Any) -> Any:
    """What stands there: the value, or a list where the path can lead to several; MISSING where nothing does."""
    query = compiled_path(path)
    try:
        values = query.findall(document)
    except (JSONPathError, RecursionError):
        return MISSING
    if not query.singular_query():
        return values
    return values[0] if values else MISSING
