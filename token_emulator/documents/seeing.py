"""What a reader of a PDF sees: lines of text with their type, pictures, and the widgets of its fields.

    seen = look(pdf)
    seen.pages[0].lines[0].text
    seen.widgets[0].pictures[0].box

Boxes are (left, bottom, right, top) in points, from the lower left corner of the page. Built on pdfminer.six.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTContainer, LTImage
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFStream, resolve1, stream_value
from pdfminer.psexceptions import PSException
from pdfminer.psparser import LIT, PSLiteral
from pdfminer.utils import mult_matrix

from token_emulator.documents.errors import Unsignable
from token_emulator.documents.pictures import Box, Picture, read_picture

MM: Final = 72 / 25.4
"""Points in a millimetre."""
GAP: Final = 2.5
"""Ems between letters that part two lines."""
HIDDEN: Final = 2
"""Bit of an annotation's /F (ISO 32000-2 table 167)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text."""

    text: str
    box: Box
    font: str
    """Name of its first letter's font, without the prefix of a subset."""
    sizes: frozenset[float]
    """Points, to a tenth."""
    colours: frozenset[tuple[float, ...]]
    """Red, green, blue, each from 0 to 1."""
    fonts: frozenset[str]
    letters: tuple[tuple[str, Box], ...]


@dataclass(frozen=True, slots=True)
class Widget:
    """One field as it is shown on a page."""

    name: str
    """Full name of the field."""
    signature: bool
    page: int
    """From 0."""
    box: Box
    lines: tuple[Line, ...]
    pictures: tuple[Picture, ...]

    @property
    def shown(self) -> bool:
        """Whether anything is to be seen."""
        return bool(self.lines or self.pictures)

    @property
    def text(self) -> str:
        """Its lines, joined by newlines."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True)
class Page:
    """One page, text fields as they are filled and without its signatures."""

    width: float
    height: float
    contents: str
    """SHA-256 of the page's own contents, without its fields."""
    paint: Callable[[], tuple[tuple[Line, ...], tuple[Picture, ...]]] = field(repr=False, compare=False)
    """Called when somebody first looks."""

    @cached_property
    def _painted(self) -> tuple[tuple[Line, ...], tuple[Picture, ...]]:
        with unreadable():
            return self.paint()

    @property
    def lines(self) -> tuple[Line, ...]:
        """From the top down, then from the left. Raises Unsignable."""
        return self._painted[0]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Those of the page itself. Raises Unsignable."""
        return self._painted[1]

    @cached_property
    def text(self) -> str:
        """Its lines, joined by newlines."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True)
class Seen:
    """A whole document."""

    version: str
    """Such as 1.7: the header's, or the catalogue's when that is later."""
    pages: tuple[Page, ...]
    widgets: tuple[Widget, ...]

    @property
    def signatures(self) -> dict[str, Widget]:
        """The signature fields that are on a page, by name."""
        return {widget.name: widget for widget in self.widgets if widget.signature}


@contextmanager
def unreadable() -> Iterator[None]:
    """Unsignable for whatever a broken file makes pdfminer raise."""
    try:
        yield
    except (
        PSException,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        AssertionError,
        RecursionError,
        zlib.error,
    ) as error:
        raise Unsignable("không đọc được tài liệu PDF", f"the PDF cannot be read: {error}") from error


def look(pdf: bytes) -> Seen:
    """What there is to see; pages are painted when they are looked at. Raises Unsignable for what is no PDF."""
    with unreadable():
        document = PDFDocument(PDFParser(io.BytesIO(pdf)))
        pages, widgets, manager = [], [], PDFResourceManager()
        for number, page in enumerate(PDFPage.create_pages(document)):
            found, fields = _page(page, number, manager)
            pages.append(found)
            widgets += fields
        if not pages:
            raise ValueError("there are no pages")
        return Seen(_version(pdf, document), tuple(pages), tuple(widgets))


def _version(pdf: bytes, document: PDFDocument) -> str:
    header = re.search(rb"%PDF-(\d\.\d)", pdf[:1024])
    later = resolve1(document.catalog.get("Version"))
    told = [header[1].decode()] if header else []
    told += [later.name] if isinstance(later, PSLiteral) and isinstance(later.name, str) else []
    return max(told, default="0.0")


# --- one page -------------------------------------------------------------------------------------------------


def _page(page: PDFPage, number: int, manager: PDFResourceManager) -> tuple[Page, list[Widget]]:
    left, bottom, right, top = (float(resolve1(side)) for side in page.mediabox)
    painter = _Painter((left, bottom, right, top), page, manager)
    fields: list[tuple[str, bool, Box, PDFStream | None]] = []
    for annotation in resolve1(page.annots) or ():
        entry = resolve1(annotation)
        if not isinstance(entry, dict) or resolve1(entry.get("Subtype")) is not LIT("Widget"):
            continue
        fields.append(_field(entry))
    shown = [(box, stream) for _, signature, box, stream in fields if not signature and stream is not None]
    widgets = []
    for name, signature, box, stream in fields:
        layout = painter.paint((), {}, [(box, stream)]) if stream is not None else ()
        pictures = _pictures(layout)
        widgets.append(Widget(name, signature, number, _moved(box, -left, -bottom), _lines(layout), pictures))

    def paint() -> tuple[tuple[Line, ...], tuple[Picture, ...]]:
        own = painter.paint(page.contents, page.resources, ())
        filled = painter.paint((), {}, shown) if shown else ()
        return _lines([*own, *filled]), _pictures(own)

    digest = sha256(b"".join(stream_value(one).get_data() for one in page.contents)).hexdigest()
    return Page(right - left, top - bottom, digest, paint), widgets


def _moved(box: Box, right: float, up: float) -> Box:
    return box[0] + right, box[1] + up, box[2] + right, box[3] + up


def _field(entry: dict[str, Any]) -> tuple[str, bool, Box, PDFStream | None]:
    """Name, whether it is for a signature, where it is, what it shows."""
    names, kind, parent, depth = [], None, entry, 0
    while isinstance(parent, dict) and depth < 16:
        name = resolve1(parent.get("T"))
        if isinstance(name, bytes):
            names.append(_words(name))
        kind = kind or resolve1(parent.get("FT"))
        parent, depth = resolve1(parent.get("Parent")), depth + 1
    sides = [float(resolve1(side)) for side in resolve1(entry.get("Rect", (0, 0, 0, 0)))]
    box = min(sides[0], sides[2]), min(sides[1], sides[3]), max(sides[0], sides[2]), max(sides[1], sides[3])
    normal = resolve1((resolve1(entry.get("AP")) or {}).get("N"))
    seen = isinstance(normal, PDFStream) and not int(resolve1(entry.get("F", 0))) & HIDDEN
    area = (box[2] - box[0]) * (box[3] - box[1]) > 0
    return ".".join(reversed(names)), kind is LIT("Sig"), box, normal if seen and area else None


def _words(text: bytes) -> str:
    if text.startswith(b"\xfe\xff"):
        return text[2:].decode("utf-16-be", "replace")
    return text.decode("latin-1")


class _Painter:
    """Lays out contents and appearances as a viewer would paint them."""

    def __init__(self, mediabox: Box, page: PDFPage, manager: PDFResourceManager) -> None:
        self._mediabox, self._page, self._manager = mediabox, page, manager

    def paint(
        self, contents: Sequence[object], resources: Any, appearances: Sequence[tuple[Box, PDFStream]]
    ) -> Sequence[Any]:
        """What is laid out, of the page's own contents and of appearances put into their boxes."""
        device = PDFPageAggregator(self._manager, laparams=None)
        interpreter = PDFPageInterpreter(self._manager, device)
        left, bottom = self._mediabox[:2]
        matrix = (1, 0, 0, 1, -left, -bottom)
        device.begin_page(self._page, matrix)
        if contents:
            interpreter.render_contents(resources, contents, ctm=matrix)
        for box, stream in appearances:
            interpreter.init_resources({"XObject": {"AP": stream}})
            interpreter.init_state(mult_matrix(_fit(stream, box), matrix))
            interpreter.do_Do(LIT("AP"))
        device.end_page(self._page)
        layout: Sequence[Any] = list(device.get_result())
        return layout


def _fit(stream: PDFStream, box: Box) -> tuple[float, float, float, float, float, float]:
    """The matrix that puts an appearance into its rectangle (ISO 32000-2 §12.5.5)."""
    x1, y1, x2, y2 = (float(resolve1(side)) for side in resolve1(stream.get("BBox")))
    a, b, c, d, e, f = (float(resolve1(one)) for one in resolve1(stream.get("Matrix", (1, 0, 0, 1, 0, 0))))
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x1, x2) for y in (y1, y2)]
    xs, ys = sorted({x for x, _ in corners}), sorted({y for _, y in corners})
    across = (box[2] - box[0]) / ((xs[-1] - xs[0]) or 1)
    up = (box[3] - box[1]) / ((ys[-1] - ys[0]) or 1)
    return across, 0.0, 0.0, up, box[0] - xs[0] * across, box[1] - ys[0] * up


def _pictures(layout: Any) -> tuple[Picture, ...]:
    return tuple(read_picture(found) for found in _all(layout) if isinstance(found, LTImage))


# --- text -----------------------------------------------------------------------------------------------------


def _all(layout: Any) -> Iterator[Any]:
    for found in layout:
        yield found
        if isinstance(found, LTContainer):
            yield from _all(found)


def _lines(layout: Any) -> tuple[Line, ...]:
    """From the top down, then from the left. Letters that stand on one baseline, close enough, are a line.

    Turned text, such as a watermark, is left out.
    """
    letters = [one for one in _all(layout) if isinstance(one, LTChar) and one.upright and not one.matrix[1]]
    inked = [one for one in letters if one.get_text().strip()]
    blanks = [one for one in letters if not one.get_text().strip()]
    rows: dict[int, list[LTChar]] = {}
    for one in sorted(inked, key=lambda one: -one.matrix[5]):
        base = one.matrix[5]
        row = next((row for row in rows if abs(row / 10 - base) < 0.25 * one.size), round(base * 10))
        rows.setdefault(row, []).append(one)
    lines = []
    for base, row_letters in rows.items():
        gaps = [one for one in blanks if abs(one.matrix[5] - base / 10) < 0.25 * one.size]
        lines += [_line(run) for run in _runs(row_letters, gaps)]
    return tuple(sorted(lines, key=lambda line: (-round(line.box[1]), line.box[0])))


def _runs(inked: list[LTChar], blanks: list[LTChar]) -> Iterator[list[LTChar]]:
    """The letters of a row from the left, with the blanks that nothing is written over, parted where there is a gap."""
    free = [one for one in blanks if not any(_overlap(one, other) for other in inked)]
    run: list[LTChar] = []
    for one in sorted([*inked, *free], key=lambda one: (one.x0, one.x1)):
        if run and one.x0 - max(other.x1 for other in run[-3:]) > GAP * one.size:
            yield run
            run = []
        if run or one.get_text().strip():
            run.append(one)
    yield run


def _overlap(one: LTChar, other: LTChar) -> bool:
    return min(one.x1, other.x1) - max(one.x0, other.x0) > 0.3 * min(one.width, other.width)


def _line(run: list[LTChar]) -> Line:
    while not run[-1].get_text().strip():
        run.pop()
    inked = [one for one in run if one.get_text().strip()]
    text, last = "", None
    for one in run:
        if last is not None and one.x0 - last.x1 > 0.15 * one.size:
            text += " "
        text, last = text + one.get_text(), one
    return Line(
        " ".join(unicodedata.normalize("NFC", text).split()),
        (
            min(one.x0 for one in inked),
            min(one.y0 for one in inked),
            max(one.x1 for one in inked),
            max(one.y1 for one in inked),
        ),
        _plain(inked[0].fontname),
        frozenset(round(one.size, 1) for one in inked),
        frozenset(_rgb(one.graphicstate.ncolor) for one in inked),
        frozenset(_plain(one.fontname) for one in inked),
        tuple((unicodedata.normalize("NFC", one.get_text()), one.bbox) for one in run),
    )


def _plain(font: Any) -> str:
    name = font.decode("latin-1") if isinstance(font, bytes) else str(font)
    return re.sub("^[A-Z]{6}\\+", "", name)


def _rgb(colour: Any) -> tuple[float, ...]:
    if isinstance(colour, int | float):
        return (float(colour),) * 3
    parts = (
        tuple(float(one) for one in colour)
        if isinstance(colour, tuple | list) and all(isinstance(one, int | float) for one in colour)
        else (0.0,)
    )
    if len(parts) == 1:
        return parts * 3
    if len(parts) == 4:
        cyan, magenta, yellow, key = parts
        return tuple(round((1 - one) * (1 - key), 3) for one in (cyan, magenta, yellow))
    return parts
