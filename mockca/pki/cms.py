"""Detached CMS signatures (RFC 5652 §5, also as CAdES writes them), read and checked against a certificate.

Only the mathematics and the binding of signature, signer and content: whether the certificate was in force is
for whoever keeps the registry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import (
    cms,
    tsp,  # noqa: F401 - importing it teaches cms the signing-certificate attributes
)
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from mockca.errors import Malformed

MAX_OCTETS: Final = 256 * 1024
MAX_SIGNERS: Final = 8

_WHAT: Final = "CMS signature"
_HASHES: Final[dict[str, Callable[[], hashes.HashAlgorithm]]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
# What a lazy parser throws while it is fed anything at all.
_READING_ERRORS: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    UnsupportedAlgorithm,
)
_SHORT: Final = {"rsassa_pkcs1v15": "rsa", "ecdsa": "ecdsa"}


@dataclass(frozen=True, slots=True)
class DetachedSigner:
    """One signer of a detached signature. Nothing about it has been checked before `covers` says so."""

    serial: int
    """The serial number of the certificate that it names."""
    issuer: bytes
    """DER of that certificate's issuer."""
    digest: str
    """Name of the hash: sha256, sha384 or sha512."""
    scheme: str
    """rsassa_pkcs1v15 or ecdsa."""
    signature: bytes
    attributes: bytes | None
    """The signed attributes as they were signed, a DER SET; None where the content is signed directly."""
    message_digest: bytes | None
    certificate_digests: tuple[tuple[str, bytes], ...]
    """Hashes of the signer's certificate that it signed too (RFC 5035), by name of the hash."""

    def covers(self, content: bytes, certificate: bytes) -> bool:
        """Whether this signature is over `content` and by the key of `certificate` (DER), which it names.

        Raises Malformed if the certificate cannot be read.
        """
        try:
            signer = x509.load_der_x509_certificate(certificate)
            issuer, key = signer.issuer.public_bytes(), signer.public_key()
        except (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm) as error:
            raise Malformed("certificate", "not X.509 in DER") from error
        if (self.serial, self.issuer) != (signer.serial_number, issuer):
            return False
        if self.attributes is not None and self.message_digest != hashlib.new(self.digest, content).digest():
            return False
        if any(hashlib.new(name, certificate).digest() != digest for name, digest in self.certificate_digests):
            return False
        signed = content if self.attributes is None else self.attributes
        algorithm = _HASHES[self.digest]()
        try:
            if isinstance(key, rsa.RSAPublicKey) and self.scheme == "rsassa_pkcs1v15":
                key.verify(self.signature, signed, padding.PKCS1v15(), algorithm)
            elif isinstance(key, ec.EllipticCurvePublicKey) and self.scheme == "ecdsa":
                key.verify(self.signature, signed, ec.ECDSA(algorithm))
            else:
                return False
        except InvalidSignature:
            return False
        return True


def read_detached(data: bytes) -> tuple[DetachedSigner, ...]:
    """The signers of a CMS SignedData over content that is kept elsewhere: at least one, at most MAX_SIGNERS.

    Takes BER, which some signing software writes. Raises Malformed for everything else, for content inside,
    for weak or unknown algorithms and for signers named by key identifier.
    """
    content, signers = read_signed(data)
    if content is not None:
        raise Malformed(_WHAT, "has its content inside; a detached signature was expected")
    return signers


def read_signed(data: bytes) -> tuple[bytes | None, tuple[DetachedSigner, ...]]:
    """As `read_detached`, with the content where it is inside; None where it is kept elsewhere."""
    if len(data) > MAX_OCTETS:
        raise Malformed(_WHAT, f"longer than {MAX_OCTETS} octets")
    try:
        return _signed(data)
    except _READING_ERRORS as error:
        raise Malformed(_WHAT, "not a SignedData in DER or BER") from error


def _signed(data: bytes) -> tuple[bytes | None, tuple[DetachedSigner, ...]]:
    outer = cms.ContentInfo.load(data, strict=True)
    if outer["content_type"].native != "signed_data":
        raise Malformed(_WHAT, "another kind of CMS than SignedData")
    signed = outer["content"]
    content = signed["encap_content_info"]["content"].native
    if not isinstance(content, bytes | None):
        raise Malformed(_WHAT, "its content is not plain data")
    signers = signed["signer_infos"]
    if not 1 <= len(signers) <= MAX_SIGNERS:
        raise Malformed(_WHAT, f"has {len(signers)} signers; 1 to {MAX_SIGNERS} expected")
    content_type = signed["encap_content_info"]["content_type"].native
    return content, tuple(_signer(info, content_type) for info in signers)


def _signer(info: Any, content_type: str) -> DetachedSigner:
    if info["sid"].name != "issuer_and_serial_number":
        raise Malformed(_WHAT, "names its signer by key identifier; issuer and serial number expected")
    digest = info["digest_algorithm"]["algorithm"].native
    scheme = info["signature_algorithm"].signature_algo
    if digest not in _HASHES or scheme not in {"rsassa_pkcs1v15", "ecdsa"}:
        raise Malformed(_WHAT, f"signed by {scheme} over {digest}, which is not accepted")
    if info["signature_algorithm"]["algorithm"].native not in {scheme, f"{digest}_{_SHORT[scheme]}"}:
        raise Malformed(_WHAT, "its digest and signature algorithms do not agree")
    attributes = message_digest = None
    digests: tuple[tuple[str, bytes], ...] = ()
    if len(info["signed_attrs"]):
        # Transmitted as [0] IMPLICIT, signed as the SET OF that it is (RFC 5652 §5.4).
        attributes = b"\x31" + info["signed_attrs"].dump()[1:]
        values = _attribute_values(info["signed_attrs"])
        message_digest = bytes(values["message_digest"].native)
        if values["content_type"].native != content_type:
            raise Malformed(_WHAT, "its signed content type is not that of the content")
        digests = tuple(_certificate_digests(values))
    elif content_type != "data":
        raise Malformed(_WHAT, "lacks the signed attributes that content other than plain data needs")
    sid = info["sid"].chosen
    return DetachedSigner(
        sid["serial_number"].native,
        sid["issuer"].dump(),
        digest,
        scheme,
        info["signature"].native,
        attributes,
        message_digest,
        digests,
    )


def _attribute_values(attributes: Any) -> dict[str, Any]:
    """Single values by attribute name; twice the same attribute, or several values, is malformed."""
    found: dict[str, Any] = {}
    for attribute in attributes:
        name = attribute["type"].native
        if name in found or len(attribute["values"]) != 1:
            raise Malformed(_WHAT, f"signed attribute {name} is not there exactly once")
        found[name] = attribute["values"][0]
    return found


def _certificate_digests(values: dict[str, Any]) -> list[tuple[str, bytes]]:
    """The first certificate of signingCertificate, and of its version 2, is the signer's (RFC 5035)."""
    digests = []
    if "signing_certificate" in values:
        digests.append(("sha1", values["signing_certificate"]["certs"][0]["cert_hash"].native))
    if "signing_certificate_v2" in values:
        first = values["signing_certificate_v2"]["certs"][0]
        name = first["hash_algorithm"]["algorithm"].native
        if name not in _HASHES:
            raise Malformed(_WHAT, f"its signing certificate is hashed by {name}, which is not accepted")
        digests.append((name, first["cert_hash"].native))
    return digests
