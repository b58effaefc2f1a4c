"""JSON Web Signatures (RFC 7515) with the signer's certificate in `x5c`, on joserfc."""

from __future__ import annotations

from base64 import b64encode
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from token_emulator.documents.errors import Unsignable
from token_emulator.documents.signing.delegates import private_key
from token_emulator.documents.signing.keys import SigningKey

CURVES: Final = {"secp256r1": "ES256", "secp384r1": "ES384"}
"""Algorithms by the curve (RFC 7518 §3.4)."""


class JwsRegistry(jws.JWSRegistry):
    """With room for a certificate in the header, for who reads such a signature too."""

    max_header_length = 16 << 10
    max_payload_length = 16 << 20


def sign_jws(payload: bytes, key: SigningKey, *, pss: bool = False, detached: bool = False) -> str:
    """The compact serialisation; `detached` without its payload (RFC 7515 appendix F). RS256 or PS256, ES256, ES384.

    Raises Unsignable for a curve without an algorithm, and what the key raises.
    """
    native = private_key(key)
    algorithm = "PS256" if pss else "RS256"
    if isinstance(native, ec.EllipticCurvePrivateKey):
        if native.curve.name not in CURVES:
            raise Unsignable("đường cong không dùng được", f"no algorithm for {native.curve.name}")
        algorithm = CURVES[native.curve.name]
    wrapped: RSAKey | ECKey
    if isinstance(native, rsa.RSAPrivateKey):
        # What a key tells of itself is that of its public half; the private one has nothing to tell.
        wrapped = RSAKey(native, dict(RSAKey.import_key(native.public_key()).dict_value))
    else:
        wrapped = ECKey(native, dict(ECKey.import_key(native.public_key()).dict_value))
    header = {"alg": algorithm, "x5c": [b64encode(key.certificate).decode()]}
    signed = jws.serialize_compact(header, payload, wrapped, registry=JwsRegistry(algorithms=[algorithm]))
    return jws.detach_content(signed) if detached else signed
