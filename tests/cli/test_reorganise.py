"""`mockca reorganise`, from the map's suggestion to the report."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from mockca.cli import main
from mockca.desk.commands import TurnClock
from mockca.desk.control import turn_clock
from tests.desk.reorganised_world import TRAINER, Province, found_province

SPRING = datetime(2025, 3, 3, 2, tzinfo=UTC)
SUMMER = datetime(2025, 7, 2, 2, tzinfo=UTC)


@pytest.fixture
def province(tmp_path: Path) -> Province:
    """Named by the map of before July 2025, with the clock turned to the day after the new one."""
    found = found_province(tmp_path / "data", "thai-binh", start=SPRING)
    found.stages(2, unit="state-body")
    found.stages(2, unit="state-body", kind="organisation")
    turn_clock(found.sandbox, TRAINER, TurnClock(set=SUMMER))
    return found


def run(province: Province, *arguments: str, **more: Any) -> Result:
    data = str(province.sandbox.home.parent)
    return CliRunner().invoke(main, ["reorganise", *arguments, "--data", data], env={"COLUMNS": "160"}, **more)


def suggested(province: Province) -> list[dict[str, Any]]:
    done = run(province, "suggest", "--regulation", "thai-binh", "--number", "202/2025/QH15", "--json")
    assert done.exit_code == 0
    found: list[dict[str, Any]] = json.loads(done.output)
    return found


def test_what_the_map_suggests_can_be_planned_worked_off_and_reported(province: Province, tmp_path: Path) -> None:
    table = run(province, "suggest", "--regulation", "thai-binh")
    assert "Hợp nhất" in table.output
    assert "đơn vị mới · new" in table.output
    assert "district-division-thai-binh" in table.output
    wanted = next(one for one in suggested(province) if one["units"] == ["state-body-thai-binh"])
    planned = run(province, "plan", "-", input=json.dumps(wanted))
    assert planned.exit_code == 0, planned.output
    assert "TB-6.1.a" in planned.output

    worked = run(province, "run", "1", "--batch", "3")
    assert worked.exit_code == 0, worked.output
    assert "4/4" in worked.output
    assert "đã xử lý xong" in worked.output
    assert "4/4" not in run(province, "run", "1").output

    shown = run(province, "show")
    assert "202/2025/QH15" in shown.output
    items = run(province, "show", "1", "--items")
    assert items.output.count("→") == 4
    assert "The body that takes over has a certificate of this kind. (TB-7.1.a)" in items.output
    as_json = [json.loads(line) for line in run(province, "show", "1", "--items", "--json").output.splitlines()]
    assert {item["state"] for item in as_json} == {"done"}
    assert json.loads(run(province, "show", "--json").output)[0]["done"] == 4
    assert run(province, "show", "1", "--state", "exception").output.count("(TB-7.1.a)") == 0

    pdf, table_file = tmp_path / "bao-cao.pdf", tmp_path / "bao-cao.csv"
    assert run(province, "report", "1", "--out", str(pdf)).output.strip() == str(pdf)
    text = " ".join(page.extract_text() for page in PdfReader(pdf).pages)
    assert "202/2025/QH15" in text
    assert "TB-7.1.a" in text
    assert run(province, "report", "1", "--out", str(table_file)).exit_code == 0
    rows = list(csv.reader(io.StringIO(table_file.read_text("utf-8-sig")), delimiter=";"))
    totals = [(row[2], row[3], row[4], row[5]) for row in rows[1:] if not row[6]]
    assert totals == [
        ("Cá nhân", "thu hồi, cấp lại", "đã xử lý", "2"),
        ("Tổ chức", "thu hồi, cấp lại", "đã xử lý", "1"),
        ("Tổ chức", "thu hồi", "đã xử lý", "1"),
    ]
    (exceptional,) = [row for row in rows[1:] if row[6]]
    assert (exceptional[8], exceptional[9]) == ("TB-7.1.a", "Đơn vị kế thừa đã có chứng thư số loại này.")


def test_a_list_of_decisions_is_planned_one_after_the_other(province: Province, tmp_path: Path) -> None:
    plans = tmp_path / "plans.json"
    wanted = suggested(province)
    plans.write_text(json.dumps(wanted), "utf-8")
    done = run(province, "plan", str(plans))
    assert done.exit_code == 0, done.output
    assert len(json.loads(run(province, "show", "--json").output)) == len(wanted)
    assert "Không có chứng thư số nào" in done.output


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "no JSON"),
        ('{"kind": "merge"}', "regulation"),
        ('{"regulation": "thai-binh", "kind": "merge", "units": ["nobody"]}', "TB-6.1.a"),
    ],
)
def test_what_cannot_be_planned_is_told_in_a_line(province: Province, text: str, what: str) -> None:
    done = run(province, "plan", "-", input=text)
    assert done.exit_code == 1
    assert what in done.output
    assert "Traceback" not in done.output


def test_there_is_nothing_to_run_or_report_without_a_plan(province: Province) -> None:
    for command in ("run", "report", "show"):
        done = run(province, command, "7")
        assert done.exit_code == 1
        assert "no reorganisation 7" in done.output


def test_where_the_map_leaves_every_body_as_it_is_that_is_said(tmp_path: Path) -> None:
    found = found_province(tmp_path / "data", "cao-bang", start=SUMMER)
    done = run(found, "suggest", "--regulation", "cao-bang")
    assert "Bản đồ không làm thay đổi đơn vị nào" in done.output
    assert json.loads(run(found, "suggest", "--regulation", "cao-bang", "--json").output) == []
