"""Paths into JSON: `form.fields.validity_years`, `sets.0`, `items[serial=7b2f].kind`, `items[*].kind`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
    """A copy of the document with another value at the path; missing objects on the way are made.

    What does not lie on the way is shared with the document.
    """
    copy, at = _opened(document, parts(path), makes_missing=True)
    _assign(at, parts(path), value)
    return copy


def remove(document: Mapping[str, Any], path: str) -> dict[str, Any]:
    """A copy of the document without what stands at the path, else shared with it. BadPath where nothing does."""
    steps = parts(path)
    copy, at = _opened(document, steps, makes_missing=False)
    wanted = _next(at, steps[-1], steps[:-1])
    if isinstance(at, dict):
        del at[steps[-1]]
    else:
        at[:] = [one for one in at if one is not wanted]
    return copy


def _opened(document: Mapping[str, Any], steps: Sequence[Part], *, makes_missing: bool) -> tuple[dict[str, Any], Any]:
    """A copy of the document along the path, and the object or list in it that holds the last step."""
    copy: dict[str, Any] = dict(document)
    at: Any = copy
    for done, part in enumerate(steps[:-1]):
        if makes_missing and isinstance(at, dict) and isinstance(part, str) and part not in at:
            at[part] = {}
        inner = _next(at, part, steps[:done])
        if isinstance(inner, Mapping | list | tuple):
            opened = dict(inner) if isinstance(inner, Mapping) else list(inner)
            _exchange(at, part, inner, opened)
            inner = opened
        at = inner
    return copy, at


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
    else:
        _exchange(at, last, _next(at, last, steps[:-1]), value)


def _exchange(at: Any, part: Part, old: Any, new: Any) -> None:
    key = part if isinstance(at, dict) else next(index for index, one in enumerate(at) if one is old)
    at[key] = new


def _kind(value: Any) -> str:
    return "null" if value is None else "a text" if isinstance(value, str) else f"a {type(value).__name__}"
