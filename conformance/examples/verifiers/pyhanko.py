"""Bare pyHanko as a verifier, by its defaults: PDF and CMS.

It is given the anchors, certificates, CRLs and OCSP responses at hand and the instant of checking, as its user would
give them, and nothing else is set: revocation is checked "soft-fail", the time of signing is not taken from timestamps.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from io import BytesIO
from pathlib import Path

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation import async_validate_cms_signature, async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureStatus
from pyhanko_certvalidator import ValidationContext

from conformance.corpus import Verdict
from conformance.examples.verifiers.answering import Said, command, files_in, worst

PDF = b"%PDF-"


def verify(document: Path, evidence: Path, at: datetime) -> Said:
    """pyHanko's bottom line of each signature."""
    return asyncio.run(_verify(document.read_bytes(), evidence, at))


async def _verify(content: bytes, evidence: Path, at: datetime) -> Said:
    try:
        if not content.startswith(PDF):
            signed = cms.ContentInfo.load(content, strict=True)["content"]
            status = await async_validate_cms_signature(signed, validation_context=_context(evidence, at))
            return _told(status, status.intact and status.valid and status.trusted)
        signatures = PdfFileReader(BytesIO(content)).embedded_regular_signatures
        told = [await async_validate_pdf_signature(one, _context(evidence, at)) for one in signatures]
        return worst([_told(status, status.bottom_line) for status in told])
    except (SignatureValidationError, CMSExtractionError, PdfError, ValueError, TypeError) as error:
        return Verdict.FAILED, f"{type(error).__name__}: {error}"


def _context(evidence: Path, at: datetime) -> ValidationContext:
    anchors, others = (
        [x509.Certificate.load(one.read_bytes()) for one in files_in(evidence, kind)]
        for kind in ("anchors", "certificates")
    )
    return ValidationContext(
        trust_roots=anchors,
        other_certs=others,
        crls=[crl.CertificateList.load(one.read_bytes()) for one in files_in(evidence, "crls")],
        ocsps=[ocsp.OCSPResponse.load(one.read_bytes()) for one in files_in(evidence, "ocsps")],
        moment=at,
    )


def _told(status: SignatureStatus, holds: bool) -> Said:
    if holds:
        return Verdict.OK, ""
    problem = status.trust_problem_indic
    return Verdict.FAILED, status.summary() if problem is None else str(problem)


main = command(verify, "pyHanko's default validation of a PDF or a CMS file.")

if __name__ == "__main__":
    main()
