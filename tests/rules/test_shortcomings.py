"""What is missing, of a device's keeping and of a certificate's file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockca.rules.regulation import Regulation
from mockca.rules.shortcomings import DeviceFacts, FileFacts, KeeperFacts, gaps, shortcomings
from tests.rules.samples import AN_GIANG, LAI_CHAU, THAI_BINH
from tests.rules.test_keeping import strict

KEPT_WELL = KeeperFacts(decision=True, classification="toi-mat", asset_number=None, house_rules=True)
BOTH = frozenset({"dispatch", "deliver"})


def device(**changes: Any) -> DeviceFacts:
    """An organisation's device, in good keeping."""
    values: dict[str, Any] = {
        "kind": "organisation",
        "state": "in_use",
        "holder": "subscriber",
        "keeper": KEPT_WELL,
        "ended": False,
        "steps": BOTH,
    }
    return DeviceFacts(**(values | changes))


def told(regulation: Regulation, facts: DeviceFacts) -> list[tuple[str, str]]:
    return [(one.kind, one.clause) for one in shortcomings(regulation, facts)]


def test_a_device_in_good_keeping_lacks_nothing() -> None:
    assert told(AN_GIANG, device()) == []
    assert told(LAI_CHAU, device()) == []
    assert told(AN_GIANG, device(kind="person", keeper=None)) == []
    assert told(AN_GIANG, device(state="prepared", holder="authority", keeper=None, steps=frozenset())) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"keeper": None}, [("no-custodian", "AG-14.3"), ("no-decision", "AG-13.4"), ("no-house-rules", "AG-13.4")]),
        ({"keeper": replace(KEPT_WELL, decision=False)}, [("no-decision", "AG-13.4")]),
        ({"keeper": replace(KEPT_WELL, house_rules=None)}, [("no-house-rules", "AG-13.4")]),
        ({"keeper": replace(KEPT_WELL, classification=None)}, [("no-classification", "AG-13.3")]),
        ({"steps": frozenset({"deliver"})}, [("no-minutes", "AG-10.2.c")]),
        ({"state": "collected", "keeper": None}, [("no-minutes", "AG-11.3.a.1")]),
        ({"state": "returned", "steps": BOTH | {"collect"}}, [("no-minutes", "AG-11.3.c")]),
        ({"ended": True}, [("not-returned", "AG-11.3.a.1")]),
        ({"ended": True, "state": "returned", "steps": BOTH | {"collect", "return"}}, []),
    ],
)
def test_what_is_missing_is_told_with_its_clause(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert told(AN_GIANG, device(**changes)) == expected


def test_a_persons_device_lacks_its_asset_number() -> None:
    keeper = KeeperFacts(decision=False, classification="public-asset", asset_number=None, house_rules=None)
    person = device(kind="person", keeper=keeper)
    assert told(strict(), person) == [("no-asset-number", "X-8")]
    assert told(strict(), replace(person, keeper=replace(keeper, asset_number="TS-7"))) == []


def test_a_device_is_late_only_past_its_term() -> None:
    ended = device(ended=True)
    assert told(LAI_CHAU, ended) == []
    assert told(LAI_CHAU, replace(ended, overdue=frozenset({"device-return"}))) == [("not-returned", "ND68-20")]


def test_a_device_that_got_stuck_on_its_way_is_told() -> None:
    stuck = device(state="in_transit", holder="agency", keeper=None, steps=frozenset({"dispatch"}))
    assert told(LAI_CHAU, stuck) == [("not-delivered", "ND68-4")]
    at_registrar = replace(stuck, holder="registrar")
    assert told(LAI_CHAU, at_registrar) == []
    assert told(AN_GIANG, at_registrar) == []
    late = replace(at_registrar, overdue=frozenset({"registrar-delivery"}))
    assert told(AN_GIANG, late) == [("not-delivered", "AG-10.5")]


def whole(**changes: Any) -> FileFacts:
    """A revoked certificate whose file is complete."""
    values: dict[str, Any] = {
        "kind": "person",
        "operation": "issue",
        "filled_in": True,
        "attachments": frozenset({"seal-registration-copy", "title-confirmation-copy"}),
        "rostered": True,
        "was_effective": True,
        "activated": True,
        "revoked": True,
        "case": True,
        "replaced": False,
        "device_state": "returned",
        "steps": BOTH | {"collect", "return"},
    }
    return FileFacts(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, []),
        ({"filled_in": False}, ["request"]),
        ({"attachments": frozenset()}, ["attachments"]),
        ({"attachments": frozenset(), "operation": "renew"}, []),
        ({"rostered": False}, ["roster"]),
        ({"activated": False}, ["activation"]),
        ({"activated": False, "was_effective": False}, []),
        ({"case": False}, ["revocation"]),
        ({"case": False, "replaced": True}, []),
        ({"steps": BOTH}, ["minutes", "minutes"]),
        ({"device_state": None, "steps": frozenset()}, []),
        ({"kind": "spirit", "attachments": frozenset()}, []),
    ],
)
def test_what_the_archive_lacks_is_told(changes: dict[str, Any], kinds: list[str]) -> None:
    found = gaps(AN_GIANG, whole(**changes))
    assert [one.kind for one in found] == kinds
    assert {one.clause for one in found} <= {"AG-12.4"}


def test_a_revocation_after_its_event_is_told_by_the_clause_of_its_ground() -> None:
    (late,) = [one for one in gaps(THAI_BINH, whole(late="left")) if one.kind == "late-revocation"]
    assert late.clause == "TB-6.1.b"
    assert "Cá nhân nghỉ hưu" in late.vi


def test_without_rosters_and_announcements_none_is_missed() -> None:
    assert gaps(LAI_CHAU, whole(rostered=False, activated=False)) == ()
