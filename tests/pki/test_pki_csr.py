"""PKCS #10 requests, sound and damaged."""

from __future__ import annotations

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from mockca.errors import Malformed
from mockca.pki import csr, der, keys
from mockca.pki.keys import KeyAlgorithm, PrivateKey

SHA256 = hashes.SHA256()
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nguyễn Thị Mẫu")])


def request(
    key: PrivateKey | ed25519.Ed25519PrivateKey,
    name: x509.Name = NAME,
    over: hashes.SHA224 | hashes.SHA256 | None = SHA256,
) -> str:
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    return builder.sign(key, over).public_bytes(Encoding.PEM).decode()


def pem(octets: bytes) -> str:
    body = base64.encodebytes(octets).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"


@pytest.mark.parametrize("algorithm", sorted(csr.SUBSCRIBER_ALGORITHMS))
def test_a_sound_request_gives_its_key(
    algorithm: KeyAlgorithm, subscriber_keys: dict[KeyAlgorithm, PrivateKey]
) -> None:
    key = subscriber_keys[algorithm]
    read = csr.parse(request(key))
    assert read.public_key == key.public_key()
    assert read.algorithm is algorithm
    assert read.common_name == "Nguyễn Thị Mẫu"


def test_a_request_needs_no_name(subscriber_keys: dict[KeyAlgorithm, PrivateKey]) -> None:
    assert csr.parse(request(subscriber_keys[KeyAlgorithm.P256], x509.Name([]))).common_name is None


def test_keys_that_no_subscriber_has_are_malformed(subscriber_keys: dict[KeyAlgorithm, PrivateKey]) -> None:
    for key, why in (
        (subscriber_keys[KeyAlgorithm.RSA_4096], "no rsa4096"),
        (rsa.generate_private_key(65537, 1024), "1024 bits"),  # noqa: S505 - that is the point
        (rsa.generate_private_key(3, 2048), "exponent"),
        (ec.generate_private_key(ec.SECP521R1()), "secp521r1"),
    ):
        with pytest.raises(Malformed, match=why):
            csr.parse(request(key))
    with pytest.raises(Malformed, match="neither RSA nor"):
        csr.parse(request(ed25519.Ed25519PrivateKey.generate(), over=None))


def test_a_short_hash_is_malformed(subscriber_keys: dict[KeyAlgorithm, PrivateKey]) -> None:
    with pytest.raises(Malformed, match="hash"):
        csr.parse(request(subscriber_keys[KeyAlgorithm.P256], over=hashes.SHA224()))


def test_a_request_for_somebody_elses_key_is_malformed(subscriber_keys: dict[KeyAlgorithm, PrivateKey]) -> None:
    mine = subscriber_keys[KeyAlgorithm.P256]
    theirs = ec.generate_private_key(ec.SECP256R1())
    original = x509.load_pem_x509_csr(request(theirs).encode()).public_bytes(Encoding.DER)

    def point(key: PrivateKey) -> bytes:
        numbers = key.public_key().public_numbers()
        assert isinstance(numbers, ec.EllipticCurvePublicNumbers)
        return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")

    with pytest.raises(Malformed, match="does not match its key"):
        csr.parse(pem(original.replace(point(theirs), point(mine))))


@pytest.mark.parametrize(
    "text", ["", "không phải", "-----BEGIN CERTIFICATE REQUEST-----", pem(b""), "x" * 20_001, "\ud800"]
)
def test_what_is_no_request_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        csr.parse(text)


def named(key: PrivateKey, *attributes: tuple[str, bytes]) -> str:
    """A request with any subject, also one that no builder makes."""
    pairs = [der.tlv(der.SET, der.sequence(der.oid(kind), value)) for kind, value in attributes]
    info = der.sequence(der.integer(0), der.sequence(*pairs), keys.spki(key.public_key()), der.tlv(der.explicit(0)))
    return pem(der.sequence(info, keys.signature_algorithm_der(key), der.bits(keys.sign(key, info))))


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (der.tlv(der.UTF8_STRING, "Ế".encode() * 100), "Ế" * 100),
        (der.tlv(der.PRINTABLE_STRING, b"Mau"), "Mau"),
        (der.tlv(0x14, b"M\xe2u"), "Mâu"),
        (der.tlv(0x1E, "Mẫu".encode("utf-16-be")), "Mẫu"),
    ],
)
def test_a_name_in_any_string_type_and_length_is_only_a_name(
    subscriber_keys: dict[KeyAlgorithm, PrivateKey], value: bytes, read: str
) -> None:
    key = subscriber_keys[KeyAlgorithm.P256]
    text = named(key, ("2.5.4.6", der.tlv(der.PRINTABLE_STRING, b"VN")), ("2.5.4.3", value))
    assert csr.parse(text).common_name == read


@pytest.mark.parametrize("value", [der.tlv(der.UTF8_STRING, b"\xff"), der.tlv(0x1E, b"\xd8"), der.octets(b"x"), b""])
def test_a_name_that_is_no_text_is_malformed(subscriber_keys: dict[KeyAlgorithm, PrivateKey], value: bytes) -> None:
    with pytest.raises(Malformed):
        csr.parse(named(subscriber_keys[KeyAlgorithm.P256], ("2.5.4.3", value)))


@pytest.fixture(scope="module")
def sound(subscriber_keys: dict[KeyAlgorithm, PrivateKey]) -> list[bytes]:
    name = ("2.5.4.3", der.tlv(der.UTF8_STRING, "Mẫu".encode()))
    requests = [named(subscriber_keys[kind], name) for kind in (KeyAlgorithm.P256, KeyAlgorithm.RSA_2048)]
    return [x509.load_pem_x509_csr(text.encode()).public_bytes(Encoding.DER) for text in requests]


@settings(max_examples=300)
@given(data=st.data())
def test_a_request_with_any_bit_flipped_is_malformed_or_says_the_same(data: st.DataObject, sound: list[bytes]) -> None:
    original = data.draw(st.sampled_from(sound))
    damaged = bytearray(original)
    position = data.draw(st.integers(0, len(damaged) - 1))
    damaged[position] ^= 1 << data.draw(st.integers(0, 7))
    try:
        read = csr.parse(pem(bytes(damaged)))
    except Malformed:
        return
    # The outer algorithm's parameters are outside of what is signed, and mean nothing.
    assert read == csr.parse(pem(original))


@given(st.binary(max_size=400))
def test_arbitrary_octets_in_pem_are_malformed_and_nothing_else(data: bytes) -> None:
    with pytest.raises(Malformed):
        csr.parse(pem(data))
