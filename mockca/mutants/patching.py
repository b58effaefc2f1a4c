"""Putting something else in place of a function of the authority, wherever a module of it holds that function."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, MutableMapping
from functools import cache
from types import FunctionType, ModuleType, TracebackType
from typing import Any, TypeAlias

OWN = "mockca."
NOT_TOUCHED = "mockca.mutants"
Place: TypeAlias = tuple[MutableMapping[Any, Any], Any]
"""A module's names, or a table of it, and the key there."""


class Patch:
    """A set of replacements, taken back on leaving. One at a time in a process."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Patch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        while self._undo:
            self._undo.pop()()

    def everywhere(self, original: Any, replacement: Any) -> None:
        """Replace an object by another in every module, and in every table of a module, that holds it.

        Raises LookupError where nothing holds it: the seam that a mutant was made for is gone.
        """
        places = _holding(original)
        if not places:
            raise LookupError(f"nothing of the authority holds {original!r}")
        for table, key in places:
            self._put(table, key, replacement)

    def member(self, owner: Any, name: str, replacement: Any) -> None:
        """Replace a method of a class, or one module's own name for something. AttributeError where there is none."""
        original = vars(owner)[name] if name in vars(owner) else getattr(owner, name)
        setattr(owner, name, replacement)
        self._undo.append(lambda: setattr(owner, name, original))

    def _put(self, table: MutableMapping[Any, Any], key: Any, replacement: Any) -> None:
        original = table[key]
        table[key] = replacement

        def undo() -> None:
            table[key] = original

        self._undo.append(undo)


def modules() -> Iterator[ModuleType]:
    """The authority's modules that are loaded, but for those about mutants."""
    for name, module in list(sys.modules.items()):
        if name.startswith(OWN) and not name.startswith(NOT_TOUCHED):
            yield module


def _holding(original: Any) -> list[Place]:
    return _holders(len(sys.modules)).get(id(original), [])


@cache
def _holders(loaded: int) -> dict[int, list[Place]]:
    """Where each function and class is held, by its identity; looked up anew only when modules were loaded since."""
    del loaded
    found: dict[int, list[Place]] = {}
    for module in modules():
        for name, value in list(vars(module).items()):
            if isinstance(value, FunctionType | type):
                found.setdefault(id(value), []).append((vars(module), name))
            elif isinstance(value, dict) and not name.startswith("__"):
                for key, inner in value.items():
                    if isinstance(inner, FunctionType):
                        found.setdefault(id(inner), []).append((value, key))
    return found
