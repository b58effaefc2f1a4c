"""Reading a list back from a file, into lines by the form's columns; what is wrong is told by line and column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mockca.errors import Malformed, Violation
from mockca.paper.tables import (
    CSV,
    JSON,
    MOST_LINES,
    XLSX,
    Formula,
    Grid,
    Line,
    Records,
    Value,
    read_csv,
    read_json,
    read_xlsx,
    too_many,
)
from mockca.rules.fields import Background, shown
from mockca.rules.forms import MOST_TOLD, check_row, check_rows
from mockca.rules.terms import UNSOURCED, FieldType, Form, FormField

HEADINGS_WITHIN = 40
"""Lines at the top among which the headings are looked for: a title and a body's name may stand above them."""
NUMBERING = frozenset({"stt", "tt", "so thu tu", "no", "row no"})
"""Headings of a column that only numbers the lines, folded."""
LONGEST_TEXT = 400
YES = frozenset({"x", "co", "dung", "true", "yes", "v", "✓", "✔", "☑"})
NO = frozenset({"khong", "sai", "false", "no", "☐"})
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says."""

    rows: tuple[Row, ...]
    """The lines by column, as a request wants them."""
    violations: tuple[Violation, ...] = field(default=())
    """What is wrong: of a line that goes by its number from 0, as `rows.3.birth_date`."""


def read_list(form: Form, content: bytes, media_type: str, background: Background) -> Reading:
    """The lines of a form's list in a file, each held to the form's rules.

    Columns go by their names or by their Vietnamese or English headings, in any order. Malformed for a file that is
    none, is too large, or has no headings of this form.
    """
    if not form.rows:
        raise Malformed("form", f"{form.code} has no list")
    found = _lines(form, _read(form, content, media_type))
    rows: list[Row] = []
    wrong: list[Violation] = []
    for place, cells in found:
        if len(rows) >= MOST_LINES:
            raise too_many()
        told = len(wrong) >= MOST_TOLD
        row, mistakes = _row(form, f"rows.{len(rows)}", place, cells)
        if not told:
            unread = {mistake.field for mistake in mistakes}
            path = f"rows.{len(rows)}"
            judged = [one for one in check_row(form, row, background, path) if one.field not in unread]
            wrong += mistakes + [_placed(one, place, cells, path) for one in judged]
        rows.append(row)
    if not rows:
        wrong += check_rows(form, rows, background, "rows")
    return Reading(tuple(rows), tuple(wrong[:MOST_TOLD]))


@dataclass(frozen=True, slots=True)
class _Cells:
    """One line's values by column, and where each stands."""

    values: Mapping[str, Value]
    columns: Mapping[str, str]
    """Letter or name of the file's own column, by the form's."""
    unknown: Mapping[str, Value]
    """Values under headings that the form does not have, by heading."""


_Found = Iterator[tuple[int, _Cells]]


def _read(form: Form, content: bytes, media_type: str) -> Grid | Records:
    if media_type == JSON:
        return read_json(content)
    if media_type == XLSX:
        return read_xlsx(content)
    if media_type == CSV:
        grids = read_csv(content)
        return max(grids, key=lambda grid: _headings(form, grid)[1])
    raise Malformed("file", f"of type {media_type}; CSV, XLSX and JSON can be read")


def _lines(form: Form, table: Grid | Records) -> _Found:
    return _of_records(form, table) if isinstance(table, Records) else _of_grid(form, table)


def _of_records(form: Form, records: Records) -> _Found:
    known = _names(form)
    for number, item in records.lines:
        values: dict[str, Value] = {}
        columns = {}
        unknown = {}
        for name, value in item.items():
            column = name if name in form.rows else known.get(_fold(name))
            if column is not None and column not in values:
                values[column], columns[column] = value, name
            elif _fold(name) not in NUMBERING:
                unknown[name] = value
        yield number, _Cells(values, columns, unknown)


def _of_grid(form: Form, grid: Grid) -> _Found:
    at, recognised = _headings(form, grid)
    if not recognised:
        raise Malformed("list", f"no line with the headings of {form.code}: {', '.join(form.rows)}")
    known = _names(form)
    headings = grid.lines[at].cells
    columns: dict[int, str] = {}
    for position, heading in enumerate(headings):
        column = known.get(_fold(heading)) if isinstance(heading, str) else None
        if column is not None and column not in columns.values():
            columns[position] = column
    letters = {column: Grid.column(position) for position, column in columns.items()}
    for line in grid.lines[at + 1 :]:
        values = {column: _cell(line, position) for position, column in columns.items()}
        unknown = {
            str(_cell(grid.lines[at], position) or Grid.column(position)): value
            for position, value in enumerate(line.cells)
            if position not in columns and value is not None and not _numbers(headings, position)
        }
        if unknown or any(value is not None for value in values.values()):
            yield line.number, _Cells(values, letters, unknown)


def _cell(line: Line, position: int) -> Value:
    return line.cells[position] if position < len(line.cells) else None


def _numbers(headings: Sequence[Value], position: int) -> bool:
    heading = headings[position] if position < len(headings) else None
    return isinstance(heading, str) and _fold(heading) in NUMBERING


def _headings(form: Form, grid: Grid) -> tuple[int, int]:
    """Which line has most of the form's headings, and how many; none where that is 0."""
    known = _names(form)
    best = (0, 0)
    for position, line in enumerate(grid.lines[:HEADINGS_WITHIN]):
        count = len({known[_fold(cell)] for cell in line.cells if isinstance(cell, str) and _fold(cell) in known})
        if count > best[1]:
            best = (position, count)
    return best


def _names(form: Form) -> dict[str, str]:
    """The form's columns by what a file may call them, folded; what several columns are called is left out."""
    found: dict[str, str] = {}
    shared = set()
    for column, rule in form.rows.items():
        for name in {_fold(rule.vi), _fold(rule.en)}:
            if found.setdefault(name, column) != column:
                shared.add(name)
    names = {name: column for name, column in found.items() if name not in shared}
    return names | {_fold(column): column for column in form.rows}


def _fold(text: str) -> str:
    """A heading without case, diacritics and punctuation: however it is composed, and whatever stars it bears."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d")
    return " ".join(re.findall(r"[0-9a-z]+", "".join(one for one in plain if not unicodedata.combining(one))))


# --- cells ---------------------------------------------------------------------------------------------------------


def _row(form: Form, path: str, place: int, cells: _Cells) -> tuple[Row, list[Violation]]:
    row: Row = {}
    wrong = []
    for column, value in cells.values.items():
        rule = form.rows[column]
        where = f"{place}, {cells.columns[column]}"
        if isinstance(value, Formula):
            wrong.append(_mistake(rule, f"{path}.{column}", where, _printable(value), "là công thức.", "is a formula."))
            continue
        if value is None or value == "":
            continue
        made = _READERS.get(rule.type, _as_text)(rule, value)
        if isinstance(made, str):
            made = " ".join(unicodedata.normalize("NFC", made).split())
            if len(made) > LONGEST_TEXT or not _clean(made):
                wrong.append(
                    _mistake(rule, f"{path}.{column}", where, _printable(made), "không đọc được.", "cannot be read.")
                )
                continue
        row[column] = made
    wrong += [_unknown(form, path, place, name, value) for name, value in cells.unknown.items()]
    return row, wrong


def _clean(text: str) -> bool:
    return not any(unicodedata.category(one) in ("Cc", "Cs") for one in text)


def _printable(text: str) -> str:
    return "".join(one if _clean(one) else "\N{REPLACEMENT CHARACTER}" for one in text)


def _as_text(rule: FormField, value: Value) -> object:
    del rule
    if isinstance(value, bool):
        return value
    if isinstance(value, date):
        return f"{value.day:02d}/{value.month:02d}/{value.year}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _as_day(rule: FormField, value: Value) -> object:
    if isinstance(value, date):
        return value.isoformat()
    found = re.fullmatch(r"\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\s*", str(value))
    if found is not None:
        day, month, year = (int(part) for part in found.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return str(value)
    return _as_text(rule, value)


def _as_number(rule: FormField, value: Value) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int):
        return value
    text = str(value).strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else _as_text(rule, value)


def _as_tick(rule: FormField, value: Value) -> object:
    if isinstance(value, bool):
        return value
    text = str(value).strip()
    folded = _fold(text) or text
    return True if folded in YES else False if folded in NO else _as_text(rule, value)


def _as_choice(rule: FormField, value: Value) -> object:
    text = str(_as_text(rule, value))
    return next((choice for choice in rule.choices if _fold(choice) == _fold(text)), text)


_READERS: Mapping[FieldType, Callable[[FormField, Value], object]] = {
    "date": _as_day,
    "integer": _as_number,
    "count": _as_number,
    "years": _as_number,
    "affirmed": _as_tick,
    "choice": _as_choice,
}


def _mistake(rule: FormField, path: str, where: str, value: str, vi: str, en: str) -> Violation:
    return Violation(
        field=path,
        value=shown(value),
        clause=rule.clause,
        vi=f"Dòng {where}: {rule.vi} {vi}",
        en=f"Line {where}: {rule.en} {en}",
        accepted="một giá trị / a plain value",
    )


def _unknown(form: Form, path: str, place: int, name: str, value: Value) -> Violation:
    heading = _printable(shown(name))
    return Violation(
        field=f"{path}.{heading}",
        value=_printable(shown(value if isinstance(value, date) else str(value))),
        clause=UNSOURCED,
        vi=f"Dòng {place}: biểu mẫu {form.code} không có cột “{heading}”.",
        en=f"Line {place}: form {form.code} has no column “{heading}”.",
        accepted=", ".join(form.rows),
    )


def _placed(violation: Violation, place: int, cells: _Cells, path: str) -> Violation:
    """The same mistake, with the line and the column of the file that it stands in."""
    column = violation.field.removeprefix(f"{path}.")
    where = f"{place}, {cells.columns[column]}" if column in cells.columns else f"{place}"
    return replace(violation, vi=f"Dòng {where}: {violation.vi}", en=f"Line {where}: {violation.en}")
