"""Who signed, and in which order."""

from __future__ import annotations

from itertools import combinations

from token_emulator.documents.judging.case import Case
from token_emulator.documents.pictures import Box
from token_emulator.documents.rules import Place, Role

NAMES = {Role.PERSON: ("cá nhân", "person"), Role.ORGANISATION: ("cơ quan", "organisation")}


def order(case: Case) -> None:
    """Sequence, roles, keys, and whether the frames keep apart."""
    _sequence(case)
    _keys(case)
    _apart(case)


def _sequence(case: Case) -> None:
    roles = tuple(one.role for one in case.signatures)
    allowed = case.kind.sequences.value
    if not allowed or roles in allowed:
        return
    said, found = case.kind.sequences, _told(roles)
    wanted = tuple(" / ".join(_told(sequence)[language] for sequence in allowed) for language in (0, 1))
    first = case.kind.person_first
    if first and roles[0] is Role.ORGANISATION and Role.PERSON in roles:
        case.find("order", first, case.signatures[0], found, ("cá nhân ký trước", "the person first"))
        return
    longest = max((sequence for sequence in allowed if roles[: len(sequence)] == sequence), key=len, default=None)
    if longest is not None and case.rules.once and roles[len(longest)] is Role.ORGANISATION:
        one = case.signatures[len(longest)]
        case.extra = {signature.field for signature in case.signatures[len(longest) :]}
        case.find("extra", case.rules.once, one, found, (wanted[0], wanted[1]))
        return
    case.find("incomplete", said, None, found, (wanted[0], wanted[1]))


def _told(roles: tuple[Role, ...]) -> tuple[str, str]:
    return " + ".join(NAMES[role][0] for role in roles), " + ".join(NAMES[role][1] for role in roles)


def _keys(case: Case) -> None:
    people = {one.key for one in case.signatures if one.role is Role.PERSON}
    for one in case.signatures:
        if one.role is Role.ORGANISATION and one.key in people:
            found = (f"khóa của chứng thư {one.serial} ký cả hai vai", f"certificate {one.serial} has the person's key")
            case.find("one-key", case.rules.two_keys, one, found, ("hai khóa khác nhau", "two keys"))


def _apart(case: Case) -> None:
    if any(mark.place and mark.place.value is Place.ON_PERSONS_SIGNATURE for mark in case.kind.marks.values()):
        return
    shown = [(one, one.widget) for one in case.signatures if one.widget and one.widget.shown]
    for (_, first), (later, second) in combinations(shown, 2):
        if first.page == second.page and overlap(first.box, second.box) > 0.01:
            part = round(100 * overlap(first.box, second.box))
            found = (f"{second.name} trùm {part} % {first.name}", f"{second.name} covers {part} % of {first.name}")
            case.find("overlap", case.rules.apart, later, found, ("khung riêng", "frames apart"))


def overlap(box: Box, over: Box) -> float:
    """How much of a box another one covers, from 0 to 1."""
    across = min(box[2], over[2]) - max(box[0], over[0])
    up = min(box[3], over[3]) - max(box[1], over[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return max(0.0, across) * max(0.0, up) / area if area else 0.0
