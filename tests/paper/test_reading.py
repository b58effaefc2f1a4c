"""Lists read back from CSV, Excel and JSON files, as people send them."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from mockca.errors import Malformed, NotFound
from mockca.paper import tables
from mockca.paper.reading import Reading, read_list
from mockca.paper.tables import CSV, JSON, XLSX
from mockca.paper.templates import template_csv, template_xlsx
from mockca.rules.fields import Background
from mockca.rules.forms import MOST_TOLD
from mockca.rules.loading import available, load
from mockca.rules.terms import FormField

REGULATION = load("thai-binh")
FORM = REGULATION.forms["TB-F03"]
TODAY = date(2026, 3, 10)
BACKGROUND = Background(REGULATION, TODAY)
MADE_AT = datetime(2026, 3, 10, tzinfo=UTC)
ROW: dict[str, Any] = {
    "full_name": "Vũ Thị Mẫu",
    "birth_date": "1990-09-02",
    "id": "034190000001, 2021-06-01, Cục Mẫu",
    "organisation_name": "Sở Y tế",
    "province_city": "Thái Bình",
    "position": "Giám đốc",
    "email": "mau.vt@thaibinh.test",
}
LABELS = [FORM.rows[name].vi for name in ROW]


def read(content: bytes | str, media_type: str = CSV) -> Reading:
    return read_list(FORM, content.encode() if isinstance(content, str) else content, media_type, BACKGROUND)


def as_csv(*lines: Sequence[str], separator: str = ",") -> str:
    return "\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines)


def as_xlsx(*lines: Sequence[Any], fill: Callable[[Workbook], None] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(list(line))
    if fill is not None:
        fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def wrong(reading: Reading) -> list[str]:
    return [one.field for one in reading.violations]


# --- what can be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_file_is_read_whatever_its_separator_and_mark(separator: str, encoding: str) -> None:
    text = as_csv(LABELS, list(ROW.values()), separator=separator)
    assert read(text.encode(encoding)) == Reading((ROW,))


def test_excels_own_line_about_the_separator_is_obeyed() -> None:
    assert read("sep=|\n" + as_csv(LABELS, list(ROW.values()), separator="|")).rows == (ROW,)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("heading", ["vi", "en", "name", "shouted", "starred"])
def test_columns_go_by_name_or_heading_however_they_are_typed(form: Any, heading: str) -> None:
    makes: dict[str, Callable[[str], str]] = {
        "vi": lambda name: FORM.rows[name].vi,
        "en": lambda name: FORM.rows[name].en,
        "name": lambda name: name,
        "shouted": lambda name: f"  {FORM.rows[name].vi.upper()} ",
        "starred": lambda name: f"{FORM.rows[name].vi} (*)",
    }
    order = list(reversed(ROW))
    headings = [unicodedata.normalize(form, makes[heading](name)) for name in order]
    cells = [unicodedata.normalize(form, str(ROW[name])) for name in order]
    assert read(as_csv(headings, cells)) == Reading((ROW,))
    assert read(as_xlsx(headings, cells), XLSX) == Reading((ROW,))
    assert read(json.dumps([dict(zip(headings, cells, strict=True))]), JSON) == Reading((ROW,))


def test_a_title_above_blank_lines_and_a_column_of_numbers_are_passed_over() -> None:
    text = as_csv(["DANH SÁCH ĐỀ NGHỊ"], [""], ["STT", *LABELS, ""], ["1", *ROW.values(), ""], ["", ""])
    assert read(text) == Reading((ROW,))


def test_json_may_hold_the_lines_under_rows_and_number_them() -> None:
    assert read(json.dumps({"rows": [ROW | {"stt": 1}], "note": "…"}), JSON) == Reading((ROW,))


@pytest.mark.parametrize("written", ["02/09/1990", "2-9-1990", "2.9.1990", " 2 / 9 / 1990 ", "1990-09-02"])
def test_a_day_may_be_written_as_vietnamese_do(written: str) -> None:
    assert read(as_csv(LABELS, list((ROW | {"birth_date": written}).values()))).rows == (ROW,)


def test_typed_cells_of_a_workbook_are_taken_for_what_they_are() -> None:
    cells = ROW | {"birth_date": datetime(1990, 9, 2, 0, 0), "id": 34190000001, "position": date(2020, 1, 5)}  # noqa: DTZ001
    reading = read(as_xlsx(LABELS, list(cells.values())), XLSX)
    assert reading.rows == (ROW | {"id": "34190000001", "position": "05/01/2020"},)
    other = ROW | {"id": 12.5, "position": time(8, 30), "full_name": 7.0}
    (row,) = read(as_xlsx(LABELS, list(other.values())), XLSX).rows
    assert (row["id"], row["position"], row["full_name"]) == ("12.5", "08:30:00", "7")


def test_excels_ways_of_keeping_noughts_are_undone() -> None:
    for kept in ('"=""034190000001"""', "'034190000001"):
        text = "Họ và tên;Số giấy tờ, ngày cấp, nơi cấp\nMẫu;" + kept
        assert read(text).rows == ({"full_name": "Mẫu", "id": "034190000001"},)


def test_a_break_within_a_cell_is_a_space() -> None:
    assert read(as_csv(LABELS, list((ROW | {"position": "Giám\nđốc"}).values()))).rows == (ROW,)


def with_column(**rule: Any) -> Any:
    column = FormField("Cột", "column", required=False, clause="TB-F03", **{"type": "text", **rule})
    return replace(FORM, rows={"column": column})


@pytest.mark.parametrize(
    ("rule", "cell", "value"),
    [
        ({"type": "integer"}, "12", 12),
        ({"type": "integer"}, "-3", -3),
        ({"type": "integer"}, 12.0, 12),
        ({"type": "count"}, 12, 12),
        ({"type": "years"}, "5", 5),
        ({"type": "affirmed"}, "x", True),
        ({"type": "affirmed"}, "Có", True),
        ({"type": "affirmed"}, True, True),
        ({"type": "affirmed"}, "✓", True),
        ({"type": "choice", "choices": ("person", "organisation")}, "PERSON", "person"),
        ({"type": "identity"}, 34190000001.0, None),
        ({"type": "integer"}, "twelve", None),
        ({"type": "integer"}, 1.5, None),
        ({"type": "affirmed"}, "không", None),
        ({"type": "affirmed"}, "maybe", None),
        ({"type": "choice", "choices": ("person", "organisation")}, "cat", None),
        ({"type": "date"}, "31/02/2020", None),
        ({"type": "text"}, True, None),
    ],
)
def test_a_cell_is_read_by_the_type_of_its_column(rule: dict[str, Any], cell: object, value: object) -> None:
    form = with_column(**rule)
    reading = read_list(form, as_xlsx(["Cột"], [cell]), XLSX, BACKGROUND)
    if value is None:
        assert wrong(reading) == ["rows.0.column"]
    else:
        assert reading == Reading(({"column": value},))


# --- what is wrong is told by line and column ----------------------------------------------------------------------


def test_a_mistake_is_told_with_the_line_and_column_of_the_file() -> None:
    text = as_csv(["Danh sách"], LABELS, list(ROW.values()), list((ROW | {"birth_date": "31/02/1990"}).values()))
    (violation,) = read(text).violations
    assert (violation.field, violation.value, violation.clause) == ("rows.1.birth_date", "31/02/1990", "TB-F03")
    assert violation.vi.startswith("Dòng 4, B: Ngày sinh")
    assert violation.en.startswith("Line 4, B: date of birth")


def test_a_missing_cell_and_a_missing_column_are_told() -> None:
    assert wrong(read(as_csv(LABELS, list((ROW | {"position": " "}).values())))) == ["rows.0.position"]
    (violation,) = read(as_csv(LABELS[:-1], list(ROW.values())[:-1])).violations
    assert violation.field == "rows.0.email"
    assert violation.vi.startswith("Dòng 2: Thiếu")


@pytest.mark.parametrize("media_type", [CSV, XLSX])
def test_a_formula_is_refused_and_never_evaluated(media_type: str) -> None:
    cells = list((ROW | {"position": "=1+1"}).values())
    content = as_xlsx(LABELS, cells) if media_type == XLSX else as_csv(LABELS, cells)
    reading = read(content, media_type)
    assert wrong(reading) == ["rows.0.position"]
    assert "công thức" in reading.violations[0].vi
    assert "position" not in reading.rows[0]


def test_what_became_of_a_formula_is_refused_too() -> None:
    def spoil(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet["F2"].value, sheet["F2"].data_type = "#N/A", "e"

    assert wrong(read(as_xlsx(LABELS, list(ROW.values()), fill=spoil), XLSX)) == ["rows.0.position"]


def test_columns_that_the_form_does_not_have_are_told() -> None:
    reading = read(as_csv([*LABELS, "Cỡ giày"], [*ROW.values(), "42"]))
    assert wrong(reading) == ["rows.0.Cỡ giày"]
    assert "full_name" in reading.violations[0].accepted
    assert wrong(read(as_csv(LABELS, [*ROW.values(), "42"]))) == ["rows.0.H"]
    assert wrong(read(as_csv([*LABELS, "Họ và tên"], [*ROW.values(), "Ai"]))) == ["rows.0.Họ và tên"]
    assert wrong(read(json.dumps([ROW | {"colour": "red"}]), JSON)) == ["rows.0.colour"]


@pytest.mark.parametrize("spoilt", ["a\x07b", "x" * 401])
def test_text_that_no_request_takes_is_refused(spoilt: str) -> None:
    assert wrong(read(json.dumps([ROW | {"position": spoilt}]), JSON)) == ["rows.0.position"]


def test_a_list_full_of_mistakes_is_told_in_part() -> None:
    reading = read(json.dumps([{}] * 1000), JSON)
    assert (len(reading.rows), len(reading.violations)) == (1000, MOST_TOLD)


def test_a_list_without_lines_says_so() -> None:
    assert wrong(read(as_csv(LABELS))) == ["rows"]


def test_headings_that_two_columns_share_go_by_the_columns_names() -> None:
    rows = {"one": FORM.rows["full_name"], "two": replace(FORM.rows["full_name"], required=False)}
    form = replace(FORM, rows=rows)
    assert template_csv(form).decode("utf-8-sig").splitlines()[0] == "one (*);two"
    assert read_list(form, b"one,two\na,b", CSV, BACKGROUND).rows == ({"one": "a", "two": "b"},)
    with pytest.raises(Malformed, match="headings"):
        read_list(form, "Họ và tên\na".encode(), CSV, BACKGROUND)


# --- what cannot be read -------------------------------------------------------------------------------------------


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type", "why"),
    [
        (b"", CSV, "headings"),
        (b"a,b\n1,2", CSV, "headings"),
        ("Họ và tên\nMẫu".encode("cp1258", "replace"), CSV, "UTF-8"),
        ("Họ và tên".encode("utf-16")[:-1], CSV, "UTF-8"),
        (b"\xff\x00\xff", CSV, "UTF-8"),
        (b'full_name\n"' + b"x" * 200_000, CSV, "line 2"),
        (b"full_name" + b",x" * 100, CSV, "more than 80 columns"),
        (b"full_name\n" + b"A\n" * 10_001, CSV, "more than 10000 lines"),
        (b"full_name\n" + b"\n" * 20_001, CSV, "more than 10000 lines"),
        (b"", JSON, "JSON"),
        (b"[" * 100_000, JSON, "JSON"),
        (b"{}", JSON, "neither"),
        (b"[1]", JSON, "line 1 is no object"),
        (b'[{"full_name": ["a"]}]', JSON, "line 1"),
        (b'[{"full_name": NaN}]', JSON, "JSON"),
        (b'[{"\\ud800": 1}]', JSON, "JSON"),
        (json.dumps([{}] * 10_001).encode(), JSON, "more than 10000 lines"),
        (json.dumps([{f"c{n}": n for n in range(81)}]).encode(), JSON, "more than 80"),
        (b"", XLSX, "not a workbook"),
        (b"PK\x03\x04 nothing", XLSX, "not a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", XLSX, "save it as .xlsx"),
        (packed(a=b"x"), XLSX, "cannot be read"),
        (packed(a=b"\0" * (33 << 20)), XLSX, "MiB unpacked"),
        (packed(**{f"p{n}": b"" for n in range(201)}), XLSX, "200 parts"),
        (packed(a=b"<c/>" * 2_001), XLSX, "too many cells"),
        (packed(a=b"<x:row>" + b"<x:c r='A1'/>" * 2_001), XLSX, "too many cells"),
        (packed(a=b"<si/>" * 1_000_001), XLSX, "too many cells"),
        (packed(a="<?xml version='1.0'?>".encode("utf-16")), XLSX, "UTF-8"),
        (packed(a=b"<!DOCTYPE x [<!ENTITY a 'b'>]>"), XLSX, "UTF-8"),
        (b"full_name", "text/html", "of type text/html"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(content: bytes, media_type: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read(content, media_type)


def test_a_workbook_with_nothing_on_it_has_no_headings() -> None:
    with pytest.raises(Malformed, match="headings"):
        read(as_xlsx(), XLSX)


def test_the_first_sheet_that_has_anything_on_it_is_read() -> None:
    def on_the_second(book: Workbook) -> None:
        sheet = book.create_sheet("Danh sách")
        sheet.append(LABELS)
        sheet.append(list(ROW.values()))

    assert read(as_xlsx(fill=on_the_second), XLSX) == Reading((ROW,))


SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def as_excel_packs_it(*lines: Sequence[str]) -> bytes:
    """A workbook with its texts in a part of their own, once each, as Excel saves them."""
    texts = list(dict.fromkeys(cell for line in lines for cell in line))
    rows = "".join(
        "<row>" + "".join(f'<c t="s"><v>{texts.index(cell)}</v></c>' for cell in line) + "</row>" for line in lines
    )
    parts = {
        "xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}/main">'
        + "".join(f"<si><t>{text}</t></si>" for text in texts)
        + "</sst>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SPREADSHEET}/main"><sheetData>{rows}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for item in archive.infolist():
            content = archive.read(item).decode()
            if item.filename == "[Content_Types].xml":
                kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
                override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/>'
                content = content.replace("</Types>", f"{override}</Types>")
            if item.filename == "xl/_rels/workbook.xml.rels":
                relation = f'<Relationship Id="rId9" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
                content = content.replace("</Relationships>", f"{relation}</Relationships>")
            if item.filename not in parts:
                packed.writestr(item.filename, content)
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def test_texts_that_a_workbook_keeps_apart_are_found() -> None:
    assert read(as_excel_packs_it(LABELS, [str(value) for value in ROW.values()]), XLSX) == Reading((ROW,))


@pytest.mark.parametrize(("row", "column", "why"), [(20_002, 1, "10000 lines"), (2, 81, "80 columns")])
def test_a_cell_far_out_is_refused(row: int, column: int, why: str) -> None:
    def far_out(book: Workbook) -> None:
        book.worksheets[0].cell(row, column, "x")

    with pytest.raises(Malformed, match=why):
        read(as_xlsx(LABELS, fill=far_out), XLSX)


def test_a_form_without_a_list_has_nothing_to_read() -> None:
    with pytest.raises(Malformed, match="has no list"):
        read_list(REGULATION.forms["TB-F05"], b"", CSV, BACKGROUND)


ANYTHING = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
WHOLE = as_xlsx(LABELS, list(ROW.values()))


def must_be_read_or_refused(content: bytes, media_type: str) -> None:
    try:
        reading = read(content, media_type)
    except Malformed:
        return
    for row in reading.rows:
        assert set(row) <= set(FORM.rows)
        assert all(isinstance(value, str | int | bool) for value in row.values())
    json.dumps(reading.rows, ensure_ascii=False).encode()
    json.dumps([one.field + one.value + one.vi for one in reading.violations], ensure_ascii=False).encode()


@given(content=st.binary(max_size=400), media_type=st.sampled_from([CSV, JSON, XLSX]))
@ANYTHING
def test_garbage_is_read_or_refused(content: bytes, media_type: str) -> None:
    must_be_read_or_refused(content, media_type)


@given(lines=st.lists(st.lists(st.text(max_size=20), max_size=9), max_size=5), separator=st.sampled_from(",;\t|"))
@ANYTHING
def test_any_text_under_the_headings_is_read_or_refused(lines: list[list[str]], separator: str) -> None:
    text = "\n".join([separator.join(LABELS), *(separator.join(line) for line in lines)])
    must_be_read_or_refused(text.encode("utf-8", "replace"), CSV)


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just(10**400))


@given(rows=st.lists(st.dictionaries(st.sampled_from([*ROW, "Ngày sinh", "?"]), SCALARS, max_size=5), max_size=4))
@ANYTHING
def test_any_json_is_read_or_refused(rows: list[dict[str, Any]]) -> None:
    must_be_read_or_refused(json.dumps(rows).encode(), JSON)


@given(at=st.integers(0, len(WHOLE) - 1), octets=st.binary(min_size=1, max_size=8))
@ANYTHING
def test_a_damaged_workbook_is_read_or_refused(at: int, octets: bytes) -> None:
    must_be_read_or_refused(WHOLE[:at] + octets + WHOLE[at + len(octets) :], XLSX)


@given(at=st.floats(0, 1, exclude_max=True), part=st.integers(0, 20), octets=st.binary(min_size=1, max_size=8))
@ANYTHING
def test_a_workbook_with_damaged_xml_is_read_or_refused(at: float, part: int, octets: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive, zipfile.ZipFile(out, "w") as spoilt:
        for number, item in enumerate(archive.infolist()):
            content = archive.read(item)
            if number == part % len(archive.infolist()):
                position = int(at * len(content))
                content = content[:position] + octets + content[position + len(octets) :]
            spoilt.writestr(item.filename, content)
    must_be_read_or_refused(out.getvalue(), XLSX)


# --- templates -----------------------------------------------------------------------------------------------------

LISTS = [(id_, code) for id_ in available() for code, form in load(id_).forms.items() if form.rows]


@pytest.mark.parametrize(("id_", "code"), LISTS)
def test_a_template_reads_back_with_its_made_up_line(id_: str, code: str) -> None:
    regulation = load(id_)
    form = regulation.forms[code]
    domain = None if regulation.email_domain is None else regulation.email_domain.value
    background = Background(regulation, TODAY)
    flat = read_list(form, template_csv(form, domain), CSV, background)
    book = read_list(form, template_xlsx(form, MADE_AT, domain), XLSX, background)
    assert flat == book
    assert flat.violations == ()
    assert len(flat.rows) == 1
    assert set(flat.rows[0]) == set(form.rows)


def test_a_form_without_a_list_has_no_template() -> None:
    with pytest.raises(NotFound):
        template_csv(REGULATION.forms["TB-F05"])
    with pytest.raises(NotFound):
        template_xlsx(REGULATION.forms["TB-F05"], MADE_AT)


def test_the_limits_leave_room_for_the_longest_list() -> None:
    lines = [list(ROW.values())] * tables.MOST_LINES
    assert len(read(as_xlsx(LABELS, *lines), XLSX).rows) == tables.MOST_LINES
