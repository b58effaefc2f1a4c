"""What the authority says when it says no."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from mockca.desk.commands import FileDossier, TurnClock
from mockca.errors import (
    Conflict,
    Forbidden,
    Malformed,
    MockcaError,
    NotAvailable,
    NotFound,
    OutOfOrder,
    Refused,
    SetUpError,
    Violation,
)
from mockca.web.problems import HIDDEN, LONGEST_VALUE, Unauthenticated, problem, problem_of, shape_problem, too_large

TOO_LONG = Violation(
    field="form.fields.validity_years",
    value="6",
    clause="AG-F01",
    vi="thời hạn quá 5 năm",
    en="longer than 5 years",
    accepted="1 to 5",
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused([TOO_LONG]), 422),
        (NotAvailable("renew", "an-giang", "AG-10.6"), 422),
        (Forbidden("agency", "decide_dossier", ["authority"], "AG-10.2"), 403),
        (OutOfOrder("certificate", "1a2b", "revoked", "lift", [], "AG-11"), 409),
        (Conflict("the key was used for another request"), 409),
        (NotFound("dossier", "7"), 404),
        (Malformed("csr", "no PEM"), 400),
        (SetUpError("no SoftHSM2; type: apt-get install softhsm2"), 503),
        (Unauthenticated("demo", given=False), 401),
        (Unauthenticated("demo", given=True), 401),
    ],
)
def test_every_error_has_its_status_and_speaks_vietnamese_first(error: MockcaError, status: int) -> None:
    told = problem_of(error)
    assert told.status == status
    vietnamese, english = told.title.split(" / ")
    assert not vietnamese.isascii()
    assert english.isascii()
    assert told.type.startswith("urn:mockca:problem:")
    assert told.remedy


def test_an_error_of_no_known_kind_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="MockcaError"):
        problem_of(MockcaError())


def test_a_refusal_names_field_value_clause_and_what_is_accepted() -> None:
    told = problem_of(Refused([TOO_LONG]))
    (violation,) = told.violations
    assert (violation.field, violation.value, violation.clause) == ("form.fields.validity_years", "6", "AG-F01")
    assert violation.accepted == "1 to 5"
    assert told.clause == "AG-F01"
    assert told.detail == "thời hạn quá 5 năm. / longer than 5 years."


def test_a_refusal_without_violations_still_tells() -> None:
    assert problem_of(Refused([])).clause is None


def test_a_transition_out_of_order_tells_the_state_and_what_is_allowed_from_it() -> None:
    told = problem_of(OutOfOrder("dossier", "7", "filed", "issue", ["accept", "return"], "AG-10"))
    assert told.state == "filed"
    assert told.allowed == ("accept", "return")
    assert "accept, return" in (told.remedy or "")
    assert "hồ sơ 7" in told.detail


def test_a_forbidden_step_tells_the_roles_that_may() -> None:
    told = problem_of(Forbidden("agency", "decide_dossier", ["registrar", "authority"], "AG-10.2"))
    assert told.allowed == ("authority", "registrar")
    assert told.clause == "AG-10.2"


def test_a_missing_thing_is_named_no_longer_than_a_line() -> None:
    assert "x" * (LONGEST_VALUE + 1) not in problem_of(NotFound("sandbox", "x" * 5000)).detail


def test_the_challenge_says_whether_a_credential_was_given() -> None:
    assert Unauthenticated("demo", given=False).challenge == 'Bearer realm="demo"'
    assert Unauthenticated("demo", given=True).challenge == 'Bearer realm="demo", error="invalid_token"'


def test_a_status_of_no_known_kind_still_makes_a_problem() -> None:
    assert problem(418, "…").type == "urn:mockca:problem:http-418"


def test_a_body_over_the_limit_is_told_the_limit() -> None:
    assert "2097152" in too_large(2097152).detail


def refused_by(model: type[FileDossier | TurnClock], body: str) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(body, strict=True)
    return caught.value


def test_each_field_that_does_not_fit_is_named_once_with_what_would() -> None:
    body = """{"regulation": "an-giang", "subscriber_kind": "people", "form": {"code": "TT05-F01",
               "fields": {"validity_years": 1.5, "no good!": 1}},
               "sets": [{"medium": "paper", "via": "post", "count": 0}], "unit": null, "extra": {"a": 1}}"""
    told = shape_problem(refused_by(FileDossier, body))
    by_field = {violation.field: violation for violation in told.violations}
    assert set(by_field) == {
        "subscriber_kind",
        "form.fields.validity_years",
        "form.fields.no good!",
        "sets.0.count",
        "extra",
    }
    assert by_field["subscriber_kind"].accepted == "'person', 'organisation' or 'equipment'"
    assert by_field["form.fields.validity_years"].accepted == "true or false | an integer | a string"
    assert by_field["form.fields.validity_years"].value == "1.5"
    assert by_field["sets.0.count"].accepted == "1 or more"
    assert by_field["extra"].value == "dict"
    assert told.status == 422


def test_a_missing_field_repeats_nothing_of_the_rest() -> None:
    told = shape_problem(refused_by(FileDossier, '{"regulation": "an-giang"}'))
    assert {(violation.field, violation.value) for violation in told.violations} == {
        ("subscriber_kind", ""),
        ("form", ""),
    }


@pytest.mark.parametrize("name", ["pin", "user_pin", "credential", "password", "private_key"])
def test_a_secret_that_nobody_asked_for_is_not_repeated(name: str) -> None:
    told = shape_problem(refused_by(TurnClock, f'{{"{name}": "hunter2"}}'))
    assert told.violations[0].value == HIDDEN
    assert "hunter2" not in told.model_dump_json()


def test_text_that_is_not_json_is_malformed() -> None:
    told = shape_problem(refused_by(TurnClock, "{"))
    assert told.status == 400
    assert told.violations[0].field == "body"


def test_a_long_value_is_cut() -> None:
    told = shape_problem(refused_by(TurnClock, f'{{"set": "{"9" * 5000}"}}'))
    assert len(told.violations[0].value) == LONGEST_VALUE


def test_only_so_many_violations_are_told() -> None:
    body = "{" + ", ".join(f'"x{n}": 1' for n in range(500)) + "}"
    assert len(shape_problem(refused_by(TurnClock, body)).violations) == 50


def test_a_complaint_that_we_have_no_words_for_is_told_in_pydantics() -> None:
    body = '{"regulation": "r", "subscriber_kind": "person", "form": {"code": "F", "fields": {"name": "a\\u0000b"}}}'
    (violation,) = shape_problem(refused_by(FileDossier, body)).violations
    assert "control characters" in violation.en


def test_text_that_would_grow_when_it_is_composed_is_refused() -> None:
    body = '{"regulation": "r", "subscriber_kind": "person", "form": {"code": "F", "fields": {"name": "\\ufb2c"}}}'
    (violation,) = shape_problem(refused_by(FileDossier, body)).violations
    assert "composed form" in violation.en
