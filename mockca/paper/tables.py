"""Tables out of files that people send: CSV, Excel (XLSX) and JSON, as lines of cells, within limits.

Nothing is evaluated: a formula stays a formula, for the reader of the cells to refuse.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic_core import from_json

from mockca.errors import Malformed

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
MEDIA_TYPES: Mapping[str, str] = {"csv": CSV, "xlsx": XLSX, "json": JSON}
"""Media type by the ending of a file's name."""

MOST_LINES = 10_000
"""Lines of one list."""
MOST_GRID_LINES = 20_000
"""Lines of a file, blank ones and headings counted."""
MOST_COLUMNS = 80
"""Columns of a file."""
MOST_UNPACKED = 32 * 1024 * 1024
"""Octets that a workbook may hold when unpacked."""
MOST_PARTS = 200
"""Files within a workbook."""
MOST_TAGS = 1_000_000
"""Angle brackets within a workbook: what it costs to read it."""
MOST_CELLS = 2_000
"""Cells in one line of a workbook."""
FORMULA_OR_ERROR = ("f", "e")
"""Types of cells, as openpyxl and the workbook call them."""
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_TWO_OCTETS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
"""How XML in UTF-16 begins, in which nothing would be found."""
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
SEPARATORS = (";", ",", "\t")


class Formula(str):
    """A cell that holds a formula, or what became of one (`#N/A`); never evaluated."""

    __slots__ = ()


Value = str | int | float | bool | date | None
"""What a cell may hold: an empty one is None, a date with a time of day is the date."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file."""

    number: int
    """Its number in the file, from 1."""
    cells: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose first lines may be anything: headings are looked for by whoever knows the columns."""

    lines: tuple[Line, ...]

    @staticmethod
    def column(position: int) -> str:
        """What a column is called: A, B, … AA."""
        from openpyxl.utils import get_column_letter

        return get_column_letter(position + 1)


@dataclass(frozen=True, slots=True)
class Records:
    """Lines that name their columns themselves."""

    lines: tuple[tuple[int, Mapping[str, Value]], ...]
    """Number, from 1, and the values by whatever the file calls them."""


def read_json(content: bytes) -> Records:
    """The objects of a JSON array, or of the member `rows` of an object. Malformed for anything else."""
    try:
        data: Any = from_json(content, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed("JSON", str(error)) from error
    if isinstance(data, dict):
        data = data.get("rows")
    if not isinstance(data, list):
        raise Malformed("JSON", "neither an array of lines nor an object with `rows`")
    if len(data) > MOST_LINES:
        raise too_many()
    lines = []
    for number, item in enumerate(data, 1):
        if not isinstance(item, dict):
            raise Malformed("JSON", f"line {number} is no object")
        if len(item) > MOST_COLUMNS:
            raise Malformed("JSON", f"line {number} has more than {MOST_COLUMNS} members")
        for name, value in item.items():
            if isinstance(value, list | dict):
                raise Malformed("JSON", f"line {number}: a member holds a list or an object")
            _text(name)
        lines.append((number, item))
    return Records(tuple(lines))


def read_csv(content: bytes) -> list[Grid]:
    """The ways to read a CSV file, by the separators that it may have; the reader of the headings chooses.

    UTF-8, with a byte order mark or without, or UTF-16 with one (Excel's “Unicode text”). Malformed otherwise.
    """
    text = _decoded(content)
    first, _, rest = text.partition("\n")
    named = re.fullmatch(r'"?sep=(.)"?\r?', first.strip())
    if named is not None:
        return [_csv(rest, named[1], 2)]
    return [_csv(text, separator, 1) for separator in SEPARATORS]


def read_xlsx(content: bytes) -> Grid:
    """The first sheet of a workbook that has anything on it. Malformed for what is no workbook, or is too large."""
    # It brings numpy along, where that is installed: half a second that a server needs for the first workbook only.
    from openpyxl import load_workbook

    _check_archive(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            try:
                for sheet in book.worksheets:
                    lines = tuple(_sheet_lines(sheet.iter_rows(max_col=MOST_COLUMNS + 1)))
                    if lines:
                        return Grid(lines)
            finally:
                book.close()
    except Malformed:
        raise
    # openpyxl raises whatever its parts raise at what is not as it should be: KeyError, ValueError, ParseError, …
    except Exception as error:
        raise Malformed("XLSX", f"cannot be read ({type(error).__name__})") from error
    return Grid(())


def too_many() -> Malformed:
    return Malformed("list", f"more than {MOST_LINES} lines")


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Malformed("CSV", "not in UTF-8; save it as “CSV UTF-8”") from error


def _csv(text: str, separator: str, first: int) -> Grid:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    lines = []
    number = first
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(Line(number, tuple(_csv_cell(cell) for cell in _within(cells, number))))
            number = first + reader.line_num
            if number > MOST_GRID_LINES:
                raise too_many()
    except csv.Error as error:
        raise Malformed("CSV", f"line {number}: {error}") from error
    return Grid(tuple(lines))


def _csv_cell(text: str) -> Value:
    text = text.strip()
    # Excel's own way of keeping the noughts at the beginning of a number: ="0790…", or '0790…
    kept = re.fullmatch(r'="([^"]*)"', text)
    if kept is not None:
        return kept[1].strip() or None
    if text.startswith("="):
        return Formula(text)
    return text.removeprefix("'") or None


def _sheet_lines(rows: Iterable[Any]) -> Iterator[Line]:
    for number, row in enumerate(rows, 1):
        if number > MOST_GRID_LINES:
            raise too_many()
        cells = [_xlsx_cell(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield Line(number, tuple(_within(cells, number)))


def _xlsx_cell(cell: Any) -> Value:
    value = cell.value
    if value is None:
        return None
    if cell.data_type in FORMULA_OR_ERROR:
        return Formula(str(value))
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool | int | float | date):
        return value
    return str(value).strip() or None


def _within(cells: Sequence[Any], number: int) -> Sequence[Any]:
    if len(cells) > MOST_COLUMNS:
        raise Malformed("list", f"line {number} has more than {MOST_COLUMNS} columns")
    return cells


def _text(name: str) -> None:
    try:
        unicodedata.normalize("NFC", name).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Malformed("JSON", "not valid Unicode text") from error


def _check_archive(content: bytes) -> None:
    """Refuse what is no workbook, and what would swell: zipfile reads no more than an entry says it holds."""
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise Malformed("XLSX", "an old or protected workbook; save it as .xlsx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Malformed("XLSX", f"over {MOST_UNPACKED >> 20} MiB unpacked, or over {MOST_PARTS} parts")
            _check_cost(archive.read(part) for part in parts)
    except Malformed:
        raise
    # So does zipfile: BadZipFile, zlib.error, RuntimeError for a password, NotImplementedError, …
    except Exception as error:
        raise Malformed("XLSX", "not a workbook, or a protected one") from error


def _check_cost(parts: Iterable[bytes]) -> None:
    """Refuse a workbook that is small and takes long to read, or whose XML declares entities or hides its letters."""
    tags = 0
    for part in parts:
        if part[:2] in _TWO_OCTETS or b"<!DOCTYPE" in part:
            raise Malformed("XLSX", "its XML is not plain UTF-8")
        tags += part.count(b"<")
        crowded = any(len(_CELL.findall(row)) > MOST_CELLS for row in _ROW.split(part))
        if tags > MOST_TAGS or crowded:
            raise Malformed("XLSX", "too many cells")
