"""Keys of the corpus: elliptic ones from its seed, RSA keys kept here."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
CURVE = ec.SECP384R1()


def key(seed: str, name: str, kept: str = "") -> Key:
    """The RSA key kept under that name, else a P-384 key: the same seed and name give the same key."""
    if kept:
        return _kept(kept)
    number = int.from_bytes(octets(seed, f"key of {name}", 64), "big")
    return ec.derive_private_key(number % (CURVE.group_order - 1) + 1, CURVE)


def octets(seed: str, what: str, length: int) -> bytes:
    """Octets that look random; the same seed and purpose give the same."""
    return hashlib.shake_256(f"{seed}\0{what}".encode()).digest(length)


@cache
def _kept(name: str) -> rsa.RSAPrivateKey:
    found = load_der_private_key(
        files(__name__).joinpath(f"{name}.der").read_bytes(), None, unsafe_skip_rsa_key_validation=True
    )
    assert isinstance(found, rsa.RSAPrivateKey)  # noqa: S101 - the kind that is kept
    return found
