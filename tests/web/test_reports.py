"""Reports over HTTP: drafted, filed, asked for, due, printed, as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from tests.web.conftest import API, PROBLEM, Headers, Province

BODY_TOLD = {
    "document_number": "9/BC-VP",
    "documents_signed_by_organisation": 120,
    "documents_signed_by_person": 300,
    "documents_sent": 290,
    "report_date": "2025-11-15",
    "head_signature": True,
}
LINES = 10
DRAFT = "/reports/draft?regulation=thai-binh&report=yearly&period=2025"


@pytest.fixture
def thai_binh(client: FlaskClient, sign_in: Callable[[str], Headers]) -> Province:
    """Thái Bình on 15 November, an agency with three certificates of persons and one of its own."""
    province = Province(client, sign_in, "thai-binh")
    for kind, count in (("person", 3), ("organisation", 1)):
        wanted = {"regulation": "thai-binh", "unit": "agency-thai-binh", "subscriber_kind": kind, "count": count}
        control(province, "POST", "certificates", wanted)
    control(province, "PUT", "clock", {"set": "2025-11-15T03:00:00Z"})
    return province


def control(province: Province, method: str, path: str, body: dict[str, Any]) -> None:
    answer = province.client.open(
        f"/demo/control/{path}", method=method, json=body, headers=province.headers("trainer")
    )
    assert answer.status_code < 300, answer.text


def filed(province: Province) -> dict[str, Any]:
    body = province.reads("agency", DRAFT)["body"]
    body["form"]["fields"] |= BODY_TOLD
    answer: dict[str, Any] = province.sends("agency", "/reports", body, 201)
    return answer


def download(province: Province, role: str, path: str, expects: int = 200) -> Any:
    answer = province.client.get(API + path, headers=province.headers(role))
    assert answer.status_code == expects, answer.text
    assert (answer.content_type == PROBLEM) is (expects >= 400)
    return answer


def test_a_report_is_drafted_filed_once_and_read(thai_binh: Province) -> None:
    drafted = thai_binh.reads("agency", DRAFT)
    counted = {one["name"]: one["count"] for one in drafted["counters"]}
    assert (counted["personal_certificates"], counted["organisation_certificates"]) == (3, 1)
    assert counted["documents_sent"] is None
    assert {one["name"] for one in drafted["counters"] if one["source"] == "body"} == {
        name for name in BODY_TOLD if name.startswith("documents_s")
    }
    report = filed(thai_binh)
    assert (report["in_time"], report["recipients"]) == (True, ["registrar"])
    assert thai_binh.reads("registrar", f"/reports/{report['number']}") == report
    assert thai_binh.reads("registrar", "/reports?report=yearly&period=2025&unit=agency-thai-binh")["items"] == [report]
    assert thai_binh.reads("other-agency", "/reports")["items"] == []
    thai_binh.reads("other-agency", f"/reports/{report['number']}", 404)
    body: dict[str, Any] = {"regulation": "thai-binh", "report": "yearly", "period": "2025"}
    body["form"] = {"code": "TB-F07", "fields": report["fields"]}
    problem = thai_binh.sends("agency", "/reports", body, 422)
    assert [(one["field"], one["clause"]) for one in problem["violations"]] == [("period", "TB-13.6")]


def test_a_repeated_request_files_nothing_twice(thai_binh: Province) -> None:
    body = thai_binh.reads("agency", DRAFT)["body"]
    body["form"]["fields"] |= BODY_TOLD
    key = {"Idempotency-Key": "bao-cao-1"}
    first = thai_binh.sends("agency", "/reports", body, 201, **key)
    assert thai_binh.sends("agency", "/reports", body, 201, **key) == first


def test_all_that_is_wrong_with_a_report_is_told_at_once(thai_binh: Province) -> None:
    body = thai_binh.reads("agency", DRAFT)["body"]
    body["form"]["fields"] |= BODY_TOLD | {"new_person": 4, "restores": -1, "documents_sent": None}
    problem = thai_binh.sends("agency", "/reports", body, 422)
    told = {one["field"].rpartition(".")[2]: (one["clause"], one["accepted"]) for one in problem["violations"]}
    assert set(told) == {"new_person", "restores", "documents_sent"}
    assert told["new_person"] == ("TB-F07", "3")


@pytest.mark.parametrize(
    ("path", "expects"),
    [
        ("/reports/draft?regulation=thai-binh&report=weekly", 404),
        ("/reports/draft?regulation=thai-binh&report=yearly", 422),
        ("/reports/draft?regulation=thai-binh&report=yearly&period=2025-H1", 422),
        ("/reports/draft?regulation=thai-binh&report=yearly&period=x", 422),
        ("/reports/draft?regulation=an-giang&report=half-year&period=2025-H1", 403),
        ("/reports/draft?regulation=nowhere&report=yearly&period=2025", 404),
        ("/reports/77", 404),
        ("/reports/77.csv", 404),
        ("/reports/0", 422),
        ("/documents/report/77", 404),
        ("/statistics/period?period=2025-13", 422),
        ("/statistics/period", 422),
    ],
)
def test_what_is_not_there_or_makes_no_sense_is_told_as_a_problem(thai_binh: Province, path: str, expects: int) -> None:
    thai_binh.reads("agency", path, expects)


def test_what_is_due_and_overdue_is_found_in_both_places(thai_binh: Province) -> None:
    filed(thai_binh)
    control(thai_binh, "PUT", "clock", {"set": "2025-12-01T03:00:00Z"})
    late = thai_binh.reads("registrar", "/reports/due?overdue=true&report=yearly")
    assert "agency-thai-binh" not in {one["unit"] for one in late["items"]}
    assert {(one["state"], one["clause"]) for one in late["items"]} == {("overdue", "TB-13.6")}
    terms = thai_binh.reads("registrar", "/deadlines?overdue=true")["items"]
    assert {one["about"] for one in terms} == {f"{one['unit']} 2025" for one in late["items"]}
    assert {one["kind"] for one in terms} == {"report.yearly"}
    own = thai_binh.reads("agency", "/reports/due")
    assert [(one["state"], one["filed"]) for one in own["items"]] == [("filed", 1)]
    assert [(one["report"], one["period"]) for one in own["upcoming"]] == [("yearly", "2026")]
    first = thai_binh.reads("registrar", "/reports/due?limit=2")
    second = thai_binh.reads("registrar", f"/reports/due?limit=2&after={first['next']}")
    numbers = [one["number"] for one in (*first["items"], *second["items"])]
    assert len(set(numbers)) == 4


def test_a_report_is_asked_for_by_a_day(thai_binh: Province) -> None:
    body = {"regulation": "thai-binh", "report": "yearly", "period": "2025", "due": "2025-11-20"}
    asked = thai_binh.sends("registrar", "/reports/requests", body | {"units": ["agency-thai-binh"]}, 201)
    assert [(one["unit"], one["due"]) for one in asked["items"]] == [("agency-thai-binh", "2025-11-20T17:00:00Z")]
    assert thai_binh.reads("agency", "/notices")["items"][-1]["subject"].startswith("Yêu cầu báo cáo")
    assert filed(thai_binh)["due"] == "2025-11-20T17:00:00Z"
    thai_binh.sends("agency", "/reports/requests", body, 403)


def test_form_07_prints_with_its_ten_lines_recipients_and_signature(thai_binh: Province) -> None:
    number = filed(thai_binh)["number"]
    answer = download(thai_binh, "agency", f"/documents/report/{number}")
    assert answer.content_type == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Năm 2025",
        "TB-F07",
        "Số: 9/BC-VP",
        "Số liệu từ ngày 01/01/2025 đến ngày 15/11/2025.",
        "Nơi nhận:",
        "THỦ TRƯỞNG ĐƠN VỊ",
        "MÔ PHỎNG",
        "1/3",
        f"{LINES} Văn bản đã gửi đi 290",
    ):
        assert words in text, words
    assert len(pages) == 1


def test_a_report_opens_in_a_spreadsheet(thai_binh: Province) -> None:
    number = filed(thai_binh)["number"]
    answer = download(thai_binh, "agency", f"/reports/{number}.csv")
    assert answer.content_type.startswith("text/csv")
    assert f"report-{number}.csv" in answer.headers["Content-Disposition"]
    assert answer.data.startswith("\ufeff".encode())
    heading, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    assert heading == ["STT", "Dòng", "Mã chỉ tiêu", "Chỉ tiêu", "Cơ quan", "Số lượng"]
    assert {row[2]: int(row[5]) for row in rows} == thai_binh.reads("agency", f"/reports/{number}")["counts"]
    download(thai_binh, "other-agency", f"/reports/{number}.csv", 404)


def test_the_figures_of_a_period_are_read_by_the_registrar(thai_binh: Province) -> None:
    told = thai_binh.reads("registrar", "/statistics/period?period=2025")
    assert (told["counts"]["new_person"], told["counts"]["new_organisation"]) == (3, 1)
    assert [one["unit"] for one in told["units"]] == ["agency-thai-binh"]
    assert thai_binh.reads("authority", "/statistics/period?period=2025&regulation=thai-binh") == told
    thai_binh.reads("subscriber", "/statistics/period?period=2025", 403)
