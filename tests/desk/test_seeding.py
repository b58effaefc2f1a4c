"""What a new sandbox starts with: bodies with real places in their names, and an account for each."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from conformance.targets.credentials import read_credentials
from mockca.desk import bodies, places
from mockca.desk.places import MERGED_ON
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.desk.seeding import NOT_A_PUBLIC_BODY, accounts_of, units_of
from mockca.pki.names import LONGEST
from mockca.randomness import Randomness
from mockca.registry.units import Unit
from mockca.rules.loading import available, load
from mockca.rules.regulation import Label, Regulation, Sourced
from scenarios.model import Step
from scenarios.port import Operation

DAYS = (date(2014, 11, 1), date(2025, 6, 30), date(2026, 1, 5))
SEEDS = [f"seed-{number}" for number in range(12)]


def seeded(regulation: Regulation, day: date = DAYS[0], seed: str = "seed-1") -> dict[str, Unit]:
    suffix = f"-{regulation.id}"
    return {unit.id.removesuffix(suffix): unit for unit in units_of(regulation, Randomness(seed), day)}


@pytest.mark.parametrize("regulation", available())
def test_every_eligible_category_has_a_unit_and_an_account(regulation: str) -> None:
    rules = load(regulation)
    found = seeded(rules)
    accounts = {account.name: account for account in accounts_of([rules])}
    filers = rules.operations["file_dossier"].roles
    for category in rules.eligible:
        assert found[category].category == category
        account = accounts[f"{category}@{regulation}"]
        assert account.unit == found[category].id
        assert account.role in filers
    assert {account.unit for account in accounts.values() if account.unit} <= {unit.id for unit in found.values()}


@pytest.mark.parametrize("regulation", available())
def test_all_but_the_company_are_eligible(regulation: str) -> None:
    rules = load(regulation)
    not_eligible = {name for name, unit in seeded(rules).items() if unit.category not in rules.eligible}
    assert not_eligible == {NOT_A_PUBLIC_BODY}


@pytest.mark.parametrize("regulation", available())
@pytest.mark.parametrize("day", DAYS)
def test_names_fit_a_certificate_and_districts_stand_in_them_only_while_there_are_any(
    regulation: str, day: date
) -> None:
    rules = load(regulation)
    known = {place.lower() for place in places.districts(rules.province, MERGED_ON - timedelta(days=1))}
    with_district = 0
    for seed in SEEDS:
        for unit in seeded(rules, day, seed).values():
            for name in (unit.name, unit.name.upper(), *unit.superiors):
                assert 0 < len(name) <= LONGEST["organisations"]
                assert "{" not in name
            with_district += any(
                name.lower().endswith(district) for district in known for name in (unit.name, *unit.superiors)
            )
    # A province that was merged away keeps the names of its last day.
    stands = places.province_named(rules.province, MERGED_ON - timedelta(days=1)) in places.provinces(MERGED_ON)
    named_on = max(day, rules.in_force_from.value)
    assert (with_district > 0) is (named_on < MERGED_ON or not stands)


def test_the_same_seed_names_the_same_bodies_and_another_seed_others() -> None:
    rules = load("an-giang")
    assert seeded(rules) == seeded(rules)
    assert seeded(rules) != seeded(rules, seed="seed-2")


def test_a_communes_committee_stands_under_its_own_district() -> None:
    rules = load("an-giang")
    unit = seeded(rules)["peoples-committee"]
    ward = next(
        ward
        for ward in places.wards("An Giang", DAYS[0])
        if unit.name.endswith(f" {places.within(ward.name)}")
        and unit.superiors[1].endswith(places.within(ward.district or ""))
    )
    assert unit.superiors == [
        "Ủy ban nhân dân tỉnh An Giang",
        f"Ủy ban nhân dân {places.within(ward.district or '')}",
    ]


def test_the_section_alone_has_no_seal() -> None:
    assert [name for name, unit in seeded(load("lai-chau")).items() if not unit.has_seal] == ["section"]


def test_the_registrar_is_called_as_the_regulation_calls_it() -> None:
    assert seeded(load("lai-chau"), DAYS[2])["registrar"].name == "Sở Thông tin và Truyền thông tỉnh Lai Châu"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 2, 28), "Sở Thông tin và Truyền thông tỉnh Lai Châu"),
        (date(2025, 3, 1), "Sở Khoa học và Công nghệ tỉnh Lai Châu"),
    ],
)
def test_a_registrar_that_the_regulation_leaves_unnamed_is_called_by_the_day(day: date, name: str) -> None:
    assert seeded(replace(load("lai-chau"), registrar_name=None), day)["registrar"].name == name


def test_a_category_that_no_data_names_still_has_a_body() -> None:
    rules = load("lai-chau")
    eligible = {**rules.eligible, "lighthouse": Label("Hải đăng", "lighthouses", "LC-2.3")}
    unit = seeded(replace(rules, eligible=eligible))["lighthouse"]
    assert unit.category == "lighthouse"
    assert unit.name == "Ban Quản lý dự án đầu tư xây dựng tỉnh Lai Châu"


@pytest.mark.parametrize("day", DAYS)
def test_a_made_up_province_has_bodies_named_after_itself(day: date) -> None:
    rules = replace(load("lai-chau"), province="Mô Phỏng", registrar_name=None)
    assert seeded(rules, day)["peoples-committee"].name == "Ủy ban nhân dân xã Mô Phỏng"


def test_a_province_that_was_merged_away_keeps_the_names_of_its_last_day() -> None:
    in_force = Sourced(date(2016, 1, 1), "LC-1")
    rules = replace(load("lai-chau"), province="Thái Bình", registrar_name=None, in_force_from=in_force)
    assert bodies.in_force(rules, date(2026, 1, 5)) == date(2025, 6, 30)
    assert bodies.in_force(rules, date(2012, 1, 5)) == date(2016, 1, 1)
    assert bodies.in_force(load("lai-chau"), date(2026, 1, 5)) == date(2026, 1, 5)
    assert seeded(rules, date(2026, 1, 5))["registrar"].superiors == ["Ủy ban nhân dân tỉnh Thái Bình"]


def test_no_look_leaves_a_day_without_a_name() -> None:
    for kinds in tomllib.loads(bodies.DATA.read_text("utf-8")).values():
        for looks in kinds.values():
            assert "until" not in looks[-1]
            days = [look["until"] for look in looks[:-1]]
            assert days == sorted(days)


def test_the_credentials_file_lists_every_account_of_the_sandbox(sandbox: Sandbox, sandboxes: Sandboxes) -> None:
    listed = {account["name"]: account for account in sandboxes.credentials("demo")["accounts"]}
    assert "section@an-giang" in listed
    for name in ("section@lai-chau", "other-subscriber@an-giang", "peoples-council@lai-chau"):
        account = sandbox.account(listed[name]["credential"])
        assert account is not None
        assert (account.name, account.unit) == (name, listed[name]["unit"])
    sandboxes.reset("demo")
    again = sandboxes.open("demo").account(listed["section@lai-chau"]["credential"])
    assert again is not None


def test_every_account_is_an_actor_of_scenarios(sandbox: Sandbox, sandboxes: Sandboxes, tmp_path: Path) -> None:
    document = sandboxes.credentials("demo")
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps(document), "utf-8")
    credentials = read_credentials(path)
    for account in document["accounts"]:
        actor, _, regulation = account["name"].partition("@")
        step = Step(id="me", say_vi="Ai.", say_en="Who.", actor=actor, does=Operation.READ_UNIT, clause="unsourced")
        assert credentials.of(step.actor, regulation or "an-giang") == account["credential"]


def test_the_library_of_places_is_read_without_being_imported() -> None:
    code = (
        "import json, sys, datetime; from mockca.desk import places; "
        "names = places.provinces(datetime.date(2026, 1, 1)); "
        "print(json.dumps([len(names), 'vietnamadminunits' in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [34, False]
