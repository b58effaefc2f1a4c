"""Reading the TOML files: inheritance, and a table reader that leaves no key unread.

A file that `extends` another is laid over it key by key; a table replaced by `false` is taken away, and a clause
takes `unsourced` away. Every mistake
is a RulesError that names the file, the line and the key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from mockca.errors import MockcaError
from mockca.rules.positions import KeyPath, positions
from mockca.rules.terms import UNSOURCED, Label, Sourced

Origins = dict[KeyPath, Path]
"""Which file gave each key."""

KINDS = frozenset({"person", "organisation", "equipment"})
"""Kinds of subscriber."""
CLAUSE = r"[A-Z][A-Za-z0-9]*-[A-Za-z0-9.]+"
"""A clause's id: the text's short name, then its place in it."""
MISSING: Any = object()
"""Stands for no default: the key must be there."""


class RulesError(MockcaError):
    """A rules file is wrong."""

    def __init__(self, path: Path, key: str, why: str, line: int | None = None) -> None:
        self.path, self.key, self.why, self.line = path, key, why, line
        place = path.name if line is None else f"{path.name}:{line}"
        super().__init__(f"{place}: {key}: {why}")


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file's content; RulesError where it is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        at = re.search(r"at line (\d+)", str(error))
        raise RulesError(path, "syntax", str(error), int(at[1]) if at else None) from error


def lay_over(base: Mapping[str, Any], over: Mapping[str, Any], file: Path, origins: Origins) -> dict[str, Any]:
    """`base` with `over` laid on it, tables merged key by key; notes in `origins` which file gave what."""
    return _merge(dict(base), over, (), file, origins)


def _merge(
    base: dict[str, Any], over: Mapping[str, Any], path: KeyPath, file: Path, origins: Origins
) -> dict[str, Any]:
    for key, value in over.items():
        here = (*path, key)
        origins[here] = file
        below = base.get(key)
        if value is False and isinstance(below, dict):
            del base[key]
        elif isinstance(value, dict):
            if isinstance(below, dict) and "clause" in value and "unsourced" not in value:
                # What gives a clause is sourced, whatever the value below it was.
                below = {name: inner for name, inner in below.items() if name != "unsourced"}
            base[key] = _merge(dict(below) if isinstance(below, dict) else {}, value, here, file, origins)
        else:
            base[key] = value
    return base


def line_of(file: Path, path: KeyPath) -> int | None:
    """The line of a key in a rules file, or of the nearest table around it; None where the file has neither."""
    if not file.is_file():
        return None
    lines = positions(file.read_text(encoding="utf-8"))
    return next((lines[path[:length]] for length in range(len(path), 0, -1) if path[:length] in lines), None)


class Table:
    """A TOML table, read key by key; `finish` fails on what nobody asked for."""

    def __init__(self, data: Mapping[str, Any], path: KeyPath, origins: Origins) -> None:
        self._data, self._path, self._origins = data, path, origins
        self._asked: set[str] = set()

    def fail(self, key: str, why: str) -> RulesError:
        """The error to raise about a key of this table."""
        path: KeyPath = (*self._path, key)
        known = (path[:length] for length in range(len(path), 0, -1))
        file = next((self._origins[prefix] for prefix in known if prefix in self._origins), None)
        if file is None:
            file = next(reversed(self._origins.values()), Path("rules"))
        return RulesError(file, ".".join(path), why, line_of(file, path))

    def finish(self) -> None:
        """Raise RulesError for a key that was never read."""
        unknown = sorted(set(self._data) - self._asked)
        if unknown:
            raise self.fail(unknown[0], f"unknown key; known here: {', '.join(sorted(self._asked))}")

    def has(self, key: str) -> bool:
        return key in self._data

    def _take(self, key: str, kind: type | tuple[type, ...], default: Any) -> Any:
        self._asked.add(key)
        value = self._data.get(key, default)
        if value is MISSING:
            raise self.fail(key, "missing")
        if value is default:
            return value
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise self.fail(key, f"{value!r} is not a {kind.__name__ if isinstance(kind, type) else kind}")
        return value

    def text(self, key: str, default: str = MISSING) -> str:
        value: str = self._take(key, str, default)
        return value

    def text_or_none(self, key: str) -> str | None:
        value: str | None = self._take(key, str, None)
        return value

    def flag(self, key: str, default: bool = MISSING) -> bool:
        value: bool = self._take(key, bool, default)
        return value

    def whole(self, key: str) -> int:
        value: int = self._take(key, int, MISSING)
        return value

    def whole_or_none(self, key: str) -> int | None:
        value: int | None = self._take(key, int, None)
        return value

    def texts(self, key: str, default: list[str] = MISSING) -> tuple[str, ...]:
        values: list[Any] = self._take(key, list, default)
        for value in values:
            if not isinstance(value, str):
                raise self.fail(key, f"{value!r} is not a str")
        return tuple(values)

    def choice(self, key: str, among: frozenset[str], default: str = MISSING) -> str:
        value = self.text(key, default)
        if value not in among:
            raise self.fail(key, f"{value!r} is none of {', '.join(sorted(among))}")
        return value

    def choices(self, key: str, among: frozenset[str], default: list[str] = MISSING) -> frozenset[str]:
        values = self.texts(key, default)
        for value in values:
            if value not in among:
                raise self.fail(key, f"{value!r} is none of {', '.join(sorted(among))}")
        return frozenset(values)

    def table(self, key: str) -> Table:
        return Table(self._take(key, dict, MISSING), (*self._path, key), self._origins)

    def table_or_none(self, key: str) -> Table | None:
        self._asked.add(key)
        return self.table(key) if self.has(key) else None

    def tables(self, key: str, among: frozenset[str] | None = None) -> Iterator[tuple[str, Table]]:
        """The tables under a key by name; none where the key is absent. `among` limits the names."""
        found = self.table_or_none(key)
        if found is None:
            return
        for name in found._data:
            if among is not None and name not in among:
                raise found.fail(name, f"is none of {', '.join(sorted(among))}")
            yield name, found.table(name)

    def list_of_tables(self, key: str) -> Iterator[Table]:
        values: list[Any] = self._take(key, list, [])
        for number, value in enumerate(values):
            if not isinstance(value, dict):
                raise self.fail(key, f"{value!r} is not a table")
            yield Table(value, (*self._path, key, str(number)), self._origins)

    def source(self, clause: str | None = None) -> tuple[str, bool]:
        """The table's `clause` and `unsourced`; one must be there, unless `clause` gives a default."""
        unsourced = self.flag("unsourced", False)
        own = self.text_or_none("clause")
        if own is None and clause is None and not unsourced:
            raise self.fail("clause", "missing; give the clause or `unsourced = true`")
        if own is not None and not re.fullmatch(CLAUSE, own):
            raise self.fail("clause", f"{own!r} is no clause id such as AG-10.2.dd")
        return own or clause or UNSOURCED, unsourced

    def label(self, clause: str | None = None) -> Label:
        """The table as a Label, read to its end."""
        where, unsourced = self.source(clause)
        found = Label(self.text("vi"), self.text("en"), where, unsourced)
        self.finish()
        return found

    def labels(self, key: str, clause: str | None = None) -> dict[str, Label]:
        return {name: table.label(clause) for name, table in self.tables(key)}

    def sourced_whole(self, key: str) -> Sourced[int]:
        table = self.table(key)
        found = Sourced(table.whole("value"), *table.source())
        table.finish()
        return found

    def sourced_text(self, key: str) -> Sourced[str]:
        table = self.table(key)
        found = Sourced(table.text("value"), *table.source())
        table.finish()
        return found

    def sourced_choice(self, key: str, among: frozenset[str]) -> Sourced[str]:
        table = self.table(key)
        found = Sourced(table.choice("value", among), *table.source())
        table.finish()
        return found

    def sourced_flag(self, key: str) -> Sourced[bool]:
        table = self.table(key)
        found = Sourced(table.flag("value"), *table.source())
        table.finish()
        return found

    def sourced_day(self, key: str) -> Sourced[date]:
        table = self.table(key)
        found = Sourced(table.day("value"), *table.source())
        table.finish()
        return found

    def sourced_text_or_none(self, key: str) -> Sourced[str] | None:
        self._asked.add(key)
        return self.sourced_text(key) if self.has(key) else None

    def sourced_flag_or_none(self, key: str) -> Sourced[bool] | None:
        self._asked.add(key)
        return self.sourced_flag(key) if self.has(key) else None

    def sourced_whole_or_none(self, key: str) -> Sourced[int] | None:
        table = self.table_or_none(key)
        if table is None:
            return None
        found = Sourced(table.whole("value"), *table.source())
        table.finish()
        return found

    def sourced_choices_or_none(self, key: str, among: frozenset[str]) -> Sourced[frozenset[str]] | None:
        self._asked.add(key)
        if not self.has(key):
            return None
        table = self.table(key)
        found = Sourced(table.choices("value", among), *table.source())
        table.finish()
        return found

    def day(self, key: str) -> date:
        value: date = self._take(key, date, MISSING)
        return value

    def sourced_texts(self, key: str) -> dict[str, Sourced[str]]:
        """A table of sourced texts by kind of subscriber."""
        found = {}
        for name, table in self.tables(key, among=KINDS):
            found[name] = Sourced(table.text("value"), *table.source())
            table.finish()
        return found
