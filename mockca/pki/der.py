"""DER (X.690): a writer of tag-length-value structures, and a strict reader for what we parse ourselves.

Written by hand for speed and for what builders elsewhere cannot say (producedAt, archive cutoff, a CRL that
is streamed); the tests read everything back with cryptography, asn1crypto and OpenSSL.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from mockca.errors import Malformed

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL_TAG: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
ENUMERATED: Final = 0x0A
UTF8_STRING: Final = 0x0C
PRINTABLE_STRING: Final = 0x13
SEQUENCE: Final = 0x30
SET: Final = 0x31

NULL: Final = b"\x05\x00"
TRUE: Final = b"\x01\x01\xff"


def implicit(number: int) -> int:
    """The tag of a primitive `[number] IMPLICIT`."""
    return 0x80 | number


def explicit(number: int) -> int:
    """The tag of a constructed `[number]`, EXPLICIT or an IMPLICIT SEQUENCE."""
    return 0xA0 | number


def header(tag: int, length: int) -> bytes:
    """Tag and definite length in its shortest form (X.690 §10.1)."""
    if length < 0x80:
        return bytes((tag, length))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets


def tlv(tag: int, *parts: bytes) -> bytes:
    """One value: the tag over the parts put together."""
    body = b"".join(parts)
    return header(tag, len(body)) + body


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of the encoded parts."""
    body = b"".join(parts)
    return header(SEQUENCE, len(body)) + body


def integer(value: int) -> bytes:
    """An INTEGER in its shortest two's complement form."""
    return tlv(INTEGER, value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, "big", signed=True))


def enumerated(value: int) -> bytes:
    """An ENUMERATED of 0 to 127."""
    return bytes((ENUMERATED, 1, value))


def octets(content: bytes) -> bytes:
    """An OCTET STRING."""
    return tlv(OCTET_STRING, content)


def bits(content: bytes) -> bytes:
    """A BIT STRING of whole octets."""
    return tlv(BIT_STRING, b"\x00", content)


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER from its dotted form. Raises ValueError if it is not one."""
    arcs = [int(arc) for arc in dotted.split(".")]
    if len(arcs) < 2 or arcs[0] > 2 or (arcs[0] < 2 and arcs[1] > 39) or min(arcs) < 0:
        raise ValueError(f"not an object identifier: {dotted}")
    content = bytearray()
    for arc in (arcs[0] * 40 + arcs[1], *arcs[2:]):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | (arc & 0x7F))
        content += bytes(reversed(septets))
    return tlv(OBJECT_IDENTIFIER, bytes(content))


def _in_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(UTC)


def generalized_time(instant: datetime) -> bytes:
    """GeneralizedTime in UTC without fractions (RFC 5280 §4.1.2.5.2). Raises ValueError if naive."""
    utc = _in_utc(instant)
    return b"\x18\x0f" + (
        b"%04d%02d%02d%02d%02d%02dZ" % (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second)
    )


def time(instant: datetime) -> bytes:
    """UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5). Raises ValueError if naive."""
    utc = _in_utc(instant)
    if not 1950 <= utc.year <= 2049:
        return generalized_time(utc)
    return b"\x17\x0d" + (
        b"%02d%02d%02d%02d%02d%02dZ" % (utc.year % 100, utc.month, utc.day, utc.hour, utc.minute, utc.second)
    )


# Each arc: no leading padding, the high bit on all octets but the last (X.690 §8.19.2).
_ARCS: Final = re.compile(rb"(?:(?!\x80)[\x80-\xff]*[\x00-\x7f])+", re.DOTALL)


class Reader:
    """Walks over DER in `data[at:end]`. Every departure from DER raises Malformed under the name `what`."""

    __slots__ = ("at", "data", "end", "what")

    def __init__(self, what: str, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.what, self.data, self.at = what, data, at
        self.end = len(data) if end is None else end

    def malformed(self, why: str) -> Malformed:
        """The error to raise, with the position reached."""
        return Malformed(self.what, f"{why} at octet {self.at}")

    def more(self) -> bool:
        """Whether anything is left."""
        return self.at < self.end

    def next_is(self, tag: int) -> bool:
        """Whether the next value has this tag."""
        return self.at < self.end and self.data[self.at] == tag

    def _pass(self, tag: int) -> int:
        """Moves past the next value and tells where its content starts; it ends where the reader now is."""
        data, at, end = self.data, self.at, self.end
        if end - at < 2:
            raise self.malformed("the data ends too early")
        if data[at] != tag:
            raise self.malformed(f"tag {tag:#04x} expected, {data[at]:#04x} found")
        length = data[at + 1]
        start = at + 2
        if length >= 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4 or end - start < count:
                raise self.malformed("bad length")
            length = int.from_bytes(data[start : start + count], "big")
            start += count
            if length < 0x80 or length >> (8 * (count - 1)) == 0:
                raise self.malformed("length not in its shortest form")
        if length > end - start:
            raise self.malformed("the value is longer than what holds it")
        self.at = start + length
        return start

    def enter(self, tag: int) -> Reader:
        """A reader of the next value's content; this one moves past the value."""
        start = self._pass(tag)
        return Reader(self.what, self.data, start, self.at)

    def content(self, tag: int) -> bytes:
        """The next value's content octets."""
        start = self._pass(tag)
        return self.data[start : self.at]

    def whole(self, tag: int) -> bytes:
        """The next value with its tag and length."""
        start = self.at
        self._pass(tag)
        return self.data[start : self.at]

    def object_identifier(self) -> bytes:
        """The next value with its tag and length, an OBJECT IDENTIFIER whose arcs are well formed."""
        start = self.at
        whole = self.whole(OBJECT_IDENTIFIER)
        if whole[1] >= 0x80 or not _ARCS.fullmatch(whole, 2):
            self.at = start
            raise self.malformed("not an object identifier of at most 127 octets")
        return whole

    def unsigned(self) -> int:
        """The next value, an INTEGER; a negative or padded one is malformed."""
        start = self.at
        content = self.content(INTEGER)
        if not content or content[0] >= 0x80 or (len(content) > 1 and content[0] == 0 and content[1] < 0x80):
            self.at = start
            raise self.malformed("not a non-negative INTEGER in its shortest form")
        return int.from_bytes(content, "big")

    def finish(self) -> None:
        """Raises Malformed unless everything has been read."""
        if self.at != self.end:
            raise self.malformed("unexpected data")
