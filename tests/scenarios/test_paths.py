"""Paths into JSON."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.paths import BadPath, get, parts, put, remove

DOCUMENT: dict[str, Any] = {
    "form": {"fields": {"years": 5}},
    "sets": [{"medium": "paper", "via": "post"}, {"medium": "electronic", "via": "email"}],
    "empty": None,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("form.fields.years", 5),
        ("sets.1.via", "email"),
        ("sets[medium=paper].via", "post"),
        ("sets[*].via", ["post", "email"]),
        ("empty", None),
    ],
)
def test_a_path_leads_to_its_value(path: str, value: object) -> None:
    assert get(DOCUMENT, path) == value


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("form.code", "form has no 'code', only fields"),
        ("nothing", "the answer has no 'nothing'"),
        ("sets.2", "sets is a list of 2"),
        ("sets.medium", "there is no element 'medium'"),
        ("sets[medium=stone]", "no element with medium = stone"),
        ("form[*].x", "form is no list"),
        ("form.fields.years.x", "a int; 'x' cannot be looked up"),
        ("empty.x", "empty is null"),
        ("sets[medium=paper].via.x", "sets[medium=paper].via is a text"),
        ("sets[*].size", "sets[*] has no 'size'"),
        ("a..b", "not a path: look at character 3"),
        ("a.", "ends in a dot"),
        ("", "an empty path"),
    ],
)
def test_a_path_that_leads_nowhere_says_how_far_it_led(path: str, says: str) -> None:
    with pytest.raises(BadPath, match=says.replace("[", r"\[").replace("*", r"\*")):
        get(DOCUMENT, path)


def test_putting_a_value_leaves_the_original_alone() -> None:
    changed = put(DOCUMENT, "sets[medium=paper].via", "in_person")
    assert get(changed, "sets.0.via") == "in_person"
    assert get(DOCUMENT, "sets.0.via") == "post"


def test_putting_a_value_makes_the_objects_on_the_way() -> None:
    assert put({}, "submission.signature", "x") == {"submission": {"signature": "x"}}


def test_a_list_element_can_be_put_and_removed_by_number_and_by_key() -> None:
    assert put(DOCUMENT, "sets.0", 1)["sets"][0] == 1
    assert [one["medium"] for one in remove(DOCUMENT, "sets[medium=paper]")["sets"]] == ["electronic"]
    assert "years" not in remove(DOCUMENT, "form.fields.years")["form"]["fields"]


def test_removing_what_is_not_there_is_an_error() -> None:
    with pytest.raises(BadPath):
        remove(DOCUMENT, "form.code")


def test_parts_keep_selectors_apart_from_names() -> None:
    assert parts("items[serial=0a].kind") == ("items", ("serial", "0a"), "kind")
