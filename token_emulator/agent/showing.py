"""Signatures that are seen: as which role an operation signs, and what the regulation makes of it.

Without a regulation in the settings signatures cannot be seen. Which role and kind of document an operation stands for
is this project's reading of their names.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader

from token_emulator.agent.messages import DocumentRequest
from token_emulator.agent.settings import Settings
from token_emulator.documents.rules import Role, load
from token_emulator.documents.signing import (
    DeviceKey,
    Facts,
    PdfOptions,
    Signing,
    open_places,
    sign_as,
    sign_pdf,
    write_number,
)
from token_emulator.documents.signing.comments import comment_stamp
from token_emulator.documents.signing.keys import common_name
from token_emulator.documents.signing.numbering import has_places

ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an operation's signature is for."""

    role: Role
    kind: str = ISSUED
    """Of the regulation's; one that the regulation does not know is taken as issued."""
    numbers: bool = False
    """Whether it writes number and date."""


def sign_document(
    pdf: bytes,
    key: DeviceKey,
    at: datetime,
    options: PdfOptions,
    settings: Settings,
    purpose: Purpose | None = None,
    request: DocumentRequest | None = None,
) -> bytes:
    """The document with one more signature, shown where a regulation and a purpose are known. Raises DocumentError."""
    if settings.regulation is None or purpose is None:
        return sign_pdf(pdf, key, at, options)
    rules = load(settings.regulation)
    signer = common_name(key.certificate)
    person = signer if purpose.role is Role.PERSON else next(iter(_signers(pdf)), signer)
    organisation = settings.organisation or (_body(key.certificate) if purpose.role is Role.PERSON else signer)
    number, day = (request.DocNumber.strip(), request.IssuedDate) if request else ("", None)
    pdf = open_places(pdf)
    if purpose.numbers and number and day and has_places(pdf):
        pdf = write_number(pdf, number, day)
    facts = Facts(person, organisation, number=number or None, issued=day)
    kind = purpose.kind if purpose.kind in rules.kinds else ISSUED
    return sign_as(pdf, rules, Signing(purpose.role, kind, strict=False), key, facts, at, options)


def sign_comment(pdf: bytes, key: DeviceKey, at: datetime, options: PdfOptions, comment: str) -> bytes:
    """The document with a signature that shows a comment. It certifies nothing: those who decide sign later.

    Raises DocumentError.
    """
    stamp = comment_stamp(pdf, comment, common_name(key.certificate), at)
    return sign_pdf(pdf, key, at, replace(options, certify=False), stamp)


def _signers(pdf: bytes) -> list[str]:
    """Common names of those who signed already."""
    signatures = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures
    return [common_name(one.signer_cert.dump()) for one in signatures]


def _body(certificate: bytes) -> str:
    """The lowest body that a person's certificate names."""
    subject = x509.load_der_x509_certificate(certificate).subject
    units = [
        *subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME),
        *subject.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME),
    ]
    return str(units[-1].value) if units else ""
