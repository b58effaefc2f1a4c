"""Why a document is not signed, or a rules file not read.

DocumentError
├── NotPlugged        the device is in no reader
├── NoCertificate     there is no certificate on the device
├── Unsignable        not a PDF, encrypted, secret, too large
├── NoRoom            the signature is larger than the place kept for it
├── NoPlace           the words that the signature stands by are not in the document
├── TimestampFailed   the time-stamping authority gave none
├── NoEvidence        what long-term validation needs could not be had
├── FontsMissing      the typeface is not on this machine; the text ends in the command to type
└── BadRules          a rules file is wrong, or there is none of that name
"""

from __future__ import annotations

from token_emulator.errors import TokenError


class DocumentError(TokenError):
    """Root of what signing and judging raise on purpose. Never carries a PIN."""


class NotPlugged(DocumentError):
    """The device is in no reader."""

    def __init__(self, serial: str) -> None:
        self.serial = serial
        super().__init__(f"device {serial} is not plugged in: plug it, then sign again")


class NoCertificate(DocumentError):
    """There is no certificate on the device."""

    def __init__(self, serial: str) -> None:
        self.serial = serial
        super().__init__(f"device {serial} has no certificate: it is not for signing yet")


class Unsignable(DocumentError):
    """This document cannot, or must not, be signed."""

    def __init__(self, vi: str, en: str, clause: str | None = None) -> None:
        self.vi, self.en, self.clause = vi, en, clause
        super().__init__(f"{vi} / {en}" + (f" ({clause})" if clause else ""))


class NoRoom(DocumentError):
    """The signature does not fit into the place kept for it."""

    def __init__(self, reserved: int) -> None:
        self.reserved = reserved
        super().__init__(f"không đủ chỗ lưu chữ ký / {reserved} octets are too few for the signature: reserve more")


class NoPlace(DocumentError):
    """What the signature stands by was not found."""

    def __init__(self, sought: str) -> None:
        self.sought = sought
        super().__init__(f"không tìm thấy {sought!r} trong văn bản / {sought!r} is nowhere in the document's text")


class TimestampFailed(DocumentError):
    """No timestamp could be had."""

    def __init__(self, url: str, why: str) -> None:
        self.url, self.why = url, why
        super().__init__(f"không lấy được dấu thời gian / no timestamp from {url}: {why}")


class NoEvidence(DocumentError):
    """The signer's certificate or its evidence did not stand up before signing."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"không đủ bằng chứng để lưu lâu dài / no evidence for long-term validation: {why}")


class FontsMissing(DocumentError):
    """The typeface is not here."""


class BadRules(DocumentError):
    """A rules file is wrong."""

    def __init__(self, file: str, key: str, why: str, line: int | None = None) -> None:
        self.file, self.key, self.why, self.line = file, key, why, line
        super().__init__(f"{file}{'' if line is None else f':{line}'}: {key}: {why}")
