"""Minutes of handovers, and proposals of the time of effect."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mockca.errors import NotAvailable
from mockca.rules.custody import check_handover
from mockca.rules.effect import check_activation
from mockca.rules.facts import HandoverFacts, SubmissionFacts
from tests.rules.samples import AN_GIANG, LAI_CHAU, NOW, SIGNED, THAI_BINH, certificate, clauses, handover, proposal


def test_signed_minutes_have_nothing_wrong_on_any_leg() -> None:
    for leg in AN_GIANG.legs.values():
        assert check_handover(AN_GIANG, handover(leg=leg.name, form=leg.form)) == []
    for leg in LAI_CHAU.legs.values():
        facts = handover(leg=leg.name, form=leg.form, items=((None, "0001"),))
        assert check_handover(LAI_CHAU, facts) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"form": "TT05-F04"}, [("form", "AG-10.2.c")]),
        ({"giver_signed": False}, [("giver", "AG-10.2.c")]),
        ({"receiver_signed": False}, [("receiver", "AG-10.2.c")]),
        ({"leg": "registrar-subscriber", "receiver_signed": False}, [("receiver", "AG-10.2.d")]),
        ({"leg": "authority-agency"}, [("leg", "AG-12.2")]),
        ({"items": ((None, "0001"),)}, [("items.0.certificate", "AG-12.2")]),
        ({"items": (("a1b", "0001"), ("a1b", "0001"))}, [("items.1.device", "AG-10.2.c")]),
    ],
)
def test_spoiled_minutes_are_refused_by_their_clause(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert clauses(check_handover(AN_GIANG, handover(**changes))) == expected


MINUTES: dict[str, object] = {
    "handover_time": "9 giờ ngày 10/3/2026",
    "giver_name": "Cơ quan chứng thực (MÔ PHỎNG)",
    "giver_organisation": "Cơ quan chứng thực (MÔ PHỎNG)",
    "giver_representative": "Lê Văn Mẫu",
    "giver_position": "Trưởng phòng",
    "receiver_name": "Sở Thông tin và Truyền thông",
    "receiver_organisation": "Sở Thông tin và Truyền thông",
    "receiver_representative": "Đỗ Văn Mẫu",
    "receiver_position": "Chuyên viên",
    "set_count": 1,
}
LINE: dict[str, object] = {
    "full_name": "Vũ Thị Mẫu",
    "certificate_serial": "0A:1B",
    "device_serial": "00AB",
    "handover_reason": "cấp mới",
    "effective_period": "1/3/2024 - 28/2/2029",
}


def minutes(**changes: Any) -> HandoverFacts:
    """Minutes of one device in Thái Bình."""
    values: dict[str, Any] = {
        "form": "TB-F10",
        "items": (("a1b", "00ab"),),
        "fields": MINUTES,
        "rows": (LINE,),
        "about": (certificate(device="00ab"),),
        "copies": 2,
    }
    return handover(**(values | changes))


@pytest.mark.parametrize("changes", [{}, {"copies": 3}, {"about": (None,)}])
def test_full_minutes_in_their_copies_have_nothing_wrong(changes: dict[str, Any]) -> None:
    assert check_handover(THAI_BINH, minutes(**changes)) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"copies": 1}, [("copies", "TB-F10")]),
        ({"copies": None}, [("copies", "TB-F10")]),
        ({"fields": MINUTES | {"handover_time": None}}, [("fields.handover_time", "TB-F10")]),
        ({"fields": MINUTES | {"weather": "rain"}}, [("fields.weather", "unsourced")]),
        ({"fields": MINUTES | {"set_count": 2}}, [("fields.set_count", "TB-F10")]),
        ({"rows": (LINE | {"handover_reason": ""},)}, [("items.0.row.handover_reason", "TB-F10")]),
        ({"rows": (LINE | {"device_serial": "00ac"},)}, [("items.0.row.device_serial", "TB-F10")]),
        ({"rows": (LINE | {"certificate_serial": "ff"},)}, [("items.0.row.certificate_serial", "TB-F10")]),
        ({"rows": (LINE | {"weather": "rain"},)}, [("items.0.row.weather", "unsourced")]),
        ({"rows": ()}, [(f"items.0.row.{name}", "TB-F10") for name in LINE]),
        ({"form": "TB-F09", "fields": {}}, [("form", "TB-12.3")]),
    ],
)
def test_spoiled_minutes_are_refused_by_field_and_line(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert clauses(check_handover(THAI_BINH, minutes(**changes))) == expected


def test_a_proposal_at_once_or_for_later_has_nothing_wrong() -> None:
    assert check_activation(AN_GIANG, proposal()) == []
    assert check_activation(AN_GIANG, proposal(wanted_at=NOW + timedelta(days=1), submission=SIGNED)) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"form": "TT05-F03"}, [("form.code", "AG-10.2.dd")]),
        ({"fields": {"item_count": "two"}}, [("form.fields.item_count", "TT05-F04")]),
        ({"wanted_at": NOW - timedelta(seconds=1)}, [("effective_at", "AG-10.2.dd.2")]),
        ({"submission": replace(SIGNED, signature=None)}, [("submission.signature", "AG-10.2.dd")]),
        (
            {"submission": SubmissionFacts()},
            [("submission.document_number", "AG-10.2.dd"), ("submission.signed_by", "AG-10.2.dd")],
        ),
    ],
)
def test_a_spoiled_proposal_is_refused_by_its_clause(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert clauses(check_activation(AN_GIANG, proposal(**changes))) == expected


def test_where_not_before_brings_effect_nothing_can_be_proposed() -> None:
    with pytest.raises(NotAvailable) as caught:
        check_activation(LAI_CHAU, proposal())
    assert caught.value.clause == "ND68-6"
