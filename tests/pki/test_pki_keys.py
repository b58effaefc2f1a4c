"""Keys of every kind: made, kept, used."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from mockca.errors import Malformed
from mockca.pki import keys
from mockca.pki.keys import KeyAlgorithm, PrivateKey


@pytest.mark.parametrize("algorithm", list(KeyAlgorithm))
def test_a_key_of_each_kind_survives_being_kept(
    algorithm: KeyAlgorithm, subscriber_keys: dict[KeyAlgorithm, PrivateKey]
) -> None:
    key = subscriber_keys[algorithm]
    loaded = keys.load(keys.dump(key))
    assert loaded.public_key() == key.public_key()
    assert keys.algorithm_of(loaded.public_key()) is algorithm
    assert keys.load_public(keys.spki(key.public_key())) == key.public_key()


@pytest.mark.parametrize("algorithm", list(KeyAlgorithm))
def test_a_signature_verifies_and_comes_out_the_same_twice(
    algorithm: KeyAlgorithm, subscriber_keys: dict[KeyAlgorithm, PrivateKey]
) -> None:
    key = subscriber_keys[algorithm]
    signature = keys.sign(key, b"facts")
    assert signature == keys.sign(key, memoryview(b"facts"))
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, b"facts", padding.PKCS1v15(), hashes.SHA256())
    else:
        algorithm_hash = hashes.SHA384() if algorithm is KeyAlgorithm.P384 else hashes.SHA256()
        public.verify(signature, b"facts", ec.ECDSA(algorithm_hash))


def test_a_key_of_no_kind_that_we_know_is_malformed() -> None:
    for foreign in (
        ec.generate_private_key(ec.SECP521R1()),
        ec.generate_private_key(ec.SECP256K1()),
        rsa.generate_private_key(65537, 1024),  # noqa: S505 - that is the point
        rsa.generate_private_key(3, 2048),
        ed25519.Ed25519PrivateKey.generate(),
        dsa.generate_private_key(1024),  # noqa: S505 - as above
    ):
        private = foreign.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        public = foreign.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        with pytest.raises(Malformed):
            keys.load(private)
        with pytest.raises(Malformed):
            keys.load_public(public)


def test_an_encrypted_key_is_malformed(subscriber_keys: dict[KeyAlgorithm, PrivateKey]) -> None:
    locked = subscriber_keys[KeyAlgorithm.P256].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"a password"),
    )
    with pytest.raises(Malformed, match="unencrypted"):
        keys.load(locked)


@given(st.binary(max_size=300))
def test_arbitrary_octets_are_malformed_and_nothing_else(data: bytes) -> None:
    with pytest.raises(Malformed):
        keys.load(data)
    with pytest.raises(Malformed):
        keys.load_public(data)
