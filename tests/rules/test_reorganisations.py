"""What a decision about bodies needs, and what it makes of a certificate under each regulation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mockca.rules.facts import CertificateFacts
from mockca.rules.loading import available, load, read
from mockca.rules.reading import RulesError
from mockca.rules.reorganisations import BodyFacts, DecisionFacts, check_decision
from mockca.rules.reorganised import HeldFacts, Step, step_for, successor_of

TODAY = date(2025, 9, 1)
NOON = datetime(2025, 9, 1, 5, tzinfo=UTC)


def decision(regulation: str, **changes: Any) -> DecisionFacts:
    category = next(iter(load(regulation).eligible))
    facts = DecisionFacts(
        kind="merge",
        number="12/NQ-HĐND",
        signed_on=date(2025, 6, 16),
        effective_on=date(2025, 7, 1),
        units=(BodyFacts("xa-a", category=category), BodyFacts("xa-b", category=category)),
        successors=(BodyFacts("xa-c", category=category),),
        shares=(),
        today=TODAY,
    )
    return replace(facts, **changes)


def broken(regulation: str, **changes: Any) -> list[tuple[str, str]]:
    found = check_decision(load(regulation), decision(regulation, **changes))
    assert all(one.vi and one.en and one.accepted for one in found)
    return [(one.field, one.clause) for one in found]


def held(kind: str = "person", **changes: Any) -> HeldFacts:
    certificate = CertificateFacts(
        serial="a1",
        subscriber_kind=kind,
        unit="xa-a",
        status=changes.pop("status", "effective"),
        not_before=NOON - timedelta(days=400),
        not_after=NOON + timedelta(days=changes.pop("days", 400)),
        device="00ab" if "device_state" in changes else None,
    )
    return HeldFacts(certificate, changes.pop("successor", "xa-c"), **changes)


def step(regulation: str, kind: str, facts: HeldFacts, *, planned: str | None = None) -> Step:
    rules = load(regulation)
    return step_for(rules, rules.reorganisations[kind], facts, TODAY, planned=planned)


def done(regulation: str, kind: str, facts: HeldFacts) -> tuple[str, str | None, str]:
    action = step(regulation, kind, facts).action
    assert action is not None
    return action.action, action.ground or action.case, action.clause


@pytest.mark.parametrize(
    ("regulation", "kind", "subscriber", "expected"),
    [
        ("an-giang", "merge", "organisation", ("revoke", "reorganised", "AG-11.1.e")),
        ("an-giang", "end-of-mission", "organisation", ("revoke", "reorganised", "AG-11.1.e")),
        ("an-giang", "merge", "person", ("reissue", "position-changed", "AG-10.6")),
        ("an-giang", "rename", "organisation", ("keep", None, "AG-11.1.e")),
        ("thai-binh", "rename", "organisation", ("reissue", "reorganised", "TB-7.1.a")),
        ("thai-binh", "merge", "person", ("reissue", "moved", "TB-7.1.b")),
        ("thai-binh", "dissolve", "person", ("revoke", "moved", "TB-6.1.b")),
        ("ninh-binh", "merge", "person", ("revoke", "position-changed", "TT08-18.2.b")),
        ("cao-bang", "merge", "organisation", ("revoke", "reorganised", "TT185-10")),
        ("cao-bang", "merge", "person", ("change", "employer", "ND130-66")),
        ("lai-chau", "rename", "organisation", ("change", "renamed", "ND68-15.2")),
        ("lai-chau", "merge", "organisation", ("revoke", "reorganised", "ND68-17.3.b")),
        ("lai-chau", "merge", "person", ("change", "employer", "ND68-15.1.a")),
        ("lai-chau", "dissolve", "equipment", ("revoke", "equipment-stopped", "ND68-17.4.b")),
        ("ninh-binh-2025", "rename", "organisation", ("change", "renamed", "ND68-15.2")),
    ],
)
def test_what_becomes_of_a_certificate_is_each_regulations_own_affair(
    regulation: str, kind: str, subscriber: str, expected: tuple[str, str | None, str]
) -> None:
    assert done(regulation, kind, held(subscriber)) == expected


def test_with_too_few_days_left_for_a_change_what_comes_next_is_done_and_said_why() -> None:
    found = step("lai-chau", "merge", held(days=59))
    assert found.action is not None
    assert (found.action.action, found.action.clause) == ("revoke", "ND68-17.2.b")
    assert [why.clause for why in found.why_not] == ["ND68-16"]
    assert done("lai-chau", "merge", held(days=60))[0] == "change"
    assert done("cao-bang", "merge", held(days=59)) == ("keep", None, "ND130-65")


@pytest.mark.parametrize("state", ["lost", "returned", "collected"])
def test_a_key_whose_device_is_gone_gets_no_changed_certificate(state: str) -> None:
    found = step("lai-chau", "merge", held(device_state=state))
    assert found.action is not None
    assert found.action.action == "revoke"
    assert [why.clause for why in found.why_not] == ["ND68-20"]
    assert done("lai-chau", "merge", held(device_state="in_use"))[0] == "change"


def test_a_certificate_on_hold_is_revoked_and_one_that_ended_is_left_with_the_clause_that_closes_it() -> None:
    assert done("an-giang", "merge", held("organisation", status="suspended"))[0] == "revoke"
    found = step("an-giang", "merge", held("organisation", status="revoked"))
    assert found.action is None
    assert [why.clause for why in found.why_not] == ["AG-3.14"]


def test_of_several_organisations_that_become_one_only_the_first_gets_a_new_certificate() -> None:
    assert done("thai-binh", "merge", held("organisation"))[0] == "reissue"
    assert done("thai-binh", "merge", held("organisation", successor_has_one=True)) == (
        "revoke",
        "reorganised",
        "TB-6.1.a",
    )
    assert done("thai-binh", "merge", held("person", successor_has_one=True))[0] == "reissue"


def test_what_was_planned_as_the_second_best_is_not_looked_at_from_the_beginning_again() -> None:
    found = step("thai-binh", "merge", held("organisation"), planned="revoke")
    assert found.action is not None
    assert found.action.action == "revoke"


def test_what_stays_with_a_body_that_goes_on_is_left_alone_unless_the_text_says_otherwise() -> None:
    assert done("lai-chau", "separate", held(successor="xa-a", stays=True))[0] == "keep"
    assert done("thai-binh", "separate", held("organisation", successor="xa-a", stays=True))[0] == "reissue"
    assert done("thai-binh", "separate", held(successor="xa-a", stays=True))[0] == "keep"


def test_a_certificate_goes_by_its_own_share_then_its_bodys_then_to_the_first_successor() -> None:
    merge, separate = load("lai-chau").reorganisations["merge"], load("lai-chau").reorganisations["separate"]
    shares = {"a1": "c", "xa-a": "b"}
    assert successor_of(merge, "xa-a", "a1", shares, ("x", "y")) == "c"
    assert successor_of(merge, "xa-a", "a2", shares, ("x", "y")) == "b"
    assert successor_of(merge, "xa-b", "b1", shares, ("x", "y")) == "x"
    assert successor_of(separate, "xa-b", "b1", shares, ("x", "y")) == "xa-b"
    assert successor_of(merge, "xa-b", "b1", {}, ()) is None


# --- the decision -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("regulation", available())
def test_a_complete_decision_in_effect_is_in_order_everywhere(regulation: str) -> None:
    assert broken(regulation) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"kind": "consolidate"}, [("kind", "AG-11.1.e")]),
        ({"number": " "}, [("number", "AG-11.1.e")]),
        ({"effective_on": None}, [("effective_on", "AG-11.1.e")]),
        ({"effective_on": date(2025, 9, 2)}, [("effective_on", "AG-11.1.e")]),
        ({"signed_on": date(2025, 7, 2)}, [("signed_on", "unsourced")]),
        ({"successors": ()}, [("successors", "AG-11.1.e")]),
        ({"kind": "end-of-mission"}, [("successors", "AG-11.1.e")]),
        ({"units": (BodyFacts("xa-a", known=False),)}, [("units.0", "unsourced")]),
        ({"units": (BodyFacts("xa-a"), BodyFacts("xa-a"))}, [("units.1", "unsourced")]),
        ({"units": (BodyFacts("xa-a", ended_on=date(2025, 7, 1)),)}, [("units.0", "AG-11.1.e")]),
        ({"units": (BodyFacts("xa-a", under_way=3),)}, [("units.0", "unsourced")]),
        ({"successors": (BodyFacts("x", known=False, lacking=("name",)),)}, [("successors.0", "unsourced")]),
        ({"successors": (BodyFacts("x", category="company"),)}, [("successors.0.category", "AG-10.1.a")]),
        ({"successors": (BodyFacts("x", described=True),)}, [("successors.0", "unsourced")]),
        ({"successors": (BodyFacts("x", ended_on=TODAY),)}, [("successors.0.id", "AG-11.1.e")]),
        ({"successors": (BodyFacts("xa-b", category="state-body"),)}, [("successors.0.id", "AG-11.1.e")]),
        ({"shares": (("elsewhere", ("xa-a",)),)}, [("shares.0.successor", "AG-11.1.e")]),
        ({"shares": (("xa-c", ("xa-z",)),)}, [("shares.0.units.0", "AG-11.1.e")]),
    ],
)
def test_everything_that_is_wrong_with_a_decision_is_told_with_its_clause(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert broken("an-giang", **changes) == expected


def test_all_mistakes_are_told_at_once() -> None:
    found = broken("an-giang", number=None, effective_on=None, successors=(), units=(BodyFacts("x", known=False),))
    assert [field for field, _ in found] == ["number", "effective_on", "units.0", "successors"]


def test_a_renamed_body_is_the_same_one_under_a_new_name() -> None:
    unit = BodyFacts("so-tttt", category="state-body")
    named = replace(unit, described=True)
    assert broken("lai-chau", kind="rename", units=(unit,), successors=(named,)) == []
    assert broken("lai-chau", kind="rename", units=(unit,), successors=(unit,)) == [
        ("successors.0.name", "ND68-15.2"),
    ]
    assert broken("lai-chau", kind="rename", units=(unit,), successors=(replace(named, id="so-khcn"),)) == [
        ("successors.0.id", "ND68-15.2"),
        ("units.0", "ND68-15.2"),
    ]


def test_a_body_that_goes_on_may_keep_a_share_itself() -> None:
    assert broken("lai-chau", kind="separate", shares=(("xa-a", ("xa-b",)), ("xa-c", ("xa-a",)))) == []


# --- the file -----------------------------------------------------------------------------------------------------

PROVINCE = """
extends = "nd-68-2024"
province = "Thử Nghiệm"
title_vi = "Quy chế thử"
title_en = "a trial"
in_force_from = { value = 2025-01-01, unsourced = true }
"""
KIND = """[reorganisations.trial]
counts_as = "merge"
vi = "Sáp nhập"
en = "merged"
becomes = "ends"
successor = true
unsourced = true
"""


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ('organisation = { action = "revoke", ground = "left" }', "no ground of revocation"),
        ('person = { action = "revoke", ground = "nonsense" }', "no ground of revocation"),
        ('organisation = { action = "revoke" }', "name a ground"),
        ('person = { action = "change", case = "renamed" }', "no case of change"),
        ('person = { action = "reissue", ground = "left" }', "no reissue"),
        ('person = { action = "keep", otherwise = { action = "change", case = "x" } }', "no case of change"),
    ],
)
def test_a_rule_that_cannot_be_carried_out_is_told_when_the_file_is_read(tmp_path: Path, rule: str, why: str) -> None:
    file = tmp_path / "thu.toml"
    file.write_text(f"{PROVINCE}{KIND}[reorganisations.trial.actions]\n{rule}\n", "utf-8")
    with pytest.raises(RulesError, match=why):
        read(file)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ('counts_as = "consolidate"\n', "counts_as"),
        ('[reorganisations.trial.staying]\nperson = { action = "keep" }', "does not go on"),
    ],
)
def test_a_kind_of_decision_must_make_sense(tmp_path: Path, changes: str, why: str) -> None:
    file = tmp_path / "thu.toml"
    actions = '[reorganisations.trial.actions]\norganisation = { action = "revoke", ground = "reorganised" }'
    kind = KIND.replace('counts_as = "merge"\n', changes if changes.startswith("counts_as") else "")
    staying = changes if changes.startswith("[") else ""
    file.write_text(f"{PROVINCE}{kind}{actions}\n{staying}\n", "utf-8")
    with pytest.raises(RulesError, match=why):
        read(file)


def test_nobody_gets_a_certificate_of_a_body_that_nobody_takes_over(tmp_path: Path) -> None:
    kind = KIND.replace("successor = true", "successor = false")
    rule = '[reorganisations.trial.actions]\nperson = { action = "change", case = "employer" }\n'
    file = tmp_path / "thu.toml"
    file.write_text(f"{PROVINCE}{kind}{rule}", "utf-8")
    with pytest.raises(RulesError, match="takes over"):
        read(file)


def test_reissue_needs_a_ground_that_the_regulation_has(tmp_path: Path) -> None:
    text = """
extends = "tt-08-2016"
province = "Thử"
title_vi = "Quy chế thử"
title_en = "a trial"
in_force_from = { value = 2020-01-01, unsourced = true }
restore = false
[reissue]
after = { value = ["revoked"], unsourced = true }
unsourced = true
[reissue.grounds.damaged]
vi = "Hỏng"
en = "damaged"
kinds = ["organisation"]
unsourced = true
[reorganisations.merge.actions]
person = { action = "reissue", ground = "position-changed", case = "damaged" }
"""
    file = tmp_path / "thu.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(RulesError, match="no ground of reissue"):
        read(file)
