"""What drawings are put together from. Every text is escaped; colours come from the stylesheet's classes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from markupsafe import Markup


def picture(name: str, width: int, height: int, title: str, parts: Iterable[Markup], description: str = "") -> Markup:
    """A whole drawing, in pixels; `name` is its own on the page. `description` says the same to who cannot see it."""
    return Markup(
        '<svg class="drawing" role="img" viewBox="0 0 {w} {h}" width="{w}" height="{h}" aria-labelledby="{n}-title"'
        '{described}><title id="{n}-title">{title}</title>{description}{parts}</svg>'
    ).format(
        n=name,
        w=width,
        h=height,
        title=title,
        described=Markup(' aria-describedby="{}-told"').format(name) if description else "",
        description=Markup('<desc id="{}-told">{}</desc>').format(name, description) if description else "",
        parts=Markup("").join(parts),
    )


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> Markup:
    """One line of text; `y` is its baseline, `kind` a class."""
    return Markup('<text x="{}" y="{}" class="{}" text-anchor="{}">{}</text>').format(x, y, kind, anchor, words)


def line(x1: float, y1: float, x2: float, y2: float, kind: str = "line") -> Markup:
    """A straight line."""
    return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>').format(x1, y1, x2, y2, kind)


def circle(x: float, y: float, radius: float, kind: str) -> Markup:
    """A disc."""
    return Markup('<circle cx="{}" cy="{}" r="{}" class="{}"/>').format(x, y, radius, kind)


def box(x: float, y: float, width: float, height: float, kind: str, radius: float = 6) -> Markup:
    """A rectangle with rounded corners."""
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="{}" class="{}"/>').format(
        x, y, width, height, radius, kind
    )


def arrow(x: float, y1: float, y2: float) -> Markup:
    """An arrow downwards."""
    head = Markup('<path d="M{} {} l-5 -8 h10 z" class="head"/>').format(x, y2)
    return line(x, y1, x, y2 - 6) + head


def wrapped(words: str, letters: int, most: int = 3) -> list[str]:
    """The words in lines of so many letters; what does not fit into `most` lines ends in an ellipsis."""
    return textwrap.wrap(words, letters, max_lines=most, placeholder=" …") or [""]
