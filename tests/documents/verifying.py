"""What pyHanko's own validation says of a signed document."""

from __future__ import annotations

import io
from typing import Any

from asn1crypto import crl, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.documents.authority import NOON, authority


def der(certificate: pyca.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def reader(pdf: bytes) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(pdf))


def statuses(pdf: bytes) -> list[Any]:
    """The status of each signature as of NOON, revocation required, changes since then judged."""
    made = authority()
    found = []
    for signature in reader(pdf).embedded_signatures:
        context = ValidationContext(
            trust_roots=[x509.Certificate.load(der(made.root))],
            other_certs=[x509.Certificate.load(der(made.issuer))],
            crls=[crl.CertificateList.load(made.root_crl), crl.CertificateList.load(made.crl)],
            moment=NOON,
            revocation_mode="require",
        )
        found.append(validate_pdf_signature(signature, context))
    return found
