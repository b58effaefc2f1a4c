"""What is printed: a form with its values, and what stands around them on the paper."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mockca.rules.catalogue import words
from mockca.rules.terms import Form, FormField

NUMBERED = re.compile(r"\s*\(Mẫu (\d+)\)$")
CODED = re.compile(r"-F(\d+)$")
DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The top of the sheet: who writes, where, when."""

    body: str
    """The body that writes; empty for a blank form."""
    superior: str = ""
    """The body above it."""
    place: str = ""
    day: date | None = None
    """None leaves the date to be filled in by hand."""
    number: str = ""
    """Number and symbol of the document."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document to be printed."""

    form: Form
    head: Letterhead
    to: str = ""
    """Name of the body that it is addressed to."""
    fields: Mapping[str, object] = field(default_factory=dict)
    rows: Sequence[Mapping[str, object]] = ()
    signatures: Mapping[str, str] = field(default_factory=dict)
    """Who signed in which of the form's blocks; a block without a name is left to be signed."""
    copies: int = 1
    clause: str = ""
    """Clause that asks for the document; told in the foot."""


def form_number(form: Form) -> str:
    """The number (mẫu số) that the text gives the form, such as `01`; empty where the form is not a text's own."""
    found = NUMBERED.search(form.vi) or (None if form.unsourced else CODED.search(form.code))
    return found[1] if found else ""


def title_of(form: Form) -> str:
    """The form's title, without its number."""
    return NUMBERED.sub("", form.vi)


def shown_value(rule: FormField, value: object) -> str:
    """A field's value as it stands on paper; empty where there is none."""
    if value is None or value == "":
        return ""
    if rule.type == "date":
        try:
            return vietnamese_day(date.fromisoformat(str(value)))
        except ValueError:
            return str(value)
    if rule.type == "years":
        return f"{value} năm"
    kind = words("kinds").get(str(value)) if rule.type == "choice" else None
    return str(value) if kind is None else kind.vi


def vietnamese_day(day: date) -> str:
    """A day as Vietnamese documents write it: 02/09/2025."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def number_in_words(number: int) -> str:
    """A whole number from 0 to 999 999 in Vietnamese words: 15 is `mười lăm`, 105 is `một trăm linh năm`."""
    if not 0 <= number <= 999_999:
        raise ValueError(f"{number} is not between 0 and 999999")
    if number < 1000:
        return _below_thousand(number, leading=True)
    thousands, rest = divmod(number, 1000)
    words = f"{_below_thousand(thousands, leading=True)} nghìn"
    return words if rest == 0 else f"{words} {_below_thousand(rest, leading=False)}"


def _below_thousand(number: int, *, leading: bool) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = [] if leading and hundreds == 0 else [f"{DIGITS[hundreds]} trăm"]
    if tens == 0:
        if ones == 0:
            return " ".join(words) or DIGITS[0]
        return " ".join([*words, *(["linh"] if words else []), DIGITS[ones]])
    words.append("mười" if tens == 1 else f"{DIGITS[tens]} mươi")
    if ones:
        words.append({1: "một" if tens == 1 else "mốt", 5: "lăm"}.get(ones, DIGITS[ones]))
    return " ".join(words)
