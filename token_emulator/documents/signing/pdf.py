"""PDF signatures as the real agent makes them (facts: sign-service §5), on pyHanko.

    signed = sign_pdf(pdf, key, at)
    released = sign_pdf(signed, seal_key, later)

The first signature of a document certifies it: later on, forms may be filled and signatures added (DocMDP level 2).
Each signature is an incremental update. SHA-256; the CMS holds the signer's certificate alone, unless told otherwise.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from itertools import count
from typing import Any, Final

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, LayoutError, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import add_validation_info
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from token_emulator.documents.errors import NoEvidence, NoRoom, Unsignable
from token_emulator.documents.signing.keys import KeySigner, SigningKey
from token_emulator.documents.signing.timestamps import PATIENCE, HttpTimeStamper

LARGEST: Final = 64 << 20
"""Octets of a document."""
PLACEHOLDER: Final = 8192
"""Octets kept for the CMS, and how many more with a timestamp (facts: sign-service §5)."""
TIMESTAMP_ROOM: Final = 4192
VIETNAM: Final = timezone(timedelta(hours=7))


BROKEN: Final = (
    *(PdfError, LayoutError, ValueError, KeyError, TypeError, IndexError),
    *(AttributeError, AssertionError, RecursionError),
)
"""What a broken file makes pyHanko raise."""


class SubFilter(StrEnum):
    """How the CMS is made (ISO 32000-2 §12.8.3.3; ETSI EN 319 142-1)."""

    PKCS7 = "adbe.pkcs7.detached"
    CADES = "ETSI.CAdES.detached"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the signer's certificate is checked by before it signs (ND68-29), and what validating it later needs: that
    goes into the document security store (EN 319 142-1 §5.4).
    """

    roots: tuple[bytes, ...]
    """DER of the certificates that are trusted."""
    certificates: tuple[bytes, ...] = ()
    """DER of other issuers."""
    crls: tuple[bytes, ...] = ()
    ocsp: tuple[bytes, ...] = ()
    """OCSPResponses, DER."""
    fetch: bool = False
    """Whether to ask the addresses in the certificates for what is missing."""


@dataclass(frozen=True, slots=True)
class PdfOptions:
    """How a PDF is signed."""

    subfilter: SubFilter = SubFilter.PKCS7
    digest: str = "sha256"
    chain: tuple[bytes, ...] = ()
    """DER of the issuers' certificates to put into the CMS; none as in the real agent's."""
    pss: bool = False
    local_as_utc: bool = False
    """Have signingTime seven hours late: local time written as if it were UTC, as some real files have it."""
    timestamp_url: str | None = None
    timestamp_patience: float = PATIENCE
    """Seconds."""
    stamper: TimeStamper | None = None
    """Who stamps instead of whom the address names."""
    imprint: str | None = None
    """Digest that the timestamp is over, e.g. sha1 as in old signatures; without it `digest`."""
    evidence: Evidence | None = None
    """Without it nothing is checked, and nothing stored."""
    placeholder: int | None = None
    """Octets kept for the CMS; 8192, and 4192 more with a timestamp."""
    certify: bool = True
    """Whether the first signature certifies the document."""
    field_name: str | None = None
    """Without it the first that waits for a signature, or else a new one: Signature1, Signature2, …"""
    reason: str | None = None
    location: str | None = None

    @property
    def room(self) -> int:
        """Octets kept for the CMS."""
        if self.placeholder is not None:
            return self.placeholder
        return PLACEHOLDER + (TIMESTAMP_ROOM if self.timestamp_url or self.stamper else 0)

    @property
    def timestamper(self) -> TimeStamper | None:
        """Who stamps the signature; None where nobody does."""
        if self.stamper is None and self.timestamp_url:
            return HttpTimeStamper(self.timestamp_url, self.timestamp_patience)
        return self.stamper


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the reader sees of a signature."""

    page: int
    """From 0."""
    box: tuple[float, float, float, float]
    """Left, bottom, right, top, in points."""
    drawing: bytes
    """A PDF whose first page is shown in the box."""


def sign_pdf(
    pdf: bytes, key: SigningKey, at: datetime, options: PdfOptions | None = None, stamp: Stamp | None = None
) -> bytes:
    """The document with one more signature, made at `at` (aware); without a stamp it cannot be seen.

    Raises Unsignable, NoRoom, TimestampFailed, NoEvidence, and what the key raises.
    """
    options = options or PdfOptions()
    when = at.astimezone(VIETNAM).replace(microsecond=0)
    fields = signature_fields(open_pdf(pdf))
    kept = sorted(name for name, signed in fields.items() if not signed)
    name = options.field_name or next(iter(kept), next_field(fields))
    metadata = PdfSignatureMetadata(
        field_name=name,
        md_algorithm=options.digest,
        subfilter=SigSeedSubFilter(f"/{options.subfilter}"),
        certify=options.certify and not any(fields.values()),
        docmdp_permissions=MDPPerm.FILL_FORMS,
        reason=options.reason,
        location=options.location,
    )
    place: tuple[int, Any, PdfContent | None] = (
        (0, None, None) if stamp is None else (stamp.page, stamp.box, PageDrawing(stamp.drawing))
    )
    signer = _SignerAt(
        metadata,
        KeySigner(
            key,
            options.chain,
            pss=options.pss,
            digest=options.digest,
            local_as_utc=options.local_as_utc,
            imprint=options.imprint,
        ),
        timestamper=options.timestamper,
        stamp_style=StaticStampStyle(
            border_width=0, background=place[2], background_opacity=1, background_layout=_WHOLE
        ),
        new_field_spec=None if name in fields else SigFieldSpec(name, on_page=place[0], box=place[1]),
    )
    signer.at = when
    if options.evidence is not None:
        require_in_force(key.certificate, when, options.evidence)
    with readable():
        try:
            writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
            signed = signer.sign_pdf(writer, bytes_reserved=2 * options.room).getvalue()
        except SigningError as error:
            if "larger than expected" in str(error):
                raise NoRoom(options.room) from error
            raise Unsignable("không ký được tài liệu", str(error)) from error
    return signed if options.evidence is None else add_evidence(signed, name, when, options.evidence)


def keep_field(pdf: bytes, name: str, page: int, box: tuple[float, float, float, float]) -> bytes:
    """The document with an empty signature field for somebody who signs later, as a new revision.

    A certified document takes no new field that can be seen; strict verifiers call that a forbidden change.
    """
    place: Any = box
    out = io.BytesIO()
    with readable():
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
        append_signature_field(writer, SigFieldSpec(name, on_page=page, box=place))
        writer.write(out)
    return out.getvalue()


def open_pdf(pdf: bytes) -> PdfFileReader:
    """A reader of the document. Raises Unsignable for what is no PDF, too large, or encrypted."""
    if len(pdf) > LARGEST:
        raise Unsignable(f"tài liệu lớn hơn {LARGEST >> 20} MiB", f"the document is over {LARGEST >> 20} MiB")
    with readable():
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        if reader.encrypted:
            raise Unsignable("Tài liệu pdf đã được mã hóa", "the PDF is encrypted")
        reader.root["/Pages"]
    return reader


@contextmanager
def readable() -> Iterator[None]:
    """Unsignable for whatever a broken file makes pyHanko raise."""
    try:
        yield
    except BROKEN as error:
        raise Unsignable(
            "không phải là tài liệu PDF, hoặc có lỗi", f"this is no PDF, or a broken one: {error}"
        ) from error


def signature_fields(reader: PdfFileReader) -> dict[str, bool]:
    """Names of the signature fields, and whether each is signed."""
    with readable():
        return {name: value is not None for name, value, _ in enumerate_sig_fields(reader)}


def next_field(taken: Iterable[str]) -> str:
    """The first free name of Signature1, Signature2, …, as iText gives them."""
    names = set(taken)
    return next(name for number in count(1) if (name := f"Signature{number}") not in names)


def add_evidence(pdf: bytes, field_name: str, at: datetime, evidence: Evidence) -> bytes:
    """The document with what its signature needs to be validated later, in the document security store.

    Raises NoEvidence when the certificates do not stand at `at`, or something is missing.
    """
    try:
        context = _context(at, evidence)
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        (signature,) = (found for found in reader.embedded_signatures if found.field_name == field_name)
        return bytes(add_validation_info(signature, context).getvalue())
    except (PathError, ValidationError, NoDSSFoundError, ValueError) as error:
        raise NoEvidence(str(error)) from error


def require_in_force(certificate: bytes, at: datetime, evidence: Evidence) -> None:
    """Before signing: the certificate, its status and its path stand at `at` (ND68-29). Raises NoEvidence."""
    try:
        context = _context(at, evidence)
        validator = CertificateValidator(x509.Certificate.load(certificate), validation_context=context)
        asyncio.run(validator.async_validate_usage({"digital_signature"}))
    except (PathError, ValidationError, ValueError) as error:
        raise NoEvidence(str(error)) from error


def _context(at: datetime, evidence: Evidence) -> ValidationContext:
    return ValidationContext(
        trust_roots=[x509.Certificate.load(der) for der in evidence.roots],
        other_certs=[x509.Certificate.load(der) for der in evidence.certificates],
        crls=[crl.CertificateList.load(der) for der in evidence.crls],
        ocsps=[ocsp.OCSPResponse.load(der) for der in evidence.ocsp],
        allow_fetching=evidence.fetch,
        moment=at,
        revocation_mode="require",
    )


class PageDrawing(PdfContent):
    """The first page of another PDF, to be shown in a signature's box at its own size."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        """Called by pyHanko once the writer is known."""
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        self.resources.xobject[NameObject("/Drawing")] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=right - left, height=top - bottom)
        return b"/Drawing Do"


_WHOLE: Final = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID)


class _SignerAt(PdfSigner):
    """Signs at an instant that is given, not at the machine's."""

    at: datetime

    def init_signing_session(self, *args: Any, **more: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **more)
        session.system_time = self.at
        return session
