"""Requests for revocation, by ground."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mockca.rules.facts import RevocationFacts, SubmissionFacts
from mockca.rules.grounds import check_revocation, form_for
from tests.rules.samples import (
    AG_F03,
    AN_GIANG,
    LAI_CHAU,
    NOW,
    PAPER,
    SIGNED,
    TODAY,
    TT05_F05,
    certificate,
    clauses,
    revocation,
)

ORGANISATION = certificate(subscriber_kind="organisation")
MERGER: dict[str, Any] = {
    "ground": "reorganised",
    "form": "AG-F03",
    "fields": AG_F03,
    "certificates": (ORGANISATION,),
    "decision_kind": "merge",
    "decision_number": "99/QĐ-UBND",
    "decision_effective_on": TODAY,
}
BREACH: dict[str, Any] = {
    "requester_role": "registrar",
    "requester_unit": "so-tttt",
    "ground": "duty-breach",
    "breached_duty": "AG-13.3",
    "submission": PAPER,
    "form": None,
}
AGENCY: dict[str, Any] = {
    "requester_role": "agency",
    "form": "ND68-F05",
    "fields": {"revocation_reason": "Nghỉ hưu"},
}


def by_letter(role: str, ground: str, **changes: Any) -> RevocationFacts:
    """A request without a form."""
    values: dict[str, Any] = {
        "requester_role": role,
        "requester_unit": None,
        "ground": ground,
        "form": None,
        "fields": {},
        "confirmed_by": None,
        "submission": PAPER,
    }
    return revocation(**(values | changes))


@pytest.mark.parametrize(
    "facts",
    [
        revocation(),
        revocation(ground="key-compromise", invalidity_date=NOW - timedelta(days=2)),
        revocation(ground="device-copied"),
        revocation(ground="other-insecurity"),
        revocation(ground="retired", confirmed_by=None),
        revocation(ground="position-changed", requester_role="agency"),
        revocation(ground="expired", certificates=(certificate(not_after=NOW),)),
        revocation(form="AG-F03", fields=AG_F03, certificates=(ORGANISATION,)),
        revocation(**MERGER),
        revocation(**BREACH),
        by_letter("security", "security-demand", submission=SIGNED),
        by_letter("registrar", "manager-request"),
        by_letter("registrar", "retired", certificates=(certificate(unit="another"),)),
    ],
)
def test_a_rightful_request_in_an_giang_has_nothing_wrong(facts: RevocationFacts) -> None:
    assert check_revocation(AN_GIANG, facts) == []


@pytest.mark.parametrize(
    "facts",
    [
        revocation(**AGENCY, ground="key-compromise"),
        revocation(**AGENCY, ground="left"),
        revocation(**AGENCY, ground="agency-request"),
        revocation(**AGENCY, ground="equipment-stopped", certificates=(certificate(subscriber_kind="equipment"),)),
        by_letter("security", "security-demand"),
    ],
)
def test_a_rightful_request_in_lai_chau_has_nothing_wrong(facts: RevocationFacts) -> None:
    assert check_revocation(LAI_CHAU, facts) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ground": "bored"}, [("ground", "AG-12.3")]),
        ({"confirmed_by": " "}, [("confirmed_by", "AG-11.1.b")]),
        ({"confirmed_by": None}, [("confirmed_by", "AG-11.1.b")]),
        ({"form": None}, [("form.code", "AG-11.2.1")]),
        ({"form": "AG-F03"}, [("form.code", "AG-11.2.1")]),
        ({"certificates": (ORGANISATION,)}, [("form.code", "AG-11.2.2")]),
        (
            {"fields": TT05_F05 | {"revocation_reason": ""}},
            [("form.fields.revocation_reason", "TT05-F05")],
        ),
        (
            {"fields": TT05_F05 | {"certificate_number": "ff"}},
            [("form.fields.certificate_number", "TT05-F05")],
        ),
        (
            {"fields": TT05_F05 | {"certificate_number": "not hex"}},
            [("form.fields.certificate_number", "TT05-F05")],
        ),
        ({"certificates": (certificate(unit="another"),)}, [("certificates.0", "AG-11.1.b")]),
        ({"ground": "expired"}, [("certificates.0", "AG-11.1.a")]),
        ({"requester_role": "registrar", "submission": PAPER}, [("requester", "AG-11.1.b")]),
        ({"ground": "security-demand", "submission": PAPER}, [("requester", "AG-11.1.c")]),
        (
            {"ground": "retired", "form": "AG-F03", "fields": AG_F03, "certificates": (ORGANISATION,)},
            [("certificates.0", "AG-11.1.dd")],
        ),
        ({"invalidity_date": NOW + timedelta(seconds=1)}, [("invalidity_date", "unsourced")]),
        ({"invalidity_date": datetime(2026, 1, 1)}, [("invalidity_date", "unsourced")]),  # noqa: DTZ001
        (
            {"ground": "retired", "invalidity_date": NOW - timedelta(days=1)},
            [("invalidity_date", "unsourced")],
        ),
        (
            {"submission": SubmissionFacts(channel="electronic", signature=False)},
            [("submission.signature", "unsourced")],
        ),
    ],
)
def test_a_spoiled_request_of_a_person_is_refused_by_its_clause(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert clauses(check_revocation(AN_GIANG, revocation(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"decision_kind": None}, [("decision.kind", "AG-11.1.e")]),
        ({"decision_kind": "rename"}, [("decision.kind", "AG-11.1.e")]),
        ({"decision_number": None}, [("decision.number", "AG-11.1.e")]),
        ({"decision_effective_on": None}, [("decision.effective_on", "AG-11.1.e")]),
        ({"decision_effective_on": date(2026, 4, 10)}, [("decision.effective_on", "AG-11.1.e")]),
        ({"fields": AG_F03 | {"head_signature": False}}, [("form.fields.head_signature", "AG-F03")]),
        (
            {"certificates": (certificate(),), "form": "TT05-F05", "fields": TT05_F05},
            [("certificates.0", "AG-11.1.e")],
        ),
    ],
)
def test_a_reorganisation_needs_a_decision_in_effect(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert clauses(check_revocation(AN_GIANG, revocation(**(MERGER | changes)))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"breached_duty": None}, [("breached_duty", "AG-11.1.g")]),
        ({"breached_duty": "AG-12.6"}, [("breached_duty", "AG-11.1.g")]),
        (
            {"submission": SubmissionFacts()},
            [("submission.document_number", "AG-11.3.a.2"), ("submission.signed_by", "AG-11.3.a.2")],
        ),
        ({"submission": replace(SIGNED, signature=False)}, [("submission.signature", "AG-11.3.a.2")]),
    ],
)
def test_a_breach_must_be_named_in_a_letter_of_the_registrar(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert clauses(check_revocation(AN_GIANG, revocation(**(BREACH | changes)))) == expected


def test_a_demand_of_a_security_agency_must_be_in_writing_or_signed() -> None:
    facts = by_letter("security", "security-demand", submission=replace(SIGNED, signature=None))
    assert clauses(check_revocation(AN_GIANG, facts)) == [("submission.signature", "AG-11.1.c")]
    assert clauses(check_revocation(LAI_CHAU, facts)) == [("submission.signature", "ND68-17.1.c")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ground": "retired"}, [("ground", "LC-12")]),
        ({"ground": "left", "form": None}, [("form.code", "ND68-19")]),
        ({"ground": "key-compromise", "confirmed_by": None}, [("confirmed_by", "ND68-17.1.b")]),
        ({"ground": "agency-request", "requester_unit": "another"}, [("certificates.0", "ND68-17.1.d")]),
        ({"ground": "equipment-stopped"}, [("certificates.0", "ND68-17.4.b")]),
        ({"ground": "expired"}, [("certificates.0", "ND68-17.1.a")]),
        (
            {"ground": "left", "requester_role": "subscriber", "submission": PAPER},
            [
                ("requester", "ND68-17.2.c"),
            ],
        ),
        (
            {"ground": "left", "fields": {"revocation_reason": "Nghỉ hưu", "certificate_number": "ff"}},
            [("form.fields.certificate_number", "ND68-F05")],
        ),
    ],
)
def test_a_spoiled_request_in_lai_chau_is_refused_by_the_decree(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert clauses(check_revocation(LAI_CHAU, revocation(**(AGENCY | changes)))) == expected


def test_the_form_may_name_any_of_many_certificates() -> None:
    many = tuple(certificate(serial=f"{number:x}") for number in range(0x10, 0x15))
    facts = revocation(certificates=many, fields=TT05_F05 | {"certificate_number": "00:14"})
    assert check_revocation(AN_GIANG, facts) == []
    (violation,) = check_revocation(AN_GIANG, replace(facts, fields=TT05_F05))
    assert violation.accepted == "10, 11, 12, …"


def test_mixed_kinds_cannot_ask_on_one_form() -> None:
    facts = revocation(certificates=(certificate(), ORGANISATION))
    assert clauses(check_revocation(AN_GIANG, facts)) == [("form.code", "AG-11.2.2")]


def test_a_kind_without_a_form_is_asked_for_without_one() -> None:
    assert form_for(AN_GIANG, "subscriber", "equipment") is None
    facts = revocation(certificates=(certificate(subscriber_kind="equipment"),), form=None)
    assert check_revocation(AN_GIANG, facts) == []


def test_who_asks_decides_whether_a_form_is_needed() -> None:
    form = form_for(AN_GIANG, "agency", "organisation")
    assert form is not None
    assert (form.value, form.clause) == ("AG-F03", "AG-11.2.2")
    assert form_for(AN_GIANG, "registrar", "person") is None


def test_a_foreign_certificate_is_told_even_where_the_requester_has_no_unit() -> None:
    facts = revocation(requester_unit=None)
    (violation,) = check_revocation(AN_GIANG, facts)
    assert (violation.field, violation.accepted) == ("certificates.0", "-")


def test_a_request_at_the_very_end_of_validity_counts_as_expired() -> None:
    ended = certificate(not_after=datetime(2026, 3, 10, 2, 0, tzinfo=UTC))
    assert check_revocation(AN_GIANG, revocation(ground="expired", certificates=(ended,))) == []
