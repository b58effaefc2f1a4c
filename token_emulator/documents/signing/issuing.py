"""Documents signed as their regulation asks: who, in which order, shown how, with number and date when they are due.

    rules = load("lai-chau")
    released = issue(draft, rules, {Role.PERSON: key, Role.ORGANISATION: seal_key}, facts, at)

or one signature at a time with `sign_as`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from token_emulator.documents.errors import NoPlace, Unsignable
from token_emulator.documents.pictures import Box
from token_emulator.documents.reading import Block, document_number, issue_date, last_block, secrecy, signers_block
from token_emulator.documents.rules import DocumentRules, Kind, Mark, Place, Role
from token_emulator.documents.seeing import MM, Seen, look
from token_emulator.documents.signing.drawing import Drawing, Facts, draw
from token_emulator.documents.signing.keys import SigningKey, mailbox
from token_emulator.documents.signing.numbering import has_places, open_places, write_number
from token_emulator.documents.signing.pdf import (
    VIETNAM,
    PdfOptions,
    Stamp,
    keep_field,
    next_field,
    open_pdf,
    sign_pdf,
    signature_fields,
)

TOP, RIGHT, BOTTOM = 2.0, 16.0, 20.0
"""mm, from the page's edges, of what stands in a corner."""
SPACE: Final = 1.0
"""mm between two frames."""
THIRD: Final = 1 / 3
"""How much of the person's signature the seal covers."""


@dataclass(frozen=True, slots=True)
class Signing:
    """One signature to make."""

    role: Role
    kind: str = "issued"
    strict: bool = True
    """Whether to refuse what the regulation forbids; without it, the defect is made."""
    then: tuple[Role, ...] | None = None
    """Who signs later: fields are kept for them. Without it: who must, by the regulation."""
    page: int | None = None
    """From 0; without it where the rules put it."""
    box: Box | None = None
    """Points; without it where the rules put it."""


def kind_of(rules: DocumentRules, kind: str) -> Kind:
    """A kind of documents. Raises Unsignable where the regulation says nothing of it."""
    if kind not in rules.kinds:
        known = ", ".join(rules.kinds)
        raise Unsignable(f"quy định {rules.id} không nói về loại {kind!r}", f"{rules.id} has {known}, not {kind!r}")
    return rules.kinds[kind]


def sign_as(
    pdf: bytes,
    rules: DocumentRules,
    signing: Signing,
    key: SigningKey,
    facts: Facts,
    at: datetime,
    options: PdfOptions | None = None,
) -> bytes:
    """The document with the signature of one role, shown as the rules ask.

    Raises Unsignable for what the rules forbid, NoPlace where the place is not in the document, and as `sign_pdf`.
    """
    kind = kind_of(rules, signing.kind)
    fields = signature_fields(open_pdf(pdf))
    seen = look(pdf)
    if signing.strict:
        _require_signable(seen, rules, kind, signing.role, any(fields.values()), at)
    told = replace(facts, email=facts.email or mailbox(key.certificate))
    taken = [
        _Taken(widget.page, widget.box, tuple(picture.box for picture in widget.pictures))
        for widget in seen.signatures.values()
        if widget.shown
    ]
    place = _Placing(seen, rules, kind, told, at)
    stamp = place.stamp(signing, taken)
    options = options or PdfOptions()
    if not fields:
        options = replace(options, field_name=options.field_name or next_field(fields))
        for role in _later(kind, signing):
            if stamp is not None:
                taken.append(place.taken(stamp))
            later = place.stamp(Signing(role, signing.kind), taken)
            if later is not None:
                name = next_field([*fields, str(options.field_name)])
                pdf = keep_field(pdf, name, later.page, later.box)
                fields[name] = False
    return sign_pdf(pdf, key, at, options, stamp)


def issue(
    pdf: bytes,
    rules: DocumentRules,
    keys: Mapping[Role, SigningKey],
    facts: Facts,
    at: datetime,
    kind: str = "issued",
    options: PdfOptions | None = None,
) -> bytes:
    """The document with all its signatures, numbered and dated when the rules say, all at one instant.

    Who signs is the first of the regulation's sequences that the keys can play; number and date are written where the
    facts have them and the document has not. Raises as `sign_as` and `write_number`.
    """
    entry = kind_of(rules, kind)
    sequence = _sequence(rules, entry, keys)
    for place, role in enumerate(sequence):
        due = role in entry.numbered or not entry.numbered
        if place == 0 and kind == "issued":
            pdf = open_places(pdf)
        if due and facts.number and facts.issued and has_places(pdf):
            pdf = write_number(pdf, facts.number, facts.issued)
        signing = Signing(role, kind, then=tuple(sequence[place + 1 :]))
        pdf = sign_as(pdf, rules, signing, keys[role], facts, at, options)
    return pdf


def _sequence(rules: DocumentRules, kind: Kind, keys: Mapping[Role, SigningKey]) -> Sequence[Role]:
    sequences = kind.sequences.value or ((Role.PERSON, Role.ORGANISATION), (Role.ORGANISATION,), (Role.PERSON,))
    for sequence in sorted(sequences, key=len, reverse=True):
        if set(sequence) <= set(keys):
            return sequence
    wanted = " / ".join("+".join(sequence) for sequence in sequences)
    raise Unsignable(f"quy định {rules.id} cần chữ ký: {wanted}", f"{rules.id} wants {wanted}", kind.sequences.clause)


def _require_signable(seen: Seen, rules: DocumentRules, kind: Kind, role: Role, signed: bool, at: datetime) -> None:
    if rules.pdf_version and seen.version < rules.pdf_version.value:
        least = rules.pdf_version.value
        raise Unsignable(
            f"PDF {seen.version}, cần từ {least}", f"PDF {seen.version}; {least} or later", rules.pdf_version.clause
        )
    if rules.secret and (mark := secrecy(seen, rules.secret.value)):
        raise Unsignable(f"văn bản có dấu {mark}", f"the document is marked {mark}", rules.secret.clause)
    if kind.person_first and role is Role.ORGANISATION and not signed:
        raise Unsignable("người có thẩm quyền ký trước", "the person signs first", kind.person_first.clause)
    due = kind.numbered.get(role)
    if due and due.value and seen.pages[0].text and not (document_number(seen) and issue_date(seen)):
        raise Unsignable("văn bản chưa có số, ngày", "the document has no number or date yet", due.clause)
    same, issued = kind.same_day.get(role), issue_date(seen)
    if same and same.value and issued and issued != at.astimezone(VIETNAM).date():
        day = at.astimezone(VIETNAM).date()
        raise Unsignable(f"ngày ký {day} khác ngày ban hành {issued}", f"signed on {day}, issued {issued}", same.clause)


def _later(kind: Kind, signing: Signing) -> tuple[Role, ...]:
    if signing.then is not None:
        return signing.then
    begun = {sequence[1:] for sequence in kind.sequences.value if sequence[:1] == (signing.role,)}
    return begun.pop() if len(begun) == 1 else ()


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is on a page already."""

    page: int
    box: Box
    pictures: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class _Placing:
    """Puts signatures where the rules want them in one document."""

    seen: Seen
    rules: DocumentRules
    kind: Kind
    facts: Facts
    at: datetime

    def stamp(self, signing: Signing, taken: Sequence[_Taken]) -> Stamp | None:
        """What one signature looks like, and where; None for one that cannot be seen. Raises NoPlace."""
        mark = self.kind.marks.get(signing.role)
        if mark is None or not (mark.items or mark.signature or mark.seal):
            return None
        place = mark.place.value if mark.place else None
        block = signers_block(self.seen, self.facts.signer) or last_block(self.seen)
        if place is Place.TOP_RIGHT_FIRST_PAGE:
            page, drawing = 0, draw(self.rules, mark, self.facts, self.at)
            box = self._corner(drawing, top=True)
        elif place is None:
            page, drawing = len(self.seen.pages) - 1, draw(self.rules, mark, self.facts, self.at)
            box = self._corner(drawing, top=False)
        elif block is None:
            raise NoPlace(self.facts.signer)
        elif place is Place.ON_PERSONS_SIGNATURE:
            page, drawing = block.page, draw(self.rules, mark, self.facts, self.at)
            box = _over_signature(block, drawing, taken)
        else:
            shared = _shared(self.kind, mark)
            room = (block.room[3] - block.room[1]) / MM
            page, drawing = (
                block.page,
                draw(self.rules, mark, self.facts, self.at, (room - SPACE) / 2 if shared else room),
            )
            aside = taken if place is Place.SIGNATURE_BLOCK else ()
            box = self._in_block(block, drawing, aside, signing.role if shared else None)
        return Stamp(page if signing.page is None else signing.page, signing.box or box, drawing.pdf)

    def taken(self, stamp: Stamp) -> _Taken:
        """A stamp as something that is on a page."""
        drawn = look(stamp.drawing).pages[0].pictures
        left, bottom = stamp.box[:2]
        moved = [(box[0] + left, box[1] + bottom, box[2] + left, box[3] + bottom) for box in (one.box for one in drawn)]
        return _Taken(stamp.page, stamp.box, tuple(moved))

    def _corner(self, drawing: Drawing, *, top: bool) -> Box:
        page = self.seen.pages[0 if top else -1]
        right = page.width - RIGHT * MM
        low = page.height - (TOP + drawing.height) * MM if top else BOTTOM * MM
        return right - drawing.width * MM, low, right, low + drawing.height * MM

    def _in_block(self, block: Block, drawing: Drawing, taken: Sequence[_Taken], sharing: Role | None) -> Box:
        _, bottom, _, top = block.room
        width, height = drawing.width * MM, drawing.height * MM
        left = min(block.middle - width / 2, self.seen.pages[block.page].width - 5 * MM - width)
        low = (bottom + top - height) / 2
        others = [one.box for one in taken if one.page == block.page]
        if sharing is not None:
            low = top - height if sharing is Role.PERSON else bottom
        elif others:
            left, low = min(box[0] for box in others) - width - SPACE * MM, block.name.box[1]
        return left, low, left + width, low + height


def _shared(kind: Kind, mark: Mark) -> bool:
    """Whether frames of free height divide the room between them."""
    frames = [one for one in kind.marks.values() if one.place and one.place.value is Place.SIGNATURE_BLOCK]
    return mark.height is None and len(frames) > 1 and any(len(one) > 1 for one in kind.sequences.value)


def _over_signature(block: Block, drawing: Drawing, taken: Sequence[_Taken]) -> Box:
    """The seal covers the left third of the person's signature."""
    width, height = drawing.width * MM, drawing.height * MM
    pictures = [box for one in taken if one.page == block.page for box in one.pictures]
    _, bottom, _, top = block.room
    left, right = block.middle - 20 * MM, block.middle + 20 * MM
    if pictures:
        left, bottom, right, top = pictures[-1]
    edge = left + THIRD * (right - left)
    middle = (bottom + top) / 2
    return edge - width, middle - height / 2, edge, middle + height / 2
