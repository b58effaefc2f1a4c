"""A device as one holds it in the hand: in a reader or not, with its lamp."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from mockca.web.drawings.svg import box, circle, line, picture, text, wrapped

WIDTH: Final = 300
HEIGHT: Final = 96
LETTERS: Final = 19


def token(name: str, title: str, label: str, lamp: str, told: str, *, plugged: bool) -> Markup:
    """The drawing. `label` is printed on the device; `lamp` is on, off, held or box, `told` the words beside it."""
    return picture(name, WIDTH, HEIGHT, title, _parts(label, lamp, told, plugged=plugged), f"{label}. {told}")


def _parts(label: str, lamp: str, told: str, *, plugged: bool) -> Iterator[Markup]:
    left = 40 if plugged else 76
    yield box(2, 14, 34, 68, "line", 4)
    yield box(10, 34, 26, 28, "slot", 2)
    yield box(left - 26, 36, 30, 24, "metal", 2)
    yield line(left - 18, 44, left - 8, 44)
    yield line(left - 18, 52, left - 8, 52)
    yield box(left, 20, 212, 56, "box", 14)
    yield circle(left + 22, 48, 8, f"lamp {lamp}")
    lines = wrapped(label, LETTERS, 1)
    yield text(left + 40, 44, lines[0], "strong")
    yield text(left + 40, 62, wrapped(told, 26, 1)[0], "soft")
