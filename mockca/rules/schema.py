"""The JSON Schema of rules files, recorded from the very functions that read them: they cannot disagree.

A province's file lays its values over its regime's, so nothing is required in it but `extends`, and any table may be
`false`, which takes the regime's away.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from mockca.rules import loading
from mockca.rules.reading import CLAUSE, MISSING, RulesError, Table
from mockca.rules.terms import UNSOURCED

NAME = "name"
"""Stands for every text, and for every name that a file may choose."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "Quy định của một tỉnh (mockca) / a province's regulation"


def province_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a province's file."""
    recorder = Recorder()
    loading.compose(NAME, NAME, recorder)
    schema = _partial(recorder.schema)
    schema["properties"]["extends"] = {"enum": list(loading.regimes())}
    return {"$schema": DIALECT, "title": TITLE, **schema, "required": ["extends"]}


def _partial(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of what is laid over another: no key required, any table may be `false`. Lists are laid whole."""
    made = {key: value for key, value in schema.items() if key != "required"}
    if "properties" in made:
        made["properties"] = {name: _removable(inner) for name, inner in made["properties"].items()}
    if isinstance(made.get("additionalProperties"), dict):
        made["additionalProperties"] = _removable(made["additionalProperties"])
    return made


def _removable(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("type") != "object":
        return schema
    return {"anyOf": [_partial(schema), {"const": False}]}


class Recorder(Table):
    """A table that has whatever is asked for, and notes what that was as a JSON Schema."""

    def __init__(self) -> None:
        super().__init__({}, (), {})
        self.schema: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}

    def _note(self, key: str, schema: dict[str, Any], *, required: bool) -> None:
        self.schema["properties"].setdefault(key, schema)
        if required and key not in self.schema.setdefault("required", []):
            self.schema["required"].append(key)

    def _table(self, key: str, *, required: bool) -> Recorder:
        made = Recorder()
        self._note(key, made.schema, required=required)
        return made

    def fail(self, key: str, why: str) -> RulesError:
        raise AssertionError(f"a recorded table can't fail: {key}: {why}")

    def finish(self) -> None:
        """Nothing was left unread: everything was made by reading it."""

    def has(self, key: str) -> bool:
        """Everything is there."""
        return bool(key)

    def source(self, clause: str | None = None) -> tuple[str, bool]:
        self.flag("unsourced", False)
        self.text_or_none("clause")
        return clause or UNSOURCED, False

    def text(self, key: str, default: str = MISSING) -> str:
        is_clause = key == "clause" or key.endswith("_clause")
        self._note(
            key, {"type": "string", **({"pattern": f"^{CLAUSE}$"} if is_clause else {})}, required=default is MISSING
        )
        return NAME if default is MISSING else default

    def text_or_none(self, key: str) -> str | None:
        self.text(key, "")
        return None

    def flag(self, key: str, default: bool = MISSING) -> bool:
        self._note(key, {"type": "boolean"}, required=default is MISSING)
        return default is not MISSING and default

    def whole(self, key: str) -> int:
        self._note(key, {"type": "integer"}, required=True)
        return 1

    def whole_or_none(self, key: str) -> int | None:
        self._note(key, {"type": "integer"}, required=False)
        return None

    def day(self, key: str) -> date:
        # TOML has days of its own; tools hand them to a schema as text.
        self._note(key, {"type": "string", "format": "date"}, required=True)
        return date.min

    def texts(self, key: str, default: list[str] = MISSING) -> tuple[str, ...]:
        items = {"type": "array", "items": {"type": "string"}}
        self._note(key, items, required=default is MISSING)
        return ()

    def choice(self, key: str, among: frozenset[str], default: str = MISSING) -> str:
        allowed = sorted(among - {""})
        self._note(key, {"enum": allowed}, required=default is MISSING)
        return allowed[0] if default is MISSING else default

    def choices(self, key: str, among: frozenset[str], default: list[str] = MISSING) -> frozenset[str]:
        self._note(key, {"type": "array", "items": {"enum": sorted(among)}}, required=default is MISSING)
        return frozenset()

    def table(self, key: str) -> Table:
        return self._table(key, required=True)

    def table_or_none(self, key: str) -> Table | None:
        return self._table(key, required=False)

    def tables(self, key: str, among: frozenset[str] | None = None) -> Iterator[tuple[str, Table]]:
        parent = self._table(key, required=False)
        if among is not None:
            for name in sorted(among):
                yield name, parent._table(name, required=False)
            return
        made = Recorder()
        parent.schema["additionalProperties"] = made.schema
        yield NAME, made

    def list_of_tables(self, key: str) -> Iterator[Table]:
        made = Recorder()
        self._note(key, {"type": "array", "items": made.schema}, required=False)
        yield made
