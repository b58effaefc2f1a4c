"""What is signed in the corpus: a letter of two pages, its annex on the second, as PDF, XML and plain text."""

from __future__ import annotations

import unicodedata
from functools import cache
from io import BytesIO
from pathlib import Path

FOLDERS = ("truetype/liberation2", "truetype/liberation", "liberation")
SERIF = "LiberationSerif"
LETTER = (
    "ỦY BAN NHÂN DÂN TỈNH AN GIANG (MÔ PHỎNG)",
    "Số: 12/SKHCN-CNTT",
    "An Giang, ngày 10 tháng 3 năm 2026",
    "Về việc kiểm tra chữ ký số trên văn bản điện tử",
    "Văn bản này chỉ để thử phần mềm kiểm tra chữ ký số.",
    "Kinh phí: 100.000.000 đồng.",
    "GIÁM ĐỐC",
    "",
    "",
    "Nguyễn Văn An",
)
ANNEX = ("PHỤ LỤC (MÔ PHỎNG)", "Danh sách đơn vị thực hiện: Văn phòng Sở; Trung tâm Công nghệ thông tin.")
SPACE = "urn:mockca:corpus:document"


@cache
def pdf() -> bytes:
    """The letter as PDF 1.7, uncompressed, the same every time."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    font = _font()
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=0, invariant=1, pdfVersion=(1, 7))
    canvas.setTitle("MÔ PHỎNG")
    for lines in (LETTER, ANNEX):
        canvas.setFont(font, 13)
        for number, line in enumerate(lines):
            canvas.drawString(70, 770 - 24 * number, line if font == SERIF else _plain(line))
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def xml() -> bytes:
    """The letter as XML."""
    lines = "".join(f"<Dong>{line}</Dong>" for line in LETTER)
    annex = "".join(f"<Dong>{line}</Dong>" for line in ANNEX)
    body = f'<NoiDung Id="noi-dung">{lines}</NoiDung><PhuLuc Id="phu-luc">{annex}</PhuLuc>'
    return f'<VanBan xmlns="{SPACE}">{body}</VanBan>'.encode()


def text() -> bytes:
    """The letter as text."""
    return "\n".join((*LETTER, "", *ANNEX, "")).encode()


def _font() -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for folder in FOLDERS:
        path = Path("/usr/share/fonts") / folder / f"{SERIF}-Regular.ttf"
        if path.is_file():
            pdfmetrics.registerFont(TTFont(SERIF, str(path)))
            return SERIF
    return "Times-Roman"


def _plain(line: str) -> str:
    """The line for a font without Vietnamese letters."""
    return unicodedata.normalize("NFD", line.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
