"""A comment on a document, as the appearance of a signature: what somebody says of it, who, and when.

How the real agent prints comments is not known; place and form are this project's choice.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepInFrame, Paragraph

from token_emulator.documents.fonts import SERIF, register_fonts
from token_emulator.documents.pictures import Box
from token_emulator.documents.seeing import look
from token_emulator.documents.signing.drawing import labelled_time
from token_emulator.documents.signing.pdf import Stamp
from token_emulator.documents.signing.specimens import MARK

WIDTH, TALLEST = 75.0, 60.0
"""mm."""
LEFT, BOTTOM, SPACE = 12.0, 14.0, 1.0
"""mm, from the page's edges, and between two comments."""
SIZE: Final = 9


def comment_stamp(pdf: bytes, comment: str, signer: str, at: datetime) -> Stamp:
    """The comment at the lower left of the first page, above those that are there. Raises FontsMissing, Unsignable."""
    register_fonts()
    style = ParagraphStyle("comment", fontName=SERIF, fontSize=SIZE, leading=1.2 * SIZE)
    words = " ".join(comment.split())
    lines = [f"<b>Ý kiến:</b> {escape(words)}", f"{escape(signer)}, {labelled_time(at)} ({MARK})"]
    text = KeepInFrame((WIDTH - 2) * mm, (TALLEST - 2) * mm, [Paragraph(line, style) for line in lines])
    out = io.BytesIO()
    _, tall = text.wrapOn(Canvas(io.BytesIO()), (WIDTH - 2) * mm, (TALLEST - 2) * mm)
    height = tall + 2 * mm
    canvas = Canvas(out, pagesize=(WIDTH * mm, height), invariant=1)
    text.drawOn(canvas, 1 * mm, 1 * mm)
    canvas.save()
    return Stamp(0, _above(pdf, height), out.getvalue())


def _above(pdf: bytes, height: float) -> Box:
    """A free place for a comment of that height, in points."""
    low, right = BOTTOM * mm, (LEFT + WIDTH) * mm
    shown = [one.box for one in look(pdf).signatures.values() if one.shown and one.page == 0]
    for box in sorted(shown, key=lambda box: box[1]):
        if box[0] < right and box[1] < low + height and box[3] > low:
            low = box[3] + SPACE * mm
    return LEFT * mm, low, right, low + height
