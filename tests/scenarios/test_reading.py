"""Scenario files: what is right is read, what is wrong is named with its line."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from scenarios import BadSetting, UnknownScenario, Unreadable, load, read
from scenarios import reading as module
from scenarios.reading import read_text
from scenarios.yaml_lines import parse

GOOD = """\
id: an-giang/small
regulation: an-giang
title: {vi: Nhỏ, en: Small}
about: {vi: Thử, en: A try}
given: {years: 5}
people: [lan]
keys: [office]
bodies:
  dossier:
    name: ${people.lan.full_name}
    years: ${given.years}
steps:
  - id: file
    say_vi: Nộp
    say_en: File
    actor: subscriber
    does: file_dossier
    with: dossier
    clause: AG-10.2.a
  - id: read
    say_vi: Xem
    say_en: Read
    actor: subscriber
    does: read_dossier
    with: {dossier: "${steps.file.number}", csr: "${keys.office.csr}"}
    expects: {state: filed}
    clause: [AG-12.4]
"""


def wrong(old: str, new: str) -> str:
    """The errors of the good scenario with one thing changed."""
    assert old in GOOD
    with pytest.raises(Unreadable) as caught:
        read_text(GOOD.replace(old, new, 1), "small.yaml")
    return str(caught.value)


def test_a_scenario_is_read() -> None:
    scenario = read_text(GOOD, "small.yaml")
    file, look = scenario.steps
    assert scenario.body(file) == {"name": "${people.lan.full_name}", "years": "${given.years}"}
    assert file.is_main
    assert not look.is_main
    assert file.clauses == ("AG-10.2.a",)
    assert scenario.needs(look) == ("file",)


def test_a_step_may_name_what_it_needs_itself() -> None:
    quoted = '"${steps.file.number}"'
    assert quoted in GOOD
    free = GOOD.replace(quoted, "1").replace("    expects: {state: filed}\n", "    needs: []\n")
    bound = free.replace("needs: []", "needs: [file]")
    assert [read_text(text, "x").needs(read_text(text, "x").steps[1]) for text in (free, bound)] == [(), ("file",)]


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert read(path).id == "an-giang/small"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("does: file_dossier", "does: file_dosier", "small.yaml:17: steps[0].does: Input should be"),
        ("    actor: subscriber\n", "", "steps[0].actor: Field required"),
        ("    with: dossier\n", "    with: {}\n    colour: red\n", "small.yaml:19: steps[0].colour: Extra inputs"),
        ("id: an-giang/small", "id: An Giang", "small.yaml:1: id: String should match"),
        ("with: dossier", "with: dosier", "small.yaml:18: steps[0].with: no body is called 'dosier'"),
        ("    with: dossier\n", "    with: dossier\n    remove: [colour]\n", "steps[0].change: the answer has no"),
        ("${people.lan.full_name}", "${people.minh.full_name}", "${people.minh.full_name}: no such person"),
        ("${given.years}", "${given.months}", "${given.months}: no such setting; `given` has: years"),
        ("${keys.office.csr}", "${keys.home.csr}", "${keys.home.csr}: no such key; `keys` names: office"),
        ("${steps.file.number}", "${steps.fill.number}", "small.yaml:20: steps[1]: refers to 'fill'"),
        ("${steps.file.number}", "${step.file.number}", "a reference begins with one of"),
        ("id: read", "id: file", "small.yaml:20: steps[1].id: 'file' is the id of an earlier step"),
        ("    expects: {state: filed}\n", "    needs: [fill]\n", "steps[1].needs: no earlier step is called 'fill'"),
        ("expects: {state: filed}", "expects: {outcome: unsupported}", "unsupported is for the target to say"),
        ("expects: {state: filed}", "expects: {clauses: AG-2}", "only a refusal names clauses"),
        ("does: read_dossier", "does: compare_faces", "steps[1].expects.state: one of: issued, effective"),
        ("[AG-12.4]", "điều 12", "steps[1].clause"),
        ("regulation: an-giang", "regulation: an-giang\nregulation: lai-chau", "small.yaml:3: regulation: this key"),
        ("title: {vi: Nhỏ, en: Small}", "title: {vi: Nhỏ", "small.yaml:4: file: not YAML"),
        (
            "    with: dossier\n",
            "    with: dossier\n    sign: {key: home, certificate: x}\n",
            "small.yaml:19: steps[0].sign.key: `keys` names: office",
        ),
    ],
)
def test_a_mistake_is_named_with_file_line_and_place(old: str, new: str, says: str) -> None:
    assert says in wrong(old, new)


def test_every_mistake_is_named_at_once_in_the_order_of_lines() -> None:
    text = GOOD.replace("with: dossier", "with: dosier").replace("${steps.file.number}", "${steps.fill.number}")
    with pytest.raises(Unreadable) as caught:
        read_text(text, "small.yaml")
    assert [fault.line for fault in caught.value.faults] == [18, 20]


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n"])
def test_what_is_no_scenario_at_all_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_text(text, "small.yaml")


def test_yaml_keeps_texts_that_other_readers_turn_into_something_else() -> None:
    parsed = parse("a: yes\nb: 2026-01-01\nc: 0777\nd: 1_000\ne: 5\nf: 1.5\ng: true\nh: ~\ni:\nj: '5'\nk: on\n", "x")
    assert parsed.data == {
        "a": "yes",
        "b": "2026-01-01",
        "c": "0777",
        "d": "1_000",
        "e": 5,
        "f": 1.5,
        "g": True,
        "h": None,
        "i": None,
        "j": "5",
        "k": "on",
    }
    assert parsed.line(("j", "deeper")) == 10


def opened(opening: str, steps: str = "") -> str:
    """A scenario that begins like another one."""
    own = dedent("""\
        id: an-giang/opened
        regulation: an-giang
        title: {vi: Mở, en: Opened}
        about: {vi: Thử, en: A try}
        opening: %s
        steps:
          - id: own
            say_vi: Bước riêng
            say_en: A step of its own
            actor: authority
            does: read_dossier
            with: {dossier: "${steps.file.number}"}
            clause: AG-12.4
        """)
    return own % opening + steps


def test_an_opening_brings_the_main_steps_of_another_scenario() -> None:
    text = opened("{scenario: an-giang/new-person, until: roster, given: {validity_years: 1}}")
    scenario = read_text(text, "opened.yaml")
    assert [step.id for step in scenario.steps] == ["file", "return", "refile", "accept", "roster", "own"]
    assert scenario.given["validity_years"] == 1
    assert scenario.people == ("lan",)
    assert "dossier" in scenario.bodies


def test_an_opening_brings_along_what_its_steps_refer_to() -> None:
    text = opened("{scenario: lai-chau/signed-requests, until: file}")
    assert [step.id for step in read_text(text, "opened.yaml").steps] == ["own-unit", "file", "own"]


@pytest.mark.parametrize(
    ("opening", "says"),
    [
        ("{scenario: an-giang/no-such, until: x}", "opened.yaml:5: opening.scenario: no scenario"),
        ("{scenario: an-giang/new-person, until: unrevoke}", "opening.until: must be a main step of"),
        ("{scenario: an-giang/new-person, until: nowhere}", "opening.until: must be a main step of"),
        ("{scenario: an-giang/new-person, until: file, given: {colour: red}}", "opening.given.colour"),
        (
            "{scenario: an-giang/new-person, until: file, given: {validity_years: many}}",
            "opening.given.validity_years: setting validity_years = 'many': must be of the same kind as 5",
        ),
    ],
)
def test_an_opening_that_leads_nowhere_is_named(opening: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_text(opened(opening), "opened.yaml")


def test_settings_given_as_text_are_read_as_what_stands_there() -> None:
    scenario = read_text(GOOD.replace("given: {years: 5}", "given: {years: 5, sealed: true, name: x}"), "small.yaml")
    given = {"years": " 3", "sealed": "False", "name": "7", "colour": "red"}
    assert scenario.settings(given) == {"years": 3, "sealed": False, "name": "7"}
    for wrong_setting in ({"years": True}, {"years": "three"}, {"sealed": "perhaps"}, {"name": 7}):
        with pytest.raises(BadSetting, match="must be of the same kind"):
            scenario.settings(wrong_setting)


def test_an_unknown_scenario_lists_what_there_is() -> None:
    with pytest.raises(UnknownScenario, match="an-giang/new-person"):
        load("an-giang/no-such")


def test_a_library_file_must_stand_where_its_id_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "an-giang").mkdir()
    (tmp_path / "notes.txt").write_text("not a folder")
    (tmp_path / "an-giang" / "notes.txt").write_text("not a scenario")
    (tmp_path / "an-giang" / "misplaced.yaml").write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(module, "LIBRARY", tmp_path)
    monkeypatch.setattr(module, "available", module.available.__wrapped__)
    assert module.available() == ("an-giang/misplaced",)
    with pytest.raises(Unreadable, match="asks for 'an-giang/misplaced'"):
        module.load.__wrapped__("an-giang/misplaced")
