"""`mockca report` on a sandbox's folder: due, drafted, filed, shown, printed."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockca.cli.report import command
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import CreateSandbox, StageCertificates, SubscriberKind, TurnClock
from mockca.desk.control import turn_clock
from mockca.desk.sandbox import Sandboxes
from mockca.desk.staging import stage_certificates
from tests.desk.conftest import SMALL, START

TRAINER = Actor("trainer", Role.TRAINER)
TOLD = {
    "document_number": "9/BC-VP",
    "documents_signed_by_organisation": 120,
    "documents_signed_by_person": 300,
    "documents_sent": 290,
    "report_date": "2025-11-15",
    "head_signature": "true",
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a sandbox in the November of its year."""
    home = tmp_path / "data"
    sandboxes = Sandboxes(home, "http://127.0.0.1:8400")
    regulations = ("an-giang", "thai-binh", "cao-bang")
    wanted = CreateSandbox(name="demo", seed="s", start=START, frozen=True, keys=SMALL, regulations=regulations)
    sandbox = sandboxes.create(wanted)
    stage = StageCertificates(
        regulation="thai-binh", unit="agency-thai-binh", subscriber_kind=SubscriberKind.PERSON, count=3
    )
    stage_certificates(sandbox, TRAINER, stage)
    turn_clock(sandbox, TRAINER, TurnClock(set=datetime(2025, 11, 15, 2, tzinfo=UTC)))
    sandboxes.close()
    return home


def run(data: Path, *arguments: str, expects: int = 0) -> Result:
    result = CliRunner().invoke(command, [arguments[0], "--data", str(data), *arguments[1:]], env={"COLUMNS": "250"})
    assert result.exit_code == expects, result.output
    return result


def files_yearly(data: Path, *more: str, expects: int = 0, **changes: object) -> Result:
    given = [part for name, value in {**TOLD, **changes}.items() for part in ("--set", f"{name}={value}")]
    who = ("yearly", "--as", "agency@thai-binh", "--period", "2025")
    return run(data, "file", *who, *given, *more, expects=expects)


def test_what_is_due_is_listed_with_its_last_day_and_what_is_late(data: Path) -> None:
    told = run(data, "due", "--regulation", "thai-binh").output
    assert "2025-11-30" in told
    assert "chưa đến hạn" in told
    assert "QUÁ HẠN" not in told
    late = run(data, "due", "--regulation", "an-giang", "--overdue").output
    assert "2025-H1" in late
    assert "QUÁ HẠN" in late
    coming = run(data, "due", "--as", "agency@thai-binh").output
    assert "từ 2026-11-01" in coming
    assert "yearly-demand" in run(data, "due", "--regulation", "cao-bang").output
    items = json.loads(run(data, "due", "--regulation", "an-giang", "--json").output)
    assert [one["state"] for one in items["items"]] == ["overdue"]


def test_a_report_is_drafted_filed_shown_and_printed(data: Path, tmp_path: Path) -> None:
    drafted = run(data, "draft", "yearly", "--as", "agency@thai-binh", "--period", "2025").output
    assert "documents_sent" in drafted
    assert "?" in drafted
    done = files_yearly(data, "--remarks", "Cấp thêm thiết bị.").output
    assert "đúng hạn" in done
    assert "mockca report print 1" in done
    assert "Đã gửi, báo cáo số 1" in run(data, "draft", "yearly", "--as", "agency@thai-binh", "--period", "2025").output
    shown = json.loads(run(data, "show", "1", "--json").output)
    assert (shown["counts"]["personal_certificates"], shown["counts"]["documents_sent"]) == (3, 290)
    assert shown["remarks"] == "Cấp thêm thiết bị."
    assert "0/3" in run(data, "show", "1", "--as", "registrar@thai-binh").output
    rows = list(csv.reader(io.StringIO(run(data, "show", "1", "--csv").output.removeprefix("\ufeff")), delimiter=";"))
    assert rows[2][2:] == ["personal_certificates", rows[2][3], rows[2][4], "3"]
    target = tmp_path / "bao-cao.pdf"
    assert str(target) in run(data, "print", "1", "-o", str(target)).output
    assert target.read_bytes().startswith(b"%PDF-")
    assert "đã gửi, số 1" in run(data, "due", "--as", "agency@thai-binh").output


def test_what_is_wrong_is_told_line_by_line(data: Path) -> None:
    result = files_yearly(data, new_person=7, documents_sent=-1, expects=1)
    assert "form.fields.new_person" in result.output
    assert "(TB-F07) → 3" in result.output
    assert "form.fields.documents_sent" in result.output


def test_a_consolidated_report_names_who_is_missing(data: Path) -> None:
    files_yearly(data)
    drafted = run(data, "draft", "consolidated", "--regulation", "thai-binh", "--period", "2025").output
    assert "Chưa có báo cáo" in drafted
    who = (
        "consolidated",
        "--regulation",
        "thai-binh",
        "--period",
        "2025",
        "--number",
        "31/BC",
        "--signed-by",
        "Lê Mẫu",
    )
    told = json.loads(run(data, "file", *who, "--json").output)
    assert (told["document_number"], told["signed_by"], len(told["parts"])) == ("31/BC", "Lê Mẫu", 1)
    assert "Chưa có báo cáo" in run(data, "show", str(told["number"])).output


def test_figures_without_a_form_are_given_by_name(data: Path) -> None:
    who = ("application-use", "--as", "agency@cao-bang", "--period", "2025-10", "--application", "tax")
    told = run(data, "file", *who, "--set", "application_users=12", "--set", "transactions_signed=340", "--json").output
    assert json.loads(told)["counts"] == {"application_users": 12, "transactions_signed": 340}
    assert "application-use" in run(data, "draft", *who, "--json").output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("due",), "say --regulation"),
        (("due", "--as", "nobody"), "no account nobody"),
        (("show", "9"), "no report 9"),
        (("print", "9"), "no report 9"),
        (("draft", "half-year", "--regulation", "an-giang"), "period is missing"),
        (("file", "weekly", "--regulation", "an-giang", "--period", "2025"), "no report weekly"),
        (("file", "half-year", "--regulation", "an-giang", "--period", "2025-H1", "--set", "x"), "NAME=VALUE"),
    ],
)
def test_mistakes_end_in_a_line(data: Path, arguments: tuple[str, ...], words: str) -> None:
    result = CliRunner().invoke(command, [arguments[0], "--data", str(data), *arguments[1:]])
    assert result.exit_code != 0
    assert words in result.output
    assert "Traceback" not in result.output
