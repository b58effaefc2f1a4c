"""Drafts to try signing with: official letters, laid out like administrative documents, of bodies that do not exist.

Agency at the top left, motto at the top right, number and date, body, receivers, signer's title and name with room
between them. The places of number and date are left open, or printed. Each page bears the mark MÔ PHỎNG.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import Final

from reportlab.lib.colors import Color, black, grey
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from token_emulator.documents.fonts import BOLD, BOLD_ITALIC, ITALIC, SERIF, register_fonts

MARK: Final = "MÔ PHỎNG"
LEFT, RIGHT, TOP = 30 * mm, 18 * mm, 20 * mm
AGENCY_X, MOTTO_X = 62 * mm, 143 * mm
"""Middles of the two columns at the head."""
BLOCK_X: Final = 148 * mm
"""Middle of the signer's block."""
ROOM: Final = 44
"""mm between title and name: as much as the largest frame that a regulation asks for."""


TEXT: Final = (
    (
        "Để thống nhất việc ký số trên văn bản điện tử, Sở Nội vụ đề nghị các phòng, đơn vị thực hiện ký số của "
        "người có thẩm quyền và của cơ quan trên mọi văn bản trước khi phát hành."
    ),
    "Trong quá trình thực hiện, nếu có vướng mắc, đề nghị phản ánh về Văn phòng Sở để được hướng dẫn.",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a draft says."""

    superior: str = "Ủy ban nhân dân tỉnh Ví Dụ"
    body: str = "Sở Nội vụ"
    symbol: str = "SNV-VP"
    number: str | None = None
    """Printed; without it there is room for it."""
    place: str = "Ví Dụ"
    issued: date | None = None
    """Printed; without it there is room for it."""
    year: int = 2026
    about: str = "V/v sử dụng chữ ký số trong văn bản điện tử"
    to: str = "Các phòng, đơn vị thuộc Sở"
    text: tuple[str, ...] = TEXT
    title: tuple[str, ...] = ("GIÁM ĐỐC",)
    """Lines above the signature, such as KT. GIÁM ĐỐC and PHÓ GIÁM ĐỐC."""
    signer: str = "Trần Thị Bích Ngọc"
    secret: str | None = None
    """A mark such as MẬT."""
    annexes: int = 0
    """Pages with annexes after the letter."""
    room: float = ROOM
    """mm between title and name."""
    version: str = "1.7"
    """Of the PDF."""


def render_draft(draft: Draft | None = None) -> bytes:
    """The draft as a PDF; the same draft gives the same bytes. Raises FontsMissing."""
    draft = draft or Draft()
    register_fonts()
    out = io.BytesIO()
    version = tuple(int(part) for part in draft.version.split("."))
    canvas = Canvas(out, pagesize=A4, invariant=1, pdfVersion=version, lang="vi-VN")
    canvas.setTitle(f"{draft.about} ({MARK})")
    canvas.setAuthor(f"{draft.body} ({MARK})")
    _letter(canvas, draft)
    for number in range(draft.annexes):
        _annex(canvas, number + 1)
    canvas.save()
    return out.getvalue()


def _letter(canvas: Canvas, draft: Draft) -> None:
    _watermark(canvas)
    y = A4[1] - TOP
    _centred(canvas, AGENCY_X, y, draft.superior.upper(), SERIF, 12)
    _centred(canvas, MOTTO_X, y, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", BOLD, 12)
    _centred(canvas, AGENCY_X, y - 16, draft.body.upper(), BOLD, 12, rule=0.4)
    _centred(canvas, MOTTO_X, y - 16, "Độc lập - Tự do - Hạnh phúc", BOLD, 13, rule=1)
    room = draft.number or " " * 12
    _centred(canvas, AGENCY_X, y - 40, f"Số: {room}/{draft.symbol}", SERIF, 13)
    day = (
        f"ngày {draft.issued.day:02d} tháng {draft.issued.month:02d} năm {draft.issued.year}"
        if draft.issued
        else f"ngày {' ' * 6} tháng {' ' * 6} năm {draft.year}"
    )
    _centred(canvas, MOTTO_X, y - 40, f"{draft.place}, {day}", ITALIC, 13)
    _centred(canvas, AGENCY_X, y - 58, draft.about, SERIF, 11)
    if draft.secret:
        canvas.setStrokeColorRGB(0.8, 0, 0)
        canvas.setFillColorRGB(0.8, 0, 0)
        width = stringWidth(draft.secret, BOLD, 13) + 16
        canvas.rect(AGENCY_X - width / 2, y - 88, width, 20, stroke=1, fill=0)
        canvas.setFont(BOLD, 13)
        canvas.drawCentredString(AGENCY_X, y - 83, draft.secret)
        canvas.setFillColor(black)
        canvas.setStrokeColor(black)
    y -= 112
    _centred(canvas, A4[0] / 2 + 5 * mm, y, f"Kính gửi: {draft.to}", SERIF, 14)
    body = ParagraphStyle("body", fontName=SERIF, fontSize=14, leading=20, alignment=TA_JUSTIFY, firstLineIndent=28)
    y -= 18
    for text in draft.text:
        paragraph = Paragraph(text, body)
        _, height = paragraph.wrap(A4[0] - LEFT - RIGHT, A4[1])
        y -= height + 6
        paragraph.drawOn(canvas, LEFT, y)
    _foot(canvas, draft, y - 34)
    canvas.showPage()


def _foot(canvas: Canvas, draft: Draft, y: float) -> None:
    canvas.setFont(BOLD_ITALIC, 12)
    canvas.drawString(LEFT, y, "Nơi nhận:")
    canvas.setFont(SERIF, 11)
    for place, text in enumerate(("- Như trên;", f"- Lưu: VT, {draft.symbol.split('-')[-1]}.")):
        canvas.drawString(LEFT, y - 15 - 13 * place, text)
    for place, text in enumerate(draft.title):
        _centred(canvas, BLOCK_X, y - 17 * place, text, BOLD, 14)
    y -= 17 * (len(draft.title) - 1) + draft.room * mm
    _centred(canvas, BLOCK_X, y - 14, draft.signer, BOLD, 14)


def _annex(canvas: Canvas, number: int) -> None:
    _watermark(canvas)
    style = ParagraphStyle("annex", fontName=SERIF, fontSize=14, leading=20, alignment=TA_CENTER)
    paragraph = Paragraph(f"<b>PHỤ LỤC {number}</b><br/>Danh sách kèm theo (ví dụ)", style)
    paragraph.wrap(A4[0] - LEFT - RIGHT, A4[1])
    paragraph.drawOn(canvas, LEFT, A4[1] - TOP - 60)
    canvas.showPage()


def _centred(canvas: Canvas, x: float, y: float, text: str, font: str, size: float, rule: float = 0) -> None:
    canvas.setFont(font, size)
    canvas.drawCentredString(x, y, text)
    if rule:
        half = stringWidth(text, font, size) * rule / 2
        canvas.setLineWidth(0.6)
        canvas.line(x - half, y - 4, x + half, y - 4)


def _watermark(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setFillColor(Color(0.75, 0.1, 0.1, alpha=0.07))
    canvas.setFont(BOLD, 80)
    canvas.translate(A4[0] / 2, A4[1] / 2 - 40)
    canvas.rotate(38)
    canvas.drawCentredString(0, -30, MARK)
    canvas.restoreState()
    canvas.setFont(ITALIC, 8)
    canvas.setFillColor(grey)
    canvas.drawCentredString(
        A4[0] / 2, 8 * mm, "Văn bản mô phỏng, không có giá trị pháp lý · A mock document, without legal value"
    )
    canvas.setFillColor(black)
