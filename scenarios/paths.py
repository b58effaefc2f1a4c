"""Paths into JSON: `form.fields.validity_years`, `sets.0`, `items[serial=7b2f].kind`, `items[*].kind`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

PART = re.compile(r"([^.\[\]]+)|\[([^=\[\]]+)=([^\[\]]*)\]|\[(\*)\]")
Selector = tuple[str, str]
"""Key and value, as text, of the list element that is meant."""
Part = str | Selector
EVERY: Selector = ("*", "")
"""Every element of a list: the rest of the path is looked up in each."""


class BadPath(LookupError):
    """The path leads nowhere; the text says how far it led and what is there."""


def parts(path: str) -> tuple[Part, ...]:
    """The steps of a path. BadPath where it is not one."""
    found: list[Part] = []
    position = 0
    while position < len(path):
        match = PART.match(path, position)
        if match is None:
            raise BadPath(f"{path!r} is not a path: look at character {position + 1}")
        name, key, value, every = match.groups()
        found.append(EVERY if every else (key, value) if name is None else name)
        position = match.end()
        if path[position : position + 1] == ".":
            position += 1
            if position == len(path):
                raise BadPath(f"{path!r} ends in a dot")
    if not found:
        raise BadPath("an empty path")
    return tuple(found)


def get(document: Any, path: str) -> Any:
    """What stands at the path. BadPath where nothing does."""
    return _follow(document, parts(path), ())


def put(document: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of the document with another value at the path; missing objects on the way are made."""
    copy = deepcopy(dict(document))
    at: Any = copy
    steps = parts(path)
    for done, part in enumerate(steps[:-1]):
        if isinstance(at, dict) and isinstance(part, str) and part not in at:
            at[part] = {}
        at = _next(at, part, steps[:done])
    _assign(at, steps, deepcopy(value))
    return copy


def remove(document: Mapping[str, Any], path: str) -> dict[str, Any]:
    """A copy of the document without what stands at the path. BadPath where nothing does."""
    copy = deepcopy(dict(document))
    steps = parts(path)
    at: Any = copy
    for done, part in enumerate(steps[:-1]):
        at = _next(at, part, steps[:done])
    wanted = _next(at, steps[-1], steps[:-1])
    if isinstance(at, dict):
        del at[steps[-1]]
    else:
        at[:] = [one for one in at if one is not wanted]
    return copy


def text(steps: Sequence[Part]) -> str:
    """Parts written as a path again."""
    written = ""
    for part in steps:
        if isinstance(part, str):
            written += f".{part}" if written else part
        else:
            written += "[*]" if part == EVERY else f"[{part[0]}={part[1]}]"
    return written


def _follow(at: Any, todo: Sequence[Part], done: tuple[Part, ...]) -> Any:
    if not todo:
        return at
    part = todo[0]
    if part == EVERY:
        if not isinstance(at, list | tuple):
            raise BadPath(f"{text(done) or 'the answer'} is no list")
        return [_follow(one, todo[1:], (*done, part)) for one in at]
    return _follow(_next(at, part, done), todo[1:], (*done, part))


def _next(at: Any, part: Part, done: Sequence[Part]) -> Any:
    here = text(done) or "the answer"
    if isinstance(at, Mapping) and isinstance(part, str):
        if part not in at:
            raise BadPath(f"{here} has no {part!r}, only {', '.join(sorted(map(str, at))) or 'nothing'}")
        return at[part]
    if isinstance(at, list | tuple):
        if isinstance(part, tuple):
            key, value = part
            for one in at:
                if isinstance(one, Mapping) and str(one.get(key)) == value:
                    return one
            raise BadPath(f"{here} has no element with {key} = {value}")
        if part.isdecimal() and int(part) < len(at):
            return at[int(part)]
        raise BadPath(f"{here} is a list of {len(at)}; there is no element {part!r}")
    raise BadPath(f"{here} is {_kind(at)}; {text((part,))!r} cannot be looked up in it")


def _assign(at: Any, steps: Sequence[Part], value: Any) -> None:
    last = steps[-1]
    if isinstance(at, dict) and isinstance(last, str):
        at[last] = value
        return
    wanted = _next(at, last, steps[:-1])
    at[next(index for index, one in enumerate(at) if one is wanted)] = value


def _kind(value: Any) -> str:
    return "null" if value is None else "a text" if isinstance(value, str) else f"a {type(value).__name__}"
