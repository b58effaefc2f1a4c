"""Signed PDFs: pyHanko writes the signature's place, the hand fills it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

from asn1crypto import crl, ocsp
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigAppearanceSetup, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, PdfSignedData
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import TextStampStyle

from conformance.corpus.evidence import Given
from conformance.corpus.keys import octets
from conformance.corpus.model import Sign, instant
from conformance.corpus.signing import claimed, cms_over, digest, run, token
from conformance.corpus.world import World

SHORT = "short-range"
"""A signature whose byte range leaves the end of the file out."""
LEFT_OUT = 64
BYTE_RANGE = re.compile(rb"/ByteRange \[([^\]]*)\]")
ROOM = 20480
"""Octets kept for a signature, hexadecimal digits."""


class _Writer(IncrementalPdfFileWriter):
    """Writes no time of its own into the file."""

    def _update_meta(self) -> None:
        pass


def writer(content: bytes, world: World) -> IncrementalPdfFileWriter:
    """One that appends to this file, the same every time."""
    found = _Writer(BytesIO(content), strict=False)
    known = found._document_id[0]
    mark = octets(world.seed, f"revision at {len(content)}", 16)
    found._document_id = generic.ArrayObject([known, generic.ByteStringObject(mark)])
    return found


def written(out: IncrementalPdfFileWriter) -> bytes:
    """The file with what was appended."""
    file = BytesIO()
    out.write(file)
    return file.getvalue()


def sign_pdf(content: bytes, world: World, sign: Sign, number: int) -> bytes:
    """Sign in a field of its own, `Signature1` and so on."""
    time = claimed(sign)
    place = PdfSignedData(
        obj_type=generic.pdf_name("/Sig"),
        subfilter=SigSeedSubFilter(f"/{sign.subfilter}"),
        timestamp=time or instant(sign.signed),
        bytes_reserved=ROOM,
    )
    if time is None:
        del place["/M"]
    shown = None
    if sign.box:
        shown = SigAppearanceSetup(TextStampStyle(stamp_text="MO PHONG"), time or instant(sign.signed), None)
    field = SigFieldSpec(f"Signature{number}", on_page=0, box=sign.box) if sign.box else None
    limits = None
    if sign.certify:
        limits = SigMDPSetup(md_algorithm=sign.digest, certify=True, docmdp_perms=MDPPerm(sign.certify))
    setup = SigObjSetup(sig_placeholder=place, mdp_setup=limits, appearance_setup=shown)
    return _filled(
        content, world, f"Signature{number}", setup, sign.digest,
        lambda digest: cms_over(world, sign, digest), is_short=sign.defect == SHORT, field_spec=field,
    )  # fmt: skip


def stamp_pdf(content: bytes, world: World, time: datetime) -> bytes:
    """Put a timestamp on the whole document (ISO 32000-2 §12.8.5)."""
    place = SigObjSetup(sig_placeholder=DocumentTimestamp(bytes_reserved=ROOM))

    return _filled(content, world, "Timestamp1", place, "sha256", lambda digest: run(token(world, "tsa", time, digest)))


def keep_evidence(content: bytes, world: World, given: Given, certificates: tuple[str, ...]) -> bytes:
    """Put evidence into the document's security store (PAdES-LT)."""
    out = writer(content, world)
    DocumentSecurityStore.supply_dss_in_writer(
        out,
        None,
        certs=[world.holder(one).certificate for one in certificates],
        crls=[crl.CertificateList.load(der) for _, der in given.crls],
        ocsps=[ocsp.OCSPResponse.load(der) for _, der in given.ocsps],
    )
    return written(out)


def _filled(
    content: bytes,
    world: World,
    field: str,
    setup: SigObjSetup,
    algorithm: str,
    make: Callable[[bytes], bytes],
    *,
    is_short: bool = False,
    field_spec: SigFieldSpec | None = None,
) -> bytes:
    out = writer(content, world)
    steps = PdfCMSEmbedder(field_spec).write_cms(field_name=field, writer=out)
    next(steps)
    steps.send(setup)
    file = BytesIO()
    prepared, _ = steps.send(SigIOSetup(md_algorithm=algorithm, in_place=False, output=file))
    if is_short:
        return _short(file.getvalue(), prepared.reserved_region_start, algorithm, make)
    steps.send(make(prepared.document_digest))
    return file.getvalue()


def _short(content: bytes, room: int, algorithm: str, make: Callable[[bytes], bytes]) -> bytes:
    """Fill the place with a signature over less than the whole file: the last octets are not in its byte range."""
    found = list(BYTE_RANGE.finditer(content))[-1]
    _, before, after, rest = map(int, found[1].split())
    text = f"/ByteRange [0 {before} {after} {rest - LEFT_OUT}".encode().ljust(len(found[0]) - 1) + b"]"
    content = content[: found.start()] + text + content[found.end() :]
    signed = content[:before] + content[after : after + rest - LEFT_OUT]
    value = make(digest(algorithm, signed)).hex().encode()
    return content[: room + 1] + value + content[room + 1 + len(value) :]
