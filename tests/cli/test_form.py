"""The command `mockca form`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockca.cli import form, main
from mockca.rules.loading import load
from mockca.rules.outline import form_rows

REGULATION = "thai-binh"
FORMS = load(REGULATION).forms
FORM = FORMS["TB-F03"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["form", *arguments, "--regulation", REGULATION])


def test_list_names_every_form_with_its_kind() -> None:
    listed = run("list")
    assert listed.exit_code == 0
    for code in load(REGULATION).forms:
        assert code in listed.output
    told = {entry["code"]: entry for entry in json.loads(run("list", "--json").output)}
    assert (told["TB-F03"]["kind"], told["TB-F03"]["columns"]) == ("list", list(FORM.rows))


def test_show_tells_fields_columns_and_what_must_be_repeated() -> None:
    output = run("show", "TB-F03").output
    assert "Cột Họ và tên" in output
    told = {code: " ".join(row.value for row in form_rows(load(REGULATION), code)) for code in FORMS}
    assert "registration_count: integer, bắt buộc, = số dòng" in told["TB-F03"]
    assert "= trường Subject của chứng thư số" in told["TB-F05"]
    assert "person | organisation" in told["TB-F06"]
    assert json.loads(run("show", "TB-F03", "--json").output)["rows"].keys() == FORM.rows.keys()


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_a_template_is_written_and_read_back(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    written = run("template", "TB-F03", "-o", str(file))
    assert written.exit_code == 0
    assert "mockca form read" in written.output
    assert file.read_bytes()[:2] == (b"PK" if name.endswith("xlsx") else b"\xef\xbb")
    read = run("read", str(file), "--form", "TB-F03")
    assert read.exit_code == 0
    assert "không có lỗi" in read.output
    assert "Nguyễn Văn" in read.output


def test_a_template_goes_to_standard_output_and_may_be_of_either_format(tmp_path: Path) -> None:
    assert run("template", "TB-F03").stdout_bytes.startswith(b"\xef\xbb\xbf")
    assert run("template", "TB-F03", "--format", "xlsx").stdout_bytes.startswith(b"PK")
    file = tmp_path / "danh-sach"
    assert run("template", "TB-F03", "-o", str(file)).exit_code == 0
    assert run("read", str(file), "--form", "TB-F03", "--format", "csv").exit_code == 0


def test_mistakes_are_told_by_line_and_end_in_1(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(run("template", "TB-F03").stdout_bytes.replace(b"1990-09-02", b"31/02/1990"))
    read = run("read", str(file), "--form", "TB-F03")
    assert read.exit_code == 1
    assert "Dòng 2, B" in read.output
    assert "1 lỗi" in read.output
    told = json.loads(run("read", str(file), "--form", "TB-F03", "--json").output)
    assert told["rows"][0]["full_name"] == "Nguyễn Văn Mẫu"
    assert told["violations"][0]["field"] == "rows.0.birth_date"


def test_a_long_list_is_shown_in_part(tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    row = json.loads(run("read", str(_template(tmp_path)), "--form", "TB-F03", "--json").output)["rows"][0]
    file.write_text(json.dumps([row] * 7), "utf-8")
    assert "2 dòng nữa" in run("read", str(file), "--form", "TB-F03").output


def _template(tmp_path: Path) -> Path:
    file = tmp_path / "template.csv"
    file.write_bytes(run("template", "TB-F03").stdout_bytes)
    return file


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("list.pdf", b"%PDF", "not one of csv, xlsx, json"),
        ("list.csv", b"a,b", "no line with the headings"),
        ("list.xlsx", b"PK", "not a workbook"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(content)
    result = run("read", str(tmp_path / name), "--form", "TB-F03")
    assert result.exit_code != 0
    assert why in " ".join(result.output.split())


def test_a_file_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    with file.open("wb") as out:
        out.truncate(form.LARGEST + 1)
    assert "over 16 MiB" in run("read", str(file), "--form", "TB-F03").output


def test_unknown_forms_and_forms_without_a_list_are_refused() -> None:
    assert "not among" in run("show", "XX-F01").output
    assert "không có danh sách" in run("template", "TB-F05").output
