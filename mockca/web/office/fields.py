"""A request as a form: what it asks for, field by field, and the request's body from what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from werkzeug.datastructures import MultiDict

from mockca.desk.views import Problem, ViolationView

Kind = Literal["text", "area", "lines", "email", "date", "instant", "number", "tick", "choice", "several", "file"]
"""What is typed or chosen. `lines`: one text a line. `several`: ticks, each with a value. `file`: a file's content in
Base64. `instant`: day and time in Vietnam."""
LONGEST: Final = {"area": 60_000, "lines": 10_000}
VIETNAM_OFFSET: Final = "+07:00"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked for."""

    path: str
    """Where it stands in the request's body, with dots: `form.fields.full_name`."""
    label: str
    kind: Kind = "text"
    required: bool = False
    value: Any = None
    """What it says before anybody types, as JSON has it."""
    hint: str = ""
    clause: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Each value with its name."""
    fixed: bool = False
    """Goes into the body as it is; nobody is asked."""
    sample: Any = None
    """What made-up data says."""
    numbers: bool = False
    """Whether the values of `several` are numbers."""

    @property
    def item(self) -> str:
        """Path of the list's item that the field belongs to; empty where it belongs to none."""
        parts = self.path.split(".")
        places = [place for place, part in enumerate(parts) if part.isdigit()]
        return ".".join(parts[: places[-1] + 1]) if places else ""

    def shown(self, value: Any) -> str | list[str]:
        """The value as it stands in the form."""
        if self.kind == "several":
            return [str(one) for one in value or ()]
        if value is None or value is False:
            return ""
        if value is True:
            return "on"
        if self.kind == "lines":
            return "\n".join(value)
        if self.kind == "instant":
            return str(value)[:16]
        return str(value)

    def read(self, texts: list[str]) -> Any:
        """What was typed, as JSON has it; None where nothing was. What is no number stays text, to be refused."""
        if self.kind == "several":
            return [int(one) if self.numbers and one.isdecimal() else one for one in texts] or None
        text = (texts[0] if texts else "").replace("\r\n", "\n").strip()
        if not text:
            return None
        match self.kind:
            case "tick":
                return True
            case "lines":
                return [line.strip() for line in text.split("\n") if line.strip()]
            case "number":
                return int(text) if text.removeprefix("-").isdecimal() and len(text) < 20 else text
            case "instant":
                return f"{text}:00{VIETNAM_OFFSET}" if len(text) == 16 else text
            case _:
                return text


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together."""

    title: str
    fields: tuple[Field, ...]
    path: str = ""
    """Where a refusal of the whole group points to: `attachments`."""
    clause: str = ""
    note: str = ""
    folded: bool = False
    """Whether it may be closed until somebody wants it."""
    wide: bool = False
    """Whether each field takes the whole width."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole form."""

    groups: tuple[Group, ...]
    operation: str
    """The API's operation that it asks for."""
    arguments: Mapping[str, object] = field(default_factory=dict)
    """What the operation's path names: a number, a serial."""
    note: str = ""
    clause: str = ""
    sampled: bool = False
    """Whether made-up data can be filled in."""
    others: tuple[tuple[str, str], ...] = ()
    """Things that may go along, each with its name."""
    others_as: str = ""
    """What the page's address calls them."""

    def every(self) -> Iterator[Field]:
        for group in self.groups:
            yield from group.fields


@dataclass(slots=True)
class Entered:
    """What a form says at present."""

    sheet: Sheet
    texts: dict[str, str | list[str]]
    """By path, as it stands in the form."""
    body: dict[str, Any]
    """The request."""
    problem: Problem | None = None

    def text(self, path: str) -> str | list[str]:
        return self.texts.get(path, "")

    def wrong(self, path: str) -> list[ViolationView]:
        """What was refused about a field, or about the group of that path."""
        if self.problem is None or not path:
            return []
        return [one for one in self.problem.violations if one.field == path]

    def beside(self) -> list[ViolationView]:
        """What was refused and stands at no field of this form."""
        if self.problem is None:
            return []
        known = {one.path for one in self.sheet.every() if not one.fixed} | {group.path for group in self.sheet.groups}
        return [one for one in self.problem.violations if one.field not in known]


def blank(sheet: Sheet) -> Entered:
    """The form before anybody typed."""
    texts = {one.path: one.shown(one.value) for one in sheet.every() if not one.fixed}
    return Entered(sheet, texts, {})


def entered(sheet: Sheet, form: MultiDict[str, str], files: Mapping[str, tuple[str, str]] | None = None) -> Entered:
    """The form as it was sent. `files`: by path, name and Base64 content of what was uploaded."""
    texts: dict[str, str | list[str]] = {}
    values: dict[str, Any] = {}
    uploaded = files or {}
    for one in sheet.every():
        if one.fixed:
            continue
        if one.kind == "file":
            if one.path in uploaded:
                name, content = uploaded[one.path]
                beside = one.path.rpartition(".")[0] + ".file_name"
                values[one.path], values[beside], texts[beside] = content, name, name
            continue
        if one.path in values:
            continue
        raw = [text[: LONGEST.get(one.kind, 2_000)] for text in form.getlist(one.path)]
        texts[one.path] = raw if one.kind == "several" else (raw[0] if raw else "")
        values[one.path] = one.read(raw)
    return Entered(sheet, texts, body_of(sheet, values))


def sampled(sheet: Sheet, before: Entered) -> Entered:
    """The same form with made-up data wherever nothing has been typed."""
    texts = dict(before.texts)
    for one in sheet.every():
        if not one.fixed and one.sample is not None and not texts.get(one.path):
            texts[one.path] = one.shown(one.sample)
    return replace(before, texts=texts, problem=None)


def body_of(sheet: Sheet, values: Mapping[str, Any]) -> dict[str, Any]:
    """The request's body. An item of a list is there where something was typed in it, or nothing could be."""
    given = {path for path, value in values.items() if value is not None}
    asked = {one.item for one in sheet.every() if not one.fixed}
    begun = {one.item for one in sheet.every() if not one.fixed and one.path in given}
    body: dict[str, Any] = {}
    for one in sheet.every():
        value = one.value if one.fixed else values.get(one.path)
        if value is None or (one.fixed and one.item in asked and one.item not in begun and one.item):
            continue
        _put(body, one.path.split("."), value)
    listed: dict[str, Any] = _listed(body)
    return listed


def _put(body: dict[str, Any], parts: list[str], value: Any) -> None:
    for part in parts[:-1]:
        body = body.setdefault(part, {})
    body[parts[-1]] = value


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_listed(value[key]) for key in sorted(value, key=int)]
    return {key: _listed(each) for key, each in value.items()}


def fixed(path: str, value: Any) -> Field:
    """A part of the request that nobody is asked for."""
    return Field(path, "", value=value, fixed=True)


def hidden_group(fields: Iterable[Field]) -> Group:
    """Fixed parts of the request; nothing of them is shown."""
    return Group("", tuple(fields))
