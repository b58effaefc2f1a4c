"""What every request is made of: text, identifiers, serial numbers, with their limits."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

CONTROL_CHARACTERS = frozenset(chr(code) for code in (*range(0x20), 0x7F))


def _clean(text: str) -> str:
    if CONTROL_CHARACTERS & set(text):
        raise ValueError("control characters are not allowed")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("not valid Unicode text") from error
    composed = unicodedata.normalize("NFC", text)
    if len(composed) > len(text):
        # A few signs have no composed form and would become several, past the limit that the text was measured by.
        raise ValueError("signs without a composed form (NFC) are not allowed")
    return composed.strip()


Text = Annotated[str, StringConstraints(min_length=1, max_length=400), AfterValidator(_clean)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
SerialHex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,40}$")]
"""A certificate's serial number, lower-case hexadecimal without a prefix."""
Number = Annotated[int, Field(ge=1, le=2**53)]
"""The number of a dossier, roster, handover, activation, revocation or restore."""


class Command(BaseModel):
    """Base of every request: unknown fields are refused, text is NFC."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SubscriberKind(StrEnum):
    """Whom a certificate names."""

    PERSON = "person"
    ORGANISATION = "organisation"
    EQUIPMENT = "equipment"
    """A device, service or software (thiết bị, dịch vụ, phần mềm)."""


class KeyAlgorithmName(StrEnum):
    """Subscriber key algorithms."""

    RSA_2048 = "rsa2048"
    RSA_3072 = "rsa3072"
    P256 = "p256"
    P384 = "p384"
