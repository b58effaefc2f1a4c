"""Fields from the models of requests: whatever a command of the contract holds can be drawn."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mockca.web.office import words
from mockca.web.office.fields import Field, Group, Kind, fixed

AREAS: Final = frozenset({"csr", "signature", "circumstances", "remarks", "reason"})
"""Parts whose text may be long."""
Given = Mapping[str, Any]


def group_of(
    model: type[BaseModel],
    at: str = "",
    *,
    title: str | None = None,
    given: Given | None = None,
    only: tuple[str, ...] | None = None,
    without: tuple[str, ...] = (),
    needed: frozenset[str] = frozenset(),
    clause: str = "",
    note: str = "",
    folded: bool = False,
) -> Group:
    """The plain parts of a model as fields; parts that are models or lists of models are left to the caller.

    `at` is the model's path in the request. `given`: by name, a value that nobody is asked for, or a Field to ask with
    in place of the one that the model tells. `needed` are asked for although the model can do without.
    """
    given = given or {}
    fields: list[Field] = []
    for name, info in model.model_fields.items():
        if name in without or (only is not None and name not in only):
            continue
        path = f"{at}.{name}" if at else name
        if name in given:
            one = given[name]
            fields.append(one if isinstance(one, Field) else fixed(path, one))
            continue
        drawn = _field(path, name, info, required=name in needed)
        if drawn is not None:
            fields.append(drawn)
    return Group(
        title=words.group(at.rpartition(".")[2]) if title is None else title,
        fields=tuple(fields),
        path=at,
        clause=clause,
        note=note,
        folded=folded,
    )


def choices_of(annotation: Any) -> tuple[tuple[str, str], ...]:
    """The values of a Literal or an Enum with their names; empty for anything else."""
    for one in _branches(annotation):
        if get_origin(one) is Literal:
            return tuple((each, words.value(each)) for each in get_args(one))
        if isinstance(one, type) and issubclass(one, Enum):
            return tuple((each.value, words.value(each)) for each in one)
    return ()


def _field(path: str, name: str, info: FieldInfo, *, required: bool) -> Field | None:
    branches = list(_branches(info.annotation))
    kind = _kind(name, branches)
    if kind is None:
        return None
    default = None if info.is_required() else info.get_default()
    if isinstance(default, tuple):
        default = list(default) or None
    return Field(
        path=path,
        label=words.part(name),
        kind=kind,
        required=required or info.is_required(),
        value=getattr(default, "value", default),
        hint=words.hint(name),
        choices=choices_of(info.annotation),
    )


def _kind(name: str, branches: list[Any]) -> Kind | None:
    if any(get_origin(one) is tuple for one in branches):
        return "lines" if _of_texts(branches) else None
    for one in branches:
        if get_origin(one) is Literal or (isinstance(one, type) and issubclass(one, Enum)):
            return "choice"
        if one is bool:
            return "tick"
        if one in (int, float):
            return "number"
        if one is datetime:
            return "instant"
        if one is date:
            return "date"
        if one is str:
            return "email" if name == "email" else "area" if name in AREAS else "text"
    return None


def _of_texts(branches: list[Any]) -> bool:
    return any(
        inner is str
        for one in branches
        if get_origin(one) is tuple
        for part in get_args(one)
        for inner in _branches(part)
    )


def _branches(annotation: Any) -> Iterator[Any]:
    """What the annotation may be, without its constraints and without None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _branches(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for one in get_args(annotation):
            yield from _branches(one)
    elif annotation.__class__.__name__ == "_AnnotatedAlias":
        yield from _branches(annotation.__origin__)
    elif getattr(annotation, "__name__", "") == "AwareDatetime":
        yield datetime
    elif annotation not in (types.NoneType, Ellipsis):
        yield annotation
