"""The rules as data: values with clauses that there are, a province over its regime, mistakes with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockca.rules import catalogue, loading
from token_emulator.documents.errors import BadRules
from token_emulator.documents.rules import Place, Role, available, load
from token_emulator.documents.rules.loading import read
from token_emulator.documents.rules.paths import rule_keys, said


@pytest.mark.parametrize("regulation", available())
def test_every_value_has_a_clause_that_there_is_or_is_marked(regulation: str) -> None:
    clauses = {clause.id for clause in catalogue.clauses().values()}
    found = [value for _, value in said(load(regulation))]
    assert found
    assert {one.clause for one in found if one.clause} <= clauses
    assert all(one.unsourced for one in found if one.clause is None)


def test_each_regulation_and_regime_has_its_rules() -> None:
    assert set(available()) == {*loading.available(), *loading.regimes()}


@pytest.mark.parametrize("regulation", loading.available())
def test_a_province_stands_on_the_regime_that_its_regulation_stands_on(regulation: str) -> None:
    assert load(regulation).regime == loading.load(regulation).regime


def test_a_province_says_otherwise_than_its_regime() -> None:
    regime, province = (load(name).kinds["issued"].marks[Role.PERSON].place for name in ("nd-68-2024", "lai-chau"))
    assert regime is not None
    assert province is not None
    assert regime.value is province.value is Place.BETWEEN_TITLE_AND_NAME
    assert regime.unsourced
    assert province.clause == "LC-15.1.a.2"


MISTAKES = {
    "no clause": ('extends = "nd-68-2024"\nprovince = "X"\nzone = { value = "+07:00" }\n', "zone", 3),
    "an unknown key": ('extends = "nd-68-2024"\n\n[kinds.issued.marks.person]\nbreadth = 3\n', "breadth", 4),
    "an unknown place": (
        'extends = "nd-68-2024"\n[kinds.issued.marks.person]\nplace = { value = "below", clause = "X-1" }\n',
        "place",
        3,
    ),
    "no such regime": ('extends = "nd-1-1900"\n', "extends", 1),
    "no TOML": ('extends = "nd-68-2024"\nzone = {\n', "syntax", None),
    "upside down": (
        'extends = "an-giang"\n[kinds.issued.marks.person]\nwidth = { value = { low = 9, high = 3 }, clause = "X" }\n',
        "width",
        3,
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_file_line_and_key(tmp_path: Path, name: str) -> None:
    text, key, line = MISTAKES[name]
    path = tmp_path / "thu.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadRules) as refused:
        read(path)
    assert refused.value.file == "thu.toml"
    assert key in refused.value.key
    assert line is None or refused.value.line == line


def test_there_is_no_rule_for_a_regulation_that_is_not_there() -> None:
    with pytest.raises(BadRules, match="an-giang"):
        load("ha-noi")


def test_each_clause_knows_the_values_that_carry_it() -> None:
    assert rule_keys()["AG-8.2.d.3"] == tuple(
        f"an-giang:documents.kinds.issued.marks.{role}.{side}"
        for role in ("organisation", "person")
        for side in ("height", "width")
    )
