"""Signed documents, right ones and such with one defect."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from PIL import Image
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from tests.documents.authority import NOON, PERSON, organisation, person
from token_emulator.documents.drafts import Draft, render_draft
from token_emulator.documents.fonts import SERIF, register_fonts
from token_emulator.documents.judging import Finding, Given, judge
from token_emulator.documents.rules import DocumentRules, Kind, Mark, Role, load
from token_emulator.documents.signing import Facts, MemoryKey, PdfOptions, Signing, issue, sign_as
from token_emulator.documents.signing.numbering import open_places, write_number

ISSUED = date(2026, 11, 28)
NUMBER = "79/SNV-VP"
FACTS = Facts(PERSON, "Sở Nội vụ tỉnh Ví Dụ", number=NUMBER, issued=ISSUED)
GIVEN = Given(number=NUMBER, organisation=FACTS.organisation)
BOTH = (Role.PERSON, Role.ORGANISATION)
NUMBERED = Draft(number="79", issued=ISSUED)
NO_TEXT = Draft()


def keys(rules: DocumentRules) -> dict[Role, MemoryKey]:
    """A person's and a body's, with addresses in the province's domain."""
    domain = rules.email_domain.value if rules.email_domain else "vidu.test"
    return {Role.PERSON: person(f"ngoc.ttb@{domain}"), Role.ORGANISATION: organisation(f"sonoivu@{domain}")}


@cache
def released(regulation: str, kind: str = "issued", roles: tuple[Role, ...] = BOTH) -> bytes:
    """As the regulation wants it."""
    rules = load(regulation)
    draft = Draft() if kind == "issued" else NUMBERED
    chosen = {role: key for role, key in keys(rules).items() if role in roles}
    return issue(render_draft(draft), rules, chosen, FACTS, NOON, kind)


def changed(rules: DocumentRules, role: Role, kind: str = "issued", **values: Any) -> DocumentRules:
    """The rules with something else wanted of one role's mark: what is signed by them has that defect."""
    entry: Kind = rules.kinds[kind]
    mark: Mark = entry.marks[role].model_copy(update=values)
    entry = entry.model_copy(update={"marks": {**entry.marks, role: mark}})
    return rules.model_copy(update={"kinds": {**rules.kinds, kind: entry}})


def signed(
    pdf: bytes,
    rules: DocumentRules,
    roles: Sequence[Role] = BOTH,
    kind: str = "issued",
    facts: Facts = FACTS,
    at: datetime = NOON,
    options: PdfOptions | None = None,
    **where: Any,
) -> bytes:
    """Signed by these, whatever the rules forbid."""
    for role in roles:
        pdf = sign_as(
            pdf, rules, Signing(role, kind, strict=False, then=(), **where), keys(rules)[role], facts, at, options
        )
    return pdf


def findings(pdf: bytes, regulation: str, kind: str = "issued", given: Given = GIVEN) -> list[Finding]:
    return list(judge(pdf, load(regulation), kind, given).findings)


def numbered_draft(**values: Any) -> bytes:
    return render_draft(replace(NUMBERED, **values))


def open_draft() -> bytes:
    return open_places(render_draft())


def with_number(pdf: bytes) -> bytes:
    return write_number(pdf, NUMBER, ISSUED)


def on_white(png: bytes, style: str = "PNG") -> bytes:
    """The picture without its transparency."""
    with Image.open(io.BytesIO(png)) as picture:
        sheet = Image.new("RGB", picture.size, "white")
        sheet.paste(picture, mask=picture.getchannel("A"))
    out = io.BytesIO()
    sheet.save(out, style)
    return out.getvalue()


def printed(
    lines: Sequence[str], font: str = SERIF, size: float = 10, colour: tuple[float, float, float] = (0, 0, 0)
) -> bytes:
    """Words alone, as a drawing for a box of 60 mm by 16 mm."""
    register_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(60 * mm, 16 * mm), invariant=1)
    canvas.setFont(font, size)
    canvas.setFillColorRGB(*colour)
    for place, line in enumerate(lines):
        canvas.drawString(1 * mm, (12 - 5 * place) * mm, line)
    canvas.save()
    return out.getvalue()
