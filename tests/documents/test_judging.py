"""Each finding, by a document that has just that defect; what the regulation wants has none."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.stamp import TextStampStyle
from pypdf import PdfWriter
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.documents.authority import BODY, NOON, PERSON, authority, organisation, person, subscriber
from tests.documents.conftest import blank_page
from tests.documents.making import (
    BOTH,
    FACTS,
    GIVEN,
    NUMBER,
    changed,
    findings,
    keys,
    numbered_draft,
    on_white,
    open_draft,
    printed,
    released,
    signed,
    with_number,
)
from token_emulator.documents.errors import DocumentError, Unsignable
from token_emulator.documents.fonts import BOLD, SERIF, register_fonts
from token_emulator.documents.judging import Given, judge
from token_emulator.documents.rules import Presence, Role, load
from token_emulator.documents.rules.asking import asked
from token_emulator.documents.rules.model import Item, Said, Span
from token_emulator.documents.rules.points import POINTS
from token_emulator.documents.signing import PdfOptions, Signing, Stamp, sign_as, sign_pdf
from token_emulator.documents.signing.specimens import specimen_seal, specimen_signature

PEOPLE, SEAL = (Role.PERSON,), (Role.ORGANISATION,)
BLACK, BLUE = (20, 20, 20), (22, 48, 168)
CORNER = (130 * mm, 275 * mm, 190 * mm, 291 * mm)
LC, AG, NB = load("lai-chau"), load("an-giang"), load("ninh-binh")


@dataclass(frozen=True)
class Defect:
    """A document, and what it must be found to have."""

    rule: str
    clause: str | None
    regulation: str
    make: Callable[[], bytes]
    kind: str = "issued"
    given: Given = GIVEN


def said(value: Any, clause: str = "X-1") -> Said[Any]:
    return Said(value=value, clause=clause)


def lai_chau(at: Any = NOON, **values: Any) -> bytes:
    """Lai Châu's with something else in the facts."""
    return signed(numbered_draft(), LC, facts=replace(FACTS, **values), at=at)


def by(rules: Any, roles: tuple[Role, ...] = BOTH, **more: Any) -> bytes:
    return signed(numbered_draft(), rules, roles, **more)


def corner_words(*lines: str, kind: str = "attachment", box: Any = CORNER, page: int = 0, **how: Any) -> bytes:
    """An attached document with words of one's own in its signature."""
    return sign_pdf(numbered_draft(annexes=page), organisation(), NOON, stamp=Stamp(page, box, printed(lines, **how)))


def annotated() -> bytes:
    """Signed, then written onto the page itself."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed(numbered_draft(), LC, PEOPLE)))
    style = TextStampStyle(stamp_text="Thêm sau", text_box_style=TextBoxStyle(font_size=10), background=None)
    style.create_stamp(writer, box=BoxConstraints(), text_params={}).apply(0, 50, 50)
    out = io.BytesIO()
    writer.write(out)
    return signed(out.getvalue(), LC, SEAL)


def numbered_too_late() -> bytes:
    return with_number(signed(signed(open_draft(), LC, PEOPLE), LC, SEAL))


def second_seal() -> bytes:
    drawing = printed(["Phụ lục"])
    return sign_pdf(
        released("lai-chau"), organisation("x@laichau.test"), NOON, stamp=Stamp(0, (60, 60, 220, 100), drawing)
    )


def one_key() -> bytes:
    """The body's certificate is for the person's key."""
    key = keys(LC)[Role.PERSON]
    spki = key.private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    seal_key = replace(key, certificate=authority().issue(spki, BODY, ("UBND tỉnh Ví Dụ",), None, 1003))
    pdf = sign_as(numbered_draft(), LC, Signing(Role.PERSON), key, FACTS, NOON)
    return sign_as(pdf, LC, Signing(Role.ORGANISATION), seal_key, FACTS, NOON)


def in_block(rules: Any, role: Role, **more: Any) -> bytes:
    return signed(numbered_draft(), rules, (role,), **more)


TIME = "2026-11-28T12:00:00+07:00"
DEFECTS = {
    "unsigned": Defect("unsigned", "LC-5.1", "lai-chau", numbered_draft),
    "unsigned in An Giang": Defect("unsigned", "AG-4.3", "an-giang", numbered_draft),
    "unsigned in Thái Bình": Defect("unsigned", "TB-13.3.1", "thai-binh", numbered_draft),
    "the person's alone": Defect("incomplete", "LC-16.1", "lai-chau", lambda: by(LC, PEOPLE)),
    "two bodies'": Defect(
        "incomplete", "NB-8.2", "ninh-binh", lambda: signed(by(NB, SEAL), NB, SEAL, box=(200, 367, 295, 430))
    ),
    "a scan signed by the clerk as a person": Defect(
        "incomplete", "NB-8.1", "ninh-binh", lambda: sign_pdf(numbered_draft(), person(), NOON), "scanned"
    ),
    "an attachment signed by a person": Defect(
        "incomplete", "NB-6.2.b.2", "ninh-binh", lambda: sign_pdf(numbered_draft(), person(), NOON), "attachment"
    ),
    "an annex in the same file sealed as well": Defect("extra", "LC-15.5.a", "lai-chau", second_seal),
    "one key in both roles": Defect(
        "one-key",
        "TT41-2017",
        "lai-chau",
        one_key,
    ),
    "another's name under it": Defect(
        "other-name", "LC-10.5", "lai-chau", lambda: signed(numbered_draft(signer="Lê Văn Một"), LC)
    ),
    "no number yet when sealed": Defect("number", "LC-16.1.c.1", "lai-chau", numbered_too_late),
    "no number when the person signs": Defect(
        "number", "AG-8.1.b.1", "an-giang", lambda: with_number(in_block_open(AG, Role.PERSON))
    ),
    "no number when the body signs": Defect(
        "number", "AG-8.1.a.1", "an-giang", lambda: with_number(in_block_open(AG, Role.ORGANISATION))
    ),
    "the page written on": Defect("rewritten", "LC-16.1.c.1", "lai-chau", annotated),
    "signed a day late by the person": Defect(
        "day", "AG-8.1.b.2", "an-giang", lambda: in_block(AG, Role.PERSON, at=NOON + timedelta(days=1))
    ),
    "sealed a day late": Defect(
        "day", "AG-8.1.a.2", "an-giang", lambda: in_block(AG, Role.ORGANISATION, at=NOON + timedelta(days=1))
    ),
    "sealed a day later than signed": Defect(
        "day",
        "NB-8.3",
        "ninh-binh",
        lambda: signed(signed(numbered_draft(), NB, PEOPLE), NB, SEAL, at=NOON + timedelta(days=1)),
    ),
    "PDF 1.3": Defect(
        "version", "LC-16.1.a.3", "lai-chau", lambda: signed(numbered_draft().replace(b"%PDF-1.7", b"%PDF-1.3", 1), LC)
    ),
    "marked secret": Defect("secret", "LC-4.1", "lai-chau", lambda: signed(numbered_draft(secret="MẬT"), LC)),
    "marked top secret": Defect(
        "secret", "NB-7.1.a", "ninh-binh", lambda: signed(numbered_draft(secret="TỐI MẬT"), NB)
    ),
    "frames on each other": Defect(
        "overlap",
        "AG-8.2.b",
        "an-giang",
        lambda: by(AG, BOTH, box=(300, 390, 300 + 72 * mm, 390 + 37 * mm)),
    ),
    "not shown": Defect(
        "hidden",
        "LC-15.1.a.1",
        "lai-chau",
        lambda: signed(sign_pdf(numbered_draft(), keys(LC)[Role.PERSON], NOON), LC, SEAL),
    ),
    "64 mm": Defect(
        "width",
        "AG-8.2.d.3",
        "an-giang",
        lambda: by(changed(AG, Role.PERSON, width=said(Span(low=64, high=64))), PEOPLE),
    ),
    "41 mm": Defect(
        "height",
        "AG-8.2.d.3",
        "an-giang",
        lambda: by(changed(AG, Role.PERSON, height=said(Span(low=41, high=41))), PEOPLE),
    ),
    "top left": Defect(
        "place",
        "AG-8.2.a",
        "an-giang",
        lambda: by(AG, PEOPLE, box=(30, 700, 30 + 72 * mm, 700 + 37 * mm)),
    ),
    "above the title": Defect(
        "place",
        "LC-15.1.a.2",
        "lai-chau",
        lambda: signed(signed(numbered_draft(), LC, PEOPLE, box=(360, 560, 360 + 44 * mm, 560 + 20 * mm)), LC, SEAL),
    ),
    "a copy's at the bottom": Defect(
        "place", "LC-15.2.1", "lai-chau", lambda: by(LC, SEAL, kind="copy", box=(300, 60, 480, 100)), "copy"
    ),
    "on the last page": Defect(
        "place",
        "LC-15.5.b.1",
        "lai-chau",
        lambda: corner_words(NUMBER, TIME, page=1),
        "annex",
    ),
    "no specimen signature": Defect(
        "signature-image",
        "AG-8.2.d.1",
        "an-giang",
        lambda: by(changed(AG, Role.PERSON, signature=None), PEOPLE),
    ),
    "no seal": Defect(
        "seal-image",
        "NB-7.4.c.1",
        "ninh-binh",
        lambda: by(changed(NB, Role.ORGANISATION, seal=said(Presence.FORBIDDEN))),
    ),
    "a seal in a person's frame": Defect(
        "seal-image", "NB-7.4.c.2", "ninh-binh", lambda: by(changed(NB, Role.PERSON, seal=said(Presence.REQUIRED)))
    ),
    "a seal on a copy": Defect(
        "seal-image",
        "LC-15.2.2",
        "lai-chau",
        lambda: sign_pdf(
            numbered_draft(),
            organisation(),
            NOON,
            stamp=Stamp(0, CORNER, sealed_words("Sao y", FACTS.organisation, TIME)),
        ),
        "copy",
    ),
    "black ink": Defect(
        "signature-colour",
        "LC-15.1.a.1",
        "lai-chau",
        lambda: lai_chau(signature_image=specimen_signature(PERSON, ink=BLACK)),
    ),
    "a blue seal": Defect(
        "seal-colour",
        "AG-8.2.d.2",
        "an-giang",
        lambda: by(AG, PEOPLE, facts=replace(FACTS, seal_image=specimen_seal("Sở", ink=BLUE))),
    ),
    "a white background": Defect(
        "transparent", "LC-15.1.a.1", "lai-chau", lambda: lai_chau(signature_image=on_white(specimen_signature(PERSON)))
    ),
    "a JPEG": Defect(
        "transparent",
        "LC-15.1.b.1",
        "lai-chau",
        lambda: lai_chau(seal_image=on_white(specimen_seal("Sở Nội vụ"), "JPEG")),
    ),
    "half a seal": Defect("seal-size", "LC-15.1.b.1", "lai-chau", lambda: lai_chau(seal_diameter=24)),
    "a seal that does not cover": Defect(
        "covers",
        "LC-15.1.b.2",
        "lai-chau",
        lambda: signed(signed(numbered_draft(), LC, PEOPLE), LC, SEAL, box=(200, 395, 200 + 36 * mm, 395 + 36 * mm)),
    ),
    "a seal on the right": Defect(
        "covers",
        "LC-15.1.b.2",
        "lai-chau",
        lambda: signed(signed(numbered_draft(), LC, PEOPLE), LC, SEAL, box=(443, 395, 443 + 36 * mm, 395 + 36 * mm)),
    ),
    "no signer's name": Defect(
        "signer", "NB-7.4.c.2", "ninh-binh", lambda: by(changed(NB, Role.PERSON, items=items("email", "time")))
    ),
    "no e-mail": Defect(
        "email", "AG-8.2.d.1", "an-giang", lambda: by(changed(AG, Role.PERSON, items=items("signer", "time")), PEOPLE)
    ),
    "a private mailbox": Defect(
        "email", "AG-8.2.d.1", "an-giang", lambda: by(AG, PEOPLE, facts=replace(FACTS, email="ngoc@hopthu.test"))
    ),
    "no name of the body": Defect(
        "organisation",
        "NB-7.4.c.1",
        "ninh-binh",
        lambda: by(changed(NB, Role.ORGANISATION, items=items("signer", "email", "time"))),
    ),
    "no kind of copy": Defect(
        "copy-form", "LC-15.2.3", "lai-chau", lambda: corner_words(FACTS.organisation, TIME), "copy"
    ),
    "another document's number": Defect(
        "shown-number", "LC-15.4.b.3", "lai-chau", lambda: corner_words("80/SNV-VP", TIME), "attachment"
    ),
    "no number in it": Defect(
        "shown-number", "LC-15.5.b.3", "lai-chau", lambda: corner_words("Phụ lục", TIME), "annex"
    ),
    "no signing time": Defect(
        "time", "AG-8.2.d.1", "an-giang", lambda: by(changed(AG, Role.PERSON, items=items("signer", "email")), PEOPLE)
    ),
    "no seconds": Defect(
        "time", "LC-15.4.b.3", "lai-chau", lambda: corner_words(NUMBER, "2026-11-28T12:00+07:00"), "attachment"
    ),
    "no offset": Defect(
        "time", "LC-15.4.b.3", "lai-chau", lambda: corner_words(NUMBER, "2026-11-28T12:00:00"), "attachment"
    ),
    "another time than it was signed": Defect(
        "time", "LC-15.4.b.3", "lai-chau", lambda: corner_words(NUMBER, "2026-11-28T15:00:00+07:00"), "attachment"
    ),
    "universal time": Defect(
        "zone", "LC-15.4.b.3", "lai-chau", lambda: corner_words(NUMBER, "2026-11-28T05:00:00+00:00"), "attachment"
    ),
    "Helvetica": Defect(
        "font", "LC-15.4.b.3", "lai-chau", lambda: corner_words(NUMBER, TIME, font="Helvetica"), "attachment"
    ),
    "bold": Defect(
        "font-style", "LC-15.4.b.3", "lai-chau", lambda: corner_words(NUMBER, TIME, font=BOLD), "attachment"
    ),
    "12 points": Defect(
        "font-size", "LC-15.4.b.3", "lai-chau", lambda: corner_words(NUMBER, TIME, size=12), "attachment"
    ),
    "red words": Defect(
        "font-colour", "LC-15.4.b.3", "lai-chau", lambda: corner_words(NUMBER, TIME, colour=(0.8, 0, 0)), "attachment"
    ),
    "capitals": Defect(
        "capitals",
        "LC-15.2.3",
        "lai-chau",
        lambda: corner_words("SAO Y", FACTS.organisation.upper(), TIME, kind="copy"),
        "copy",
    ),
}


def items(*names: str) -> Said[Any]:
    return said(tuple(Item(name) for name in names))


def in_block_open(rules: Any, role: Role) -> bytes:
    return signed(open_draft(), rules, (role,))


def sealed_words(*lines: str) -> bytes:
    register_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(60 * mm, 16 * mm), invariant=1)
    canvas.setFont(SERIF, 10)
    for place, line in enumerate(lines):
        canvas.drawString(1 * mm, (12 - 5 * place) * mm, line)
    canvas.drawImage(
        ImageReader(io.BytesIO(specimen_seal("Sở Nội vụ"))), 46 * mm, 1 * mm, 14 * mm, 14 * mm, mask="auto"
    )
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found_and_nothing_else(name: str) -> None:
    defect = DEFECTS[name]
    found = findings(defect.make(), defect.regulation, defect.kind, defect.given)
    assert [(one.rule, one.clause) for one in found] == [(defect.rule, defect.clause)], [one.en for one in found]


@pytest.mark.parametrize("name", DEFECTS)
def test_what_is_found_is_what_the_rules_are_said_to_ask(name: str) -> None:
    defect = DEFECTS[name]
    said = {(one.point, clause) for one in asked(load(defect.regulation)) for clause in one.clauses}
    assert (defect.rule, defect.clause) in said


def test_every_rule_has_a_document_that_breaks_it() -> None:
    assert {defect.rule for defect in DEFECTS.values()} | {"order"} == set(POINTS)


def test_the_body_before_the_person_is_out_of_order() -> None:
    found = findings(by(LC, (Role.ORGANISATION, Role.PERSON)), "lai-chau")
    assert [(one.rule, one.clause) for one in found if one.rule != "covers"] == [("order", "LC-16.1.b.2")]


ISSUED_KINDS = [
    *((regulation, kind) for regulation in ("an-giang", "ninh-binh", "lai-chau") for kind in load(regulation).kinds),
    ("thai-binh", "issued"),
    ("cao-bang", "issued"),
]


@pytest.mark.parametrize(("regulation", "kind"), ISSUED_KINDS)
def test_what_is_signed_by_the_rules_obeys_them(regulation: str, kind: str) -> None:
    judgement = judge(released(regulation, kind), load(regulation), kind, GIVEN)
    assert not judgement.findings, [one.en for one in judgement.findings]
    assert not judgement.unseen


@pytest.mark.parametrize("role", Role)
def test_one_signature_is_enough_in_an_giang(role: Role) -> None:
    judgement = judge(released("an-giang", "issued", (role,)), AG, "issued", GIVEN)
    assert judgement.obeys, [one.en for one in judgement.findings]


def test_a_finding_says_what_was_found_and_what_would_do() -> None:
    (found,) = findings(DEFECTS["64 mm"].make(), "an-giang")
    assert found.vi == "Signature1: chiều dài khung: 64.0 mm; cần 65-80 mm"
    assert found.en == "Signature1: width of the frame: 64.0 mm; wanted 65-80 mm"


def test_the_number_on_a_scan_cannot_be_seen() -> None:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    out = io.BytesIO()
    writer.write(out)
    judgement = judge(sign_pdf(out.getvalue(), keys(AG)[Role.PERSON], NOON), AG)
    assert {"number", "day"} <= set(judgement.unseen)
    assert "number" not in {one.rule for one in judgement.findings}


def test_what_cannot_be_seen_is_told_apart_from_what_is_right() -> None:
    pdf = sign_pdf(blank_page(), keys(AG)[Role.PERSON], NOON)
    judgement = judge(pdf, AG)
    assert "day" in judgement.unseen
    assert judge(pdf, AG, given=Given(issued=date(2026, 11, 27))).findings[-1].rule in {"day", "hidden"}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Trần Thị Bích Ngọc", Role.PERSON),
        ("Giám đốc Trần Thị Bích Ngọc", Role.PERSON),
        ("SỞ NỘI VỤ", Role.ORGANISATION),
        ("Ủy ban nhân dân xã Ví Dụ", Role.ORGANISATION),
        ("Ban Văn Một", Role.ORGANISATION),
    ],
)
def test_whose_certificate_it_is_shows_in_its_name(name: str, role: Role) -> None:
    pdf = sign_pdf(numbered_draft(), subscriber(name, None, "UBND"), NOON)
    assert judge(pdf, LC).signatures[0].role is role


def test_whose_it_is_can_be_told() -> None:
    pdf = sign_pdf(numbered_draft(), subscriber("Ban Văn Một", None, "UBND"), NOON)
    serial = judge(pdf, LC).signatures[0].serial
    assert judge(pdf, LC, given=Given(roles={serial: Role.PERSON})).signatures[0].role is Role.PERSON


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n%%EOF", b"\x00" * 400])
def test_what_is_no_pdf_is_not_judged(pdf: bytes) -> None:
    with pytest.raises(Unsignable):
        judge(pdf, LC)


@settings(max_examples=30, deadline=None)
@given(places=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=20))
def test_a_broken_file_is_judged_or_refused(places: list[tuple[int, int]]) -> None:
    broken = bytearray(short())
    for place, octet in places:
        broken[place % len(broken)] = octet
    for work in (lambda: judge(bytes(broken), LC, "copy"), lambda: sign_pdf(bytes(broken), person(), NOON)):
        with suppress(DocumentError):
            work()


@cache
def short() -> bytes:
    """Signed, with little room for the signature: its zeroes would take most of the hits."""
    return sign_pdf(blank_page(), organisation(), NOON, PdfOptions(placeholder=1500))
