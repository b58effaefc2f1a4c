"""YAML with the line of everything, so that a mistake is found where it stands.

A strict subset: keys are texts and not repeated; `yes`, `on`, `2026-01-01` and `0777` are texts; true, false,
null and plain decimal numbers are what they look like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from scenarios.errors import Fault, Unreadable

Place = tuple[str | int, ...]
"""Where something stands in the document: keys and list positions from the top."""

MOST_NODES = 100_000
"""Values in one document. Anchors are copied to where they are named, so a small file can be a large document."""
MOST_DEPTH = 50
"""Lists and objects inside each other."""
NUMBER = re.compile(r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$")
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""In C where PyYAML was built with libyaml: ten times as quick, and the suites read some ten thousand lines."""
WORDS = {"null": None, "~": None, "": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file."""

    file: str
    data: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """The line where this place begins; of the nearest enclosing place where it has none itself."""
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]

    def fault(self, place: Place, what: str) -> Fault:
        """A fault at this place."""
        return Fault(self.line(place), written(place), what)


def parse(text: str, file: str) -> Document:
    """Parse one document. Raises Unreadable where it is no YAML or leaves the subset."""
    try:
        node = yaml.compose(text, Loader=LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error)
        raise Unreadable(file, [Fault(mark.line + 1 if mark else 1, "file", f"not YAML: {what}")]) from error
    lines: dict[Place, int] = {(): 1}
    faults: list[Fault] = []
    try:
        data = None if node is None else _build(node, (), lines, faults)
    except _TooLargeError:
        raise Unreadable(file, [Fault(1, "file", f"more than {MOST_NODES} values")]) from None
    if faults:
        raise Unreadable(file, faults)
    return Document(file, data, lines)


def written(place: Place) -> str:
    """A place as people write it: `steps[3].with.form`."""
    path = ""
    for part in place:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path or "file"


class _TooLargeError(Exception):
    pass


def _build(node: yaml.Node, place: Place, lines: dict[Place, int], faults: list[Fault]) -> Any:
    if len(lines) > MOST_NODES:
        raise _TooLargeError
    if len(place) > MOST_DEPTH:
        faults.append(Fault(node.start_mark.line + 1, "file", f"nested deeper than {MOST_DEPTH}"))
        return None
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = (*place, key)
            lines[here] = key_node.start_mark.line + 1
            if key in built:
                faults.append(Fault(lines[here], written(here), "this key stands here twice"))
            built[key] = _build(value_node, here, lines, faults)
        return built
    if isinstance(node, yaml.SequenceNode):
        return [_build(one, (*place, index), lines, faults) for index, one in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - the third and last kind
    return _scalar(node)


def _scalar(node: yaml.ScalarNode) -> Any:
    value = node.value
    if not node.style:  # neither quoted nor a block
        if value in WORDS:
            return WORDS[value]
        number = NUMBER.match(value)
        if number:
            return float(value) if number[2] else int(value)
    return value
