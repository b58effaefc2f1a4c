"""Forms, filled in; lists, read back."""

from __future__ import annotations

from typing import Any

from mockca.desk.views.base import View
from mockca.desk.views.problems import ViolationView


class FormFieldView(View):
    name: str
    vi: str
    en: str
    type: str
    """text, email, date, integer, count, years, affirmed, identity, serial or choice."""
    required: bool
    clause: str
    unsourced: bool
    choices: tuple[str, ...] = ()
    matches: str | None = None
    """Fact of the certificate concerned that the field must repeat."""
    value: bool | int | str | None = None
    """What the registry knows; null where it is for the writer to say."""


class FilledFormView(View):
    regulation: str
    code: str
    vi: str
    en: str
    kind: str
    """request, list, minutes, report or decision."""
    clause: str
    unsourced: bool
    fields: tuple[FormFieldView, ...]
    columns: tuple[FormFieldView, ...]
    """Columns of the form's list, with what its line would say."""


class ReadingView(View):
    regulation: str
    form: str
    rows: tuple[dict[str, Any], ...]
    """The lines by column, ready to be sent as a roster's or a form's `rows`."""
    violations: tuple[ViolationView, ...]
    """What is wrong with them, by the file's line and column; empty where they can be sent."""
