"""Number and date of a document, written into form fields: a change that a certified document allows.

    ready = open_places(draft)                      # before anybody signs
    signed = sign_pdf(ready, key, at)
    numbered = write_number(signed, "79/SNV-VP", date(2026, 11, 28))

The fields lie over the room that the draft leaves after `Số:` and in `ngày … tháng … năm`. That the real agent writes
number and date is known (facts: sign-service §5); that it would do so through fields is this project's choice, without
which the person's certification would not stand.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from reportlab.pdfgen.canvas import Canvas

from token_emulator.documents.errors import NoPlace, Unsignable
from token_emulator.documents.fonts import ITALIC, SERIF, register_fonts
from token_emulator.documents.pictures import Box
from token_emulator.documents.seeing import Line, look
from token_emulator.documents.signing.pdf import open_pdf, readable, signature_fields

NUMBER: Final = "SoVanBan"
DAY: Final = "NgayVanBan"
MONTH: Final = "ThangVanBan"
YEAR: Final = "NamVanBan"
SIZE: Final = 13
"""Points, as in the real agent's templates."""
GAP: Final = 8
"""Points that a room for writing has at least."""
PRINTED: Final = 4
"""Bit of /F."""


@dataclass(frozen=True, slots=True)
class _Room:
    field: str
    box: Box


def open_places(pdf: bytes) -> bytes:
    """The document with fields for number and date where it leaves room, as a new revision; as it is without room.

    Raises Unsignable.
    """
    reader = open_pdf(pdf)
    if any(signature_fields(reader).values()) or _fields(reader):
        return pdf
    rooms = list(_rooms(pdf))
    if not rooms:
        return pdf
    with readable():
        return _with_fields(pdf, rooms)


def _with_fields(pdf: bytes, rooms: list[_Room]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    page, _ = writer.find_page_for_modification(0)
    widgets = [writer.add_object(_widget(room, page)) for room in rooms]
    _append(writer, page.get_object(), "/Annots", widgets)
    if "/AcroForm" not in writer.root:
        writer.root[pdf_name("/AcroForm")] = DictionaryObject({pdf_name("/DA"): pdf_string(f"/Tim {SIZE} Tf 0 g")})
        writer.update_root()
    form = writer.root["/AcroForm"]
    _append(writer, form, "/Fields", widgets)
    return _written(writer)


def has_places(pdf: bytes) -> bool:
    """Whether there are fields for number and date that nothing is written into yet. Raises Unsignable."""
    found = _references(open_pdf(pdf))
    return NUMBER in found and "/V" not in found[NUMBER].get_object()


def write_number(pdf: bytes, number: str, issued: date) -> bytes:
    """The document with its number and date filled in, as a new revision.

    `number` may have the symbol after a slash, when that is the printed one. Raises NoPlace where the document has
    no room, Unsignable where it says something else already, or was signed before the fields were opened.
    """
    opened = open_places(pdf)
    fields = _fields(open_pdf(opened))
    values = {
        NUMBER: number.split("/")[0],
        DAY: f"{issued.day:02d}",
        MONTH: f"{issued.month:02d}",
        YEAR: str(issued.year),
    }
    missing = next((name for name in (NUMBER, DAY, MONTH) if name not in fields), None)
    if missing is not None:
        if any(signature_fields(open_pdf(pdf)).values()) and any(True for _ in _rooms(pdf)):
            raise Unsignable(
                "văn bản đã ký khi chưa có trường số, ngày; ghi thêm sẽ làm hỏng chữ ký",
                "it was signed before fields for number and date were there; writing them would break the signature",
            )
        raise NoPlace("Số: … / ngày … tháng … năm …")
    with readable():
        return _filled(opened, values)


def _filled(pdf: bytes, values: dict[str, str]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    for name, reference in _references(writer).items():
        if name not in values:
            continue
        field = reference.get_object()
        if field.get("/V", values[name]) != values[name]:
            raise Unsignable(f"văn bản đã có {name} là {field['/V']}", f"{name} is {field['/V']} already")
        field[pdf_name("/V")] = pdf_string(values[name])
        left, bottom, right, top = (float(side) for side in field["/Rect"])
        drawing = _text(values[name], right - left, top - bottom, SERIF if name == NUMBER else ITALIC)
        shown = writer.import_page_as_xobject(PdfFileReader(io.BytesIO(drawing)))
        field[pdf_name("/AP")] = DictionaryObject({pdf_name("/N"): shown})
        writer.mark_update(reference)
    return _written(writer)


def _rooms(pdf: bytes) -> Iterator[_Room]:
    """Where the first page leaves room."""
    for line in look(pdf).pages[0].lines:
        yield from _between(line, "Số:", "/", NUMBER)
        yield from _between(line, "ngày", "tháng", DAY)
        yield from _between(line, "tháng", "năm", MONTH)
        yield from _between(line, "năm", "", YEAR)


def _between(line: Line, before: str, after: str, field: str) -> Iterator[_Room]:
    """The room between two words, when there is nothing but blanks and dots."""
    text = "".join(letter for letter, _ in line.letters)
    pattern = rf"{before}([\s._…]*){re.escape(after)}" if after else rf"{before}([\s._…]+)$"
    for found in re.finditer(pattern, text):
        start, end = found.start(1), found.end(1)
        left = line.letters[start - 1][1][2]
        right = line.letters[end][1][0] if end < len(line.letters) else left + 32
        if right - left >= GAP:
            yield _Room(field, (left + 0.5, line.box[1] - 1, right - 0.5, line.box[3] + 1))


def _widget(room: _Room, page: Any) -> DictionaryObject:
    return DictionaryObject(
        {
            pdf_name("/Type"): NameObject("/Annot"),
            pdf_name("/Subtype"): NameObject("/Widget"),
            pdf_name("/FT"): NameObject("/Tx"),
            pdf_name("/T"): pdf_string(room.field),
            pdf_name("/F"): NumberObject(PRINTED),
            pdf_name("/Rect"): ArrayObject([NumberObject(round(side)) for side in room.box]),
            pdf_name("/DA"): pdf_string(f"/Tim {SIZE} Tf 0 g"),
            pdf_name("/P"): page,
        }
    )


def _append(writer: IncrementalPdfFileWriter, holder: Any, key: str, added: list[Any]) -> None:
    """Put references into an array of a dictionary, wherever that array lies."""
    array = holder.get(key)
    if array is None:
        holder[pdf_name(key)] = array = ArrayObject()
    array.extend(added)
    writer.update_container(array)
    writer.update_container(holder)


def _references(pdf: Any) -> dict[str, Any]:
    """The text fields of this module in a reader or writer, by name."""
    try:
        listed = pdf.root["/AcroForm"]["/Fields"]
    except (KeyError, PdfReadError):
        return {}
    found = {}
    for place in range(len(listed)):
        one = listed.raw_get(place)
        name = str(one.get_object().get("/T", ""))
        if name in (NUMBER, DAY, MONTH, YEAR):
            found[name] = one
    return found


def _fields(reader: PdfFileReader) -> frozenset[str]:
    return frozenset(_references(reader))


def _text(text: str, width: float, height: float, font: str) -> bytes:
    register_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=1)
    canvas.setFont(font, SIZE)
    canvas.drawCentredString(width / 2, 0.26 * height, text)
    canvas.save()
    return out.getvalue()


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
