"""What a regulation asks of signed documents, point by point: what a judgement looks at, and by which values.

for one in asked(load("lai-chau")):
    print(one.kind, one.role, one.point, one.clauses)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from token_emulator.documents.rules.model import DocumentRules, Item, Kind, Mark, Place, Presence, Role, Said

ITEMS: Final = {
    Item.SIGNER: "signer",
    Item.EMAIL: "email",
    Item.ORGANISATION: "organisation",
    Item.COPY_FORM: "copy-form",
    Item.NUMBER: "shown-number",
}
"""The point that an item of an appearance is; the time of signing is more than one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One point that a regulation asks about."""

    point: str
    """Among POINTS."""
    kind: str | None
    """Of which kind of document; None: of all."""
    role: Role | None
    """Of whose signature; None: of the document."""
    said: tuple[Said[Any], ...]
    """The values that it is judged by; the first is the one that says so."""

    @property
    def clauses(self) -> tuple[str, ...]:
        """Who says so; none where it is this project's own choice."""
        return tuple(dict.fromkeys(clause for one in self.said for clause in one.clauses))


def asked(rules: DocumentRules) -> Iterator[Asked]:
    """Everything that the rules ask, in the order in which a judgement looks at it."""
    yield from _of_documents(rules)
    for name, kind in rules.kinds.items():
        yield from _of_kind(name, kind)
        for role, mark in kind.marks.items():
            if not kind.sequences.value or any(role in sequence for sequence in kind.sequences.value):
                for point, *said in _of_mark(rules, mark):
                    if found := _there(said):
                        yield Asked(point, name, role, found)


def shown(value: Any) -> str:
    """A value in a word or two, for people."""
    if isinstance(value, BaseModel):
        return ", ".join(f"{name} {shown(getattr(value, name))}" for name in type(value).model_fields)
    if isinstance(value, tuple):
        inner = [shown(one) for one in value]
        return " | ".join(inner) if value and isinstance(value[0], tuple) else ", ".join(inner)
    if isinstance(value, bool):
        return "có / yes" if value else "không / no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _there(said: list[Said[Any] | None]) -> tuple[Said[Any], ...]:
    """Those that somebody says, unless the first says no."""
    found = tuple(one for one in said if one is not None)
    return () if not found or found[0].value is False else found


def _of_documents(rules: DocumentRules) -> Iterator[Asked]:
    both = any(len(set(sequence)) > 1 for kind in rules.kinds.values() for sequence in kind.sequences.value)
    people = any(Role.PERSON in sequence for kind in rules.kinds.values() for sequence in kind.sequences.value)
    issued = rules.kinds["issued"]
    upon = any(mark.place and mark.place.value is Place.ON_PERSONS_SIGNATURE for mark in issued.marks.values())
    points = (
        ("unsigned", rules.unsigned),
        ("rewritten", issued.numbered.get(Role.ORGANISATION) or rules.unsigned),
        ("version", rules.pdf_version),
        ("secret", rules.secret),
        ("one-key", rules.two_keys if both else None),
        ("other-name", rules.own_certificate if people else None),
        ("extra", rules.once),
        ("overlap", rules.apart if both and not upon else None),
    )
    for point, said in points:
        if found := _there([said]):
            yield Asked(point, None, None, found)


def _of_kind(name: str, kind: Kind) -> Iterator[Asked]:
    if kind.sequences.value:
        yield Asked("incomplete", name, None, (kind.sequences,))
    if found := _there([kind.person_first]):
        yield Asked("order", name, None, found)
    for point, dues in (("number", kind.numbered), ("day", kind.same_day)):
        for role, due in dues.items():
            if found := _there([due]):
                yield Asked(point, name, role, found)


def _of_mark(rules: DocumentRules, mark: Mark) -> Iterator[tuple[Any, ...]]:
    """Each point with the values that it is judged by, of which some may not be there."""
    yield "hidden", mark.items or _required(mark.signature) or _required(mark.seal)
    if mark.place and mark.place.value is Place.ON_PERSONS_SIGNATURE:
        yield "covers", mark.covers, mark.place
    else:
        yield "place", mark.place
    yield "width", mark.width
    yield "height", mark.height
    yield "signature-image", mark.signature
    yield "seal-image", mark.seal
    yield "signature-colour", mark.signature_colour
    yield "seal-colour", mark.seal_colour
    yield "transparent", mark.transparent
    yield "seal-size", mark.seal_true_size
    items = mark.items.value if mark.items else ()
    for item, point in ITEMS.items():
        if item in items:
            yield point, mark.items, rules.email_domain if item is Item.EMAIL else None
    if Item.TIME in items:
        yield "time", mark.time or mark.items
        if rules.zone:
            yield "zone", mark.time or rules.zone, rules.zone
    if mark.type:
        yield from ((point, mark.type) for point in ("font", "font-size", "font-style", "font-colour", "capitals"))


def _required(said: Said[Presence] | None) -> Said[Presence] | None:
    return said if said and said.value is Presence.REQUIRED else None
