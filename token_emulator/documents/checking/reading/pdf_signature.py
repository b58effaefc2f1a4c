"""Signatures in PDF (ISO 32000-1 §12.8, PAdES): byte ranges, incremental updates, and the evidence kept in the file."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel, SuspiciousModification
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from token_emulator.documents.checking.reading.cms_signature import signature
from token_emulator.documents.checking.reading.signature import Changes, Coverage, Malformed, Signature, Stamp

COVERAGES = {
    SignatureCoverageLevel.ENTIRE_FILE: Coverage.WHOLE,
    SignatureCoverageLevel.ENTIRE_REVISION: Coverage.REVISION,
}
TIMESTAMP = "/DocTimeStamp"
logging.getLogger("pyhanko").addHandler(logging.NullHandler())  # what it says of a document is in what is read
WRONG = (PdfError, SignatureValidationError, ValueError, TypeError, KeyError, IndexError, RecursionError)
"""What pyHanko and asn1crypto raise on files that are no good."""


@dataclass(frozen=True, slots=True)
class InPdf:
    """What a PDF has of signatures."""

    signatures: tuple[Signature, ...]
    broken: tuple[tuple[str, str], ...]
    """Signatures that cannot be read: field, and what is wrong."""
    stamps: tuple[Stamp, ...]
    """In their order."""
    certificates: tuple[x509.Certificate, ...]
    crls: tuple[crl.CertificateList, ...]
    ocsps: tuple[ocsp.OCSPResponse, ...]


def read_pdf(content: bytes) -> InPdf:
    """The signatures of a PDF, in the order in which they were made. Raises Malformed where it cannot be read."""
    try:
        reader = PdfFileReader(BytesIO(content), strict=False)
        if reader.encrypted:
            raise Malformed("Tài liệu pdf đã được mã hóa / the PDF is encrypted")
        embedded = list(reader.embedded_signatures)
    except WRONG as error:
        raise Malformed(str(error)) from None
    signatures: list[Signature] = []
    stamps: list[Stamp] = []
    broken: list[tuple[str, str]] = []
    for one in embedded:
        try:
            if one.sig_object_type == TIMESTAMP:
                stamps += _stamp(one, len(signatures))
            else:
                signatures.append(_read(one))
        except Malformed as error:
            broken.append((one.field_name, str(error)))
    return InPdf(tuple(signatures), tuple(broken), tuple(stamps), *_evidence(reader))


def _read(one: EmbeddedPdfSignature) -> Signature:
    try:
        one.compute_integrity_info()
        found = signature(one.signed_data, one.field_name, one.compute_digest)
        changes, change = _changes(one)
        claimed = found.claimed or one.self_reported_timestamp
    except WRONG as error:
        raise Malformed(str(error)) from None
    coverage = Coverage.PART if one.coverage is None else COVERAGES.get(one.coverage, Coverage.PART)
    return replace(found, claimed=claimed, coverage=coverage, changes=changes, change=change)


def _stamp(one: EmbeddedPdfSignature, after: int) -> Iterator[Stamp]:
    """The timestamp, where what comes before it in the file is all that it can be over."""
    try:
        one.compute_integrity_info()
    except WRONG:
        return
    if one.coverage in COVERAGES:
        yield Stamp(one.signed_data, one.compute_digest, after)


def _changes(one: EmbeddedPdfSignature) -> tuple[Changes, str]:
    told = one.summarise_integrity_info()
    result = one.diff_result
    if isinstance(result, SuspiciousModification):
        return (Changes.NONE, "") if one.coverage not in COVERAGES else (Changes.FORBIDDEN, str(result))
    if not told["docmdp_ok"]:
        return Changes.FORBIDDEN, f"{one.docmdp_level}"
    if isinstance(result, DiffResult) and result.modification_level is not ModificationLevel.NONE:
        return Changes.WITHIN_LIMITS, ""
    return Changes.NONE, ""


def _evidence(
    reader: PdfFileReader,
) -> tuple[tuple[x509.Certificate, ...], tuple[crl.CertificateList, ...], tuple[ocsp.OCSPResponse, ...]]:
    """The certificates, CRLs and OCSP responses of the document security store."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
        certificates = tuple(store.load_certs())
        crls = tuple(crl.CertificateList.load(each.get_object().data) for each in store.crls)
        ocsps = tuple(ocsp.OCSPResponse.load(each.get_object().data) for each in store.ocsps)
    except (NoDSSFoundError, ValidationInfoReadingError, *WRONG):
        return (), (), ()
    return certificates, crls, ocsps
