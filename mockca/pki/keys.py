"""Key pairs and bare signatures: RSA (PKCS #1 v1.5) and P-256 with SHA-256, P-384 with SHA-384."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from mockca.errors import Malformed
from mockca.pki import der

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class KeyAlgorithm(StrEnum):
    """The kinds of key that the hierarchy and its subscribers have."""

    RSA_2048 = "rsa2048"
    RSA_3072 = "rsa3072"
    RSA_4096 = "rsa4096"
    P256 = "p256"
    P384 = "p384"


RSA_EXPONENT: Final = 65537
_RSA_BITS: Final = {KeyAlgorithm.RSA_2048: 2048, KeyAlgorithm.RSA_3072: 3072, KeyAlgorithm.RSA_4096: 4096}
_RSA_BY_BITS: Final = {size: algorithm for algorithm, size in _RSA_BITS.items()}
_CURVES: Final[dict[KeyAlgorithm, ec.EllipticCurve]] = {
    KeyAlgorithm.P256: ec.SECP256R1(),
    KeyAlgorithm.P384: ec.SECP384R1(),
}
_BY_CURVE: Final = {curve.name: algorithm for algorithm, curve in _CURVES.items()}

_PKCS1: Final = padding.PKCS1v15()
_SHA256: Final = hashes.SHA256()
# RFC 6979 nonces: the same key and facts give the same bytes, which a sandbox with a fixed seed promises.
_ECDSA: Final = {
    256: ec.ECDSA(hashes.SHA256(), deterministic_signing=True),
    384: ec.ECDSA(hashes.SHA384(), deterministic_signing=True),
}
_SHA256_WITH_RSA: Final = der.sequence(der.oid("1.2.840.113549.1.1.11"), der.NULL)
_ECDSA_WITH: Final = {
    256: der.sequence(der.oid("1.2.840.10045.4.3.2")),
    384: der.sequence(der.oid("1.2.840.10045.4.3.3")),
}
_WEAK_HASH: Final = hashes.SHA1()  # noqa: S303 - for signatures that are to be refused
_SHA1_WITH_RSA: Final = der.sequence(der.oid("1.2.840.113549.1.1.5"), der.NULL)
_ECDSA_WITH_SHA1: Final = der.sequence(der.oid("1.2.840.10045.4.1"))

WEAK: Final = "sha1"
"""The hash of `sign_weakly`."""


def generate(algorithm: KeyAlgorithm) -> PrivateKey:
    """A new key pair. RSA-4096 may take several seconds."""
    if algorithm in _RSA_BITS:
        return rsa.generate_private_key(public_exponent=RSA_EXPONENT, key_size=_RSA_BITS[algorithm])
    return ec.generate_private_key(_CURVES[algorithm])


def dump(key: PrivateKey) -> bytes:
    """The key as unencrypted PKCS #8 in PEM; whoever stores it keeps others from reading it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def load(pem: bytes) -> PrivateKey:
    """The key that `dump` wrote. Raises Malformed for anything else.

    Skips the consistency check of RSA keys, which costs 0.2 to 0.7 s a key: only our own files are read here.
    """
    try:
        key = serialization.load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Malformed("private key", "not an unencrypted private key in PEM") from error
    if not isinstance(key, PrivateKey):
        raise Malformed("private key", "neither RSA nor an elliptic curve key")
    algorithm_of(key.public_key())
    return key


def load_public(spki: bytes) -> PublicKey:
    """The public key in a DER SubjectPublicKeyInfo. Raises Malformed if it is none, or of no kind we know."""
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Malformed("public key", "not a SubjectPublicKeyInfo of a known algorithm") from error
    if not isinstance(key, PublicKey):
        raise Malformed("public key", "neither RSA nor an elliptic curve key")
    algorithm_of(key)
    return key


def algorithm_of(public_key: PublicKey) -> KeyAlgorithm:
    """Which kind of key this is. Raises Malformed for another size, curve or RSA exponent."""
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        by_curve = _BY_CURVE.get(public_key.curve.name)
        if by_curve is None:
            raise Malformed("public key", f"curve {public_key.curve.name}; P-256 or P-384 expected")
        return by_curve
    by_bits = _RSA_BY_BITS.get(public_key.key_size)
    if by_bits is None:
        raise Malformed("public key", f"RSA of {public_key.key_size} bits; 2048, 3072 or 4096 expected")
    if public_key.public_numbers().e != RSA_EXPONENT:
        raise Malformed("public key", f"RSA exponent other than {RSA_EXPONENT}")
    return by_bits


def spki(public_key: PublicKey) -> bytes:
    """The DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7)."""
    return public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_bits(subject_public_key_info: bytes) -> bytes:
    """The content of the BIT STRING `subjectPublicKey`, over which key identifiers and OCSP key hashes go."""
    reader = der.Reader("public key", subject_public_key_info).enter(der.SEQUENCE)
    reader.enter(der.SEQUENCE)
    return reader.content(der.BIT_STRING)[1:]


def sign(key: PrivateKey, data: bytes | memoryview) -> bytes:
    """The signature value over `data`, by the key's one algorithm (see `signature_algorithm_der`)."""
    if isinstance(key, rsa.RSAPrivateKey):
        # Declared for bytes alone, takes any buffer.
        return key.sign(cast("bytes", data), _PKCS1, _SHA256)
    return key.sign(data, _ECDSA[key.key_size])


def signature_algorithm_der(key: PrivateKey) -> bytes:
    """The AlgorithmIdentifier of `sign` (RFC 4055 §5, RFC 5758 §3.2)."""
    return _SHA256_WITH_RSA if isinstance(key, rsa.RSAPrivateKey) else _ECDSA_WITH[key.key_size]


def digest_of(key: PrivateKey) -> str:
    """The name of the hash that `sign` takes with this key."""
    return "sha384" if isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size == 384 else "sha256"


def sign_weakly(key: PrivateKey, data: bytes) -> bytes:
    """A signature with SHA-1, for whoever must be seen to refuse it."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, _PKCS1, _WEAK_HASH)
    return key.sign(data, ec.ECDSA(_WEAK_HASH))


def weak_signature_algorithm_der(key: PrivateKey) -> bytes:
    """The AlgorithmIdentifier of `sign_weakly` (RFC 3279 §2.2)."""
    return _SHA1_WITH_RSA if isinstance(key, rsa.RSAPrivateKey) else _ECDSA_WITH_SHA1
