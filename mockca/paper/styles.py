"""How paragraphs look on paper, and how wide a page is."""

from __future__ import annotations

from functools import cache

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from mockca.paper.fonts import BOLD, ITALIC, SERIF, register_fonts

SIDE, TOP, BOTTOM = 20 * mm, 16 * mm, 18 * mm
"""Margins, in points."""


def page_size(turned: bool) -> tuple[float, float]:
    """Width and height of a page in points."""
    return landscape(A4) if turned else A4


def text_width(turned: bool) -> float:
    """Width between the margins in points."""
    return page_size(turned)[0] - 2 * SIDE


@cache
def styles() -> dict[str, ParagraphStyle]:
    """The paragraph styles by name. SetUpError where the fonts are missing."""
    register_fonts()
    body = ParagraphStyle("body", fontName=SERIF, fontSize=12, leading=16.5, alignment=TA_JUSTIFY)
    centre = ParagraphStyle("centre", body, alignment=TA_CENTER)
    return {
        "body": body,
        "centre": centre,
        "bold": ParagraphStyle("bold", centre, fontName=BOLD),
        "small": ParagraphStyle("small", centre, fontSize=11, leading=14),
        "italic": ParagraphStyle("italic", centre, fontName=ITALIC),
        "title": ParagraphStyle("title", centre, fontName=BOLD, fontSize=14, leading=19, spaceBefore=10, spaceAfter=2),
        "number": ParagraphStyle("number", body, fontName=ITALIC, fontSize=9.5, leading=12, alignment=TA_RIGHT),
        "english": ParagraphStyle("english", centre, fontName=ITALIC, fontSize=9.5, leading=12, textColor=colors.grey),
        "section": ParagraphStyle("section", body, fontName=BOLD, spaceBefore=7, spaceAfter=2),
        "cell": ParagraphStyle("cell", body, fontSize=10, leading=12.5, alignment=0),
        "head": ParagraphStyle("head", centre, fontName=BOLD, fontSize=10, leading=12.5),
    }
