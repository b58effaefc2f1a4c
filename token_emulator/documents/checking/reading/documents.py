"""A document of any kind, by its first octets."""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import crl, ocsp, x509

from token_emulator.documents.checking.reading.cms_signature import read_cms
from token_emulator.documents.checking.reading.pdf_signature import read_pdf
from token_emulator.documents.checking.reading.signature import Malformed, Signature, Stamp
from token_emulator.documents.checking.reading.xml_signature import read_xml

PDF, XML, CMS = "pdf", "xml", "cms"
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError)
"""What the libraries raise, early or late for they read lazily, on octets that are not what they should be."""
LARGEST = 256 << 20
"""Octets of a document."""


@dataclass(frozen=True, slots=True)
class Document:
    """What was read of it."""

    kind: str
    signatures: tuple[Signature, ...]
    broken: tuple[tuple[str, str], ...] = ()
    """Signatures that cannot be read: name, and what is wrong."""
    stamps: tuple[Stamp, ...] = ()
    certificates: tuple[x509.Certificate, ...] = ()
    crls: tuple[crl.CertificateList, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()
    """Evidence that the document brings along."""


def kind_of(content: bytes) -> str:
    """pdf, xml or cms."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in content[:1024]:
        return PDF
    return XML if start.startswith(b"<") else CMS


def read(content: bytes, detached: bytes | None = None) -> Document:
    """The signatures of a document; `detached` is what a CMS file without content is over. Raises Malformed."""
    if len(content) > LARGEST:
        raise Malformed(f"more than {LARGEST} octets")
    kind = kind_of(content)
    try:
        if kind == PDF:
            pdf = read_pdf(content)
            return Document(kind, pdf.signatures, pdf.broken, pdf.stamps, pdf.certificates, pdf.crls, pdf.ocsps)
        return Document(kind, read_xml(content) if kind == XML else read_cms(content, detached))
    except BROKEN as error:
        raise Malformed(str(error).strip().partition("\n")[0] or type(error).__name__) from None
