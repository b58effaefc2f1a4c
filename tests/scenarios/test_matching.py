"""Holding outcomes against expectations."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import Outcome, Step, Verdict
from scenarios.faces import FACES, STATES, TABLE, disagreements
from scenarios.matching import compare

VALUES: dict[str, Any] = {
    "number": 7,
    "at": "2026-03-01T07:00:00+07:00",
    "items": ["a", "b"],
    "nothing": None,
    "name": "Lan",
}


def told(expects: dict[str, Any], outcome: Outcome, does: str = "read_dossier") -> list[str]:
    step = Step.model_validate(
        {"id": "x", "say_vi": "x", "say_en": "x", "actor": "a", "does": does, "clause": "AG-1", "expects": expects}
    )
    return [str(one) for one in compare(step, step.expects, outcome)]


def values(path: str, wanted: object) -> list[str]:
    return told({"values": {path: wanted}}, Outcome(Verdict.ACCEPTED, VALUES))


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("number", 7),
        ("number", {"at_least": 7}),
        ("number", {"at_most": 8}),
        ("at", "2026-03-01T00:00:00Z"),
        ("at", {"at_least": "2026-02-28T23:59:59Z"}),
        ("at", {"at_most": "2026-03-01T00:00:01Z"}),
        ("items", ["a", "b"]),
        ("items", {"contains": "a"}),
        ("name", {"contains": "an"}),
        ("nothing", {"absent": True}),
        ("nowhere", {"absent": True}),
        ("name", {"absent": False}),
    ],
)
def test_a_value_that_fits_is_no_mismatch(path: str, wanted: object) -> None:
    assert values(path, wanted) == []


@pytest.mark.parametrize(
    ("path", "wanted", "says"),
    [
        ("number", 8, "number: expected 8, found 7"),
        ("number", {"at_least": 8}, "number: expected at least 8, found 7"),
        ("name", {"at_most": 8}, "name: expected at most 8, found 'Lan'"),
        ("at", "2026-03-01T00:00:01Z", "at: expected '2026-03-01T00:00:01Z', found '2026-03-01T07:00:00+07:00'"),
        ("items", {"contains": "c"}, "items: expected something with 'c', found ['a', 'b']"),
        ("number", {"contains": "c"}, "number: expected something with 'c', found 7"),
        ("name", {"absent": True}, "name: expected nothing there, found 'Lan'"),
        ("nothing", {"absent": False}, "nothing: expected something there, found None"),
        ("items", {"size": 2}, "items: expected {'size': 2}, found ['a', 'b']"),
    ],
)
def test_a_value_that_does_not_fit_is_told(path: str, wanted: object, says: str) -> None:
    assert values(path, wanted) == [says]


def test_a_value_that_is_not_there_says_what_is() -> None:
    (says,) = values("nowhere", {"absent": False})
    assert says.startswith("nowhere: expected something there, found nothing (the answer has no 'nowhere'")


def test_a_refusal_where_none_was_expected_gives_its_reason() -> None:
    outcome = Outcome(Verdict.REFUSED, message="thiếu chữ ký")
    assert told({}, outcome) == ["outcome: expected accepted, found refused: thiếu chữ ký"]
    assert told({}, Outcome(Verdict.REFUSED)) == ["outcome: expected accepted, found refused: no reason given"]


def test_an_acceptance_where_a_refusal_was_due_names_the_clause() -> None:
    accepted = Outcome(Verdict.ACCEPTED)
    assert told({"outcome": "refused", "clauses": "AG-6"}, accepted) == [
        "outcome: expected refused by AG-6, found accepted"
    ]
    assert told({"outcome": "refused"}, accepted) == ["outcome: expected refused, found accepted"]


def test_a_refusal_must_name_every_clause_and_field_that_is_asked_for() -> None:
    outcome = Outcome(Verdict.REFUSED, clauses=("AG-6",), fields=("sets.0", "form.fields.years"))
    expects = {"outcome": "refused", "clauses": ["AG-6", "AG-F01"], "fields": ["sets", "form.fields.year"]}
    assert told(expects, outcome) == [
        "clauses: expected AG-F01 named, found AG-6",
        "fields: expected form.fields.year named, found sets.0, form.fields.years",
    ]
    nothing = Outcome(Verdict.REFUSED)
    assert told(expects, nothing)[0] == "clauses: expected AG-6 named, found no clause"
    assert told(expects, nothing)[-1] == "fields: expected form.fields.year named, found no field"


def test_the_state_is_compared() -> None:
    assert told({"state": "filed"}, Outcome(Verdict.ACCEPTED, state="filed")) == []
    assert told({"state": "filed"}, Outcome(Verdict.ACCEPTED)) == ["state: expected filed, found None"]


def test_every_state_has_a_row_and_every_row_every_face() -> None:
    assert set(TABLE) == set(STATES)
    for row in TABLE.values():
        assert set(row) == {face.partition("_")[0] for face in FACES}


@pytest.mark.parametrize("state", STATES)
def test_faces_that_say_what_the_table_says_agree(state: str) -> None:
    said: dict[str, Any] = {"reason": "keyCompromise" if state == "revoked" else None, "faults": []}
    for face in FACES:
        words = TABLE[state]["ocsp" if face.startswith("ocsp") else face]
        said[face] = words[0].replace("{reason}", "keyCompromise")
    assert disagreements(state, said) == []
    for face in FACES:
        assert [one[0] for one in disagreements(state, {**said, face: "nonsense"})] == [face]


def test_a_revocation_without_reason_is_unspecified_on_every_face() -> None:
    said = dict.fromkeys(("crl", "delta"), "unspecified") | dict.fromkeys(
        ("ocsp_get", "ocsp_post"), "revoked:unspecified"
    )
    assert disagreements("revoked", {**said, "portal": "revoked", "api": "revoked", "reason": None}) == []


def test_a_faulty_face_is_a_mismatch_whatever_it_says() -> None:
    outcome = Outcome(Verdict.ACCEPTED, {"faults": ["crl: its signature is not the issuer's"]})
    assert "faces: expected sound answers, found crl: its signature is not the issuer's" in told(
        {"state": "effective"}, outcome, "compare_faces"
    )
