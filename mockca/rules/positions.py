"""On which line of a TOML file each key stands, so that a mistake can be told with its place.

tomllib reads values and forgets where they were; this reads places and leaves the values to tomllib.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

KeyPath = tuple[str, ...]


def positions(text: str) -> dict[KeyPath, int]:
    """Line, from 1, of each key and table of a well-formed TOML text; tables of a list by their index."""
    found: dict[KeyPath, int] = {}
    lists: dict[KeyPath, int] = {}
    here: KeyPath = ()
    for line, chunk in _statements(text):
        stripped = chunk.strip()
        if stripped.startswith("[["):
            name = _resolved(_key_path(stripped[2:].rpartition("]]")[0]), lists)
            number = lists.get(name, -1) + 1
            lists[name] = number
            found.setdefault(name, line)
            here = (*name, str(number))
            found[here] = line
        elif stripped.startswith("["):
            here = _resolved(_key_path(stripped[1:].rpartition("]")[0]), lists)
            for length in range(1, len(here) + 1):
                found.setdefault(here[:length], line)
        else:
            for path in _paths(tomllib.loads(chunk)):
                found.setdefault((*here, *path), line)
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header or `key = value` with the line that it begins on; a value may go on over several lines."""
    begun, chunk = 0, ""
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if not chunk:
            stripped = line.strip()
            if not stripped or stripped.startswith("#"):
                continue
            begun = number
            if stripped.startswith("["):
                yield begun, stripped.partition("#")[0] if "#" not in stripped.rpartition("]")[0] else stripped
                continue
        chunk += line
        try:
            tomllib.loads(chunk)
        except tomllib.TOMLDecodeError:
            continue
        yield begun, chunk
        chunk = ""


def _key_path(header: str) -> KeyPath:
    """A header's dotted key, quoted parts and all, as tomllib reads it."""
    path: list[str] = []
    value: Any = tomllib.loads(f"{header} = 0")
    while isinstance(value, dict):
        name, value = next(iter(value.items()))
        path.append(name)
    return tuple(path)


def _resolved(path: KeyPath, lists: dict[KeyPath, int]) -> KeyPath:
    """The path with the index of the present table wherever it goes through a list of tables."""
    resolved: KeyPath = ()
    for name in path[:-1]:
        resolved = (*resolved, name)
        if resolved in lists:
            resolved = (*resolved, str(lists[resolved]))
    return (*resolved, path[-1])


def _paths(table: dict[str, Any]) -> Iterator[KeyPath]:
    for name, value in table.items():
        yield (name,)
        if isinstance(value, dict):
            yield from ((name, *path) for path in _paths(value))
