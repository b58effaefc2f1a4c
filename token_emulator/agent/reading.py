"""Signatures read back: whether they hold as octets, and whose they are; who is trusted is another question."""

from __future__ import annotations

import base64
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from token_emulator.agent.outcomes import NOT_VERIFIED, Refusal
from token_emulator.documents.checking.reading import Malformed, Signature, read
from token_emulator.documents.signing.jws import JwsRegistry

JWS_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")


def signatures_in(content: bytes, detached: bytes | None = None) -> tuple[Signature, ...]:
    """The signatures of a PDF, XML document or CMS file. Raises Refusal where there is none, or one is unreadable."""
    try:
        found = read(content, detached)
    except Malformed as error:
        raise Refusal(NOT_VERIFIED, str(error)) from None
    unreadable = [*found.broken, *((one.name, one.malformed) for one in found.signatures if one.certificate is None)]
    if unreadable or not found.signatures:
        raise Refusal(NOT_VERIFIED, ": ".join(unreadable[0]) if unreadable else "there is no signature in it")
    return found.signatures


def require_holds(signatures: tuple[Signature, ...]) -> None:
    """Raise Refusal unless all hold."""
    for one in signatures:
        if not one.holds:
            why = one.malformed or one.change or "what was signed, or the signature, was changed"
            raise Refusal(NOT_VERIFIED, f"{one.name}: {why}")


def signer_of(signature: Signature) -> bytes:
    """DER of the signer's certificate."""
    if signature.certificate is None:
        raise Refusal(NOT_VERIFIED, f"{signature.name}: no certificate")
    return bytes(signature.certificate.dump())


def read_jws(text: str) -> tuple[bytes, bytes]:
    """Payload and signer's certificate of a compact JWS that has it in x5c, and holds. Raises Refusal."""
    registry = JwsRegistry(algorithms=JWS_ALGORITHMS)
    try:
        header = jws.extract_compact(text.encode(), registry=registry).headers()
        certificate = base64.b64decode(header["x5c"][0], validate=True)
        public = x509.load_der_x509_certificate(certificate).public_key()
        key: ECKey | RSAKey
        if isinstance(public, ec.EllipticCurvePublicKey):
            key = ECKey.import_key(public)
        elif isinstance(public, rsa.RSAPublicKey):
            key = RSAKey.import_key(public)
        else:
            raise Refusal(NOT_VERIFIED, "a key of another kind")
        return jws.deserialize_compact(text, key, registry=registry).payload, certificate
    except (JoseError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise Refusal(NOT_VERIFIED, str(error) or type(error).__name__) from None
