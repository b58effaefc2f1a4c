"""What visitors paste or upload: a certificate in any of its forms, or a file to look into."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from flask import request

from mockca.web.face import MOST_OCTETS

LONGEST_TEXT: Final = 100_000
"""Characters pasted."""
LONGEST_SERIAL: Final = 40
"""Hexadecimal digits of a serial number (RFC 5280 §4.1.2.2); a certificate is longer."""
BEGIN: Final = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Given:
    """What came, and what it is taken for."""

    name: str
    """The file's; empty where it was pasted."""
    content: bytes
    certificate: x509.Certificate | None
    serial: str = ""
    """Where no more than a serial number was pasted."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing came."""
        return not self.content and not self.serial


def given(text: str = "text", file: str = "file") -> Given:
    """The form's upload, or else what was pasted. Never raises for what is no certificate."""
    upload = request.files.get(file)
    if upload is not None and upload.filename:
        content = upload.stream.read(MOST_OCTETS + 1)
        return Given(upload.filename[-120:], content, certificate_of(content))
    typed = request.form.get(text, "")[:LONGEST_TEXT].strip()
    compact = "".join(typed.replace(":", "").split())
    if compact.lower().startswith("0x"):
        compact = compact[2:]
    if 0 < len(compact) <= LONGEST_SERIAL and _is_hexadecimal(compact):
        return Given("", b"", None, compact.lower().lstrip("0"))
    content = octets_of(typed, compact)
    return Given("", content, certificate_of(content))


def octets_of(typed: str, compact: str) -> bytes:
    """What pasted text stands for: PEM as it is, else hexadecimal or base64 decoded, else the text itself."""
    if "-----BEGIN" in typed:
        return typed.encode()
    if _is_hexadecimal(compact) and len(compact) % 2 == 0:
        return bytes.fromhex(compact)
    try:
        return base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        return typed.encode()


def certificate_of(content: bytes) -> x509.Certificate | None:
    """The certificate in these octets, PEM or DER; None where there is none that can be read."""
    try:
        load = x509.load_pem_x509_certificate if BEGIN in content else x509.load_der_x509_certificate
        found = load(content)
        found.subject, found.issuer, found.not_valid_after_utc  # noqa: B018 - they are read when they are asked for
    except (ValueError, TypeError, x509.InvalidVersion):
        return None
    return found


def _is_hexadecimal(text: str) -> bool:
    return bool(text) and set(text.lower()) <= set("0123456789abcdef")
