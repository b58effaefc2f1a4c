"""Dossiers and rosters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mockca.errors import NotAvailable
from mockca.rules.facts import SetFacts, SubmissionFacts
from mockca.rules.intake import check_filing, check_roster
from mockca.rules.submissions import check_submission
from tests.rules.samples import (
    AN_GIANG,
    LAI_CHAU,
    ND68_ORGANISATION_FORM,
    ND68_ORGANISATION_LINE,
    ND68_PERSON_FORM,
    ORGANISATION_FORM,
    PAPER,
    PERSON_FORM,
    SIGNED,
    TODAY,
    UNIT,
    agency_filing,
    clauses,
    filing,
    organisation_filing,
    roster,
)


def test_a_complete_dossier_of_a_person_has_nothing_wrong() -> None:
    assert check_filing(AN_GIANG, filing(), TODAY) == []


def test_a_complete_dossier_of_an_organisation_has_nothing_wrong() -> None:
    assert check_filing(AN_GIANG, organisation_filing(filer_role="agency"), TODAY) == []


def test_a_complete_dossier_from_the_agency_has_nothing_wrong() -> None:
    assert check_filing(LAI_CHAU, agency_filing(), TODAY) == []


@pytest.mark.parametrize(
    ("field", "value", "clause"),
    [
        ("validity_years", 6, "AG-F01"),
        ("validity_years", 0, "AG-F01"),
        ("validity_years", "5", "TT05-F01"),
        ("validity_years", True, "TT05-F01"),
        ("email", "mau@gmail.example", "AG-F01"),
        ("email", "mau@notangiang.test", "AG-F01"),
        ("email", "not an address", "TT05-F01"),
        ("email", "trần@angiang.test", "TT05-F01"),
        ("full_name", "  ", "TT05-F01"),
        ("full_name", None, "TT05-F01"),
        ("full_name", 7, "TT05-F01"),
        ("birth_date", "01/05/1985", "TT05-F01"),
        ("birth_date", 1985, "TT05-F01"),
        ("birth_date", "2026-03-11", "unsourced"),
        ("form_date", "2014-10-29", "AG-QD.2"),
        ("id_number", "12345", "unsourced"),
        ("commitment_compliance", False, "AG-10.1.b"),
        ("commitment_truthful", "yes", "TT05-F01"),
        ("signature", False, "TT05-F01"),
        ("shoe_size", 42, "unsourced"),
        ("full_name", "x" * 65, "unsourced"),
    ],
)
def test_a_spoiled_field_is_refused_by_its_clause(field: str, value: object, clause: str) -> None:
    facts = filing(fields=PERSON_FORM | {field: value})
    assert clauses(check_filing(AN_GIANG, facts, TODAY)) == [(f"form.fields.{field}", clause)]


def test_the_cap_is_told_with_what_would_be_accepted() -> None:
    (violation,) = check_filing(AN_GIANG, filing(fields=PERSON_FORM | {"validity_years": 6}), TODAY)
    assert (violation.value, violation.accepted) == ("6", "1-5")
    assert "5 năm" in violation.vi
    assert "5 years" in violation.en


def test_a_long_value_is_cut_in_the_error() -> None:
    facts = filing(fields=PERSON_FORM | {"email": "a" * 300})
    (violation,) = check_filing(AN_GIANG, facts, TODAY)
    assert violation.value == "a" * 120 + "…"


def test_an_address_at_the_provinces_own_domain_and_below_it_is_official() -> None:
    for address in ("mau@angiang.test", "mau@soyte.AnGiang.test"):
        assert check_filing(AN_GIANG, filing(fields=PERSON_FORM | {"email": address}), TODAY) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"attachments": frozenset({"title-confirmation-copy"})}, [("attachments", "AG-10.3.a.2")]),
        ({"attachments": frozenset({"seal-registration-copy"})}, [("attachments", "AG-10.3.a.3")]),
        ({"attachments": frozenset()}, [("attachments", "AG-10.3.a.2"), ("attachments", "AG-10.3.a.3")]),
        ({"form": "AG-F01"}, [("form.code", "AG-10.3.a.1")]),
        ({"sets": (SetFacts("paper", "post"),)}, [("sets", "AG-10.4.b")]),
        ({"sets": (SetFacts("electronic", "email"),)}, [("sets", "AG-10.4.a")]),
        (
            {"sets": (SetFacts("paper", "in_person", 2), SetFacts("electronic", "email"))},
            [("sets", "AG-10.4.a")],
        ),
        (
            {"sets": (SetFacts("paper", "in_person"), SetFacts("electronic", "portal"))},
            [("sets", "AG-10.4.b")],
        ),
        ({"filer_role": "security"}, [("filer", "AG-10.2.a")]),
        ({"unit": replace(UNIT, category="company")}, [("unit", "AG-10.1.a")]),
        ({"unit": replace(UNIT, name="x" * 65)}, [("unit", "unsourced")]),
        ({"unit": replace(UNIT, superiors=("x" * 65,))}, [("unit", "unsourced")]),
        ({"subscriber_kind": "equipment"}, [("subscriber_kind", "AG-10.2.c")]),
        (
            {"submission": SubmissionFacts(channel="electronic", signature=False)},
            [("submission.signature", "unsourced")],
        ),
    ],
)
def test_a_spoiled_dossier_is_refused_by_its_clause(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert clauses(check_filing(AN_GIANG, filing(**changes), TODAY)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"form": "TT05-F01"}, [("form.code", "AG-10.3.b.1")]),
        ({"unit": replace(UNIT, has_seal=False)}, [("unit", "AG-10.3.b.2")]),
        ({"attachments": frozenset({"seal-registration-copy"})}, [("attachments", "AG-10.3.b.3")]),
        (
            {"fields": ORGANISATION_FORM | {"organisation_name": "Sở Khác"}},
            [("form.fields.organisation_name", "AG-F01")],
        ),
        (
            {"fields": ORGANISATION_FORM | {"old_certificate_number": "xyz"}},
            [("form.fields.old_certificate_number", "AG-F01")],
        ),
        ({"fields": ORGANISATION_FORM | {"old_certificate_expiry_date": "2031-01-01"}}, []),
        ({"fields": ORGANISATION_FORM | {"manager_fax": ""}}, []),
    ],
)
def test_a_spoiled_dossier_of_an_organisation_is_refused_by_its_clause(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert clauses(check_filing(AN_GIANG, organisation_filing(**changes), TODAY)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"filer_role": "subscriber"}, [("filer", "ND68-11.1")]),
        ({"unit": replace(UNIT, category="armed-forces")}, [("unit", "ND68-2")]),
        ({"unit": replace(UNIT, has_seal=False)}, [("unit", "ND68-11.1")]),
        (
            {"fields": ND68_PERSON_FORM | {"validity_years": 6}},
            [("form.fields.validity_years", "ND68-9.2")],
        ),
        (
            {"fields": ND68_PERSON_FORM | {"validity_years": 0}},
            [("form.fields.validity_years", "unsourced")],
        ),
        ({"fields": ND68_PERSON_FORM | {"item_count": 2}}, [("form.fields.item_count", "ND68-F01")]),
        ({"fields": ND68_PERSON_FORM | {"item_count": "1"}}, [("form.fields.item_count", "ND68-F01")]),
        ({"submission": replace(PAPER, sealed=False)}, [("submission.sealed", "ND68-4")]),
        ({"submission": replace(PAPER, signed_by=None)}, [("submission.signed_by", "ND68-4")]),
        ({"submission": SIGNED, "first_request": False}, []),
        ({"first_request": False}, [("submission.channel", "ND68-4")]),
        ({"submission": SubmissionFacts(channel="electronic")}, [("submission.signature", "ND68-4")]),
        ({"submission": replace(SIGNED, signature=False)}, [("submission.signature", "ND68-4")]),
    ],
)
def test_a_spoiled_dossier_in_lai_chau_is_refused_by_the_decree(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert clauses(check_filing(LAI_CHAU, agency_filing(**changes), TODAY)) == expected


def test_an_organisation_shows_its_founding_decision_or_its_superiors_confirmation() -> None:
    facts = agency_filing(
        subscriber_kind="organisation",
        form="ND68-F02",
        fields=ND68_ORGANISATION_FORM,
        rows=(ND68_ORGANISATION_LINE,),
        attachments=frozenset(),
    )
    (violation,) = check_filing(LAI_CHAU, facts, TODAY)
    assert (violation.clause, violation.accepted) == (
        "ND68-10.2",
        "founding-decision | superior-confirmation",
    )
    for kind in ("founding-decision", "superior-confirmation"):
        assert check_filing(LAI_CHAU, replace(facts, attachments=frozenset({kind})), TODAY) == []


def test_equipment_must_be_owned_by_the_unit_that_files() -> None:
    fields: dict[str, object] = {
        "receiver_full_name": "Lò Thị Mẫu",
        "receiver_phone": "02133000000",
        "receiver_email": "mau.lt@laichau.test",
        "item_count": 1,
        "equipment_name": "Máy chủ dịch vụ công",
        "owner": "Sở Y tế",
        "province_city": "Lai Châu",
    }
    facts = agency_filing(subscriber_kind="equipment", form="ND68-F03", fields=fields)
    assert check_filing(LAI_CHAU, facts, TODAY) == []
    facts = replace(facts, fields=fields | {"owner": "Công ty Mẫu"})
    assert clauses(check_filing(LAI_CHAU, facts, TODAY)) == [("form.fields.owner", "ND68-10.3")]


def test_a_dossier_before_the_regulation_is_in_force_is_refused() -> None:
    facts = filing(fields=PERSON_FORM | {"form_date": "2014-10-29", "id_issue_date": "2010-01-01"})
    assert clauses(check_filing(AN_GIANG, facts, date(2014, 10, 29))) == [
        ("regulation", "AG-QD.2"),
        ("form.fields.form_date", "AG-QD.2"),
    ]
    in_force = filing(fields=PERSON_FORM | {"form_date": "2014-10-30", "id_issue_date": "2010-01-01"})
    assert check_filing(AN_GIANG, in_force, date(2014, 10, 30)) == []


def test_every_fault_is_told_at_once() -> None:
    facts = filing(fields={}, attachments=frozenset(), sets=(), unit=replace(UNIT, category="company"))
    found = check_filing(AN_GIANG, facts, TODAY)
    required = sum(field.required for field in AN_GIANG.forms["TT05-F01"].fields.values())
    assert len(found) == 1 + required + 2 + 2
    assert all(violation.vi and violation.en and violation.accepted for violation in found)


def test_rosters_of_persons_and_of_organisations_have_nothing_wrong() -> None:
    assert check_roster(AN_GIANG, roster(), TODAY) == []
    organisations = roster(
        form="AG-F02",
        declared_count=1,
        kinds=("organisation",),
        attachments=frozenset({"request-list-copy", "seal-registration-copies"}),
        submission=SIGNED,
    )
    assert check_roster(AN_GIANG, organisations, TODAY) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"declared_count": 3}, [("declared_count", "AG-F02")]),
        ({"form": "AG-F02"}, [("form", "AG-10.2.b.1")]),
        ({"attachments": frozenset()}, [("attachments", "AG-10.2.b")]),
        ({"kinds": ("equipment", "equipment")}, [("dossiers", "AG-10.2.b")]),
        (
            {"kinds": ("person", "organisation"), "form": "AG-F02"},
            [("dossiers", "AG-10.2.b.2"), ("attachments", "AG-F02")],
        ),
        (
            {"kinds": ("person", "organisation"), "form": "AG-F02", "attachments": frozenset()},
            [("dossiers", "AG-10.2.b.2"), ("attachments", "AG-10.2.b"), ("attachments", "AG-F02")],
        ),
        ({"submission": SubmissionFacts()}, [("submission.signed_by", "AG-10.2.b")]),
        ({"submission": SubmissionFacts(channel="electronic")}, [("submission.signature", "AG-10.2.b")]),
        ({"submission": replace(SIGNED, signature=False)}, [("submission.signature", "AG-10.2.b")]),
    ],
)
def test_a_spoiled_roster_is_refused_by_its_clause(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert clauses(check_roster(AN_GIANG, roster(**changes), TODAY)) == expected


def test_lai_chau_knows_no_roster() -> None:
    with pytest.raises(NotAvailable) as caught:
        check_roster(LAI_CHAU, roster(), TODAY)
    assert caught.value.clause == "ND68-11.1"


def test_delegated_services_take_signed_electronic_documents_only() -> None:
    assert LAI_CHAU.restore is not None
    rule = LAI_CHAU.restore.procedure("pki-token").submission
    assert check_submission(rule, SIGNED) == []
    assert clauses(check_submission(rule, PAPER)) == [("submission.channel", "LC-8.2")]


def test_a_set_in_a_medium_that_nobody_asks_for_does_no_harm() -> None:
    sets = (SetFacts("paper", "in_person"), SetFacts("electronic", "document_system"))
    assert check_filing(LAI_CHAU, agency_filing(sets=sets), TODAY) == []


@pytest.mark.parametrize(
    ("rows", "item_count", "fields"),
    [
        ((), 1, {"form.fields.item_count", "form.rows"}),
        ((ND68_ORGANISATION_LINE, ND68_ORGANISATION_LINE), 1, {"form.fields.item_count"}),
        ((ND68_ORGANISATION_LINE, ND68_ORGANISATION_LINE), 2, {"form.fields.item_count"}),
        (({**ND68_ORGANISATION_LINE, "organisation_name": "Sở khác"},), 1, {"form.rows.0.organisation_name"}),
    ],
)
def test_the_list_of_form_02_has_one_line_that_is_the_organisations_own(
    rows: tuple[dict[str, object], ...], item_count: int, fields: set[str]
) -> None:
    facts = agency_filing(
        subscriber_kind="organisation",
        form="ND68-F02",
        fields={**ND68_ORGANISATION_FORM, "item_count": item_count},
        rows=rows,
        attachments=frozenset({"founding-decision"}),
    )
    found = check_filing(LAI_CHAU, facts, TODAY)
    assert {one.field for one in found} == fields
    assert {one.clause for one in found} == {"ND68-F02"}


def test_a_name_on_a_list_that_fits_no_certificate_is_told_where_it_stands() -> None:
    long = "Sở " + "Y tế " * 20
    unit = replace(agency_filing().unit, name=long)
    facts = agency_filing(
        subscriber_kind="organisation",
        form="ND68-F02",
        fields=ND68_ORGANISATION_FORM,
        rows=({**ND68_ORGANISATION_LINE, "organisation_name": long},),
        attachments=frozenset({"founding-decision"}),
        unit=unit,
    )
    assert [one.field for one in check_filing(LAI_CHAU, facts, TODAY)] == ["form.rows.0.organisation_name"]
