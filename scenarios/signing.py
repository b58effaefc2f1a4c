"""Keys that whoever plays holds, not a token of the target: their CSR, and forms signed with them.

A signature is a detached CMS SignedData (RFC 5652) over canonical JSON: UTF-8, keys sorted, no spaces.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID


def canonical(value: Any) -> bytes:
    """The octets that a signature over a JSON value covers."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class HeldKey:
    """A P-256 key pair: a new one, or the one that a PEM holds. ValueError where that is none."""

    def __init__(self, pem: str | None = None) -> None:
        if pem is None:
            self._key = ec.generate_private_key(ec.SECP256R1())
            return
        found = serialization.load_pem_private_key(pem.encode(), password=None)
        if not isinstance(found, ec.EllipticCurvePrivateKey):
            raise ValueError("not the key of an elliptic curve")
        self._key = found

    def pem(self) -> str:
        """The private key in PKCS#8 (RFC 5958), unencrypted: keep it where nobody else reads it."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    def csr(self, name: str) -> str:
        """A PKCS#10 request (RFC 2986) in PEM; the authority writes the real name itself."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(self._key, hashes.SHA256())
        return request.public_bytes(serialization.Encoding.PEM).decode()

    def sign(self, certificate_pem: str, content: bytes) -> str:
        """Base64 of a detached CMS signature that names this certificate. ValueError where it is no PEM."""
        certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
        signature = (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(content)
            .add_signer(certificate, self._key, hashes.SHA256())
            .sign(
                serialization.Encoding.DER,
                [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary],
            )
        )
        return base64.b64encode(signature).decode()
