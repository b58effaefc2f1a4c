"""Lists: enclosed with a dossier, and the lines of rosters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockca.rules.facts import OwedFacts, SheetFacts
from mockca.rules.filling import DOTTED, filled, known_of
from mockca.rules.intake import check_filing, check_roster
from mockca.rules.lists import listed_facts
from mockca.rules.loading import load
from mockca.rules.terms import Sourced
from tests.rules.samples import (
    AN_GIANG,
    ORGANISATION_FORM,
    PERSON_FORM,
    TB_LIST,
    TB_ORGANISATION_ROW,
    TB_PERSON_FORM,
    TB_PERSON_ROW,
    THAI_BINH,
    TODAY,
    UNIT,
    clauses,
    filing,
    listed_filing,
    listed_organisation,
    roster,
)


def sheet(form: str, *rows: dict[str, object]) -> tuple[SheetFacts, ...]:
    return (SheetFacts(form, TB_LIST | {"registration_count": len(rows)}, rows),)


def test_a_dossier_with_its_list_has_nothing_wrong() -> None:
    assert check_filing(THAI_BINH, listed_filing(), TODAY) == []
    assert check_filing(THAI_BINH, listed_organisation(), TODAY) == []


def test_a_list_may_name_others_too() -> None:
    rows = (TB_PERSON_ROW | {"full_name": "Người khác"}, TB_PERSON_ROW)
    assert check_filing(THAI_BINH, listed_filing(enclosed=sheet("TB-F03", *rows)), TODAY) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"enclosed": ()}, [("enclosed", "TB-4.2.2")]),
        ({"enclosed": sheet("TB-F04", TB_ORGANISATION_ROW)}, [("enclosed.0.code", "TB-4.2.2")]),
        (
            {"enclosed": sheet("XX-F01", TB_PERSON_ROW)},
            [("enclosed.0.code", "TB-4.2.2"), ("enclosed.0.code", "unsourced")],
        ),
        (
            {"enclosed": sheet("TB-F03", TB_PERSON_ROW | {"full_name": "Người khác"})},
            [("enclosed.0.rows", "TB-4.2.2")],
        ),
        (
            {"enclosed": sheet("TB-F03", TB_PERSON_ROW, {**TB_PERSON_ROW, "position": ""})},
            [("enclosed.0.rows.1.position", "TB-F03")],
        ),
        (
            {"enclosed": (SheetFacts("TB-F03", TB_LIST | {"registration_count": 3}, (TB_PERSON_ROW,) * 2),)},
            [("enclosed.0.fields.registration_count", "TB-F03")],
        ),
        (
            {"enclosed": (SheetFacts("TB-F03", TB_LIST, ()),)},
            [("enclosed.0.rows", "TB-F03"), ("enclosed.0.fields.registration_count", "TB-F03")],
        ),
        ({"uncertified": frozenset({"title-decision-copy"})}, [("attachments", "TB-4.2.3")]),
        ({"category": None}, [("category", "TB-4.2.1")]),
        ({"category": "janitor"}, [("category", "TB-4.2.1")]),
        ({"category": "council-committee-head"}, [("category", "TB-1.2.b.2")]),
        ({"category": "one-stop-official"}, [("attachments", "TB-1.2.b.4")]),
        ({"attachments": frozenset({"title-decision-copy"})}, [("attachments", "TB-F02")]),
    ],
)
def test_a_spoiled_dossier_is_refused_by_its_clause(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert sorted(clauses(check_filing(THAI_BINH, listed_filing(**changes), TODAY))) == sorted(expected)


def test_an_organisation_on_the_persons_list_is_refused() -> None:
    facts = listed_organisation(enclosed=sheet("TB-F03", TB_PERSON_ROW))
    assert clauses(check_filing(THAI_BINH, facts, TODAY)) == [("enclosed.0.code", "TB-4.2.2")]


def test_a_unit_without_a_seal_of_its_own_is_refused() -> None:
    facts = listed_organisation(unit=replace(UNIT, has_seal=False))
    assert clauses(check_filing(THAI_BINH, facts, TODAY)) == [("unit", "TB-9.1")]


def test_the_refusal_of_a_category_names_those_accepted() -> None:
    (violation,) = check_filing(THAI_BINH, listed_filing(category="janitor"), TODAY)
    assert violation.accepted.split(" | ") == list(THAI_BINH.requirements["person"].categories)


def test_the_refusal_of_a_plain_copy_names_it() -> None:
    (violation,) = check_filing(THAI_BINH, listed_filing(uncertified=frozenset({"title-decision-copy"})), TODAY)
    assert "title-decision-copy" in violation.value
    assert "notarised" in violation.accepted


def test_a_confirmation_is_asked_for_where_the_rule_is_there() -> None:
    person = replace(AN_GIANG.requirements["person"], confirmation=Sourced(True, "AG-10.1"))
    regulation = replace(AN_GIANG, requirements={"person": person})
    assert clauses(check_filing(regulation, filing(), TODAY)) == [("confirmed_by", "AG-10.1")]
    assert check_filing(regulation, filing(confirmed_by="Phạm Văn Mẫu"), TODAY) == []


# --- rosters ------------------------------------------------------------------------------------------------------

PERSONS = AN_GIANG.forms["TT05-F02"]
ORGANISATIONS = AN_GIANG.forms["AG-F02"]
SECOND = PERSON_FORM | {"full_name": "Lê Văn Hai", "email": "hai.lv@angiang.test"}
LISTED = (
    listed_facts(AN_GIANG, PERSONS, 1, "TT05-F01", PERSON_FORM, UNIT),
    listed_facts(AN_GIANG, PERSONS, 2, "TT05-F01", SECOND, UNIT),
)
ROWS = tuple(dict(one.says) for one in LISTED)
ORGANISATION = listed_facts(AN_GIANG, ORGANISATIONS, 3, "AG-F01", ORGANISATION_FORM, UNIT)


def rows_found(*rows: dict[str, object], **changes: Any) -> list[tuple[str, str]]:
    facts = roster(rows=rows, listed=LISTED, declared_count=len(rows), **changes)
    return clauses(check_roster(AN_GIANG, facts, TODAY))


def test_a_list_says_of_a_dossier_what_its_form_says() -> None:
    assert ROWS[0] == {
        "full_name": "Trần Văn Mẫu",
        "birth_date": "1985-05-01",
        "id": "089085000001, 2021-06-01, Cục Mẫu",
        "workplace": "Sở Y tế",
        "position": "Chuyên viên",
        "email": "mau.tv@soyte.angiang.test",
        "province_city": "An Giang",
    }
    assert ORGANISATION.says["organisation_name"] == "sở  y tế"
    assert ORGANISATION.says["manager_id"] == "B1234567, 2020-02-02, Cục Mẫu"


def test_what_a_list_says_of_its_dossiers_is_a_right_list_in_any_order() -> None:
    assert rows_found(*ROWS) == rows_found(*reversed(ROWS)) == []
    facts = roster(
        form="AG-F02",
        kinds=("organisation",),
        declared_count=1,
        rows=(dict(ORGANISATION.says),),
        listed=(ORGANISATION,),
        attachments=frozenset({"request-list-copy", "seal-registration-copies"}),
    )
    assert check_roster(AN_GIANG, facts, TODAY) == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((ROWS[0], ROWS[1], ROWS[1] | {"full_name": "Người lạ"}), [("rows.2", "AG-10.2.b.1")]),
        ((ROWS[0], ROWS[1], ROWS[1]), [("rows.2", "AG-10.2.b.1")]),
        ((ROWS[0],), [("rows", "AG-10.2.b.1")]),
        ((ROWS[0], ROWS[1] | {"position": ""}), [("rows.1.position", "TT05-F02")]),
        ((ROWS[0], ROWS[1] | {"birth_date": "1985-05-02"}), [("rows.1.birth_date", "TT05-F02")]),
        ((ROWS[0], ROWS[1] | {"id": "giấy tờ đã kèm"}), []),
        ((ROWS[0], ROWS[1] | {"colour": "red"}), [("rows.1.colour", "unsourced")]),
    ],
)
def test_lines_and_originals_go_together(rows: tuple[dict[str, object], ...], expected: list[tuple[str, str]]) -> None:
    assert rows_found(*rows) == expected


def test_a_line_without_its_original_is_named() -> None:
    rows = (*ROWS, ROWS[1] | {"full_name": "Người lạ"})
    facts = roster(rows=rows, listed=LISTED, declared_count=3)
    (violation,) = check_roster(AN_GIANG, facts, TODAY)
    assert violation.value.startswith("Người lạ")


def test_namesakes_are_told_apart_by_the_rest_of_their_lines() -> None:
    twin = listed_facts(AN_GIANG, PERSONS, 4, "TT05-F01", PERSON_FORM | {"birth_date": "1991-01-01"}, UNIT)
    facts = roster(rows=(dict(twin.says), ROWS[0]), listed=(LISTED[0], twin))
    assert check_roster(AN_GIANG, facts, TODAY) == []


def test_the_declared_count_is_that_of_the_lines_sent() -> None:
    facts = roster(rows=ROWS, listed=LISTED, declared_count=3)
    assert clauses(check_roster(AN_GIANG, facts, TODAY)) == [("declared_count", "AG-F02")]


def test_ten_thousand_lines_find_their_originals() -> None:
    many = tuple(
        listed_facts(AN_GIANG, PERSONS, number, "TT05-F01", PERSON_FORM | {"full_name": f"Mẫu {number}"}, UNIT)
        for number in range(10_000)
    )
    facts = roster(
        rows=tuple(dict(one.says) for one in reversed(many)),
        listed=many,
        declared_count=10_000,
        kinds=("person",) * 10_000,
    )
    assert check_roster(AN_GIANG, facts, TODAY) == []


# --- filling ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("regulation", ["an-giang", "lai-chau", "thai-binh"])
def test_every_hint_names_something_that_can_be_known(regulation: str) -> None:
    forms = load(regulation).forms
    fields = {name for form in forms.values() for name in form.fields}
    for form in forms.values():
        for name, rule in [*form.fields.items(), *form.rows.items()]:
            for hint in rule.source:
                assert set(hint.split("|")) <= fields | DOTTED, (form.code, name)


def test_a_hint_takes_the_first_that_is_known() -> None:
    rows = THAI_BINH.forms["TB-F06"].rows
    assert filled(rows, known_of(fields=TB_PERSON_FORM))["full_name"] == "Vũ Thị Mẫu"
    assert filled(rows, known_of(fields={"manager_full_name": "Đỗ Văn Mẫu"})) == {"full_name": "Đỗ Văn Mẫu"}
    assert filled(rows, known_of(unit=UNIT)) == {}


OWED = OwedFacts("00ff", "0abc", "trần  văn MẪU")


def test_nobody_gets_a_new_certificate_who_still_has_the_device_of_a_revoked_one() -> None:
    name = str(listed_filing().fields["full_name"])
    own, other = replace(OWED, name=name.upper()), replace(OWED, name="Người khác")
    assert clauses(check_filing(THAI_BINH, listed_filing(owed=(other, own)), TODAY)) == [
        ("form.fields.full_name", "TB-4.1.b")
    ]
    assert check_filing(THAI_BINH, listed_filing(owed=(other,)), TODAY) == []
    assert check_filing(THAI_BINH, listed_filing(owed=(own,), operation="reissue"), TODAY) == []
    assert check_filing(AN_GIANG, filing(owed=(replace(own, name=str(filing().fields["full_name"])),)), TODAY) == []
