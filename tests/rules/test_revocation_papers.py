"""What comes with a request for revocation: lists, attachments, the day of its event, what no longer fits, form 10."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mockca.errors import Forbidden, NotAvailable, OutOfOrder
from mockca.rules.facts import ForwardingFacts, RevocationFacts, SheetFacts, SubmissionFacts
from mockca.rules.grounds import check_forwarding, check_revocation, latest_before
from mockca.rules.lifecycle import REVOCATION
from mockca.rules.loading import load, read
from mockca.rules.reading import RulesError
from mockca.rules.terms import Forwarder
from tests.rules.samples import (
    AN_GIANG,
    LAI_CHAU,
    PAPER,
    TB_F05,
    TB_LIST,
    TB_PERSON_ROW,
    THAI_BINH,
    TODAY,
    certificate,
    clauses,
    revocation,
)

CAO_BANG = load("cao-bang")
FORWARDER = Forwarder("agency", "TT185-F10", "TT185-10")
HOLDER = certificate(
    common_name="Vũ Thị Mẫu",
    subject="CN=Vũ Thị Mẫu,OU=Sở Y tế,O=Ủy ban nhân dân tỉnh,L=Thái Bình,C=VN",
    email="mau.vt@thaibinh.test",
    device="00ab",
    organisation="Sở Y tế",
    locality="Thái Bình",
)
BODY = replace(HOLDER, serial="b2c", subscriber_kind="organisation", common_name="SỞ Y TẾ")
LIST = {
    "covering_letter": "60/CV-VP",
    "item_count": 1,
    "compiler_signature": True,
    "compiler_phone": "0000123456",
    "list_date": "2026-03-09",
    "head_signature": True,
}
ROW = {
    "full_name": "vũ thị  mẫu",
    "birth_date": "1990-09-02",
    "id": "034190000001",
    "position": "Giám đốc",
    "organisation_name": "Sở Y tế",
    "certificate_kind": "person",
    "reason": "Nghỉ hưu",
}
BODY_ROW = ROW | {"full_name": "Đỗ Văn Mẫu", "certificate_kind": "organisation"}


def asked(**changes: Any) -> RevocationFacts:
    """A body's request before a retirement, in Thái Bình."""
    values: dict[str, Any] = {
        "requester_role": "agency",
        "ground": "left",
        "form": "TB-F05",
        "fields": TB_F05 | {"certificate_subject": HOLDER.subject},
        "confirmed_by": None,
        "certificates": (HOLDER,),
        "enclosed": (SheetFacts("TB-F06", LIST, (ROW,)),),
        "event_on": TODAY + timedelta(days=20),
    }
    return revocation(**(values | changes))


def listed(*rows: dict[str, Any], **fields: Any) -> tuple[SheetFacts, ...]:
    return (SheetFacts("TB-F06", LIST | {"item_count": len(rows)} | fields, rows),)


def test_form_and_list_together_have_nothing_wrong() -> None:
    assert check_revocation(THAI_BINH, asked()) == []


def test_persons_and_organisations_stand_on_one_list() -> None:
    facts = asked(
        ground="damaged",
        certificates=(HOLDER, BODY),
        enclosed=listed(BODY_ROW, ROW),
    )
    assert check_revocation(THAI_BINH, facts) == []


@pytest.mark.parametrize(
    ("enclosed", "expected"),
    [
        ((), [("enclosed", "TB-6.2")]),
        ((SheetFacts("TB-F03", TB_LIST, (TB_PERSON_ROW,)),), [("enclosed.0.code", "TB-6.2")]),
        ((SheetFacts("XX-F01"),), [("enclosed.0.code", "TB-6.2"), ("enclosed.0.code", "unsourced")]),
        (listed(ROW, item_count=2), [("enclosed.0.fields.item_count", "TB-F06")]),
        (listed(ROW | {"reason": ""}), [("enclosed.0.rows.0.reason", "TB-F06")]),
        (listed({**ROW, "certificate_kind": None}), [("enclosed.0.rows.0.certificate_kind", "TB-F06")]),
        (listed(ROW | {"certificate_kind": "organisation"}), [("enclosed.0.rows.0.certificate_kind", "TB-F06")]),
        (
            listed(ROW | {"full_name": "Người khác"}),
            [("enclosed.0.rows.0", "TB-6.2"), ("enclosed.0.rows", "TB-6.2")],
        ),
        (listed(ROW, ROW | {"full_name": "Người khác"}), [("enclosed.0.rows.1", "TB-6.2")]),
        (listed(), [("enclosed.0.rows", "TB-F06"), ("enclosed.0.rows", "TB-6.2")]),
        (listed(ROW, compiler_phone=None), [("enclosed.0.fields.compiler_phone", "TB-F06")]),
    ],
)
def test_a_spoiled_list_is_refused_by_its_clause(
    enclosed: tuple[SheetFacts, ...], expected: list[tuple[str, str]]
) -> None:
    assert clauses(check_revocation(THAI_BINH, asked(enclosed=enclosed))) == expected


def test_each_of_several_certificates_has_a_line_of_its_own() -> None:
    twin = replace(HOLDER, serial="c3d")
    facts = asked(ground="damaged", certificates=(HOLDER, twin))
    (violation,) = check_revocation(THAI_BINH, facts)
    assert (violation.field, violation.clause) == ("enclosed.0.rows", "TB-6.2")
    assert violation.value == "c3d (Vũ Thị Mẫu)"
    assert violation.vi == "Chứng thư số c3d của Vũ Thị Mẫu không có dòng nào trong danh sách."
    assert check_revocation(THAI_BINH, replace(facts, enclosed=listed(ROW, ROW))) == []


def test_a_letter_needs_no_list() -> None:
    facts = asked(
        requester_role="registrar", ground="manager-request", form=None, fields={}, enclosed=(), submission=PAPER
    )
    assert check_revocation(THAI_BINH, facts) == []


def test_a_list_that_is_not_asked_for_is_checked_all_the_same() -> None:
    (violation,) = check_revocation(THAI_BINH, asked(enclosed=(*listed(ROW), SheetFacts("TB-F02", {"x": 1}))))[-1:]
    assert violation.field == "enclosed.1.fields.x"


# --- attachments and events ---------------------------------------------------------------------------------------


def test_a_crime_needs_the_notice_of_a_prosecuting_body() -> None:
    crime = asked(ground="crime", event_on=None)
    assert clauses(check_revocation(THAI_BINH, crime)) == [("attachments", "TB-6.1.b")]
    given = replace(crime, attachments=frozenset({"prosecution-notice"}))
    assert check_revocation(THAI_BINH, given) == []


@pytest.mark.parametrize("ground", ["left", "moved", "position-changed"])
def test_what_must_be_revoked_before_an_event_names_its_day(ground: str) -> None:
    assert clauses(check_revocation(THAI_BINH, asked(ground=ground, event_on=None))) == [("event_on", "TB-6.1.b")]


@pytest.mark.parametrize("day", [TODAY - timedelta(days=400), TODAY, TODAY + timedelta(days=400)])
def test_the_event_may_be_past_for_the_certificate_must_end(day: date) -> None:
    assert check_revocation(THAI_BINH, asked(event_on=day)) == []


def test_the_last_moment_is_the_midnight_in_vietnam_at_which_the_day_of_the_event_begins() -> None:
    ground = THAI_BINH.grounds["left"]
    assert latest_before(ground, date(2026, 12, 1)) == datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert latest_before(ground, None) is None
    assert latest_before(THAI_BINH.grounds["crime"], date(2026, 12, 1)) is None


# --- what no longer fits ------------------------------------------------------------------------------------------


def moved(**changes: Any) -> RevocationFacts:
    values: dict[str, Any] = {
        "requester_role": "agency",
        "ground": "position-changed",
        "form": "ND68-F05",
        "fields": {"revocation_reason": "Chuyển vị trí công tác"},
        "confirmed_by": None,
        "certificates": (HOLDER,),
        "unfit": {"organisation": "Sở Công Thương"},
    }
    return revocation(**(values | changes))


@pytest.mark.parametrize(
    "unfit",
    [
        {"organisation": "Sở Công Thương"},
        {"email": "mau.vt@soct.thaibinh.test"},
        {"common_name": "Vũ Thị Mẫu Mới", "locality": "Ninh Bình"},
    ],
)
def test_a_change_of_position_counts_where_the_certificate_no_longer_fits(unfit: dict[str, str]) -> None:
    assert check_revocation(LAI_CHAU, moved(unfit=unfit)) == []


@pytest.mark.parametrize(
    ("unfit", "expected"),
    [
        ({}, ["unfit"]),
        ({"organisation": "sở  y tế"}, ["unfit.organisation"]),
        ({"organisation": "Sở Y tế", "email": "MAU.VT@thaibinh.test"}, ["unfit.organisation", "unfit.email"]),
        ({"organisation": "Sở Công Thương", "common_name": "Vũ Thị Mẫu"}, ["unfit.common_name"]),
    ],
)
def test_a_change_of_position_inside_one_body_is_no_ground(unfit: dict[str, str], expected: list[str]) -> None:
    assert clauses(check_revocation(LAI_CHAU, moved(unfit=unfit))) == [(field, "ND68-17.2.b") for field in expected]


def test_what_the_certificate_does_not_say_cannot_be_unfit() -> None:
    without = replace(HOLDER, email=None)
    (violation,) = check_revocation(LAI_CHAU, moved(certificates=(without,), unfit={"email": "moi@laichau.test"}))
    assert (violation.field, violation.accepted) == ("unfit.email", "-")


def test_each_certificate_must_not_fit() -> None:
    there_already = replace(HOLDER, serial="d4e", organisation="Sở Công Thương")
    (violation,) = check_revocation(LAI_CHAU, moved(certificates=(HOLDER, there_already)))
    assert violation.field == "unfit.organisation"
    assert "d4e" in violation.vi


def test_another_post_in_the_same_body_is_a_ground_where_the_regulation_has_no_such_limit() -> None:
    assert check_revocation(THAI_BINH, asked(ground="position-changed", unfit={})) == []


# --- passed on ----------------------------------------------------------------------------------------------------


def forwarding(**changes: Any) -> ForwardingFacts:
    values: dict[str, Any] = {
        "ground": "key-compromise",
        "form": "TT185-F10",
        "fields": {"certificate_number": "0A:1B", "revocation_reason": "Lộ khóa"},
        "submission": PAPER,
        "today": TODAY,
        "certificates": (certificate(),),
    }
    return ForwardingFacts(**(values | changes))


def test_a_request_is_passed_on_by_form_10() -> None:
    assert check_forwarding(CAO_BANG, FORWARDER, forwarding()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"form": "TT185-F09"}, [("form.code", "TT185-10")]),
        ({"form": None, "fields": {}}, [("form.code", "TT185-10")]),
        ({"fields": {"certificate_number": "a1b"}}, [("form.fields.revocation_reason", "TT185-F10")]),
        (
            {"fields": {"certificate_number": "ff", "revocation_reason": "Lộ"}},
            [("form.fields.certificate_number", "TT185-F10")],
        ),
        (
            {"submission": SubmissionFacts(channel="electronic", signature=False)},
            [("submission.signature", "unsourced")],
        ),
    ],
)
def test_a_spoiled_form_10_is_refused(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert clauses(check_forwarding(CAO_BANG, FORWARDER, forwarding(**changes))) == expected


@pytest.mark.parametrize(("role", "form"), [("subscriber", "TT185-F10"), ("agency", "TT185-F09"), ("agency", None)])
def test_each_side_uses_its_own_form(role: str, form: str | None) -> None:
    fields = {"certificate_number": "a1b", "revocation_reason": "Lộ khóa"}
    facts = revocation(requester_role=role, ground="key-compromise", form=form, fields=fields)
    assert clauses(check_revocation(CAO_BANG, facts)) == [("form.code", "TT185-10")]


def test_a_subscribers_request_waits_for_his_body_alone() -> None:
    def state(*steps: str) -> str:
        found = REVOCATION.initial(CAO_BANG)
        for step in steps:
            found = REVOCATION.step(CAO_BANG, found, step, name="1")
        return found

    assert state("forward", "execute", "close") == "closed"
    assert state("forward", "refuse") == state("decline") == "refused"
    for step in ("execute", "refuse"):
        with pytest.raises(OutOfOrder, match="TT185-10") as caught:
            state(step)
        assert caught.value.allowed == ("decline", "forward")
    assert REVOCATION.states(AN_GIANG) == ("requested", "executed", "refused", "closed")
    assert "forwarded" in REVOCATION.diagram(CAO_BANG)


def test_only_who_passes_requests_on_may_do_so() -> None:
    assert CAO_BANG.require_forwarder("agency") == FORWARDER
    with pytest.raises(Forbidden, match="TT185-10"):
        CAO_BANG.require_forwarder("subscriber")
    with pytest.raises(NotAvailable):
        AN_GIANG.require_forwarder("agency")


def test_a_forwarder_without_the_permission_is_told_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(
        'extends = "nd-130-2018"\nprovince = "X"\ntitle_vi = "X"\ntitle_en = "X"\n'
        "in_force_from = { value = 2021-06-24, unsourced = true }\n"
        '[eligible]\nstate-body = { vi = "X", en = "X", unsourced = true }\n'
        '[operations]\nforward_revocation = { roles = ["registrar"], clause = "TT185-10" }\n',
        "utf-8",
    )
    with pytest.raises(RulesError, match="forward_revocation"):
        read(file)
