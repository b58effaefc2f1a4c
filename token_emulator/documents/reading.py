"""What an administrative document says of itself: number, issue date, the signer's block, a mark of secrecy."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from token_emulator.documents.pictures import Box
from token_emulator.documents.seeing import MM, Line, Page, Seen

NUMBER: Final = re.compile(r"Số\s*:\s*([0-9]+)\s*(/\s*[^\s,;]+)?")
ISSUED: Final = re.compile(r"ngày\s+([0-9]{1,2})\s+tháng\s+([0-9]{1,2})\s+năm\s+([0-9]{4})", re.IGNORECASE)
BLOCK_HEIGHT: Final = 80
"""mm above a name in which the title is looked for."""


@dataclass(frozen=True, slots=True)
class Block:
    """Where somebody signs."""

    page: int
    """From 0."""
    title: Line | None
    """The lowest line of the title."""
    name: Line

    @property
    def middle(self) -> float:
        """Points from the left."""
        line = self.title or self.name
        return (line.box[0] + line.box[2]) / 2

    @property
    def room(self) -> Box:
        """Between title and name; without a title 30 mm above the name."""
        top = self.title.box[1] if self.title else self.name.box[3] + 30 * MM
        half = max(45 * MM, (self.name.box[2] - self.name.box[0]) / 2)
        return self.middle - half, self.name.box[3], self.middle + half, top


def document_number(seen: Seen) -> str | None:
    """Number and symbol, such as 79/SNV-VP, from the first page."""
    found = NUMBER.search(seen.pages[0].text) if seen.pages else None
    return found[1] + "".join((found[2] or "").split()) if found else None


def issue_date(seen: Seen) -> date | None:
    """The date on the first page."""
    for day, month, year in ISSUED.findall(seen.pages[0].text if seen.pages else ""):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def secrecy(seen: Seen, marks: Iterable[str]) -> str | None:
    """The mark of secrecy that stands in a line of its own on the first page."""
    lines = {line.text for line in seen.pages[0].lines} if seen.pages else set()
    return next((mark for mark in marks if mark in lines), None)


def signers_block(seen: Seen, name: str) -> Block | None:
    """Where the name stands for the last time, and the title above it; None where it does not stand in a line."""
    wanted = folded(name)
    for number, page in reversed(list(enumerate(seen.pages))):
        for line in reversed(page.lines):
            if wanted and wanted in folded(line.text) and len(folded(line.text)) <= 2 * len(wanted) + 20:
                return Block(number, _title_above(page, line), line)
    return None


def last_block(seen: Seen) -> Block | None:
    """A title in capitals with a name under it, as the last in the document."""
    for number, page in reversed(list(enumerate(seen.pages))):
        for line in reversed(page.lines):
            words = line.text.split()
            named = 2 <= len(words) <= 6 and all(word[:1].isupper() and not word[1:2].isupper() for word in words)
            if named and all(word.isalpha() for word in words) and (title := _title_above(page, line)):
                return Block(number, title, line)
    return None


def _title_above(page: Page, name: Line) -> Line | None:
    middle = (name.box[0] + name.box[2]) / 2
    above = [
        line
        for line in page.lines
        if name.box[3] < line.box[1] < name.box[3] + BLOCK_HEIGHT * MM
        and line.box[0] - 10 * MM < middle < line.box[2] + 10 * MM
        and line.text.upper() == line.text
        and any(letter.isalpha() for letter in line.text)
        and abs((line.box[0] + line.box[2]) / 2 - middle) < 15 * MM
        and len(line.sizes) == 1
    ]
    return min(above, key=lambda line: line.box[1], default=None)


def folded(text: str) -> str:
    """For comparison: NFC, one case, single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
