"""Signatures verified as they were made, also by algorithms that nobody should use: that is another finding."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import HashAlgorithm


def verifies(key: object, signature: bytes, data: bytes, algorithm: HashAlgorithm | None) -> bool:
    """Whether the signature over the data verifies with this RSA (PKCS #1 v1.5) or EC key."""
    if algorithm is None:
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(algorithm))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def is_signed_by(signed: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the names fit and the signature verifies."""
    if signed.issuer != issuer.subject:
        return False
    key = issuer.public_key()
    if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        # cryptography's own comparison refuses SHA-1, which the first generation signed with.
        return verifies(key, signed.signature, signed.tbs_certificate_bytes, signed.signature_hash_algorithm)
    try:
        signed.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
