"""Rules from their files: a province's over its regime's, over what all stand on."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from token_emulator.documents.errors import BadRules
from token_emulator.documents.rules.model import DocumentRules

DATA = Path(__file__).parent
COMMON = "common"


def available() -> tuple[str, ...]:
    """Ids of the regulations and regimes, sorted."""
    return tuple(sorted(path.stem for path in DATA.glob("*.toml") if path.stem != COMMON))


@cache
def load(regulation: str) -> DocumentRules:
    """The rules of a regulation or a regime by its id. Raises BadRules."""
    if regulation not in available():
        raise BadRules(f"{regulation}.toml", "id", f"no such regulation; there are {', '.join(available())}")
    return read(DATA / f"{regulation}.toml")


def read(path: Path) -> DocumentRules:
    """The rules in a file, laid over what it extends. Raises BadRules with file, line and key."""
    table, regime = _laid_over(path, ())
    table["id"], table["regime"] = path.stem, regime
    try:
        return DocumentRules.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        keys = [str(part) for part in first["loc"]]
        file, line = _line(path, keys)
        raise BadRules(file.name, ".".join(keys), first["msg"], line) from error


def _laid_over(path: Path, below: tuple[str, ...]) -> tuple[dict[str, Any], str | None]:
    try:
        own = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        found = re.search(r"at line (\d+)", str(error))
        raise BadRules(path.name, "syntax", str(error), int(found[1]) if found else None) from error
    base = own.pop("extends", None)
    if base is None:
        return own, None
    if not isinstance(base, str) or base in below or not (_beside(path, base)).is_file():
        raise BadRules(path.name, "extends", f"no such rules: {base!r}", _line(path, ["extends"])[1])
    under, _ = _laid_over(_beside(path, base), (*below, path.stem))
    return _merged(under, own), None if base == COMMON else base


def _beside(path: Path, name: str) -> Path:
    """The file that is extended: beside this one, or this package's own."""
    own = path.parent / f"{name}.toml"
    return own if own.is_file() else DATA / f"{name}.toml"


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Table by table; a value with its source is replaced whole, and `false` takes a table away."""
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        if value is False and isinstance(below, dict):
            del result[key]
        elif isinstance(value, dict) and isinstance(below, dict) and "value" not in value:
            result[key] = _merged(below, value)
        else:
            result[key] = value
    return result


def _line(path: Path, keys: list[str]) -> tuple[Path, int | None]:
    """File and line where the innermost of the keys is named, looked for in the file and then in what it extends."""
    here = path
    while True:
        lines = here.read_text("utf-8").splitlines()
        for depth in range(len(keys), 0, -1):
            header = re.compile(rf"\[\[?{re.escape('.'.join(keys[:depth]))}\]\]?\s*(#.*)?$")
            entry = re.compile(rf"{re.escape(keys[depth - 1])}\s*=")
            section = ".".join(keys[: depth - 1])
            current = ""
            for number, text in enumerate(lines, 1):
                if found := re.match(r"\[\[?([^\]]+)\]", text):
                    current = found[1]
                if header.match(text) or (entry.match(text) and current == section):
                    return here, number
        extends = re.search(r'^extends = "([^"]+)"', here.read_text("utf-8"), re.MULTILINE)
        if extends is None:
            return path, None
        here = _beside(here, extends[1])
