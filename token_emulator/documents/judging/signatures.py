"""The signatures of a file in the order in which they were made, and whose they claim to be."""

from __future__ import annotations

import io
from datetime import datetime

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import CMSExtractionError

from token_emulator.documents.errors import Unsignable
from token_emulator.documents.judging.model import Given, Signature
from token_emulator.documents.reading import folded
from token_emulator.documents.rules import DocumentRules, Role
from token_emulator.documents.seeing import Seen
from token_emulator.documents.signing.keys import common_name, mailbox
from token_emulator.documents.signing.pdf import BROKEN


def signatures(pdf: bytes, seen: Seen, rules: DocumentRules, given: Given) -> tuple[Signature, ...]:
    """In the order of the revisions. Raises Unsignable where one of them cannot be read."""
    found = []
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        for one in reader.embedded_regular_signatures:
            certificate: x509.Certificate = one.signer_cert
            der = certificate.dump()
            name, serial = common_name(der), f"{certificate.serial_number:x}"
            role = given.roles.get(serial) or role_of(name, rules)
            at = one.self_reported_timestamp
            found.append(
                Signature(
                    field=one.field_name,
                    role=role,
                    common_name=name,
                    email=mailbox(der),
                    serial=serial,
                    key=certificate.public_key.dump(),
                    at=at if isinstance(at, datetime) and at.tzinfo else None,
                    revision=int(one.byte_range[2]) + int(one.byte_range[3]),
                    widget=seen.signatures.get(one.field_name),
                )
            )
    except (*BROKEN, CMSExtractionError) as error:
        raise Unsignable("không đọc được chữ ký", f"a signature cannot be read: {error}") from error
    return tuple(sorted(found, key=lambda signature: signature.revision))


def role_of(name: str, rules: DocumentRules) -> Role:
    """A body's name is in capitals, or begins as names of bodies do; all others are people's."""
    if name == name.upper() and name != name.lower():
        return Role.ORGANISATION
    first = folded(name)
    words = (folded(word) for word in rules.organisation_words.value)
    begins = any(first == word or first.startswith(f"{word} ") for word in words)
    return Role.ORGANISATION if begins else Role.PERSON
