"""A life as a line from top to bottom: what happened, when, and how long it lasted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from mockca.web.drawings.svg import circle, line, picture, text

WIDTH: Final = 320
ROW: Final = 78
"""Pixels from one moment to the next."""
TOP: Final = 20
AXIS: Final = 14


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, or will."""

    kind: str
    """on, off, held or box: the class of what holds from here on."""
    when: str
    what: str
    detail: str = ""
    lasted: str = ""
    """How long until the next moment."""
    is_to_come: bool = False


def timeline(name: str, title: str, moments: Sequence[Moment]) -> Markup:
    """The drawing; `name` is its own on the page."""
    told = "; ".join(" ".join(filter(None, (one.when, one.what, one.detail))) for one in moments)
    height = TOP + ROW * (len(moments) - 1) + 34
    return picture(name, WIDTH, height, title, _parts(moments), told)


def _parts(moments: Sequence[Moment]) -> Iterator[Markup]:
    places = [TOP + ROW * number for number in range(len(moments))]
    for one, after, here, there in zip(moments, moments[1:], places, places[1:], strict=False):
        yield line(AXIS, here, AXIS, there, "line ahead" if after.is_to_come else f"span {one.kind}")
        if one.lasted:
            yield text(AXIS + 20, there - 22, one.lasted, "soft")
    for one, here in zip(moments, places, strict=True):
        yield circle(AXIS, here, 8, "box" if one.is_to_come else one.kind)
        yield text(AXIS + 20, here + 1, one.when, "soft")
        yield text(AXIS + 20, here + 19, one.what, "strong")
        if one.detail:
            yield text(AXIS + 20, here + 35, one.detail, "soft")
