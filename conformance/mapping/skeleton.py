"""A mapping to begin with: what is the same for all, then every operation with what the contract has for it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib.resources import files

from conformance.targets.routes import ROUTES
from scenarios import Operation

HEAD = files("conformance.mapping") / "skeleton.yaml"
WORKED = ("file_dossier", "read_dossier")
"""Operations that the head shows already."""


def skeleton() -> str:
    """The file's text. Every operation that the head does not show stands there as a comment."""
    entries = (entry for operation in Operation if operation.value not in WORKED for entry in _entry(operation))
    return HEAD.read_text(encoding="utf-8") + "\n".join(entries) + "\n"


def _entry(operation: Operation) -> Iterator[str]:
    yield ""
    for line in _said()[operation.value]:
        yield f"  # {line}".rstrip()
    route = ROUTES.get(operation)
    path = "/…" + "".join(f"/${{body.{name}}}" for name in re.findall(r"\{(\w+)\}", route.path)) if route else "/…"
    method = route.method if route else "GET"
    yield f"  # {operation.value}:"
    yield "  #   requests:"
    yield f"  #     method: {method}"
    yield f'  #     path: "{path}"'
    if method in ("POST", "PUT"):
        yield "  #     json: {}"
    if route is not None and route.query:
        yield "  #     query: {" + ", ".join(f'{name}: "${{body.{name}}}"' for name in route.query) + "}"
    if operation is Operation.COMPARE_FACES:
        yield '  #   values: {portal: "$.status"}'
    elif route is not None and route.state is not None:
        yield f'  #   values: {{{route.state}: "$.state"}}'


def _said() -> dict[str, tuple[str, ...]]:
    """What the enumeration says of each operation, beneath it."""
    found: dict[str, tuple[str, ...]] = {operation.value: () for operation in Operation}
    for value, said in re.findall(r'= "(\w+)"\n    """(.*?)"""', inspect.getsource(Operation), re.DOTALL):
        found[value] = tuple(line.strip() for line in said.splitlines())
    return found
