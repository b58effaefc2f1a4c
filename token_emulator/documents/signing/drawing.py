"""What a signature looks like, drawn from the rules: a frame with images and words, images alone, or words alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from xml.sax.saxutils import escape

from PIL import Image
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepInFrame, Paragraph

from token_emulator.documents.fonts import SERIF, register_fonts
from token_emulator.documents.rules import DocumentRules, Mark, Presence
from token_emulator.documents.rules.model import Item
from token_emulator.documents.signing.pdf import VIETNAM
from token_emulator.documents.signing.specimens import MARK, specimen_seal, specimen_signature

FRAME: Final = (72.5, 37.5)
"""mm, where a regulation gives no measures."""
WORDS: Final = 8.2
"""Points, of words in a frame; smaller when they do not fit."""
IMAGES: Final = 0.42
"""Share of a frame's width for its images."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is shown that the certificate does not say."""

    signer: str
    """Full name of the person who signs, or for whom the clerk seals."""
    organisation: str
    """Name of the body, in the case in which it is to be read."""
    email: str | None = None
    number: str | None = None
    """Number and symbol."""
    issued: date | None = None
    copy_form: str = "sao-y"
    """Among the regulation's kinds of copies."""
    signature_image: bytes | None = None
    """PNG; without it a specimen is drawn."""
    seal_image: bytes | None = None
    seal_diameter: float | None = None
    """mm; without it the regulation's."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """An appearance and its size."""

    pdf: bytes
    width: float
    """mm."""
    height: float


def draw(rules: DocumentRules, mark: Mark, facts: Facts, at: datetime, room: float | None = None) -> Drawing:
    """The appearance of one signature; `room` is the height that there is for it, in mm. Raises FontsMissing."""
    register_fonts()
    images = _images(rules, mark, facts)
    items = mark.items.value if mark.items else ()
    if not items:
        return _images_alone(images)
    if not images:
        return _words_alone(_plain(rules, items, facts, at), mark.type.value.size if mark.type else 10)
    width = (mark.width.value.low + mark.width.value.high) / 2 if mark.width else FRAME[0]
    height = (mark.height.value.low + mark.height.value.high) / 2 if mark.height else min(FRAME[1], room or FRAME[1])
    return _frame(images, _labelled(rules, items, facts, at), width, height)


def iso_time(at: datetime) -> str:
    """Date, time and offset (ISO 8601), in Vietnam's zone."""
    return at.astimezone(VIETNAM).replace(microsecond=0).isoformat()


def labelled_time(at: datetime) -> str:
    """As the real agent writes it (facts: sign-service §5)."""
    return at.astimezone(VIETNAM).strftime("%d.%m.%Y %H:%M:%S +07:00")


@dataclass(frozen=True, slots=True)
class _Images:
    signature: bytes | None
    seal: bytes | None
    diameter: float

    def __bool__(self) -> bool:
        return bool(self.signature or self.seal)


def _images(rules: DocumentRules, mark: Mark, facts: Facts) -> _Images:
    diameter = facts.seal_diameter or rules.seal_diameter.value
    signed = mark.signature is not None and mark.signature.value is Presence.REQUIRED
    sealed = mark.seal is not None and mark.seal.value is Presence.REQUIRED
    return _Images(
        (facts.signature_image or specimen_signature(facts.signer)) if signed else None,
        (facts.seal_image or specimen_seal(facts.organisation, diameter)) if sealed else None,
        diameter,
    )


def _canvas(width: float, height: float) -> tuple[Canvas, io.BytesIO]:
    out = io.BytesIO()
    return Canvas(out, pagesize=(width * mm, height * mm), invariant=1), out


def _size(png: bytes, width: float) -> tuple[float, float]:
    """mm, for a picture shown that wide."""
    with Image.open(io.BytesIO(png)) as picture:
        return width, width * picture.height / picture.width


def _put(canvas: Canvas, png: bytes, x: float, y: float, size: tuple[float, float]) -> None:
    canvas.drawImage(ImageReader(io.BytesIO(png)), x * mm, y * mm, size[0] * mm, size[1] * mm, mask="auto")


def _images_alone(images: _Images) -> Drawing:
    sizes = [(images.signature, 44.0), (images.seal, images.diameter)]
    shown = [(png, _size(png, width)) for png, width in sizes if png is not None]
    width = max((size[0] for _, size in shown), default=1.0)
    height = max((size[1] for _, size in shown), default=1.0)
    canvas, out = _canvas(width, height)
    for png, size in shown:
        _put(canvas, png, (width - size[0]) / 2, (height - size[1]) / 2, size)
    canvas.save()
    return Drawing(out.getvalue(), width, height)


def _frame(images: _Images, lines: Sequence[str], width: float, height: float) -> Drawing:
    canvas, out = _canvas(width, height)
    part = IMAGES * width
    if images.seal is not None:
        diameter = min(images.diameter, 0.86 * height, 0.7 * part)
        _put(canvas, images.seal, 1, (height - diameter) / 2, _size(images.seal, diameter))
    if images.signature is not None:
        breadth = min(0.74 * part if images.seal else 0.95 * part, 1.6 * height)
        size = _size(images.signature, breadth)
        _put(canvas, images.signature, part - breadth, (height - size[1]) / 2, size)
    style = ParagraphStyle("words", fontName=SERIF, fontSize=WORDS, leading=1.18 * WORDS, spaceAfter=1.2)
    words = KeepInFrame((width - part - 2) * mm, (height - 2) * mm, [Paragraph(line, style) for line in lines])
    _, tall = words.wrapOn(canvas, (width - part - 2) * mm, (height - 2) * mm)
    words.drawOn(canvas, (part + 1) * mm, (height * mm - tall) / 2)
    canvas.save()
    return Drawing(out.getvalue(), width, height)


def _words_alone(lines: Sequence[str], size: float) -> Drawing:
    width = max(stringWidth(line, SERIF, size) for line in lines) / mm + 1
    height = (len(lines) * 1.2 * size + 2) / mm
    canvas, out = _canvas(width, height)
    canvas.setFont(SERIF, size)
    for place, line in enumerate(lines):
        canvas.drawRightString((width - 0.5) * mm, height * mm - (place + 0.95) * 1.2 * size, line)
    canvas.save()
    return Drawing(out.getvalue(), width, height)


def _labelled(rules: DocumentRules, items: Sequence[Item], facts: Facts, at: datetime) -> list[str]:
    said = {
        Item.SIGNER: facts.signer,
        Item.EMAIL: facts.email,
        Item.ORGANISATION: facts.organisation,
        Item.TIME: labelled_time(at),
        Item.NUMBER: facts.number,
    }
    return [f"{rules.labels.get(item, '')} {escape(text)}".strip() for item in items if (text := said.get(item))]


def _plain(rules: DocumentRules, items: Sequence[Item], facts: Facts, at: datetime) -> list[str]:
    said = {
        Item.SIGNER: facts.signer,
        Item.EMAIL: facts.email,
        Item.ORGANISATION: facts.organisation,
        Item.TIME: iso_time(at),
        Item.NUMBER: facts.number,
        Item.COPY_FORM: rules.copies.get(facts.copy_form),
    }
    lines = [text for item in items if (text := said.get(item))]
    return [f"{lines[0]} ({MARK})", *lines[1:]] if lines else [f"({MARK})"]
