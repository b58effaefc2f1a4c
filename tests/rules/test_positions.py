"""On which line a key of a rules file stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockca.rules.loading import DATA
from mockca.rules.positions import positions

FILES = sorted(DATA.rglob("*.toml"))

TEXT = """\
# a comment
title = "x"  # another

[a."b.c"]
one = { two = { three = 1 }, four = 2 }
many = [
  1, # [not.a.header]
  2,
]
dotted.key = true

[[a.list]]
name = "first"

[[a.list]]
name = "second"
[a.list.inner]
deep = '''
[not.a.header]
'''
"""


def test_each_key_is_found_on_its_line() -> None:
    found = positions(TEXT)
    assert found["title",] == 2
    assert found["a",] == found["a", "b.c"] == 4
    assert found["a", "b.c", "one", "two", "three"] == 5
    assert found["a", "b.c", "many"] == 6
    assert found["a", "b.c", "dotted", "key"] == 10
    assert found["a", "list"] == found["a", "list", "0"] == 12
    assert found["a", "list", "1"] == 15
    assert found["a", "list", "1", "name"] == 16
    assert found["a", "list", "1", "inner", "deep"] == 18


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_key_of_every_rules_file_has_a_line_that_bears_its_name(file: Path) -> None:
    text = file.read_text("utf-8")
    lines, found = text.splitlines(), positions(text)
    for path in keys(tomllib.loads(text)):
        name = next(part for part in reversed(path) if not part.isdigit())
        assert name in lines[found[path] - 1]


def keys(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        here = (*path, str(key))
        yield here
        if isinstance(inner, dict) or (isinstance(inner, list) and inner and isinstance(inner[0], dict)):
            yield from keys(inner, here)
