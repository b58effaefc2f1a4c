"""Forms: what a field must repeat, counts, choices, lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mockca.rules.forms import MOST_TOLD, check_form
from mockca.rules.grounds import check_revocation
from tests.rules.samples import (
    LAI_CHAU,
    TB_F05,
    TB_LIST,
    TB_PERSON_ROW,
    THAI_BINH,
    TODAY,
    certificate,
    clauses,
    revocation,
)

SUBJECT = "CN=Vũ Thị Mẫu,OU=Sở Y tế,O=Ủy ban nhân dân tỉnh,L=Thái Bình,C=VN"
HELD = certificate(
    subject=SUBJECT,
    common_name="Vũ Thị Mẫu",
    email="mau.vt@thaibinh.test",
    device="00ab",
    not_before=datetime(2024, 2, 29, 18, 0, tzinfo=UTC),
)
"""Valid from 1 March in Việt Nam."""


def asks(**fields: object) -> list[tuple[str, str]]:
    found = check_form(THAI_BINH, THAI_BINH.forms["TB-F05"], TB_F05 | fields, today=TODAY, about=(HELD,))
    return clauses(found)


def lists(rows: tuple[dict[str, Any], ...], **fields: object) -> list[tuple[str, str]]:
    form = THAI_BINH.forms["TB-F03"]
    return clauses(check_form(THAI_BINH, form, TB_LIST | fields, today=TODAY, rows=rows))


def test_a_form_that_repeats_its_certificate_has_nothing_wrong() -> None:
    assert asks() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("certificate_subject", "CN=Vũ Thị Mẫu"),
        ("email", "mau.khac@thaibinh.test"),
        ("certificate_serial", "ff"),
        ("certificate_issue_date", "2024-02-29"),
        ("certificate_expiry_date", "2029-03-01"),
        ("device_serial", "00ac"),
    ],
)
def test_a_field_that_says_otherwise_than_the_certificate_is_refused(field: str, value: str) -> None:
    assert asks(**{field: value}) == [(f"form.fields.{field}", "TB-F05")]


def test_a_subject_typed_short_is_told_the_full_one() -> None:
    fields = TB_F05 | {"certificate_subject": "CN=Vũ Thị Mẫu"}
    (violation,) = check_form(THAI_BINH, THAI_BINH.forms["TB-F05"], fields, today=TODAY, about=(HELD,))
    assert (violation.value, violation.accepted) == ("CN=Vũ Thị Mẫu", SUBJECT)


def test_what_the_certificate_has_not_can_be_told_freely() -> None:
    bare = replace(HELD, email=None, device=None)
    fields = TB_F05 | {"email": "khac@thaibinh.test", "device_serial": "không có"}
    assert check_form(THAI_BINH, THAI_BINH.forms["TB-F05"], fields, today=TODAY, about=(bare,)) == []


def test_of_several_certificates_the_form_must_repeat_one_throughout() -> None:
    other = replace(HELD, serial="c0de", device="00ff")
    form = THAI_BINH.forms["TB-F05"]
    assert check_form(THAI_BINH, form, TB_F05, today=TODAY, about=(other, HELD)) == []
    mixed = check_form(THAI_BINH, form, TB_F05 | {"device_serial": "00ff"}, today=TODAY, about=(other, HELD))
    assert len(mixed) == 1
    assert mixed[0].field in {"form.fields.device_serial", "form.fields.certificate_serial"}


def test_a_revocation_is_held_to_the_certificate_that_it_asks_for() -> None:
    ground = {"ground": "left", "requester_role": "agency", "form": "TT08-F09"}
    fields = {
        "subscriber_name": "Vũ Thị Mẫu",
        "certificate_number": "ff",
        "revocation_reason": "Nghỉ hưu",
        "form_date": "2026-03-10",
    }
    regulation = replace(
        THAI_BINH,
        revocation=replace(THAI_BINH.revocation, forms={"person": replace(FORM_09, value="TT08-F09")}),
    )
    facts = revocation(**ground, fields=fields, certificates=(HELD,))
    assert ("form.fields.certificate_number", "TT08-F09") in clauses(check_revocation(regulation, facts))


FORM_09 = THAI_BINH.revocation.forms["person"]


def test_a_full_list_has_nothing_wrong() -> None:
    assert lists((TB_PERSON_ROW,)) == []
    assert lists((TB_PERSON_ROW, TB_PERSON_ROW | {"full_name": "Người khác"}), registration_count=2) == []


@pytest.mark.parametrize(
    ("rows", "fields", "expected"),
    [
        ((TB_PERSON_ROW,) * 2, {"registration_count": 3}, [("form.fields.registration_count", "TB-F03")]),
        ((TB_PERSON_ROW,), {"registration_count": True}, [("form.fields.registration_count", "TB-F03")]),
        ((), {"registration_count": 0}, [("form.rows", "TB-F03")]),
        (
            (TB_PERSON_ROW, TB_PERSON_ROW | {"position": None}),
            {"registration_count": 2},
            [("form.rows.1.position", "TB-F03")],
        ),
        ((TB_PERSON_ROW | {"birth_date": "02/09/1990"},), {}, [("form.rows.0.birth_date", "TB-F03")]),
        ((TB_PERSON_ROW | {"email": "mau@mail.example"},), {}, [("form.rows.0.email", "TB-F01")]),
        ((TB_PERSON_ROW | {"shoe_size": 42},), {}, [("form.rows.0.shoe_size", "unsourced")]),
    ],
)
def test_a_spoiled_list_is_refused_by_line_and_column(
    rows: tuple[dict[str, Any], ...], fields: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    assert lists(rows, **fields) == expected


def test_lines_on_a_form_without_a_list_are_refused() -> None:
    form = LAI_CHAU.forms["ND68-F05"]
    found = check_form(LAI_CHAU, form, {"revocation_reason": "Mất"}, today=TODAY, rows=({"full_name": "A"},))
    assert clauses(found) == [("form.rows", "unsourced")]


def test_a_list_full_of_mistakes_is_told_in_part() -> None:
    assert len(lists(({},) * 1000, registration_count=1000)) == MOST_TOLD


@pytest.mark.parametrize(("value", "right"), [(0, True), (7, True), (-1, False), (True, False), ("7", False)])
def test_a_count_is_a_number_from_nought(value: object, right: bool) -> None:
    form = THAI_BINH.forms["TB-F07"]
    found = check_form(THAI_BINH, form, {"restores": value}, today=TODAY)
    assert (("form.fields.restores", "TB-F07") in clauses(found)) is not right


@pytest.mark.parametrize(("value", "right"), [("person", True), ("cat", False), (1, False)])
def test_a_choice_is_one_of_its_own(value: object, right: bool) -> None:
    form = THAI_BINH.forms["TB-F08"]
    found = [
        one
        for one in check_form(THAI_BINH, form, {"certificate_kind": value}, today=TODAY)
        if one.field == "form.fields.certificate_kind"
    ]
    assert [one.accepted for one in found] == ([] if right else ["person | organisation"])
