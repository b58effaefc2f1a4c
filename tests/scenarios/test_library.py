"""The scenarios that come with the package."""

from __future__ import annotations

import unicodedata

import pytest

import scenarios
from scenarios import Verdict, available, load
from scenarios.model import references_in

TEXTS = {
    "an-giang": ("AG-", "TT05-"),
    "cao-bang": ("CB-", "ND130-", "TT185-", "DVC-"),
    "dong-thap": ("DT144-", "ND68-", "L20-"),
    "lai-chau": ("LC-", "ND68-", "L20-"),
    "ninh-binh": ("NB-", "TT08-"),
    "ninh-binh-2025": ("NB165-", "ND68-", "L20-"),
    "thai-binh": ("TB-", "TT08-"),
}
"""How the clauses of a regulation, and of the regime that it stands on, begin."""
REFUSALS = {
    "an-giang/new-person": {
        "term-over-cap": "AG-F01",
        "no-seal-copy": "AG-10.3.a.2",
        "no-title-copy": "AG-10.3.a.3",
        "subscriber-checks": "AG-12.1",
        "activation-before-handover": "AG-10.2.dd",
        "unrevoke": "AG-3.14",
    },
    "an-giang/new-organisation": {
        "term-over-cap": "AG-F01",
        "no-seal-copy": "AG-10.3.b.2",
        "decision-not-in-effect": "AG-11.1.e",
        "unrevoke": "AG-3.14",
    },
    "lai-chau/new-person": {
        "subscriber-files": "ND68-11.1",
        "term-over-cap": "ND68-9.2",
        "no-suspension": "ND68-6",
        "registrar-issues": "LC-7.1.a",
    },
    "lai-chau/locked-device": {
        "subscriber-asks": "LC-13.2.a",
        "on-paper": "LC-8.2",
        "unsigned": "LC-8.2",
        "wrong-form": "LC-13.2.a",
        "authority-restores": "LC-13.2.b",
        "refuse-without-reason": "LC-13.2.b.2",
    },
    "an-giang/custody": {
        "receiver-not-sent": "AG-13.8",
        "without-decision": "AG-13.4",
        "out-without-leave": "AG-13.3",
        "two-at-once": "AG-14.3",
        "remove-dossier": "AG-12.4",
    },
    "lai-chau/custody": {
        "unknown-identifier": "LC-7.1.b",
        "restore-sent-abroad": "LC-7.2.b",
        "not-the-clerk": "LC-10.3",
        "not-assigned": "LC-21.1",
        "another-receives": "LC-22.2",
    },
    "an-giang/locked-device": {"agency-asks": "TT05-2"},
    "an-giang/reissue": {"reissue-while-valid": "AG-10.6", "activate-before-handover": "AG-10.2.dd"},
    "ninh-binh/new-organisation": {
        "kept-by-anybody": "NB-5.2.1",
        "hand-on-without-minutes": "NB-5.2.2",
        "kept-as-top-secret": "NB-12.1",
    },
    "cao-bang/new-organisation": {"kept-as-ones-own": "CB-9.2.1", "hand-on-without-minutes": "CB-9.2.3"},
    "lai-chau/organisation-renamed": {"merger-as-change": "ND68-15.2"},
    "lai-chau/equipment-changed": {"stopped-as-change": "ND68-15.3"},
    "dong-thap/new-person": {"authority-restores": "DT144-11"},
    "dong-thap/new-equipment": {"owned-by-the-vendor": "ND68-10.3", "stopped-as-change": "ND68-15.3"},
    "ninh-binh-2025/new-equipment": {"section": "NB165-3.7", "accept-by-the-other": "NB165-9"},
    "dong-thap/new-organisation": {"miscounted": "ND68-F02"},
    "ninh-binh-2025/new-organisation": {"section": "NB165-3.7", "authority-restores": "NB165-9"},
    "thai-binh/new-person": {"new-one-with-a-device-owed": "TB-4.1.b", "kept-like-the-seal": "TB-10.2.2"},
    "thai-binh/organisation-token": {"kept-as-secret": "TB-10.2.1", "hand-on-without-minutes": "TB-F08"},
    "an-giang/merger": {
        "not-in-effect": "AG-11.1.e",
        "not-a-case": "AG-11.1.e",
        "ended-merges-again": "AG-11.1.e",
        "office-cannot-come-back": "AG-3.14",
    },
    "thai-binh/merger": {"not-a-case": "TB-6.1.a", "no-number": "TB-6.1.a"},
    "lai-chau/renamed": {"no-new-name": "ND68-15.2", "merge-without-successor": "ND68-17.3.b"},
    "cao-bang/revocation": {
        "subscriber-on-form-10": "TT185-10",
        "agency-on-form-09": "TT185-10",
        "not-confirmed-yet": "TT185-10",
        "return-before-revocation": "CB-7.2.3",
    },
    "thai-binh/revocation": {
        "form-alone": "TB-6.2",
        "miscounted": "TB-F06",
        "no-day": "TB-6.1.b",
        "no-decision": "TB-6.1.a",
        "agency-without-notice": "TB-6.1.b",
    },
    "lai-chau/position-changed": {"nothing-named": "ND68-17.2.b", "same-body": "ND68-17.2.b"},
}
"""Refusals that the main scenarios must have, with the clause that each must name."""


def test_the_main_scenarios_are_there() -> None:
    assert set(REFUSALS) <= set(available())


@pytest.mark.parametrize("name", available())
def test_a_scenario_reads_and_is_told_in_composed_vietnamese(name: str) -> None:
    scenario = load(name)
    assert name.startswith(f"{scenario.regulation}/")
    for text in (scenario.title.vi, scenario.about.vi, *(step.say_vi for step in scenario.steps)):
        assert unicodedata.is_normalized("NFC", text)
        assert not text.isascii()


@pytest.mark.parametrize("name", available())
def test_a_scenario_rests_on_its_own_regulation_and_regime(name: str) -> None:
    scenario = load(name)
    for step in scenario.steps:
        assert step.clauses
        for clause in step.clauses:
            assert clause.startswith((*TEXTS[scenario.regulation], "unsourced")), step.id


@pytest.mark.parametrize(("name", "refusals"), REFUSALS.items())
def test_the_main_scenarios_have_their_refusals(name: str, refusals: dict[str, str]) -> None:
    scenario = load(name)
    for step_id, clause in refusals.items():
        step = scenario.step(step_id)
        assert step is not None
        assert step.expects.outcome is Verdict.REFUSED
        assert clause in step.expects.clauses


def test_use_before_effect_is_not_in_force_by_the_clause_on_publication() -> None:
    step = load("an-giang/new-person").step("use-before-effect")
    assert step is not None
    assert step.expects.values == {"in_force": False, "clause": "AG-10.2.dd.2"}


@pytest.mark.parametrize("name", available())
def test_a_scenario_that_moves_the_clock_puts_it_back_whatever_happened(name: str) -> None:
    turns = [step for step in load(name).steps if step.does is scenarios.Operation.TURN_CLOCK]
    if turns:
        assert turns[-1].id == "clock-back"
        assert turns[-1].needs == ()


def test_no_scenario_names_a_host_outside_test() -> None:
    for name in available():
        for step in load(name).steps:
            text = str(load(name).body(step))
            assert "gov.vn" not in text
            assert references_in(text) == references_in(load(name).body(step))


def test_the_public_face_is_sorted_and_whole() -> None:
    assert scenarios.__all__ == sorted(scenarios.__all__, key=lambda name: (not name.isupper(), name))
    for name in scenarios.__all__:
        assert hasattr(scenarios, name)
