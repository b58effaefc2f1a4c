"""Periodic reports on paper and as CSV: their figures line by line, whom they are for, and of whom they lack one."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mockca.paper.sheets import Letterhead
from mockca.rules.terms import ReportLine

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would reckon with."""
HEADINGS = ("STT", "Dòng", "Mã chỉ tiêu", "Chỉ tiêu", "Cơ quan", "Số lượng")


@dataclass(frozen=True, slots=True)
class BodyFigures:
    """The figures of one body, by their names."""

    body: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """A report to be printed."""

    head: Letterhead
    title: str
    period: str
    english: str
    code: str
    """Of its form; empty where it has none."""
    to: tuple[str, ...]
    counted: str
    """From when to when things were counted, in words; empty for a plan."""
    lines: Sequence[ReportLine]
    total: BodyFigures
    """Who reports, and the figures."""
    parts: Sequence[BodyFigures] = ()
    """Of each body whose report was added up."""
    missing: Sequence[str] = ()
    """Bodies whose report was not there."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What each figure is called, in order."""
    remarks: str = ""
    about: str = ""
    """The application that it is about."""
    signer: str = "Thủ trưởng đơn vị"
    signed_by: str = ""
    clause: str = ""


def shown(line: ReportLine, counts: Mapping[str, int]) -> str:
    """The figures of a line side by side: `12`, or `3/9`."""
    return "/".join(str(counts.get(name, 0)) for name in line.counters)


def as_csv(sheet: ReportSheet) -> bytes:
    """The figures, a line each, then those of the bodies that were added up; UTF-8 with the mark that Excel knows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    first = "Tổng cộng" if sheet.parts or sheet.missing else "Báo cáo"
    every = [(first, sheet.total), *(("Trong đó", part) for part in sheet.parts)]
    rows = [
        (line, name, vi, each.body, each.counts.get(name, 0))
        for line, each in every
        for name, vi in sheet.labels.items()
    ]
    for number, row in enumerate(rows, 1):
        writer.writerow([number, *(_cell(value) for value in row)])
    for body in sheet.missing:
        writer.writerow(["", "Chưa có báo cáo", "", "", _cell(body), ""])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
