"""What a reorganisation came to, on paper and as CSV: totals by body, kind and action, then what could not be done."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mockca.paper.sheets import Letterhead

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would reckon with."""
HEADINGS = (
    "Mã đơn vị",
    "Tên đơn vị",
    "Loại thuê bao",
    "Xử lý",
    "Trạng thái",
    "Số lượng",
    "Số hiệu chứng thư số",
    "Tên trong chứng thư số",
    "Điều khoản",
    "Lý do",
)
TOTALS = ("Đơn vị", "Loại thuê bao", "Xử lý", "Trạng thái", "Số lượng")
EXCEPTIONS = ("Chứng thư số", "Tên", "Xử lý", "Điều khoản", "Lý do")
MOST_PRINTED = 200
"""Exceptions that go on paper; the CSV has all of them."""


@dataclass(frozen=True, slots=True)
class Total:
    """How many certificates of one body and kind came to the same."""

    unit: str
    name: str
    kind: str
    action: str
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A certificate that nothing could be done with, or not what comes first by the regulation."""

    unit: str
    name: str
    kind: str
    action: str
    state: str
    serial: str
    common_name: str
    clause: str
    why: str


@dataclass(frozen=True, slots=True)
class OutcomeSheet:
    """A reorganisation's report."""

    head: Letterhead
    title: str
    english: str
    told: Sequence[str]
    """What was decided and how far it is, in sentences."""
    totals: Sequence[Total]
    exceptions: Iterable[Exceptional]
    clause: str


def as_csv(sheet: OutcomeSheet) -> bytes:
    """The totals, a line each, then the exceptions; UTF-8 with the mark that Excel knows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for one in sheet.totals:
        row = (one.unit, one.name, one.kind, one.action, one.state, one.count, "", "", "", "")
        writer.writerow(_cell(value) for value in row)
    for each in sheet.exceptions:
        where = (each.unit, each.name, each.kind, each.action, each.state)
        writer.writerow(_cell(value) for value in (*where, 1, each.serial, each.common_name, each.clause, each.why))
    return out.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
