"""Sheets as PDF, laid out like the paper forms: state motto, title, numbered sections, tables, signature blocks.

Each page bears the mark MÔ PHỎNG and says at its foot that it is worth nothing. The same sheet gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from mockca.paper.fonts import BOLD, ITALIC, SERIF, register_fonts
from mockca.paper.outcomes import EXCEPTIONS, MOST_PRINTED, TOTALS, OutcomeSheet
from mockca.paper.reports import ReportSheet, shown
from mockca.paper.sheets import Letterhead, Sheet, form_number, number_in_words, shown_value, title_of
from mockca.rules.terms import FormField

MARK = "MÔ PHỎNG"
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
FOOT = "Bản in của hệ thống mô phỏng, không có giá trị pháp lý · Printed by a mock, without legal value"
SIDE, TOP, BOTTOM = 20 * mm, 16 * mm, 18 * mm
WIDE = 6
"""Columns of a table from which on the page is turned."""
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
DOTS = "." * 40
TICK, BOX = "[x]", "[&nbsp;&nbsp;]"


@cache
def _styles() -> dict[str, ParagraphStyle]:
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


def render(sheet: Sheet) -> bytes:
    """The sheet as a PDF file; each copy begins on a page of its own. SetUpError where the fonts are missing."""
    return _document(
        [list(_sheet(sheet, number)) for number in range(1, sheet.copies + 1)],
        title=f"{sheet.form.code} {sheet.form.vi}",
        turned=len(sheet.form.rows) > WIDE,
        clause=sheet.clause or sheet.form.clause,
    )


def render_letter(head: Letterhead, to: str, title: str, paragraphs: Sequence[str], signer: str, clause: str) -> bytes:
    """A written notice as a PDF file."""
    styles = _styles()
    story: list[Flowable] = [_head(head), Spacer(1, 8), Paragraph(escape(title.upper()), styles["title"])]
    story += [Spacer(1, 6), _to(to), Spacer(1, 4)]
    story += [Paragraph(escape(text), styles["body"]) for text in paragraphs]
    story += [Spacer(1, 14), _signature_blocks([(signer, "", "")])]
    return _document([story], title=title, turned=False, clause=clause)


def render_table(
    head: Letterhead, title: str, english: str, columns: Sequence[str], rows: Sequence[Sequence[object]], clause: str
) -> bytes:
    """A table, such as a report's figures or an overdue list, as a PDF file."""
    styles = _styles()
    story: list[Flowable] = [_head(head), Spacer(1, 6), Paragraph(escape(title.upper()), styles["title"])]
    story += [Paragraph(escape(english), styles["english"]), Spacer(1, 8)]
    turned = len(columns) > WIDE
    story.append(_grid(columns, rows, turned))
    return _document([story], title=title, turned=turned, clause=clause)


def render_outcome(sheet: OutcomeSheet) -> bytes:
    """What a reorganisation came to, as a PDF file; of the exceptions the first 200."""
    styles = _styles()
    story: list[Flowable] = [_head(sheet.head), Spacer(1, 6), Paragraph(escape(sheet.title.upper()), styles["title"])]
    story += [Paragraph(escape(sheet.english), styles["english"]), Spacer(1, 6)]
    story += [Paragraph(escape(text), styles["body"]) for text in sheet.told]
    story += [Spacer(1, 8)]
    totals = [(one.name, one.kind, one.action, one.state, one.count) for one in sheet.totals]
    story.append(_grid(TOTALS, totals, False))
    listed = list(islice(sheet.exceptions, MOST_PRINTED + 1))
    if listed:
        rows = [(one.serial, one.common_name, one.action, one.clause, one.why) for one in listed[:MOST_PRINTED]]
        story += [Paragraph("Trường hợp không xử lý được như quy định nêu trước", styles["section"])]
        story.append(_grid(EXCEPTIONS, rows, False))
    if len(listed) > MOST_PRINTED:
        story.append(Paragraph("Còn nữa: xem tệp CSV.", styles["italic"]))
    return _document([story], title=sheet.title, turned=False, clause=sheet.clause)


def render_report(sheet: ReportSheet) -> bytes:
    """A periodic report as a PDF file: its figures, the bodies' own where it adds them up, whom it goes to."""
    styles = _styles()
    story: list[Flowable] = [_head(sheet.head), Spacer(1, 8), Paragraph(escape(sheet.title.upper()), styles["title"])]
    story.append(Paragraph(f"<b>{escape(sheet.period[:1].upper() + sheet.period[1:])}</b>", styles["centre"]))
    english = " · ".join(part for part in (sheet.english, sheet.code) if part)
    story += [Paragraph(escape(english), styles["english"]), Spacer(1, 6), _to("; ".join(sheet.to)), Spacer(1, 6)]
    story += [Paragraph(escape(text), styles["body"]) for text in (sheet.about, sheet.counted) if text]
    story.append(Spacer(1, 6))
    figures = [(line.vi, shown(line, sheet.total.counts)) for line in sheet.lines]
    story.append(_grid(("Nội dung", "Số lượng"), figures, False))
    if sheet.parts:
        story.append(Paragraph("Số liệu của từng cơ quan", styles["section"]))
        rows = [(part.body, *(shown(line, part.counts) for line in sheet.lines)) for part in sheet.parts]
        story.append(_grid(("Cơ quan", *(f"({n})" for n in range(1, len(sheet.lines) + 1))), rows, False))
        story.append(Paragraph("(1), (2), … là số thứ tự của nội dung ở bảng trên.", styles["small"]))
    if sheet.missing:
        story.append(Paragraph("Cơ quan chưa có báo cáo", styles["section"]))
        story += [Paragraph(f"- {escape(body)}", styles["body"]) for body in sheet.missing]
    if sheet.remarks:
        story.append(Paragraph("Kiến nghị, đề xuất", styles["section"]))
        story.append(Paragraph(escape(sheet.remarks), styles["body"]))
    story += [Spacer(1, 12), _receivers_and_signer(sheet)]
    return _document([story], title=f"{sheet.title} {sheet.period}", turned=False, clause=sheet.clause)


def _receivers_and_signer(sheet: ReportSheet) -> Flowable:
    styles = _styles()
    left: list[Flowable] = [Paragraph("<b><i>Nơi nhận:</i></b>", styles["cell"])]
    left += [Paragraph(f"- {escape(name)};", styles["cell"]) for name in sheet.to]
    left.append(Paragraph("- Lưu.", styles["cell"]))
    table = Table([[left, _signature(sheet.signer, "", sheet.signed_by)]], colWidths=["45%", "55%"])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return KeepTogether([table])


def _document(stories: Sequence[Sequence[Flowable]], *, title: str, turned: bool, clause: str) -> bytes:
    register_fonts()
    size = landscape(A4) if turned else A4
    out = io.BytesIO()
    document = BaseDocTemplate(
        out, pagesize=size, title=f"{title} ({MARK})", author=f"mockca ({MARK})", lang="vi-VN", invariant=1
    )
    frame = Frame(SIDE, BOTTOM, size[0] - 2 * SIDE, size[1] - TOP - BOTTOM, 0, 0, 0, 0)

    def furnish(canvas: Canvas, page: BaseDocTemplate) -> None:
        _mark(canvas, size, f"{FOOT} · {clause} · {page.page}")

    document.addPageTemplates([PageTemplate(frames=[frame], onPage=furnish)])
    story: list[Flowable] = []
    for number, part in enumerate(stories):
        story += [*([PageBreak()] if number else []), *part]
    document.build(story)
    return out.getvalue()


def _mark(canvas: Canvas, size: tuple[float, float], foot: str) -> None:
    canvas.saveState()
    canvas.setFillColor(colors.Color(0.75, 0.1, 0.1, alpha=0.09))
    canvas.setFont(BOLD, 92)
    canvas.translate(size[0] / 2, size[1] / 2)
    canvas.rotate(38)
    canvas.drawCentredString(0, -30, MARK)
    canvas.restoreState()
    canvas.saveState()
    canvas.setFont(ITALIC, 8)
    canvas.setFillColor(colors.grey)
    canvas.drawCentredString(size[0] / 2, 9 * mm, foot)
    canvas.restoreState()


def _sheet(sheet: Sheet, copy: int) -> Iterator[Flowable]:
    styles, form = _styles(), sheet.form
    head = replace(sheet.head, day=_day_of(sheet))
    number = form_number(form)
    yield Paragraph(f"Mẫu số {number} · {form.code}" if number else form.code, styles["number"])
    yield from [_head(head)] if form.letterhead else _motto()
    yield Spacer(1, 6)
    yield Paragraph(escape(title_of(form).upper()), styles["title"])
    yield Paragraph(escape(form.en), styles["english"])
    if sheet.copies > 1:
        yield Paragraph(f"(Bản số {copy}/{sheet.copies})", styles["italic"])
    yield Spacer(1, 6)
    if sheet.to:
        yield _to(sheet.to)
        yield Spacer(1, 4)
    yield from _fields(sheet)
    if form.rows:
        yield Spacer(1, 6)
        if form.kind == "minutes":
            yield Paragraph("Hai bên cùng xác nhận đã giao và nhận:", styles["body"])
            yield Spacer(1, 4)
        yield _rows(sheet)
    if sheet.copies > 1:
        yield Spacer(1, 4)
        words = number_in_words(sheet.copies)
        yield Paragraph(
            f"Biên bản được lập thành {sheet.copies:02d} ({words}) bản, mỗi bên giữ một bản.", styles["body"]
        )
    yield Spacer(1, 12)
    signed = {rule.block for name, rule in form.fields.items() if rule.block and sheet.fields.get(name) is True}
    blocks = [
        (label.vi, label.en, sheet.signatures.get(name) or ("(đã ký)" if name in signed else ""))
        for name, label in form.signers.items()
    ]
    when = "" if form.letterhead else _when(head)
    yield _signature_blocks(blocks or [("NGƯỜI LẬP", "", sheet.signatures.get("", ""))], when)


def _day_of(sheet: Sheet) -> date | None:
    """The day that the sheet bears: what its own field says, or else the letterhead's."""
    for name, rule in sheet.form.fields.items():
        if _is_day_of_sheet(rule) and sheet.fields.get(name):
            try:
                return date.fromisoformat(str(sheet.fields[name]))
            except ValueError:
                break
    return sheet.head.day


def _is_day_of_sheet(rule: FormField) -> bool:
    return rule.type == "date" and rule.date == "document"


def _head(head: Letterhead) -> Table:
    styles = _styles()
    left: list[Flowable] = []
    if head.superior:
        left.append(Paragraph(escape(head.superior.upper()), styles["small"]))
    left.append(Paragraph(f"<b><u>{escape(head.body.upper())}</u></b>" if head.body else DOTS, styles["small"]))
    left.append(Paragraph(f"Số: {escape(head.number) or '........'}", styles["small"]))
    right = [*_motto(), Paragraph(_when(head), styles["italic"])]
    table = Table([[left, right]], colWidths=["44%", "56%"])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return table


def _motto() -> list[Flowable]:
    styles = _styles()
    return [Paragraph(f"<b>{STATE}</b>", styles["small"]), Paragraph(f"<b><u>{MOTTO}</u></b>", styles["small"])]


def _when(head: Letterhead) -> str:
    day = head.day
    when = f"ngày {day.day:02d} tháng {day.month:02d} năm {day.year}" if day else "ngày ..... tháng ..... năm ........"
    return f"{escape(head.place) or '...............'}, {when}"


def _to(name: str) -> Paragraph:
    return Paragraph(f"<b>Kính gửi:</b> {escape(name)}", _styles()["centre"])


def _fields(sheet: Sheet) -> Iterator[Flowable]:
    styles = _styles()
    section = 0
    width = (landscape(A4) if len(sheet.form.rows) > WIDE else A4)[0] - 2 * SIDE
    for name, rule in sheet.form.fields.items():
        if rule.block or _is_day_of_sheet(rule):
            # They have their places at the head and at the foot.
            continue
        if rule.section:
            yield Paragraph(f"{ROMAN[section % len(ROMAN)]}. {escape(rule.section)}", styles["section"])
            section += 1
        yield Paragraph(_line(rule, sheet.fields.get(name), width), styles["body"])


def _line(rule: FormField, value: object, width: float) -> str:
    label = escape(rule.vi)
    if rule.type == "affirmed":
        return f"{TICK if value is True else BOX} {label}"
    text = shown_value(rule, value)
    if rule.counts and isinstance(value, int) and not isinstance(value, bool):
        text = f"{value:02d} (bằng chữ: {number_in_words(value)})"
    return f"{label}: <b>{escape(text)}</b>" if text else f"{label}: {_dots(f'{rule.vi}: ', width)}"


def _dots(label: str, width: float) -> str:
    """As many dots to write on as fill the rest of the label's line."""
    size = _styles()["body"].fontSize
    left = width - stringWidth(label, SERIF, size) % width
    return "." * int(left / stringWidth(".", SERIF, size) - 1)


def _rows(sheet: Sheet) -> Table:
    columns = sheet.form.rows
    body = [[shown_value(rule, row.get(name)) for name, rule in columns.items()] for row in sheet.rows]
    # A blank form has three empty lines to write on.
    body = body or [[""] * len(columns) for _ in range(3)]
    over = [rule.section for rule in columns.values()]
    return _grid([rule.vi for rule in columns.values()], body, len(columns) > WIDE, over)


def _grid(
    columns: Sequence[str], rows: Sequence[Sequence[object]], turned: bool, over: Sequence[str | None] = ()
) -> Table:
    """A table under its headings; `over` are headings above these, each from its column to the next one's."""
    styles = _styles()
    width = (landscape(A4) if turned else A4)[0] - 2 * SIDE
    widths = _widths(columns, rows, width)
    heads = [Paragraph(escape(text), styles["head"]) for text in ("STT", *columns)]
    cells: list[list[Any]] = [list(heads)]
    spans = []
    if any(over):
        cells.insert(0, list(heads))
        spans = [("SPAN", (0, 0), (0, 1))]
        for first, last, name in _groups(over):
            if name:
                cells[0][first : last + 1] = [Paragraph(escape(name), styles["head"]), *[""] * (last - first)]
                spans.append(("SPAN", (first, 0), (last, 0)))
            else:
                spans += [("SPAN", (column, 0), (column, 1)) for column in range(first, last + 1)]
    headings = len(cells)
    cells += [
        [Paragraph(escape(str(cell)), styles["cell"]) for cell in (number, *row)] for number, row in enumerate(rows, 1)
    ]
    table = Table(cells, colWidths=widths, repeatRows=headings)
    table.setStyle(
        TableStyle(
            [
                *spans,
                ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def _groups(over: Sequence[str | None]) -> Iterator[tuple[int, int, str]]:
    """First and last column under each heading; columns before the first one stand under none."""
    starts = [(n, name) for n, name in enumerate(over, 1) if name is not None]
    if not starts or starts[0][0] > 1:
        starts.insert(0, (1, ""))
    ends = [*(n - 1 for n, _ in starts[1:]), len(over)]
    for (first, name), last in zip(starts, ends, strict=True):
        yield first, last, name


def _widths(columns: Sequence[str], rows: Sequence[Sequence[object]], width: float) -> list[float]:
    """Columns as wide as what stands in them asks for, within bounds, after a narrow one for the line's number."""
    first = 11 * mm
    wanted = [
        min(max(max((len(str(row[n])) for row in rows[:50]), default=0), len(name) * 0.6, 6), 28)
        for n, name in enumerate(columns)
    ]
    # No heading is broken within a word, as long as all of them have room.
    least = [max(stringWidth(word, BOLD, 10) for word in (*name.split(), "")) + 8 for name in columns]
    room = max(width - first - sum(least), 0)
    shrunk = min(1, (width - first) / sum(least)) if columns else 1
    return [first, *(low * shrunk + room * each / sum(wanted) for low, each in zip(least, wanted, strict=True))]


def _signature_blocks(blocks: Sequence[tuple[str, str, str]], when: str = "") -> Flowable:
    """The blocks side by side; place and day above the last one, where they don't stand at the head."""
    styles = _styles()
    cells = []
    for number, (vi, en, name) in enumerate(blocks, 1):
        cell: list[Flowable] = []
        if when:
            cell.append(Paragraph(when if number == len(blocks) else "&nbsp;", styles["italic"]))
        cells.append([*cell, *_signature(vi, en, name)])
    if len(cells) == 1:
        cells = [[], *cells]
    table = Table([cells], colWidths=[f"{100 / len(cells)}%"] * len(cells))
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return KeepTogether([table])


def _signature(vi: str, en: str, name: str) -> list[Flowable]:
    styles = _styles()
    cell: list[Flowable] = [Paragraph(f"<b>{escape(vi.upper())}</b>", styles["centre"])]
    if en:
        cell.append(Paragraph(escape(en), styles["english"]))
    cell.append(Paragraph("(Ký, ghi rõ họ tên)", styles["italic"]))
    cell.append(Spacer(1, 40))
    if name:
        cell.append(Paragraph(f"<b>{escape(name)}</b>", styles["centre"]))
    return cell
