"""Certificates of attendance at a class, as PDF. They are no document of any authority, and say so on each page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph, Spacer

from mockca.paper.fonts import BOLD
from mockca.paper.grids import grid
from mockca.paper.pdf import FOOT, MARK, mark_page, signature_blocks
from mockca.paper.sheets import vietnamese_day
from mockca.paper.styles import BOTTOM, SIDE, TOP, page_size, styles

TITLE: Final = f"Giấy chứng nhận tham dự ({MARK})"
COLUMNS: Final = ("Bài học", "Số bước của bài", "Tự làm", "Được làm mẫu", "Bỏ qua")


@dataclass(frozen=True, slots=True)
class Lesson:
    """How far somebody got in a lesson."""

    title: str
    steps: int
    done: int
    shown: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Attendance:
    """Somebody's part in a class."""

    name: str
    title: str
    """Of the class."""
    code: str
    day: date
    """When they joined."""
    lessons: Sequence[Lesson]


def render_attendance(attendances: Sequence[Attendance]) -> bytes:
    """A page for each, in one PDF file. SetUpError where the fonts are missing."""
    look = styles()
    name = ParagraphStyle("name", look["centre"], fontName=BOLD, fontSize=26, leading=34)
    story: list[Flowable] = []
    for number, one in enumerate(attendances):
        story += [PageBreak()] if number else []
        story += [
            Spacer(1, 36),
            Paragraph(escape(TITLE.upper()), look["title"]),
            Paragraph("Certificate of attendance at a class with a mock certification authority", look["english"]),
            Spacer(1, 22),
            Paragraph("Ghi nhận", look["centre"]),
            Paragraph(escape(one.name), name),
            Spacer(1, 8),
            Paragraph(
                f"đã tham dự lớp <b>{escape(one.title)}</b> (mã lớp {escape(one.code)}) "
                f"ngày {vietnamese_day(one.day)}, "
                "thực hành trên hệ thống mô phỏng cơ quan chứng thực số chuyên dùng:",
                look["centre"],
            ),
            Spacer(1, 14),
            grid(
                COLUMNS, [(each.title, each.steps, each.done, each.shown, each.skipped) for each in one.lessons], True
            ),
            Spacer(1, 26),
            signature_blocks([("Giảng viên", "Trainer", "")]),
        ]
    out = io.BytesIO()
    size = page_size(turned=True)
    document = BaseDocTemplate(out, title=TITLE, author=f"mockca ({MARK})", lang="vi-VN", invariant=1, pagesize=size)

    def furnish(canvas: Canvas, page: Any) -> None:
        del page
        mark_page(canvas, size, FOOT)

    frame = Frame(SIDE, BOTTOM, size[0] - 2 * SIDE, size[1] - TOP - BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("page", frames=[frame], onPage=furnish, pagesize=size))
    document.build(story)
    return out.getvalue()
