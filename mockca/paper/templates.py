"""Empty lists to be filled in: the headings of a form's columns and one made-up line, as CSV or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime

from mockca.errors import NotFound
from mockca.rules.terms import FieldType, Form, FormField

MADE_UP: Mapping[FieldType, str] = {
    "text": "Mẫu",
    "date": "1990-09-02",
    "integer": "1",
    "count": "0",
    "years": "5",
    "affirmed": "x",
    "identity": "000090000001",
    "serial": "a1b2c3",
}
"""A value of each type; of no real person."""
NAMES = ("full_name", "manager_full_name", "subscriber_full_name")
PERSON = "Nguyễn Văn Mẫu"
DOMAIN = "co-quan.test"
WIDTH = 24
TEXT_FORMAT = "@"
DAY_FORMAT = "dd/mm/yyyy"


def example_row(form: Form, domain: str | None = None) -> dict[str, str]:
    """One made-up line, as text by column; e-mail addresses lie under `domain`."""
    return {name: _example(name, rule, domain or DOMAIN) for name, rule in form.rows.items()}


def template_csv(form: Form, domain: str | None = None) -> bytes:
    """The headings and one made-up line, in UTF-8 with the mark by which Excel knows it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    _require_list(form)
    writer.writerow(_heading(form, name, rule) for name, rule in form.rows.items())
    writer.writerow(example_row(form, domain).values())
    return out.getvalue().encode("utf-8-sig")


def template_xlsx(form: Form, made_at: datetime, domain: str | None = None) -> bytes:
    """The same as a workbook whose columns are formatted as text or dates, so that no nought is lost.

    `made_at` stands in the file's properties.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.worksheet import Worksheet

    _require_list(form)
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one sheet
    sheet.title = form.code
    book.properties.creator = "mockca (MÔ PHỎNG)"
    book.properties.created = book.properties.modified = made_at.replace(tzinfo=None)
    example = example_row(form, domain)
    for position, (name, rule) in enumerate(form.rows.items(), 1):
        heading = sheet.cell(1, position, _heading(form, name, rule))
        heading.font = Font(bold=True)
        heading.fill = PatternFill("solid", start_color="DDE6F0")
        heading.alignment = Alignment(wrap_text=True, vertical="top")
        value = sheet.cell(2, position, date.fromisoformat(example[name]) if rule.type == "date" else example[name])
        value.number_format = DAY_FORMAT if rule.type == "date" else TEXT_FORMAT
        sheet.column_dimensions[get_column_letter(position)].width = WIDTH
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _require_list(form: Form) -> None:
    if not form.rows:
        raise NotFound("list of form", form.code)


def _heading(form: Form, name: str, rule: FormField) -> str:
    """The Vietnamese heading, or the column's name where another is headed the same; a star for what must be there."""
    heading = rule.vi if sum(one.vi == rule.vi for one in form.rows.values()) == 1 else name
    return f"{heading} (*)" if rule.required else heading


def _example(name: str, rule: FormField, domain: str) -> str:
    if rule.choices:
        return rule.choices[0]
    if rule.type == "email":
        return f"mau@{domain}"
    return PERSON if name in NAMES else MADE_UP[rule.type]
