"""Requests on paper: what a body passed on, and the lists enclosed, read back from the PDF."""

from __future__ import annotations

import io

import pytest
from pypdf import PageObject, PdfReader

from mockca.desk import documents, dossiers
from mockca.desk.commands import FileDossier, FormSheet
from mockca.desk.sandbox import Sandbox
from mockca.errors import NotFound
from tests.desk.conftest import PAPER, People
from tests.desk.test_revocation import asks, asks_thai_binh, forwards, staged


def printed(people: People, role: str, kind: str, number: int) -> list[PageObject]:
    content = documents.document(people.sandbox, people.actor(role), kind, number).content
    return list(PdfReader(io.BytesIO(content)).pages)


def text_of(page: PageObject) -> str:
    return " ".join(page.extract_text().split())


def is_turned(page: PageObject) -> bool:
    return float(page.mediabox.width) > float(page.mediabox.height)


def test_what_a_body_passed_on_prints_as_its_own_form_beside_the_subscribers(sandbox: Sandbox) -> None:
    cao_bang = People(sandbox, "cao-bang")
    (serial,) = staged(cao_bang)
    number = asks(cao_bang, "subscriber", serial, "key-compromise", "TT185-F09").number
    with pytest.raises(NotFound):
        printed(cao_bang, "agency", "forwarding", number)
    sheet = FormSheet(code="TT185-F10", fields={"certificate_number": serial, "revocation_reason": "Cơ quan xác nhận"})
    forwards(cao_bang, number, form=sheet)
    (page,) = printed(cao_bang, "authority", "forwarding", number)
    for part in ("Mẫu số 10", "Số: 12/CV", "Cơ quan chứng thực", serial, "Cơ quan xác nhận", "Trần Thị Bình"):
        assert part in text_of(page)
    (page,) = printed(cao_bang, "authority", "revocation", number)
    assert "Mẫu số 09" in text_of(page)
    assert "Có căn cứ" in text_of(page)
    with pytest.raises(NotFound):
        printed(cao_bang, "other-agency", "forwarding", number)


def test_a_request_that_nobody_had_to_pass_on_has_no_such_form(sandbox: Sandbox) -> None:
    cao_bang = People(sandbox, "cao-bang")
    (serial,) = staged(cao_bang)
    number = asks(cao_bang, "agency", serial, "left", "TT185-F10").number
    with pytest.raises(NotFound):
        printed(cao_bang, "agency", "forwarding", number)


def test_the_list_enclosed_with_a_request_follows_it_turned_on_a_page_of_its_own(sandbox: Sandbox) -> None:
    thai_binh = People(sandbox, "thai-binh")
    (serial,) = staged(thai_binh, common_names=("Vũ Thị Mẫu",))
    request, enclosed = printed(thai_binh, "registrar", "revocation", asks_thai_binh(thai_binh, serial).number)
    assert "TB-F05" in text_of(request)
    assert not is_turned(request)
    for part in (
        "TB-F06",
        "Vũ Thị Mẫu",
        "Cá nhân",
        "Nghỉ hưu",
        "60/CV-VP",
        "01 (bằng chữ: một)",
        "(đã ký)",
        "TB-F06 · 2",
    ):
        assert part in text_of(enclosed)
    assert is_turned(enclosed)


def test_the_list_enclosed_with_a_dossier_follows_it(sandbox: Sandbox) -> None:
    cao_bang = People(sandbox, "cao-bang")
    person = {"full_name": "Vũ Thị Mẫu", "email": "vu.thi.mau@caobang.gov.test"}
    fields = {
        **person,
        "id_number": "004190000001",
        "workplace": "Văn phòng",
        "position": "Chuyên viên",
        "validity_years": 5,
        "form_date": "2025-03-03",
    }
    filed = FileDossier(
        regulation="cao-bang",
        subscriber_kind="person",
        form=FormSheet(code="TT185-F01", fields=fields),
        enclosed=(FormSheet(code="TT185-F02", rows=(person,)),),
        submission=PAPER,
    )
    number = cao_bang.does("agency", dossiers.file_dossier, filed).number
    request, enclosed = map(text_of, printed(cao_bang, "agency", "dossier", number))
    assert "Mẫu số 01" in request
    assert "Mẫu số 02" in enclosed
    assert person["email"] in enclosed
