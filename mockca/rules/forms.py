"""Checking a filled-in form: its fields, and the lines of its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from mockca.errors import Violation
from mockca.rules.facts import CertificateFacts, UnitFacts
from mockca.rules.fields import MISSING as MISSING
from mockca.rules.fields import NAME_LIMIT as NAME_LIMIT
from mockca.rules.fields import Background, check_fields
from mockca.rules.fields import same_name as same_name
from mockca.rules.fields import serial_text as serial_text
from mockca.rules.fields import shown as shown
from mockca.rules.regulation import Regulation
from mockca.rules.terms import UNSOURCED, Form, Sourced

Line = Mapping[str, object]
"""One line of a list: values by column."""
MOST_TOLD = 200
"""How many mistakes in a list's lines are told before the rest is left unread."""


def check_form(
    regulation: Regulation,
    form: Form,
    fields: Mapping[str, object],
    *,
    today: date,
    unit: UnitFacts | None = None,
    path: str = "form.fields",
    about: Sequence[CertificateFacts] = (),
    rows: Sequence[Line] | None = (),
    count: int | None = None,
    longest: Sourced[int] | None = None,
) -> list[Violation]:
    """Every field and line that is missing, malformed, out of its bounds, or unknown to the form.

    `about` are the certificates that the form concerns, whose facts some fields must repeat. `rows` are the lines of
    its list, None where they are judged elsewhere; `count`, where given, stands for their number.
    `longest` is the longest term that may be asked for, where it is not that of a new certificate.
    """
    if count is None and rows is not None and (rows or form.rows):
        count = len(rows)
    background = Background(regulation, today, unit, about, count, longest)
    found = check_fields(form.fields, fields, background, path)
    found += _unknown(form, fields, form.fields, path)
    if rows is not None:
        found += check_rows(form, rows, replace(background, about=()), f"{path.rpartition('.')[0]}.rows".lstrip("."))
    return found


def check_rows(form: Form, rows: Sequence[Line], background: Background, path: str) -> list[Violation]:
    """Every line of a list that is not as its columns are; of a list without lines, that.

    A line goes by its number from 0: `form.rows.3.full_name`. Stops after so many mistakes.
    """
    if not form.rows:
        return [] if not rows else [_no_table(form, path)]
    if not rows:
        listed = form.kind == "list" or (form.subject is not None and form.subject.listed)
        return [_no_lines(form, path)] if listed else []
    found: list[Violation] = []
    for number, row in enumerate(rows):
        found += check_row(form, row, background, f"{path}.{number}")
        if len(found) >= MOST_TOLD:
            break
    return found[:MOST_TOLD]


def check_row(form: Form, row: Line, background: Background, path: str) -> list[Violation]:
    """Every cell of one line that is missing, wrong, or stands in no column of the form."""
    return check_fields(form.rows, row, background, path) + _unknown(form, row, form.rows, path)


def _unknown(form: Form, values: Line, known: Mapping[str, object], path: str) -> list[Violation]:
    return [
        Violation(
            field=f"{path}.{name}",
            value=shown(values[name]),
            clause=UNSOURCED,
            vi=f"Biểu mẫu {form.code} không có mục này.",
            en=f"Form {form.code} has no such field.",
            accepted=", ".join(known) or "-",
        )
        for name in sorted(set(values) - set(known))
    ]


def _no_table(form: Form, path: str) -> Violation:
    return Violation(
        field=path,
        value=MISSING,
        clause=UNSOURCED,
        vi=f"Biểu mẫu {form.code} không có bảng danh sách.",
        en=f"Form {form.code} has no list.",
        accepted="[]",
    )


def _no_lines(form: Form, path: str) -> Violation:
    return Violation(
        field=path,
        value=MISSING,
        clause=form.clause,
        vi=f"Danh sách {form.code} chưa có dòng nào.",
        en=f"The list {form.code} has no lines.",
        accepted=", ".join(form.rows),
    )
