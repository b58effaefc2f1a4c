"""A chain of certificates: who signed whom, from the root down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from mockca.web.drawings.svg import arrow, box, picture, text, wrapped

WIDTH: Final = 320
LINE: Final = 18
GAP: Final = 38
LETTERS: Final = 32


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate."""

    role: str
    name: str
    term: str
    """Its validity."""
    kind: str = "box"
    """on, off, held or box."""

    @property
    def lines(self) -> list[str]:
        """The name in lines that fit."""
        return wrapped(self.name, LETTERS)

    @property
    def height(self) -> int:
        """Pixels."""
        return 2 * LINE + LINE * len(self.lines) + 16


def chain(name: str, title: str, links: Sequence[Link], signs: str) -> Markup:
    """The drawing, the root first; `signs` is the word beside each arrow, `name` the drawing's own on the page."""
    height = sum(link.height for link in links) + GAP * (len(links) - 1) + 4
    told = f" → {signs} → ".join(f"{link.role}: {link.name}, {link.term}" for link in links)
    return picture(name, WIDTH, height, title, _parts(links, signs), told)


def _parts(links: Sequence[Link], signs: str) -> Iterator[Markup]:
    top = 2
    for number, link in enumerate(links):
        if number:
            yield arrow(WIDTH / 2, top, top + GAP)
            yield text(WIDTH / 2 + 12, top + GAP / 2 + 4, signs, "soft")
            top += GAP
        yield box(2, top, WIDTH - 4, link.height, link.kind)
        yield text(14, top + LINE + 2, link.role, "soft")
        for place, words in enumerate(link.lines, 2):
            yield text(14, top + LINE * place + 3, words, "strong")
        yield text(14, top + link.height - 10, link.term, "soft")
        top += link.height
