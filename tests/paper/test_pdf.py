"""Printed sheets, read back from the PDF."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from mockca.errors import SetUpError
from mockca.paper.fonts import BOLD, register_fonts
from mockca.paper.pdf import FOOT, MARK, render, render_letter, render_table
from mockca.paper.sheets import Letterhead, Sheet, form_number, title_of
from mockca.rules.loading import available, load
from mockca.rules.terms import Form, FormField, Label

HEAD = Letterhead("Sở Tài chính", "Ủy ban nhân dân tỉnh Mẫu", "Tỉnh Mẫu", date(2025, 9, 2), "12/STC-VP")


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def every_form() -> Iterator[tuple[str, str]]:
    for regulation in available():
        for code in load(regulation).forms:
            yield regulation, code


def form_with(columns: int) -> Form:
    rows = {
        f"c{n}": FormField(f"Cột {n}", f"column {n}", "text", required=True, clause="XX-F1") for n in range(columns)
    }
    count = FormField("Số lượng", "number", "integer", required=True, clause="XX-F1", counts="rows")
    signers = {"giver": Label("Bên giao", "giver", "XX-F1"), "receiver": Label("Bên nhận", "receiver", "XX-F1")}
    return Form(
        "XX-F1", "Biên bản mẫu", "sample", {"count": count}, None, rows, "minutes", None, signers, True, "XX-F1"
    )


@pytest.mark.parametrize(("regulation", "code"), list(every_form()))
def test_every_form_of_every_regulation_prints_with_its_title_labels_and_mark(regulation: str, code: str) -> None:
    form = load(regulation).forms[code]
    text = "".join("".join(pages(render(Sheet(form=form, head=Letterhead(""))))).split())
    labels = [title_of(form).upper(), form.code, MARK, "Độc lập - Tự do - Hạnh phúc"]
    labels += [rule.vi for rule in form.fields.values() if not rule.block and rule.date != "document"]
    labels += [rule.section for rule in (*form.fields.values(), *form.rows.values()) if rule.section]
    labels += [rule.vi for rule in form.rows.values()]
    labels += [block.vi.upper() for block in form.signers.values()]
    assert [label for label in labels if "".join(label.split()) not in text] == []


def test_a_filled_in_sheet_tells_who_writes_to_whom_when_and_what() -> None:
    form = load("an-giang").forms["TT05-F01"]
    fields = {"full_name": "Nguyễn Thị Hương", "validity_years": 5, "commitment_truthful": True}
    (text,) = pages(render(Sheet(form=form, head=HEAD, to="Sở Mẫu", fields=fields)))
    assert "SỞ TÀI CHÍNH" in text
    assert "12/STC-VP" in text
    assert "ngày 02 tháng 09 năm 2025" in text
    assert "Kính gửi: Sở Mẫu" in text
    assert "Nguyễn Thị Hương" in text
    assert "5 năm" in text
    assert "[x] " + form.fields["commitment_truthful"].vi in text
    assert FOOT.split(" · ")[0] in text


def test_the_number_of_a_form_stands_above_it_where_a_text_gives_one() -> None:
    numbered, coded = load("ninh-binh").forms["TT08-F09"], load("an-giang").forms["AG-F02"]
    assert (form_number(numbered), title_of(numbered)) == ("09", "Giấy đề nghị thu hồi chứng thư số")
    assert (form_number(coded), title_of(coded)) == ("02", coded.vi)
    assert form_number(load("cao-bang").forms["TT185-F12"]) == ""
    (text,) = pages(render(Sheet(form=numbered, head=HEAD)))
    assert text.index("Mẫu số 09") < text.index("CỘNG HÒA")
    assert "(MẪU 09)" not in text


def test_the_day_of_the_sheet_is_told_once_and_a_persons_request_has_it_above_the_signature() -> None:
    fields = {"form_date": "2025-03-01", "manager_signature": True}
    form = load("an-giang").forms["AG-F01"]
    (text,) = pages(render(Sheet(form=form, head=HEAD, fields=fields, signatures={"head": "Lê Văn Cường"})))
    assert "12/STC-VP" not in text
    assert text.count("ngày 01 tháng 03 năm 2025") == 1
    assert text.index("Thời hạn đề nghị") < text.index("Tỉnh Mẫu, ngày 01 tháng 03 năm 2025")
    assert "Ngày lập" not in text
    assert text.count("(đã ký)") == 1
    (other,) = pages(render(Sheet(form=form, head=HEAD, fields={"form_date": "hôm qua"})))
    assert "ngày 02 tháng 09 năm 2025" in other
    letter = load("thai-binh").forms["TB-F01"]
    (text,) = pages(render(Sheet(form=letter, head=HEAD, fields={"form_date": "2025-03-01"})))
    assert "12/STC-VP" in text
    assert text.index("ngày 01 tháng 03 năm 2025") < text.index("GIẤY ĐỀ NGHỊ")


def test_no_heading_of_a_table_is_broken_within_a_word() -> None:
    form = load("an-giang").forms["AG-F02"]
    (text,) = pages(render(Sheet(form=form, head=HEAD)))
    words = {word for rule in form.rows.values() for word in rule.vi.split()}
    assert words <= set(text.split())


def test_minutes_come_in_copies_of_a_page_each_with_both_names_and_the_number_in_words() -> None:
    row = {f"c{n}": f"giá trị {n}" for n in range(3)}
    sheet = Sheet(
        form=form_with(3),
        head=HEAD,
        fields={"count": 1},
        rows=[row],
        signatures={"giver": "Lê Văn Cường", "receiver": "Phạm Thị Dung"},
        copies=2,
    )
    first, second = pages(render(sheet))
    for number, text in ((1, first), (2, second)):
        assert f"Bản số {number}/2" in text
        assert "01 (bằng chữ: một)" in text
        assert "02 (hai) bản" in text
        assert "Lê Văn Cường" in text
        assert "Phạm Thị Dung" in text
        assert "giá trị 2" in text


def test_a_wide_list_turns_the_page_and_goes_on_over_pages_under_the_same_headings() -> None:
    rows = [{f"c{n}": f"{line}-{n}" for n in range(8)} for line in range(100)]
    content = render(Sheet(form=form_with(8), head=HEAD, rows=rows))
    reader = PdfReader(io.BytesIO(content))
    assert reader.pages[0].mediabox.width > reader.pages[0].mediabox.height
    assert len(reader.pages) > 1
    assert all("Cột 7" in page.extract_text() for page in reader.pages[:-1])
    assert "99-7" in " ".join(page.extract_text() for page in reader.pages)


def test_the_same_sheet_gives_the_same_bytes() -> None:
    sheet = Sheet(form=form_with(2), head=HEAD)
    assert render(sheet) == render(sheet)


def test_what_people_write_is_text_and_never_markup() -> None:
    rows = [{"c0": "<b>A & B</b> <para>"}]
    (text,) = pages(render(Sheet(form=form_with(1), head=Letterhead("A & <B>"), to="<i>", rows=rows)))
    assert "<b>A & B</b> <para>" in " ".join(text.split())
    assert "A & <B>" in text


def test_a_notice_is_a_letter_with_its_text_and_clause() -> None:
    (text,) = pages(render_letter(HEAD, "Sở Mẫu", "Thông báo thu hồi", ["Đoạn thứ nhất."], "Giám đốc", "XX-9"))
    for part in ("THÔNG BÁO THU HỒI", "Kính gửi: Sở Mẫu", "Đoạn thứ nhất.", "GIÁM ĐỐC", "XX-9", MARK):
        assert part in text


def test_a_table_of_figures_is_printed_with_numbered_lines() -> None:
    (text,) = pages(render_table(HEAD, "Báo cáo", "report", ["Chỉ tiêu", "Số"], [["Cấp mới", 12]], "XX-9"))
    for part in ("BÁO CÁO", "Chỉ tiêu", "Cấp mới", "12", "XX-9"):
        assert part in text


def test_without_the_typeface_the_error_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match="apt-get install fonts-liberation"):
        register_fonts((tmp_path,))


def test_a_typeface_without_vietnamese_letters_is_passed_over(tmp_path: Path) -> None:
    from reportlab import rl_config

    folder = next(Path(path) for path in rl_config.TTFSearchPath if (Path(path) / "Vera.ttf").is_file())
    for style, file in (("Regular", "Vera"), ("Bold", "VeraBd"), ("Italic", "VeraIt"), ("BoldItalic", "VeraBI")):
        (tmp_path / f"LiberationSerif-{style}.ttf").write_bytes((folder / f"{file}.ttf").read_bytes())
    with pytest.raises(SetUpError):
        register_fonts((tmp_path,))
    assert BOLD
