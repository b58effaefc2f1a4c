"""Who may keep a device, by which papers; who comes for it; who must be appointed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mockca.rules.keeping import (
    FormerFacts,
    KeepingFacts,
    MinutesFacts,
    check_custodian,
    check_outing,
    check_post,
    lacking,
    required_posts,
)
from mockca.rules.receivers import JourneyFacts, check_journey
from mockca.rules.regulation import Regulation
from mockca.rules.terms import Custody, Form, FormField, Label, Post, Sourced
from tests.rules.samples import AN_GIANG, LAI_CHAU, NOW, TODAY, clauses

STRICT = Custody(
    classification={"organisation": Sourced("seal", "X-1"), "person": Sourced("public-asset", "X-2")},
    custodians={
        "organisation": Sourced(frozenset({"clerk", "responsible"}), "X-3"),
        "person": Sourced(frozenset({"owner"}), "X-4"),
    },
    outside_permission=None,
    assignment_decision=None,
    house_rules=None,
    change_minutes=Sourced(True, "X-5"),
    change_decision=Sourced(True, "X-6"),
    change_form=Sourced("X-F08", "X-7"),
    asset_number=Sourced(True, "X-8"),
)
FORM = Form(
    code="X-F08",
    vi="Quyết định",
    en="decision",
    fields={"new_manager_name": FormField("Người mới", "new manager", "text", True, "X-F08")},
    subject=None,
    rows={},
    kind="decision",
    addressee=None,
    signers={},
    letterhead=True,
    clause="X-F08",
)


def strict() -> Regulation:
    """Lai Châu with every rule on custody that another province has."""
    return replace(LAI_CHAU, custody=STRICT, forms={**LAI_CHAU.forms, FORM.code: FORM})


FORMER = FormerFacts("Lò Văn Cũ", NOW - timedelta(days=30))
MINUTES = MinutesFacts("Lò Văn Cũ", True, "Lò Thị Mới", True)


def keeping(**changes: Any) -> KeepingFacts:
    """An organisation's device, given to its clerk, with a decision."""
    values: dict[str, Any] = {
        "kind": "organisation",
        "common_name": "Sở Y tế",
        "name": "Lò Thị Mới",
        "post": "clerk",
        "since": NOW,
        "delivered": NOW - timedelta(days=40),
        "now": NOW,
        "today": TODAY,
        "decision": True,
    }
    return KeepingFacts(**(values | changes))


def changing(**changes: Any) -> KeepingFacts:
    """The same, after another clerk, with all papers."""
    papers = {"former": FORMER, "form": "X-F08", "fields": {"new_manager_name": "Lò Thị Mới"}, "minutes": MINUTES}
    return keeping(**(papers | changes))


def test_a_clerk_with_a_decision_may_keep_an_organisations_device() -> None:
    for regulation in (AN_GIANG, LAI_CHAU, strict()):
        assert check_custodian(regulation, keeping()) == []
    assert check_custodian(AN_GIANG, keeping(classification="toi-mat", house_rules=True)) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"post": "responsible"}, [("post", "AG-13.4")]),
        ({"decision": False}, [("decision", "AG-13.4")]),
        ({"classification": "mat"}, [("classification", "AG-13.3")]),
        ({"house_rules": False}, [("house_rules", "AG-13.4")]),
        ({"since": NOW + timedelta(seconds=1)}, [("since", "AG-14.3")]),
        ({"since": NOW - timedelta(days=41)}, [("since", "AG-14.3")]),
        ({"former": FORMER, "since": FORMER.since}, [("since", "AG-14.3")]),
        ({"appointed": "Lò Thị Khác", "post": "owner", "kind": "person"}, [("name", "AG-14.3")]),
    ],
)
def test_a_wrong_custodian_is_refused_by_its_clause(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert clauses(check_custodian(AN_GIANG, keeping(**changes))) == expected


def test_only_whom_the_body_appointed_is_its_clerk() -> None:
    assert check_custodian(LAI_CHAU, keeping(appointed="lò thị  mới")) == []
    assert clauses(check_custodian(LAI_CHAU, keeping(appointed="Lò Thị Khác"))) == [("name", "LC-21.1")]


def test_a_persons_device_is_kept_by_the_very_person() -> None:
    own = keeping(kind="person", post="owner", common_name="lò thị mới", decision=False)
    assert check_custodian(strict(), own) == []
    assert clauses(check_custodian(strict(), replace(own, name="Giàng A Khác"))) == [("name", "X-4")]
    assert clauses(check_custodian(strict(), replace(own, post="clerk"))) == [("post", "X-4")]
    assert clauses(check_custodian(AN_GIANG, replace(own, name="Giàng A Khác"))) == [("name", "AG-14.3")]


def test_another_custodian_needs_decision_form_and_minutes() -> None:
    assert check_custodian(strict(), changing()) == []
    assert check_custodian(LAI_CHAU, keeping(former=FORMER)) == []
    assert clauses(check_custodian(strict(), keeping(former=FORMER, decision=False))) == [
        ("decision", "X-6"),
        ("form.code", "X-7"),
        ("minutes", "X-5"),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minutes": replace(MINUTES, giver_signed=False)}, "minutes.giver"),
        ({"minutes": replace(MINUTES, receiver_signed=False)}, "minutes.receiver"),
        ({"minutes": replace(MINUTES, giver="Ai Khác")}, "minutes.giver"),
        ({"minutes": replace(MINUTES, receiver="Ai Khác")}, "minutes.receiver"),
        ({"fields": {}}, "form.fields.new_manager_name"),
        ({"fields": None}, "form.fields.new_manager_name"),
    ],
)
def test_the_papers_of_a_change_are_looked_at(changes: dict[str, Any], field: str) -> None:
    (violation,) = check_custodian(strict(), changing(**changes))
    assert violation.field == field


def test_the_same_custodian_needs_no_papers_again() -> None:
    assert check_custodian(strict(), keeping(name="Lò Văn Cũ", former=FORMER, decision=False)) == []


def test_an_organisations_device_leaves_the_office_by_permission_only() -> None:
    assert clauses(check_outing(AN_GIANG, "organisation", None)) == [("permitted_by", "AG-13.3")]
    assert check_outing(AN_GIANG, "organisation", "Chánh Văn phòng") == []
    assert check_outing(AN_GIANG, "person", None) == []
    assert check_outing(LAI_CHAU, "organisation", None) == []


def test_only_posts_of_the_regulation_are_filled() -> None:
    assert check_post(AN_GIANG, "receiver") == []
    assert clauses(check_post(AN_GIANG, "king")) == [("post", "AG-13.8")]


def test_a_required_post_that_nobody_holds_is_told() -> None:
    officer = Post("Cán bộ phụ trách", "officer", "agency", required=True, clause="CB-7.5")
    regulation = replace(AN_GIANG, posts={"officer": officer})
    assert required_posts(regulation)
    assert not required_posts(AN_GIANG)
    assert [label.clause for label in lacking(regulation, ())] == ["CB-7.5"]
    assert lacking(regulation, {"officer"}) == ()


def journey(**changes: Any) -> JourneyFacts:
    values: dict[str, Any] = {
        "receiver": "Lò Thị Nhận",
        "papers": frozenset({"introduction-letter"}),
        "appointed_by": "Văn phòng",
        "appointed": {},
        "via": None,
    }
    return JourneyFacts(**(values | changes))


def test_whoever_comes_for_devices_is_appointed() -> None:
    leg, post = AN_GIANG.legs["registrar-subscriber"], AN_GIANG.posts["receiver"]
    assert check_journey(leg, post, journey()) == []
    assert check_journey(leg, post, journey(appointed={"so": "LÒ THỊ NHẬN"})) == []
    assert clauses(check_journey(leg, post, journey(appointed_by=None))) == [("receiver.appointed_by", "AG-13.8")]
    assert clauses(check_journey(leg, post, journey(appointed={"so": "Ai Khác"}))) == [("receiver.name", "AG-13.8")]


def test_an_appointed_officer_receives_though_nothing_asks_for_one() -> None:
    leg, post = LAI_CHAU.legs["authority-agency"], LAI_CHAU.posts["receiver"]
    assert check_journey(leg, post, journey(appointed_by=None)) == []
    assert clauses(check_journey(leg, post, journey(appointed={"so": "Ai Khác"}))) == [("receiver.name", "LC-22.2")]
    assert check_journey(leg, None, journey(appointed={"so": "Ai Khác"})) == []


def test_papers_and_the_way_of_travel_are_looked_at() -> None:
    leg = replace(
        LAI_CHAU.legs["authority-agency"],
        receiver_papers={
            "introduction-letter": Label("Giấy giới thiệu", "letter", "TB-9.2"),
            "identity-card": Label("Chứng minh thư", "identity card", "TB-9.2"),
        },
        transport=Sourced(frozenset({"in_person", "post"}), "TT185-6"),
    )
    assert clauses(check_journey(leg, None, journey())) == [("receiver.papers", "TB-9.2"), ("via", "TT185-6")]
    whole = journey(papers=frozenset({"introduction-letter", "identity-card"}), via="post")
    assert check_journey(leg, None, whole) == []
    assert clauses(check_journey(leg, None, replace(whole, via="cipher_service"))) == [("via", "TT185-6")]
