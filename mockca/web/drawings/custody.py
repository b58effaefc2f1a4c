"""The chain of custody of a device: who held it, and the minutes by which it moved on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from mockca.web.drawings import svg

WIDTH: Final = 330
BOX: Final = 58
GAP: Final = 46


@dataclass(frozen=True, slots=True)
class Holding:
    """One stretch of the way, in the words that people read."""

    holder: str
    name: str
    since: str
    by: str
    """The leg that led here; empty for the first holder."""
    clause: str
    link: str
    """Address of the minutes; empty where there are none."""
    present: bool
    """Whether this is where the device is now."""


def draw(chain: Sequence[Holding], *, title: str) -> Markup:
    """The holders from top to bottom, oldest first, the present one marked."""
    height = len(chain) * (BOX + GAP) - GAP + 8
    parts: list[Markup] = []
    for number, one in enumerate(chain):
        top = 4 + number * (BOX + GAP)
        if number:
            parts.append(_arrow(one, top))
        kind = "on" if one.present else "box"
        parts += [svg.box(4, top, WIDTH - 8, BOX, kind, 8), svg.text(16, top + 23, one.holder)]
        told = " · ".join(text for text in (one.name, one.since) if text)
        parts.append(svg.text(16, top + 43, svg.wrapped(told, 44, 1)[0], "soft"))
    return svg.picture("custody", WIDTH, height, title, parts)


def _arrow(one: Holding, top: int) -> Markup:
    label = f"{one.by} · {one.clause}" if one.clause else one.by
    return svg.arrow(24, top - GAP, top) + svg.text(40, top - GAP / 2 + 4, svg.wrapped(label, 42, 1)[0], "soft")
