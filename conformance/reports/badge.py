"""A badge for a README: the regulation, and how many of the checks that were made passed. SVG, flat."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from conformance.events import Conclusion, Event, Result, RunBegan, RunEnded
from conformance.reports.templating import template

COLOURS = {
    Conclusion.PASSED: "#2b7a3f",
    Conclusion.FAILED: "#b3261e",
    Conclusion.NOTHING_CHECKED: "#5c6570",
    Conclusion.INTERRUPTED: "#5c6570",
}
"""White text on them has a contrast of 4.5 and more (WCAG AA)."""
SPACE = 6
"""Pixels on either side of a text."""
NARROW, WIDE = frozenset(" .,:;'|!·/()[]-ijlIrtf"), frozenset("mwMWĐ%–")


class BadgeReport:
    """Writes the file when the run has ended."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._regulation = ""

    def handle(self, event: Event) -> None:
        """Take note of what happened."""
        match event:
            case RunBegan():
                self._regulation = event.regulation
            case RunEnded():
                self._path.write_text(badge(self._regulation, event), "utf-8")


def badge(regulation: str, ended: RunEnded) -> str:
    """The picture."""
    label, value = f"tuân thủ / conformance · {regulation}", _value(ended)
    left, right = (width(text) + 2 * SPACE for text in (label, value))
    return template("badge.svg").render(
        label=label,
        value=value,
        title=f"{label}: {value}",
        colour=COLOURS[ended.conclusion],
        left=left,
        right=right,
        space=SPACE,
    )


def width(text: str) -> int:
    """About how many pixels the text takes in 11 px Verdana; the picture stretches it to just these."""
    letters = unicodedata.normalize("NFD", text)
    plain = [letter for letter in letters if not unicodedata.combining(letter)]
    return round(sum(4.2 if letter in NARROW else 9.6 if letter in WIDE else 7.1 for letter in plain))


def _value(ended: RunEnded) -> str:
    match ended.conclusion:
        case Conclusion.INTERRUPTED:
            return "bị ngắt / interrupted"
        case Conclusion.NOTHING_CHECKED:
            return "chưa kiểm / not checked"
    made = sum(ended.totals[result] for result in (Result.PASSED, Result.FAILED, Result.ERROR))
    return f"{ended.totals[Result.PASSED]}/{made} đạt / passed"
