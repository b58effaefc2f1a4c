"""Mapping files: read, checked as a whole, each mistake told with file, line and place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from conformance.errors import BadMapping
from conformance.mapping.checking import faults_of
from conformance.mapping.model import Mapping
from scenarios.errors import Fault, Unreadable
from scenarios.yaml_lines import Document, Place, parse

LONGEST_FILE = 1_000_000
"""Octets of a mapping file."""


def read_mapping(path: Path) -> Mapping:
    """The mapping in a file. Raises BadMapping."""
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_FILE + 1)
    except OSError as error:
        raise BadMapping(f"{path}: {error.strerror}; `conformance mapping new` writes one to begin with") from None
    if len(content) > LONGEST_FILE:
        raise BadMapping(f"{path}: longer than {LONGEST_FILE} bytes")
    try:
        return read_text(content.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError:
        raise BadMapping(f"{path}: not UTF-8 text") from None


def read_text(text: str, file: str) -> Mapping:
    """A mapping from its YAML; `file` names it in errors. Raises BadMapping."""
    try:
        document = parse(text, file)
        try:
            mapping = Mapping.model_validate(document.data)
        except ValidationError as error:
            raise Unreadable(file, _shape_faults(error, document)) from error
        faults = [document.fault(place, what) for place, what in faults_of(mapping)]
        if faults:
            raise Unreadable(file, faults)
    except Unreadable as error:
        raise BadMapping(str(error)) from error
    return mapping


def _shape_faults(error: ValidationError, document: Document) -> Iterator[Fault]:
    for each in error.errors(include_url=False):
        what = each["msg"].removeprefix("Value error, ")
        if not isinstance(each["input"], dict | list | tuple) and each["type"] != "missing":
            what += f" (here: {each['input']!r})"
        yield document.fault(_place(each["loc"], document.data), what)


def _place(location: Place, data: Any) -> Place:
    """The place in the file that pydantic's location stands for.

    A location also names the kinds of what it went through, and positions in lists that the file wrote short as one.
    """
    place: list[str | int] = []
    for index, part in enumerate(location):
        inner = _inner(data, part)
        if inner is not None:
            (data,) = inner
        elif not (index == len(location) - 1 and isinstance(data, dict) and isinstance(part, str)):
            continue
        place.append(part)
    return tuple(place)


def _inner(data: Any, part: str | int) -> tuple[Any] | None:
    """What stands under this key or at this position; None where nothing does."""
    if isinstance(data, dict) and part in data:
        return (data[part],)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return (data[part],)
    return None
