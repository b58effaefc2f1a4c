"""The signatures of a PDF, and whether they hold as octets; who is trusted is another question."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from token_emulator.agent.outcomes import NOT_VERIFIED, Refusal
from token_emulator.documents.errors import Unsignable
from token_emulator.documents.signing.pdf import open_pdf


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """One of them."""

    field_name: str
    holds: bool
    """The octets are those that were signed, and nothing was changed later on but what the document allows."""
    covers_all: bool
    signing_time: datetime | None
    certificate: bytes
    """DER."""


def read_pdf(pdf: bytes) -> tuple[PdfSignature, ...]:
    """In the order in which they were made. Raises Refusal for what cannot be read."""
    try:
        open_pdf(pdf)
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        return tuple(_read(one) for one in reader.embedded_regular_signatures)
    except Unsignable as error:
        raise Refusal(NOT_VERIFIED, f"{error.vi} / {error.en}") from error
    except (PdfError, SignatureValidationError, ValueError, KeyError, TypeError) as error:
        raise Refusal(NOT_VERIFIED, str(error) or type(error).__name__) from error


def _read(signature: Any) -> PdfSignature:
    nobody = ValidationContext(trust_roots=[], allow_fetching=False)
    status = asyncio.run(async_validate_pdf_signature(signature, signer_validation_context=nobody))
    unchanged = status.modification_level not in (None, ModificationLevel.OTHER) and status.docmdp_ok is not False
    return PdfSignature(
        signature.field_name,
        bool(status.intact and status.valid and unchanged),
        status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        signature.self_reported_timestamp,
        signature.signer_cert.dump(),
    )
