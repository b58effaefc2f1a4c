"""Documents signed by a regulation: valid for others, numbered so that signatures stand, refused when wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from pyhanko.sign.diff_analysis import ModificationLevel

from tests.documents.authority import NOON, PERSON
from tests.documents.making import FACTS, ISSUED, NUMBER, keys, numbered_draft, open_draft, released, signed
from tests.documents.verifying import reader, statuses
from token_emulator.documents.drafts import Draft, render_draft
from token_emulator.documents.errors import NoPlace, Unsignable
from token_emulator.documents.reading import document_number, issue_date
from token_emulator.documents.rules import Role, load
from token_emulator.documents.seeing import look
from token_emulator.documents.signing import Signing, issue, sign_as, write_number
from token_emulator.documents.signing.specimens import specimen_seal, specimen_signature

LC, NB, AG = load("lai-chau"), load("ninh-binh"), load("an-giang")


@pytest.mark.parametrize("regulation", ["lai-chau", "ninh-binh", "an-giang"])
def test_both_signatures_stand_after_numbering_and_sealing(regulation: str) -> None:
    first, second = statuses(released(regulation))
    assert first.bottom_line
    assert second.bottom_line
    assert first.modification_level is ModificationLevel.FORM_FILLING


def test_number_and_date_come_between_the_signatures_where_the_clerk_gives_them() -> None:
    pdf = released("ninh-binh")
    first = reader(pdf).embedded_signatures[0]
    then = look(pdf[: first.byte_range[2] + first.byte_range[3]])
    assert (document_number(then), issue_date(then)) == (None, None)
    assert (document_number(look(pdf)), issue_date(look(pdf))) == (NUMBER, ISSUED)


def test_number_and_date_come_first_where_the_person_must_see_them() -> None:
    pdf = released("an-giang", "issued", (Role.PERSON,))
    first = reader(pdf).embedded_signatures[0]
    then = look(pdf[: first.byte_range[2] + first.byte_range[3]])
    assert (document_number(then), issue_date(then)) == (NUMBER, ISSUED)


def test_a_number_without_a_field_for_it_is_not_written_over_a_signature() -> None:
    with pytest.raises(Unsignable, match="hỏng chữ ký"):
        write_number(signed(render_draft(), LC, (Role.PERSON,)), NUMBER, ISSUED)


def test_a_document_has_one_number() -> None:
    once = write_number(open_draft(), NUMBER, ISSUED)
    with pytest.raises(Unsignable, match="79"):
        write_number(once, "80/SNV-VP", ISSUED)


def test_a_document_without_room_takes_no_number() -> None:
    with pytest.raises(NoPlace, match="Số"):
        write_number(numbered_draft(), NUMBER, ISSUED)


REFUSED: dict[str, tuple[str, str, Role, dict[str, Any]]] = {
    "a secret": ("LC-4.1", "lai-chau", Role.PERSON, {"secret": "MẬT"}),
    "a year that is over": ("AG-8.1.b.2", "an-giang", Role.PERSON, {"issued": date(2025, 11, 28)}),
    "the seal first": ("LC-16.1.b.2", "lai-chau", Role.ORGANISATION, {}),
    "no number": ("AG-8.1.a.1", "an-giang", Role.ORGANISATION, {"number": None}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_regulation_forbids_is_not_signed(name: str) -> None:
    clause, regulation, role, values = REFUSED[name]
    rules = load(regulation)
    with pytest.raises(Unsignable) as refused:
        sign_as(numbered_draft(**values), rules, Signing(role), keys(rules)[role], FACTS, NOON)
    assert refused.value.clause == clause


def test_an_old_pdf_is_not_signed() -> None:
    old = numbered_draft().replace(b"%PDF-1.7", b"%PDF-1.3", 1)
    with pytest.raises(Unsignable, match=r"1\.3"):
        sign_as(old, LC, Signing(Role.PERSON), keys(LC)[Role.PERSON], FACTS, NOON)


def test_a_document_needs_all_who_must_sign_it() -> None:
    with pytest.raises(Unsignable, match="person"):
        issue(open_draft(), LC, {Role.ORGANISATION: keys(LC)[Role.ORGANISATION]}, FACTS, NOON)


def test_a_regulation_that_says_nothing_of_a_kind_is_not_guessed_at() -> None:
    with pytest.raises(Unsignable, match="copy"):
        issue(numbered_draft(), AG, keys(AG), FACTS, NOON, "copy")


def test_nobody_signs_where_his_name_does_not_stand() -> None:
    draft = render_draft(Draft(title=(), signer="", number="79", issued=ISSUED))
    with pytest.raises(NoPlace, match=PERSON):
        sign_as(draft, LC, Signing(Role.PERSON), keys(LC)[Role.PERSON], FACTS, NOON)


def test_a_deputy_signs_above_his_own_name() -> None:
    draft = numbered_draft(title=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"))
    pdf = sign_as(draft, LC, Signing(Role.PERSON), keys(LC)[Role.PERSON], FACTS, NOON)
    (widget,) = (one for one in look(pdf).widgets if one.shown)
    title = next(line for line in look(pdf).pages[0].lines if line.text == "PHÓ GIÁM ĐỐC")
    assert widget.box[3] <= title.box[1]


def test_the_fields_are_made_before_the_first_signature_and_keep_their_names() -> None:
    pdf = signed(numbered_draft(), LC, (Role.PERSON,))
    assert [one.name for one in look(pdf).widgets] == ["Signature1"]
    kept = sign_as(numbered_draft(), LC, Signing(Role.PERSON), keys(LC)[Role.PERSON], FACTS, NOON)
    assert sorted(one.name for one in look(kept).widgets) == ["Signature1", "Signature2"]


def test_specimens_are_the_same_for_the_same_name_and_differ_for_another() -> None:
    assert specimen_signature(PERSON) == specimen_signature.__wrapped__(PERSON)
    assert specimen_signature(PERSON) != specimen_signature("Lê Văn Một")
    assert specimen_seal("Sở Nội vụ") == specimen_seal.__wrapped__("Sở Nội vụ")


def test_signing_at_night_is_signing_on_vietnams_day() -> None:
    late = NOON.replace(hour=18)  # 01:00 of the next day in Vietnam
    with pytest.raises(Unsignable, match="2026-11-29"):
        sign_as(numbered_draft(), AG, Signing(Role.PERSON), keys(AG)[Role.PERSON], FACTS, late)
    tomorrow = replace(FACTS, issued=ISSUED + timedelta(days=1))
    draft = numbered_draft(issued=ISSUED + timedelta(days=1))
    assert sign_as(draft, AG, Signing(Role.PERSON), keys(AG)[Role.PERSON], tomorrow, late)
