"""How one signature is shown: its frame, images, place and words."""

from __future__ import annotations

from typing import Any

from token_emulator.documents.judging.case import Case
from token_emulator.documents.judging.model import Signature
from token_emulator.documents.judging.order import overlap
from token_emulator.documents.judging.words import words
from token_emulator.documents.pictures import Box, Picture
from token_emulator.documents.rules import Mark, Place, Presence, Role, Said
from token_emulator.documents.rules.model import Span
from token_emulator.documents.seeing import MM, Widget

HUES = {
    "red": ("đỏ", "red"),
    "blue": ("xanh", "blue"),
    "black": ("đen", "black"),
    "other": ("màu khác", "another colour"),
}
SQUARE = 1.3
"""A picture's longer side over its shorter one, up to which it is taken for a seal."""


def appearance(case: Case, signature: Signature) -> None:
    """All of it, where the rules say how the role's signature is shown."""
    mark = case.kind.marks.get(signature.role)
    if mark is None:
        return
    if signature.widget is None or not signature.widget.shown:
        due = mark.items or _required(mark.signature) or _required(mark.seal)
        case.find("hidden", due, signature, ("không hiển thị", "not shown"), ("có hình thể hiện", "an appearance"))
        return
    _frame(case, signature, mark, signature.widget)
    _images(case, signature, mark, signature.widget)
    _place(case, signature, mark, signature.widget)
    words(case, signature, mark, signature.widget)


def is_seal(picture: Picture) -> bool:
    """By its shape: a seal is about as wide as high."""
    width, height = picture.box[2] - picture.box[0], picture.box[3] - picture.box[1]
    return max(width, height) <= SQUARE * min(width, height)


def _required(said: Said[Presence] | None) -> Said[Presence] | None:
    return said if said and said.value is Presence.REQUIRED else None


# --- the frame ------------------------------------------------------------------------------------------------


def _frame(case: Case, signature: Signature, mark: Mark, widget: Widget) -> None:
    left, bottom, right, top = widget.box
    for rule, said, size in (("width", mark.width, right - left), ("height", mark.height, top - bottom)):
        if said and not _within(size / MM, said.value, 0.05):
            _measured(case, rule, said, signature, size / MM)


def _within(value: float, span: Span, tolerance: float) -> bool:
    return span.low - tolerance <= value <= span.high + tolerance


def _measured(case: Case, rule: str, said: Said[Span], signature: Signature, found: float) -> None:
    size, wanted = f"{found:.1f} mm", f"{said.value.low:g}-{said.value.high:g} mm"
    case.find(rule, said, signature, (size, size), (wanted, wanted))


# --- images ---------------------------------------------------------------------------------------------------


def _images(case: Case, signature: Signature, mark: Mark, widget: Widget) -> None:
    seals = [picture for picture in widget.pictures if is_seal(picture)]
    signed = [picture for picture in widget.pictures if not is_seal(picture)]
    for rule, said, pictures in (("signature-image", mark.signature, signed), ("seal-image", mark.seal, seals)):
        if said is None:
            continue
        if said.value is Presence.REQUIRED and not pictures:
            case.find(rule, said, signature, ("không có", "none"), ("có ảnh", "an image"))
        if said.value is Presence.FORBIDDEN and pictures:
            case.find(rule, said, signature, ("có ảnh", "there is one"), ("không hiển thị", "none"))
    _coloured(case, signature, "signature-colour", mark.signature_colour, signed)
    _coloured(case, signature, "seal-colour", mark.seal_colour, seals)
    for picture in widget.pictures:
        if mark.transparent and not (picture.transparent and picture.lossless):
            found = ("nền đục", "opaque") if picture.lossless else ("JPEG", "JPEG")
            wanted = ("PNG nền trong suốt", "PNG with a transparent background")
            case.find("transparent", mark.transparent, signature, found, wanted)
    diameter = case.given.seal_diameter or case.rules.seal_diameter.value
    for picture in seals:
        size = (picture.box[2] - picture.box[0]) / MM
        if mark.seal_true_size and abs(size - diameter) > case.rules.measures.millimetres:
            shown, real = f"{size:.1f} mm", f"{diameter:g} mm"
            case.find("seal-size", mark.seal_true_size, signature, (shown, shown), (real, real))


def _coloured(case: Case, signature: Signature, rule: str, said: Said[Any] | None, pictures: list[Picture]) -> None:
    for picture in pictures:
        if said and picture.hue != said.value:
            case.find(rule, said, signature, HUES[picture.hue], HUES[str(said.value)])


# --- place ----------------------------------------------------------------------------------------------------


def _place(case: Case, signature: Signature, mark: Mark, widget: Widget) -> None:
    if mark.place is None:
        return
    place = mark.place.value
    if place is Place.TOP_RIGHT_FIRST_PAGE:
        _corner(case, signature, mark.place, widget)
    elif place is Place.ON_PERSONS_SIGNATURE:
        _over_person(case, signature, mark, widget)
    elif case.block is None:
        case.unseen.add("place")
    elif place is Place.BETWEEN_TITLE_AND_NAME:
        _between(case, signature, mark.place, widget)
    else:
        _in_block(case, signature, mark.place, widget)


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _told(widget: Widget) -> tuple[str, str]:
    x, y = (round(one / MM) for one in _middle(widget.box))
    return (
        f"trang {widget.page + 1}, tâm cách lề trái {x} mm, lề dưới {y} mm",
        f"page {widget.page + 1}, its middle {x} mm from the left and {y} mm from the bottom",
    )


def _corner(case: Case, signature: Signature, said: Said[Place], widget: Widget) -> None:
    page = case.seen.pages[widget.page]
    x, y = _middle(widget.box)
    if widget.page != 0 or x <= page.width / 2 or not page.height * case.rules.measures.corner.low <= y <= page.height:
        wanted = ("góc trên bên phải trang đầu", "the top right corner of the first page")
        case.find("place", said, signature, _told(widget), wanted)


def _between(case: Case, signature: Signature, said: Said[Place], widget: Widget) -> None:
    block = case.block
    if block is None:
        return
    shown = [picture.box for picture in widget.pictures] or [widget.box]
    x, y = _middle(shown[0])
    _, bottom, _, top = block.room
    centred = abs(x - block.middle) <= case.rules.measures.centre * MM
    if widget.page != block.page or not centred or not bottom <= y <= top:
        wanted = ("canh giữa chức vụ và họ tên", "centred between title and name")
        case.find("place", said, signature, _told(widget), wanted)


def _in_block(case: Case, signature: Signature, said: Said[Place], widget: Widget) -> None:
    block = case.block
    if block is None:
        return
    _, y = _middle(widget.box)
    top = block.title.box[3] if block.title else block.room[3]
    inside = widget.box[0] >= 0 and widget.box[2] <= case.seen.pages[widget.page].width
    if widget.page != block.page or not block.name.box[1] <= y <= top or not inside:
        wanted = ("ô 7c và 8: chỗ ký của người ký", "zones 7c and 8: where the signer signs")
        case.find("place", said, signature, _told(widget), wanted)


def _over_person(case: Case, signature: Signature, mark: Mark, widget: Widget) -> None:
    person = case.first(Role.PERSON)
    images = [one for one in person.widget.pictures if not is_seal(one)] if person and person.widget else []
    seals = [picture for picture in widget.pictures if is_seal(picture)]
    if mark.covers is None or mark.place is None or not images or not seals:
        case.unseen.add("covers")
        return
    signed, seal = images[0].box, seals[0].box
    part = overlap(signed, seal) if person and person.widget and person.widget.page == widget.page else 0.0
    span = mark.covers.value
    side = ("bên trái", "on its left")
    wanted = (
        f"khoảng 1/3 ({span.low:.0%}-{span.high:.0%}) {side[0]}",
        f"about a third ({span.low:.0%}-{span.high:.0%}) {side[1]}",
    )
    if not _within(part, span, 0):
        case.find("covers", mark.covers, signature, (f"{part:.0%}", f"{part:.0%}"), wanted)
    elif _middle(seal)[0] >= _middle(signed)[0]:
        case.find("covers", mark.covers, signature, ("bên phải", "on its right"), wanted)
