"""Distinguished names in the shape of the real profile: C, L, O, OU…, CN; UTF8String in NFC."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mockca.errors import Malformed
from mockca.pki import der

MARK: Final = "(MÔ PHỎNG)"
"""Stands in every name of our own hierarchy, so that nobody takes it for the real one."""

LONGEST: Final = {"common_name": 64, "organisations": 64, "locality": 128, "email": 255}
"""Upper bounds in characters (RFC 5280 appendix A.1, ub-*)."""

AUTHORITY: Final = "Ban Cơ yếu Chính phủ (MÔ PHỎNG)"
"""O of our own hierarchy."""

# Controls, invisible format characters, private use, surrogates, unassigned; line and paragraph separators.
_NO_TEXT: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class SubjectName:
    """Whom a certificate names."""

    common_name: str
    organisations: tuple[str, ...] = ()
    """The first becomes O, the others OU, from the top down."""
    locality: str | None = None
    email: str | None = None
    """Goes into subjectAltName, not into the subject."""
    country: str = "VN"


def fold(text: str) -> str:
    """Letters and digits alone, in lower case, without diacritics: `Đà Nẵng` becomes `danang`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d")
    return "".join(letter for letter in decomposed if letter.isalnum())


# Folded, so that the real authority's name is caught in any case, with and without Vietnamese letters: every
# distinguished name in its hierarchy has it, and none has the mark.
_FOLDED_MARK: Final = fold(MARK)
_RESERVED: Final = (fold(AUTHORITY.removesuffix(MARK)), "rootca")

_OIDS: Final = {
    "C": der.oid("2.5.4.6"),
    "L": der.oid("2.5.4.7"),
    "O": der.oid("2.5.4.10"),
    "OU": der.oid("2.5.4.11"),
    "CN": der.oid("2.5.4.3"),
}


def _checked(field: str, value: str) -> str:
    text = unicodedata.normalize("NFC", value)
    if not text.strip():
        raise Malformed("name", f"{field} is empty")
    if len(text) > LONGEST[field]:
        raise Malformed("name", f"{field} has {len(text)} characters, at most {LONGEST[field]} fit")
    if not text.isprintable() and any(unicodedata.category(letter) in _NO_TEXT for letter in text):
        raise Malformed("name", f"{field} has control characters or code points that are no text")
    folded = fold(text)
    if _FOLDED_MARK not in folded and any(reserved in folded for reserved in _RESERVED):
        raise Malformed("name", f"{field} is the real authority's; a mock name carries {MARK}")
    return text


def checked_email(email: str) -> str:
    """The address for an rfc822Name (RFC 5280 §4.2.1.6). Raises Malformed unless it is one in plain ASCII."""
    text = _checked("email", email)
    local, _, domain = text.rpartition("@")
    if not (local and domain and text.isascii() and text.isprintable()) or " " in text or "@" in local:
        raise Malformed("name", "email is no address in ASCII")
    return text


def encode(name: SubjectName) -> bytes:
    """DER of the distinguished name. Raises Malformed for what does not fit, or is the real authority's.

    Written here because cryptography counts a common name in octets of UTF-8, the standard in characters: the name
    of many a Vietnamese office would be too long.
    """
    return der.sequence(
        *[
            der.tlv(der.SET, der.sequence(_OIDS[kind], der.tlv(tag, value.encode())))
            for kind, tag, value in _attributes(name)
        ]
    )


def rfc4514(name: SubjectName) -> str:
    """The name as text, most specific first (RFC 4514). Raises Malformed as `encode` does."""
    return ",".join(f"{kind}={_escaped(value)}" for kind, _, value in reversed(_attributes(name)))


def _attributes(name: SubjectName) -> list[tuple[str, int, str]]:
    """Type, string tag and checked value of each attribute, from the country down."""
    country = name.country
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise Malformed("name", "country is not a two-letter ISO 3166 code")
    attributes = [("C", der.PRINTABLE_STRING, country)]
    if name.locality is not None:
        attributes.append(("L", der.UTF8_STRING, _checked("locality", name.locality)))
    for position, organisation in enumerate(name.organisations):
        attributes.append(("OU" if position else "O", der.UTF8_STRING, _checked("organisations", organisation)))
    attributes.append(("CN", der.UTF8_STRING, _checked("common_name", name.common_name)))
    return attributes


def read_subject(certificate: bytes, email: str | None) -> SubjectName:
    """The subject of a certificate (DER) that `encode` wrote; `email` is that of its subjectAltName."""
    read = x509.load_der_x509_certificate(certificate)
    values: dict[str, list[str]] = {}
    for attribute in read.subject:
        values.setdefault(attribute.rfc4514_attribute_name, []).append(str(attribute.value))
    return SubjectName(
        common_name=values["CN"][0],
        organisations=(*values.get("O", []), *values.get("OU", [])),
        locality=next(iter(values.get("L", [])), None),
        email=email,
        country=values["C"][0],
    )


def read_spki(certificate: bytes) -> bytes:
    """SubjectPublicKeyInfo of a certificate, both in DER (RFC 5280 §4.1.2.7)."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _escaped(value: str) -> str:
    """As RFC 4514 §2.4 wants it."""
    text = "".join(f"\\{letter}" if letter in ',+"\\<>;' else letter for letter in value)
    if text[-1] == " ":
        text = text[:-1] + "\\ "
    return f"\\{text}" if text[0] in "# " else text
