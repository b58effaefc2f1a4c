"""Documents of the workflow as PDF over HTTP."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from tests.web.conftest import API, PROBLEM, Province


def printed(an_giang: Province, role: str, path: str, expects: int = 200) -> str:
    answer = an_giang.client.get(f"{API}/documents/{path}", headers=an_giang.headers(role))
    assert answer.status_code == expects, answer.text
    if expects >= 400:
        assert answer.content_type == PROBLEM
        return answer.text
    assert answer.content_type == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert ".pdf" in answer.headers["Content-Disposition"]
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split())


def test_a_dossier_prints_as_the_form_that_was_filed(an_giang: Province) -> None:
    number = an_giang.approved()["number"]
    fields = an_giang.filing()["form"]["fields"]
    text = printed(an_giang, "subscriber", f"dossier/{number}")
    assert fields["full_name"] in text
    assert "Văn phòng" in text


def test_the_roster_prints_with_a_line_for_each_dossier(an_giang: Province) -> None:
    an_giang.approved()
    assert an_giang.filing()["form"]["fields"]["full_name"] in printed(an_giang, "registrar", "roster/1")


def test_minutes_print_in_two_copies_with_both_signatories_and_the_device(an_giang: Province) -> None:
    certificate = an_giang.issued()["certificate"]
    number = an_giang.hands_over("authority-registrar", certificate)["number"]
    text = printed(an_giang, "registrar", f"handover/{number}")
    assert "Bản số 1/2" in text
    assert "Bản số 2/2" in text
    assert certificate["device"] in text
    assert certificate["common_name"] in text


def test_a_request_for_revocation_by_letter_prints_with_its_ground(an_giang: Province) -> None:
    certificate = an_giang.effective()
    case = an_giang.sends("registrar", "/revocations", an_giang.demand(certificate["serial"]), 201)
    text = printed(an_giang, "registrar", f"revocation/{case['number']}")
    assert "AG-11.1.d" in text
    assert certificate["serial"] in text


def test_a_request_on_its_form_prints_as_that_form(an_giang: Province) -> None:
    certificate = an_giang.effective()
    demand = an_giang.demand(certificate["serial"], "key-compromise") | {
        "confirmed_by": "Trần Thị Bình",
        "form": {
            "code": "TT05-F05",
            "fields": {
                "full_name": certificate["common_name"],
                "certificate_number": certificate["serial"],
                "revocation_reason": "Nghi lộ khóa bí mật",
            },
        },
    }
    case = an_giang.sends("subscriber", "/revocations", demand, 201)
    assert "Nghi lộ khóa bí mật" in printed(an_giang, "registrar", f"revocation/{case['number']}")


def test_a_notice_prints_as_a_letter_for_whom_it_is_sent_to(an_giang: Province) -> None:
    certificate = an_giang.effective()
    an_giang.sends("registrar", "/revocations", an_giang.demand(certificate["serial"]), 201)
    notices = an_giang.reads("registrar", "/notices")["items"]
    text = printed(an_giang, "registrar", f"notice/{notices[0]['number']}")
    assert certificate["serial"] in text
    printed(an_giang, "other-agency", f"notice/{notices[0]['number']}", 404)


@pytest.mark.parametrize("kind", ["dossier", "roster", "handover", "revocation", "forwarding", "restore", "notice"])
def test_what_is_not_there_is_not_found(an_giang: Province, kind: str) -> None:
    printed(an_giang, "registrar", f"{kind}/99", 404)


def test_a_kind_that_is_none_is_refused(an_giang: Province) -> None:
    printed(an_giang, "registrar", "secret/1", 422)


def test_documents_of_others_are_not_found(an_giang: Province) -> None:
    number = an_giang.approved()["number"]
    printed(an_giang, "other-agency", f"dossier/{number}", 404)


def test_without_signing_in_nothing_is_printed(client: FlaskClient) -> None:
    assert client.get(f"{API}/documents/dossier/1").status_code == 401


def test_a_blank_form_prints_for_filling_in_by_hand(an_giang: Province) -> None:
    assert "GIẤY ĐỀ NGHỊ" in printed(an_giang, "subscriber", "form/AG-F01?regulation=an-giang")
    printed(an_giang, "subscriber", "form/AG-F99?regulation=an-giang", 404)
    printed(an_giang, "subscriber", "form/AG-F01?regulation=nowhere", 404)
