"""Made-up people: gender, papers and work that fit together, and belong to nobody."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from mockca.desk import places
from scenarios.people import (
    BIRTH_PLACES,
    MIDDLE_OF_MEN,
    MIDDLE_OF_WOMEN,
    OFFICE,
    OFFICIAL,
    POSITIONS,
    SECTIONS,
    mailbox,
    person,
    work_of,
)

TODAY = date(2026, 3, 5)
CROWD = [person("1", f"p{number}", "x.test", TODAY) for number in range(60)]


def test_the_same_seed_makes_the_same_person_and_another_seed_another() -> None:
    lan = person("1", "lan", "angiang.test", TODAY)
    assert lan == person("1", "lan", "angiang.test", TODAY)
    assert lan != person("2", "lan", "angiang.test", TODAY)
    assert lan["email"].endswith("@angiang.test")
    assert date.fromisoformat(lan["birth_date"]).year <= 2026 - 25


def test_both_women_and_men_are_made_up() -> None:
    assert {one["gender"] for one in CROWD} == {"Nam", "Nữ"}


def test_the_middle_name_is_one_of_the_gender() -> None:
    for one in CROWD:
        middle = " ".join(one["full_name"].split()[1:-1])
        assert middle in (MIDDLE_OF_WOMEN if one["gender"] == "Nữ" else MIDDLE_OF_MEN)


def test_nothing_on_the_papers_could_be_anybodys() -> None:
    for one in CROWD:
        assert one["id_number"].startswith("999")
        assert len(one["id_number"]) == 12
        assert one["phone"].startswith("0000")
        assert "giả" in one["id_issue_place"]
        assert one["email"].isascii()
        assert one["full_name"] == unicodedata.normalize("NFC", one["full_name"])


@pytest.mark.parametrize("day", [date(2014, 11, 3), date(2026, 3, 5)])
def test_people_are_born_in_provinces_that_there_were_and_are(day: date) -> None:
    for place in BIRTH_PLACES:
        assert places.province_named(place, day) == f"Tỉnh {place}"


@pytest.mark.parametrize(
    ("name", "work"),
    [
        ("lan", (OFFICIAL, OFFICE)),
        ("custodian", ("custodian", OFFICE)),
        ("head_school", ("head", "school")),
        ("head_of_council", ("head", "council")),
        ("lan_clinic", (OFFICIAL, "clinic")),
        ("deputy_submarine", ("deputy", OFFICE)),
    ],
)
def test_the_name_in_the_scenario_says_what_somebody_does(name: str, work: tuple[str, str]) -> None:
    persona, body = work
    assert work_of(name) == work
    made_up = person("1", name, "x.test", TODAY)
    assert made_up["position"] in POSITIONS[persona].get(body, POSITIONS[persona][OFFICE])
    assert made_up["office"] in SECTIONS[body]


def test_every_persona_has_something_to_do_in_every_kind_of_body() -> None:
    for persona in POSITIONS:
        for body in SECTIONS:
            assert person("1", f"{persona}_{body}", "x.test", TODAY)["position"]
        assert set(POSITIONS[persona]) <= set(SECTIONS)


def test_a_mailbox_is_the_given_name_and_initials_without_diacritics() -> None:
    assert mailbox("Đặng Thị Ánh Nguyệt") == "nguyetdta"
