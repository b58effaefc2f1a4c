"""An agency that signs what it sends."""

from __future__ import annotations

import base64

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from mockca.desk.commands import Submission
from mockca.desk.views import CertificateView, DossierView
from tests.desk.conftest import People


class Signer:
    """An agency with a certificate of its own."""

    def __init__(self, people: People, dossier: DossierView | None = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(self.key, hashes.SHA256())
        dossier = dossier or people.approved("organisation")
        issued = people.issues(dossier, csr=request.public_bytes(Encoding.PEM).decode())
        self.view: CertificateView = issued.certificate

    def signs(self, content: bytes) -> Submission:
        certificate = x509.load_pem_x509_certificate(self.view.pem.encode())
        signature = (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(content)
            .add_signer(certificate, self.key, hashes.SHA256())
            .sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
        )
        return Submission(channel="electronic", signature=base64.b64encode(signature).decode())
