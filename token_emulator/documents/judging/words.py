"""What one signature says in words, and how they are set."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from token_emulator.documents.judging.case import Case
from token_emulator.documents.judging.model import Signature
from token_emulator.documents.reading import folded
from token_emulator.documents.rules import Mark, Role
from token_emulator.documents.rules.model import Item, Type
from token_emulator.documents.seeing import Widget
from token_emulator.documents.signing.pdf import VIETNAM

ISO: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(Z|[+-]\d\d:?\d\d)(?!\d)")
LABELLED: Final = re.compile(r"(\d\d)[./-](\d\d)[./-](\d{4}),? (\d\d:\d\d:\d\d)(?: ?(Z|[+-]\d\d:\d\d))?")
ADDRESS: Final = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
NUMBER: Final = re.compile(r"\d+\s*/\s*[\w-]+")
MARK: Final = "(MÔ PHỎNG)"


def words(case: Case, signature: Signature, mark: Mark, widget: Widget) -> None:
    """All of it."""
    if mark.items is not None:
        text = " ".join(line.text for line in widget.lines)
        for item in mark.items.value:
            CHECKS[item](case, signature, mark, text)
    if mark.type is not None and widget.lines:
        _type(case, signature, mark, widget)


def _missing(case: Case, rule: str, signature: Signature, mark: Mark, wanted: str | None) -> None:
    words = wanted or "…"
    case.find(rule, mark.items, signature, ("không có", "none"), (words, words))


def _signer(case: Case, signature: Signature, mark: Mark, text: str) -> None:
    person = case.first(Role.PERSON)
    block = case.block.name.text if case.block else None
    name = case.given.signer or (person.common_name if person else None) or block
    if name is None:
        case.unseen.add("signer")
        return
    if folded(name) not in folded(text) and not (block and folded(block) in folded(text)):
        _missing(case, "signer", signature, mark, name)


def _email(case: Case, signature: Signature, mark: Mark, text: str) -> None:
    domain = case.rules.email_domain
    found = ADDRESS.search(text)
    if found is None:
        wanted = signature.email or (f"…@{domain.value}" if domain else None)
        has = (
            ("không có", "none")
            if signature.email
            else ("không có; chứng thư cũng không có", "none, nor in the certificate")
        )
        case.find("email", mark.items, signature, has, (wanted or "…",) * 2)
    elif domain and not f".{found[1].casefold()}".endswith(f".{domain.value}"):
        case.find("email", domain, signature, (found[0], found[0]), (f"…@{domain.value}",) * 2)


def _organisation(case: Case, signature: Signature, mark: Mark, text: str) -> None:
    name = case.given.organisation or signature.common_name.replace(MARK, "").strip()
    if folded(name) not in folded(text):
        _missing(case, "organisation", signature, mark, name)


def _copy_form(case: Case, signature: Signature, mark: Mark, text: str) -> None:
    if not any(folded(form) in folded(text) for form in case.rules.copies.values()):
        _missing(case, "copy-form", signature, mark, " / ".join(case.rules.copies.values()))


def _number(case: Case, signature: Signature, mark: Mark, text: str) -> None:
    found = NUMBER.search(text)
    plain = "".join(found[0].split()) if found else None
    if plain is None:
        _missing(case, "shown-number", signature, mark, case.given.number)
    elif case.given.number and plain != "".join(case.given.number.split()):
        case.find("shown-number", mark.items, signature, (plain, plain), (case.given.number,) * 2)


def _time(case: Case, signature: Signature, mark: Mark, text: str) -> None:
    shown, zone = _shown_time(text, strict=bool(mark.time and mark.time.value == "iso8601"))
    strict = mark.time if mark.time is not None else mark.items
    if shown is None:
        wanted = "2026-11-28T12:00:00+07:00" if mark.time else "28.11.2026 12:00:00 +07:00"
        case.find("time", strict, signature, _looks_like(text), (f"dạng {wanted}", f"such as {wanted}"))
        return
    offset = case.rules.zone
    if zone is not None and offset and zone.replace(":", "") != offset.value.replace(":", ""):
        case.find("zone", strict if mark.time else offset, signature, (zone, zone), (offset.value, offset.value))
        return
    if signature.at is not None:
        apart = abs((shown.replace(tzinfo=VIETNAM) - signature.at).total_seconds())
        if apart > case.rules.measures.seconds:
            at = signature.at.astimezone(VIETNAM).isoformat()
            case.find("time", strict, signature, (str(shown), str(shown)), (at, at))


def _shown_time(text: str, *, strict: bool) -> tuple[datetime | None, str | None]:
    """The time that is shown, and its offset."""
    try:
        if found := ISO.search(text):
            return datetime.fromisoformat(found[1]), found[2]
        if not strict and (found := LABELLED.search(text)):
            return datetime.fromisoformat(f"{found[3]}-{found[2]}-{found[1]}T{found[4]}"), found[5]
    except ValueError:
        pass
    return None, None


def _looks_like(text: str) -> tuple[str, str]:
    found = re.search(r"\d[\d.:/T+ -]{6,}", text)
    return (found[0].strip(),) * 2 if found else ("không có", "none")


CHECKS: Final[dict[Item, Callable[[Case, Signature, Mark, str], None]]] = {
    Item.SIGNER: _signer,
    Item.EMAIL: _email,
    Item.ORGANISATION: _organisation,
    Item.TIME: _time,
    Item.NUMBER: _number,
    Item.COPY_FORM: _copy_form,
}


# --- type -----------------------------------------------------------------------------------------------------


def _type(case: Case, signature: Signature, mark: Mark, widget: Widget) -> None:
    said = mark.type
    if said is None:
        return
    wanted: Type = said.value
    fonts = sorted({font for line in widget.lines for font in line.fonts})
    sizes = sorted({size for line in widget.lines for size in line.sizes})
    colours = {colour for line in widget.lines for colour in line.colours}
    strange = [font for font in fonts if not any(font.startswith(family) for family in wanted.families)]
    if strange:
        case.find("font", said, signature, (", ".join(strange),) * 2, (wanted.families[0],) * 2)
    styled = [font for font in fonts if re.search("bold|italic|oblique", font, re.IGNORECASE)]
    if wanted.upright and styled:
        case.find("font-style", said, signature, (", ".join(styled),) * 2, ("chữ đứng, không đậm", "upright and plain"))
    off = [size for size in sizes if abs(size - wanted.size) > case.rules.measures.points]
    if off:
        case.find(
            "font-size", said, signature, (", ".join(f"{size:g}" for size in off),) * 2, (f"{wanted.size:g}",) * 2
        )
    if any(max(colour) > 0.2 for colour in colours):
        case.find("font-colour", said, signature, ("không phải đen", "not black"), ("đen", "black"))
    text = " ".join(line.text for line in widget.lines).replace(MARK, "")
    letters = "".join(word for word in text.split() if not any(letter.isdigit() for letter in word))
    if wanted.lower_case and letters and letters == letters.upper() and letters != letters.lower():
        case.find("capitals", said, signature, (letters, letters), ("chữ in thường", "lower case"))
