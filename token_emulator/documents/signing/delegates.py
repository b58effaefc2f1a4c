"""A `SigningKey` in the shape that libraries on `cryptography` expect: a private key that signs, and nothing else."""

from __future__ import annotations

from typing import Any, NoReturn

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import HashAlgorithm

from token_emulator.documents.errors import Unsignable
from token_emulator.documents.signing.keys import SigningKey


def private_key(key: SigningKey) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    """The key for signxml and joserfc. Raises Unsignable for a certificate of another kind of key."""
    public = x509.load_der_x509_certificate(key.certificate).public_key()
    if isinstance(public, rsa.RSAPublicKey):
        return _RsaKey(key, public)
    if isinstance(public, ec.EllipticCurvePublicKey):
        return _EcKey(key, public)
    raise Unsignable("loại khóa không dùng được", f"a {type(public).__name__} cannot sign here")


def _refuse(*_: object, **__: object) -> NoReturn:
    raise NotImplementedError("the key stays where it is; it only signs")


def _digest(algorithm: Any) -> tuple[str, bool]:
    """Name of the digest, and whether the data is one already."""
    inner: HashAlgorithm = algorithm._algorithm if isinstance(algorithm, Prehashed) else algorithm
    return inner.name, isinstance(algorithm, Prehashed)


class _RsaKey(rsa.RSAPrivateKey):
    decrypt = private_numbers = private_bytes = _refuse

    def __init__(self, key: SigningKey, public: rsa.RSAPublicKey) -> None:
        self._key, self._public = key, public

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        return self._public

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        digest, hashed = _digest(algorithm)
        return self._key.sign(bytes(data), digest, pss=_is_pss(padding), hashed=hashed)

    def __copy__(self) -> _RsaKey:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> _RsaKey:
        return self


def _is_pss(scheme: Any) -> bool:
    return isinstance(scheme, padding.PSS)


class _EcKey(ec.EllipticCurvePrivateKey):
    exchange = private_numbers = private_bytes = _refuse

    def __init__(self, key: SigningKey, public: ec.EllipticCurvePublicKey) -> None:
        self._key, self._public = key, public

    @property
    def key_size(self) -> int:
        return self._public.key_size

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public.curve

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public

    def sign(self, data: Any, signature_algorithm: Any) -> bytes:
        digest, hashed = _digest(signature_algorithm.algorithm)
        return self._key.sign(bytes(data), digest, hashed=hashed)

    def __copy__(self) -> _EcKey:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> _EcKey:
        return self
