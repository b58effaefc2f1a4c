"""Sheets as PDF, laid out like the paper forms: state motto, title, numbered sections, tables, signature blocks.

Each page bears the mark MÔ PHỎNG and says at its foot that it is worth nothing. The same sheet gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from mockca.paper.fonts import BOLD, ITALIC, SERIF, register_fonts
from mockca.paper.grids import WIDE, grid
from mockca.paper.outcomes import EXCEPTIONS, MOST_PRINTED, TOTALS, OutcomeSheet
from mockca.paper.reports import ReportSheet, shown
from mockca.paper.sheets import Letterhead, Sheet, form_number, number_in_words, shown_value, title_of
from mockca.paper.styles import BOTTOM, SIDE, TOP, page_size, styles, text_width
from mockca.rules.terms import FormField

MARK = "MÔ PHỎNG"
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
FOOT = "Bản in của hệ thống mô phỏng, không có giá trị pháp lý · Printed by a mock, without legal value"
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
DOTS = "." * 40
TICK, BOX = "[x]", "[&nbsp;&nbsp;]"


def render(sheet: Sheet, enclosed: Sequence[Sheet] = ()) -> bytes:
    """The sheet and the lists enclosed with it as one PDF file; each copy, and each list, begins on a page of its own.

    SetUpError where the fonts are missing.
    """
    copies = [_part(sheet, number) for number in range(1, sheet.copies + 1)]
    return _document([*copies, *map(_part, enclosed)], title=f"{sheet.form.code} {sheet.form.vi}")


def render_letter(
    head: Letterhead,
    to: str,
    title: str,
    paragraphs: Sequence[str],
    signer: str,
    clause: str,
    enclosed: Sequence[Sheet] = (),
) -> bytes:
    """A written notice as a PDF file, the lists enclosed with it behind it."""
    look = styles()
    story: list[Flowable] = [_head(head), Spacer(1, 8), Paragraph(escape(title.upper()), look["title"])]
    story += [Spacer(1, 6), _to(to), Spacer(1, 4)]
    story += [Paragraph(escape(text), look["body"]) for text in paragraphs]
    story += [Spacer(1, 14), signature_blocks([(signer, "", "")])]
    return _document([_Part(story, clause), *map(_part, enclosed)], title=title)


def render_table(
    head: Letterhead, title: str, english: str, columns: Sequence[str], rows: Sequence[Sequence[object]], clause: str
) -> bytes:
    """A table, such as a report's figures or an overdue list, as a PDF file."""
    look = styles()
    story: list[Flowable] = [_head(head), Spacer(1, 6), Paragraph(escape(title.upper()), look["title"])]
    story += [Paragraph(escape(english), look["english"]), Spacer(1, 8)]
    turned = len(columns) > WIDE
    story.append(grid(columns, rows, turned))
    return _document([_Part(story, clause, turned)], title=title)


def render_outcome(sheet: OutcomeSheet) -> bytes:
    """What a reorganisation came to, as a PDF file; of the exceptions the first 200."""
    look = styles()
    story: list[Flowable] = [_head(sheet.head), Spacer(1, 6), Paragraph(escape(sheet.title.upper()), look["title"])]
    story += [Paragraph(escape(sheet.english), look["english"]), Spacer(1, 6)]
    story += [Paragraph(escape(text), look["body"]) for text in sheet.told]
    story += [Spacer(1, 8)]
    totals = [(one.name, one.kind, one.action, one.state, one.count) for one in sheet.totals]
    story.append(grid(TOTALS, totals, False))
    listed = list(islice(sheet.exceptions, MOST_PRINTED + 1))
    if listed:
        rows = [(one.serial, one.common_name, one.action, one.clause, one.why) for one in listed[:MOST_PRINTED]]
        story += [Paragraph("Trường hợp không xử lý được như quy định nêu trước", look["section"])]
        story.append(grid(EXCEPTIONS, rows, False))
    if len(listed) > MOST_PRINTED:
        story.append(Paragraph("Còn nữa: xem tệp CSV.", look["italic"]))
    return _document([_Part(story, sheet.clause)], title=sheet.title)


def render_report(sheet: ReportSheet) -> bytes:
    """A periodic report as a PDF file: its figures, the bodies' own where it adds them up, whom it goes to."""
    look = styles()
    story: list[Flowable] = [_head(sheet.head), Spacer(1, 8), Paragraph(escape(sheet.title.upper()), look["title"])]
    story.append(Paragraph(f"<b>{escape(sheet.period[:1].upper() + sheet.period[1:])}</b>", look["centre"]))
    english = " · ".join(part for part in (sheet.english, sheet.code) if part)
    story += [Paragraph(escape(english), look["english"]), Spacer(1, 6), _to("; ".join(sheet.to)), Spacer(1, 6)]
    story += [Paragraph(escape(text), look["body"]) for text in (sheet.about, sheet.counted) if text]
    story.append(Spacer(1, 6))
    figures = [(line.vi, shown(line, sheet.total.counts)) for line in sheet.lines]
    story.append(grid(("Nội dung", "Số lượng"), figures, False))
    if sheet.parts:
        story.append(Paragraph("Số liệu của từng cơ quan", look["section"]))
        rows = [(part.body, *(shown(line, part.counts) for line in sheet.lines)) for part in sheet.parts]
        story.append(grid(("Cơ quan", *(f"({n})" for n in range(1, len(sheet.lines) + 1))), rows, False))
        story.append(Paragraph("(1), (2), … là số thứ tự của nội dung ở bảng trên.", look["small"]))
    if sheet.missing:
        story.append(Paragraph("Cơ quan chưa có báo cáo", look["section"]))
        story += [Paragraph(f"- {escape(body)}", look["body"]) for body in sheet.missing]
    if sheet.remarks:
        story.append(Paragraph("Kiến nghị, đề xuất", look["section"]))
        story.append(Paragraph(escape(sheet.remarks), look["body"]))
    story += [Spacer(1, 12), _receivers_and_signer(sheet)]
    return _document([_Part(story, sheet.clause)], title=f"{sheet.title} {sheet.period}")


def _receivers_and_signer(sheet: ReportSheet) -> Flowable:
    look = styles()
    left: list[Flowable] = [Paragraph("<b><i>Nơi nhận:</i></b>", look["cell"])]
    left += [Paragraph(f"- {escape(name)};", look["cell"]) for name in sheet.to]
    left.append(Paragraph("- Lưu.", look["cell"]))
    table = Table([[left, _signature(sheet.signer, "", sheet.signed_by)]], colWidths=["45%", "55%"])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return KeepTogether([table])


@dataclass(frozen=True, slots=True)
class _Part:
    """Pages of a document that lie the same way and rest on the same clause."""

    story: list[Flowable]
    clause: str
    turned: bool = False


def _part(sheet: Sheet, copy: int = 1) -> _Part:
    return _Part(list(_sheet(sheet, copy)), sheet.clause or sheet.form.clause, _turned(sheet))


def _turned(sheet: Sheet) -> bool:
    return len(sheet.form.rows) > WIDE


def _document(parts: Sequence[_Part], *, title: str) -> bytes:
    register_fonts()
    out = io.BytesIO()
    document = BaseDocTemplate(out, title=f"{title} ({MARK})", author=f"mockca ({MARK})", lang="vi-VN", invariant=1)
    story: list[Flowable] = []
    for number, part in enumerate(parts):
        document.addPageTemplates(_page(str(number), part))
        story += [*([NextPageTemplate(str(number)), PageBreak()] if number else []), *part.story]
    document.build(story)
    return out.getvalue()


def _page(name: str, part: _Part) -> PageTemplate:
    size = page_size(part.turned)
    frame = Frame(SIDE, BOTTOM, size[0] - 2 * SIDE, size[1] - TOP - BOTTOM, 0, 0, 0, 0)

    def furnish(canvas: Canvas, page: BaseDocTemplate) -> None:
        mark_page(canvas, size, f"{FOOT} · {part.clause} · {page.page}")

    return PageTemplate(name, frames=[frame], onPage=furnish, pagesize=size)


def mark_page(canvas: Canvas, size: tuple[float, float], foot: str) -> None:
    """Put the mark MÔ PHỎNG across a page of this size (points), and its foot."""
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
    look, form = styles(), sheet.form
    head = replace(sheet.head, day=_day_of(sheet))
    number = form_number(form)
    yield Paragraph(f"Mẫu số {number} · {form.code}" if number else form.code, look["number"])
    yield from [_head(head)] if form.letterhead else _motto()
    yield Spacer(1, 6)
    yield Paragraph(escape(title_of(form).upper()), look["title"])
    yield Paragraph(escape(form.en), look["english"])
    if sheet.copies > 1:
        yield Paragraph(f"(Bản số {copy}/{sheet.copies})", look["italic"])
    yield Spacer(1, 6)
    if sheet.to:
        yield _to(sheet.to)
        yield Spacer(1, 4)
    yield from _fields(sheet)
    if form.rows:
        yield Spacer(1, 6)
        if form.kind == "minutes":
            yield Paragraph("Hai bên cùng xác nhận đã giao và nhận:", look["body"])
            yield Spacer(1, 4)
        yield _rows(sheet)
    if sheet.copies > 1:
        yield Spacer(1, 4)
        words = number_in_words(sheet.copies)
        yield Paragraph(f"Biên bản được lập thành {sheet.copies:02d} ({words}) bản, mỗi bên giữ một bản.", look["body"])
    yield Spacer(1, 12)
    signed = {rule.block for name, rule in form.fields.items() if rule.block and sheet.fields.get(name) is True}
    blocks = [
        (label.vi, label.en, sheet.signatures.get(name) or ("(đã ký)" if name in signed else ""))
        for name, label in form.signers.items()
    ]
    when = "" if form.letterhead else _when(head)
    yield signature_blocks(blocks or [("NGƯỜI LẬP", "", sheet.signatures.get("", ""))], when)


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
    look = styles()
    left: list[Flowable] = []
    if head.superior:
        left.append(Paragraph(escape(head.superior.upper()), look["small"]))
    left.append(Paragraph(f"<b><u>{escape(head.body.upper())}</u></b>" if head.body else DOTS, look["small"]))
    left.append(Paragraph(f"Số: {escape(head.number) or '........'}", look["small"]))
    right = [*_motto(), Paragraph(_when(head), look["italic"])]
    table = Table([[left, right]], colWidths=["44%", "56%"])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return table


def _motto() -> list[Flowable]:
    look = styles()
    return [Paragraph(f"<b>{STATE}</b>", look["small"]), Paragraph(f"<b><u>{MOTTO}</u></b>", look["small"])]


def _when(head: Letterhead) -> str:
    day = head.day
    when = f"ngày {day.day:02d} tháng {day.month:02d} năm {day.year}" if day else "ngày ..... tháng ..... năm ........"
    return f"{escape(head.place) or '...............'}, {when}"


def _to(name: str) -> Paragraph:
    return Paragraph(f"<b>Kính gửi:</b> {escape(name)}", styles()["centre"])


def _fields(sheet: Sheet) -> Iterator[Flowable]:
    look = styles()
    section = 0
    width = text_width(_turned(sheet))
    for name, rule in sheet.form.fields.items():
        if rule.block or _is_day_of_sheet(rule):
            # They have their places at the head and at the foot.
            continue
        if rule.section:
            yield Paragraph(f"{ROMAN[section % len(ROMAN)]}. {escape(rule.section)}", look["section"])
            section += 1
        yield Paragraph(_line(rule, sheet.fields.get(name), width), look["body"])


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
    size = styles()["body"].fontSize
    left = width - stringWidth(label, SERIF, size) % width
    return "." * int(left / stringWidth(".", SERIF, size) - 1)


def _rows(sheet: Sheet) -> Table:
    columns = sheet.form.rows
    body = [[shown_value(rule, row.get(name)) for name, rule in columns.items()] for row in sheet.rows]
    # A blank form has three empty lines to write on.
    body = body or [[""] * len(columns) for _ in range(3)]
    over = [rule.section for rule in columns.values()]
    return grid([rule.vi for rule in columns.values()], body, _turned(sheet), over)


def signature_blocks(blocks: Sequence[tuple[str, str, str]], when: str = "") -> Flowable:
    """The blocks side by side; place and day above the last one, where they don't stand at the head."""
    look = styles()
    cells = []
    for number, (vi, en, name) in enumerate(blocks, 1):
        cell: list[Flowable] = []
        if when:
            cell.append(Paragraph(when if number == len(blocks) else "&nbsp;", look["italic"]))
        cells.append([*cell, *_signature(vi, en, name)])
    if len(cells) == 1:
        cells = [[], *cells]
    table = Table([cells], colWidths=[f"{100 / len(cells)}%"] * len(cells))
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return KeepTogether([table])


def _signature(vi: str, en: str, name: str) -> list[Flowable]:
    look = styles()
    cell: list[Flowable] = [Paragraph(f"<b>{escape(vi.upper())}</b>", look["centre"])]
    if en:
        cell.append(Paragraph(escape(en), look["english"]))
    cell.append(Paragraph("(Ký, ghi rõ họ tên)", look["italic"]))
    cell.append(Spacer(1, 40))
    if name:
        cell.append(Paragraph(f"<b>{escape(name)}</b>", look["centre"]))
    return cell
