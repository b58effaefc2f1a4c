"""Values as the contract writes them and as an implementation does: words, dates, serial numbers.

What cannot be converted stays what it is: a wrong value must travel to be refused, and show in the answer to be seen.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from scenarios.references import moment

TOKENS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "SSS": "%f", "XXX": "%z"}
"""What a format is written with, as Unicode's UTS #35 has it."""
TOKEN = re.compile("|".join(sorted(TOKENS, key=len, reverse=True)))
NAMED = ("iso", "unix", "unix-ms")
"""Formats with a name: ISO 8601, seconds and milliseconds since 1970."""
Words = Mapping[str, Sequence[str]]
"""The contract's word -> theirs, the first of which is sent."""


def is_format(text: str) -> bool:
    """Whether this is a format of dates and times."""
    return text in NAMED or ("yyyy" in text and not re.search("[A-Za-z]", TOKEN.sub("", text).replace("T", "")))


def written(value: Any, how: str, zone: tzinfo) -> Any:
    """An instant or a date of the contract in the format `how`, instants in the zone."""
    instant = moment(value)
    if instant is not None:
        return _instant_written(instant.astimezone(zone), how)
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return value
    return day.isoformat() if how in NAMED else day.strftime(_strftime(how))


def instant_read(value: Any, how: str, zone: tzinfo) -> Any:
    """The instant in ISO 8601 that stands there in the format `how`; in the zone where it names none."""
    try:
        if how in ("unix", "unix-ms"):
            seconds = float(value) / (1000 if how == "unix-ms" else 1)
            return datetime.fromtimestamp(seconds, UTC).isoformat()
        instant = datetime.fromisoformat(value) if how == "iso" else datetime.strptime(value, _strftime(how))  # noqa: DTZ007
    except (TypeError, ValueError, OverflowError, OSError):
        return value
    return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).isoformat()


def day_read(value: Any, how: str) -> Any:
    """The date in ISO 8601 that stands there in the format `how`."""
    try:
        return (date.fromisoformat(value) if how == "iso" else _day(value, how)).isoformat()
    except (TypeError, ValueError):
        return value


def theirs(value: Any, words: Words) -> Any:
    """Their word for the contract's."""
    found = words.get(_word(value))
    return found[0] if found else value


def ours(value: Any, words: Words) -> Any:
    """The contract's word for theirs."""
    return next((our for our, their in words.items() if _word(value) in their), value)


def hexadecimal(value: Any, *, is_decimal: bool = False) -> Any:
    """A serial number as the contract writes it: lower case, without separators and zeros in front."""
    text = str(value).replace(":", "").replace(" ", "").removeprefix("0x").removeprefix("0X")
    try:
        return f"{int(text, 10 if is_decimal else 16):x}"
    except ValueError:
        return value


def decimal(value: Any) -> Any:
    """A serial number of the contract in decimal digits."""
    try:
        return str(int(str(value), 16))
    except ValueError:
        return value


def pem(value: Any) -> Any:
    """A certificate in PEM: what is in PEM already, or DER in base64 with or without line breaks."""
    if not isinstance(value, str) or "-----BEGIN" in value:
        return value
    try:
        der = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return value
    return f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(der).decode()}-----END CERTIFICATE-----\n"


def text(value: Any) -> str:
    """A value as text: what is one already, else JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def number(value: Any) -> Any:
    """The number that a text stands for."""
    try:
        return int(value)
    except (TypeError, ValueError):
        try:
            return float(value)
        except (TypeError, ValueError):
            return value


def _word(value: Any) -> str:
    """A value as it stands in a map, where true, 1 and null are texts too."""
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)


def _strftime(how: str) -> str:
    return TOKEN.sub(lambda found: TOKENS[found[0]], how.replace("%", "%%"))


def _day(value: Any, how: str) -> date:
    return datetime.strptime(value, _strftime(how)).date()  # noqa: DTZ007


def _instant_written(instant: datetime, how: str) -> Any:
    if how == "iso":
        return instant.isoformat()
    if how == "unix":
        return int(instant.timestamp())
    if how == "unix-ms":
        return int(instant.timestamp() * 1000)
    text = instant.strftime(_strftime(how))
    return text.replace(f"{instant.microsecond:06d}", f"{instant.microsecond // 1000:03d}") if "SSS" in how else text
