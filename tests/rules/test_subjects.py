"""What a certificate says of its subscriber."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from mockca.rules.subjects import SubjectFacts, subject_of
from tests.rules.samples import (
    AN_GIANG,
    LAI_CHAU,
    ND68_ORGANISATION_LINE,
    ND68_PERSON_FORM,
    ORGANISATION_FORM,
    PERSON_FORM,
    UNIT,
)


def test_a_person_stands_under_the_unit_by_full_name_without_a_title() -> None:
    assert subject_of(AN_GIANG, "person", "TT05-F01", PERSON_FORM, UNIT) == SubjectFacts(
        common_name="Trần Văn Mẫu",
        organisations=("Ủy ban nhân dân tỉnh", "Sở Y tế"),
        locality="An Giang",
        email="mau.tv@soyte.angiang.test",
        validity_days=1825,
    )


def test_an_organisation_stands_in_capitals_under_its_superiors() -> None:
    assert subject_of(AN_GIANG, "organisation", "AG-F01", ORGANISATION_FORM, UNIT) == SubjectFacts(
        common_name="SỞ Y TẾ",
        organisations=("Ủy ban nhân dân tỉnh",),
        locality="An Giang",
        email="soyte@angiang.test",
        validity_days=1095,
    )


def test_an_organisation_without_superiors_has_no_o() -> None:
    top = replace(UNIT, superiors=())
    found = subject_of(LAI_CHAU, "organisation", "ND68-F02", ND68_ORGANISATION_LINE, top)
    assert found.organisations == ()


def test_a_term_that_was_not_asked_for_is_the_longest() -> None:
    found = subject_of(LAI_CHAU, "person", "ND68-F01", ND68_PERSON_FORM, UNIT)
    assert (found.validity_days, found.locality) == (1825, "Lai Châu")


def test_equipment_keeps_its_case_and_needs_no_e_mail() -> None:
    fields: dict[str, object] = {"equipment_name": "dvc.laichau.test", "validity_years": 1}
    found = subject_of(LAI_CHAU, "equipment", "ND68-F03", fields, UNIT)
    assert (found.common_name, found.email, found.validity_days) == ("dvc.laichau.test", None, 365)


def test_names_are_composed_and_spaced_once() -> None:
    name = unicodedata.normalize("NFD", " Trần  Văn Mẫu ")
    found = subject_of(AN_GIANG, "person", "TT05-F01", PERSON_FORM | {"full_name": name}, UNIT)
    assert found.common_name == "Trần Văn Mẫu"
    assert unicodedata.is_normalized("NFC", found.common_name)


def test_a_form_that_asks_for_no_certificate_has_no_subject() -> None:
    with pytest.raises(ValueError, match="TT05-F05"):
        subject_of(AN_GIANG, "person", "TT05-F05", {}, UNIT)


def test_a_state_title_stands_before_the_name_where_the_form_has_room_for_one() -> None:
    form = AN_GIANG.forms["TT05-F01"]
    assert form.subject is not None
    titled = replace(form, subject=replace(form.subject, title="position"))
    regulation = replace(AN_GIANG, forms={**AN_GIANG.forms, "TT05-F01": titled})
    named = subject_of(regulation, "person", "TT05-F01", PERSON_FORM | {"position": "Phó  Chủ tịch"}, UNIT)
    assert named.common_name == "Phó Chủ tịch Trần Văn Mẫu"
    plain = subject_of(regulation, "person", "TT05-F01", PERSON_FORM | {"position": None}, UNIT)
    assert plain.common_name == "Trần Văn Mẫu"
