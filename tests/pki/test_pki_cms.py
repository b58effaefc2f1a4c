"""Detached CMS signatures as openssl makes them, and damaged ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms as asn1_cms
from hypothesis import given, settings
from hypothesis import strategies as st

from mockca.errors import Malformed
from mockca.pki import cms, der, keys
from mockca.pki.issuing import LeafIssuer
from mockca.pki.keys import KeyAlgorithm, PrivateKey
from mockca.pki.names import SubjectName

from .openssl import OpenSsl

CONTENT = '{"full_name":"Nguyễn Thị Mẫu"}'.encode()
Sign = Callable[..., bytes]


@pytest.fixture(scope="module")
def certificates(
    leaf_issuer: LeafIssuer, subscriber_keys: dict[KeyAlgorithm, PrivateKey], now: datetime
) -> dict[KeyAlgorithm, bytes]:
    return {
        algorithm: leaf_issuer.issue(
            SubjectName("Mẫu"), key.public_key(), serial=77, not_before=now, not_after=now + timedelta(days=1825)
        )
        for algorithm, key in subscriber_keys.items()
    }


@pytest.fixture(scope="module")
def sign(
    tmp_path_factory: pytest.TempPathFactory,
    certificates: dict[KeyAlgorithm, bytes],
    subscriber_keys: dict[KeyAlgorithm, PrivateKey],
) -> Sign:
    openssl = OpenSsl(tmp_path_factory.mktemp("cms"))
    for algorithm, certificate in certificates.items():
        openssl.certificate(f"{algorithm}.pem", certificate)
        openssl.write(f"{algorithm}.key", keys.dump(subscriber_keys[algorithm]))
    openssl.write("content", CONTENT)

    def run(*more: str | Path, algorithm: KeyAlgorithm = KeyAlgorithm.P256, digest: str = "sha256") -> bytes:
        openssl(
            "cms", "-sign", "-binary", "-in", "content", "-signer", f"{algorithm}.pem", "-inkey", f"{algorithm}.key",
            "-md", digest, "-outform", "DER", "-out", "signature", *more,
        )  # fmt: skip
        return (openssl.folder / "signature").read_bytes()

    return run


@pytest.mark.parametrize("algorithm", list(KeyAlgorithm))
@pytest.mark.parametrize("form", ["", "-cades", "-noattr"])
def test_openssls_signature_covers_its_content_and_no_other(
    sign: Sign, certificates: dict[KeyAlgorithm, bytes], algorithm: KeyAlgorithm, form: str
) -> None:
    [signer] = cms.read_detached(sign(*filter(None, [form]), algorithm=algorithm))
    assert signer.serial == 77
    assert signer.covers(CONTENT, certificates[algorithm])
    assert not signer.covers(CONTENT + b" ", certificates[algorithm])
    assert bool(signer.certificate_digests) is (form == "-cades")


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
def test_longer_hashes_are_taken(sign: Sign, certificates: dict[KeyAlgorithm, bytes], digest: str) -> None:
    [signer] = cms.read_detached(sign(digest=digest))
    assert signer.covers(CONTENT, certificates[KeyAlgorithm.P256])


def test_a_signature_covers_nothing_under_another_certificate(
    sign: Sign,
    certificates: dict[KeyAlgorithm, bytes],
    leaf_issuer: LeafIssuer,
    subscriber_keys: dict[KeyAlgorithm, PrivateKey],
    now: datetime,
) -> None:
    [signer] = cms.read_detached(sign("-cades"))
    [plain] = cms.read_detached(sign())

    def reissued(algorithm: KeyAlgorithm, serial: int, name: str) -> bytes:
        public = subscriber_keys[algorithm].public_key()
        return leaf_issuer.issue(
            SubjectName(name), public, serial=serial, not_before=now, not_after=now + timedelta(days=1)
        )

    assert not plain.covers(CONTENT, reissued(KeyAlgorithm.P256, 78, "Mẫu"))
    assert not plain.covers(CONTENT, leaf_issuer.issuer.der)
    # Same serial number, issuer and key: only the signed hash of the certificate tells them apart.
    assert plain.covers(CONTENT, reissued(KeyAlgorithm.P256, 77, "Khác"))
    assert not signer.covers(CONTENT, reissued(KeyAlgorithm.P256, 77, "Khác"))
    # Same serial number and issuer, another kind of key.
    assert not plain.covers(CONTENT, certificates[KeyAlgorithm.RSA_2048])
    assert not plain.covers(CONTENT, certificates[KeyAlgorithm.P384])
    with pytest.raises(Malformed, match="certificate"):
        plain.covers(CONTENT, b"garbage")


def test_ber_with_indefinite_length_is_read(sign: Sign, certificates: dict[KeyAlgorithm, bytes]) -> None:
    reader = der.Reader("test", sign()).enter(der.SEQUENCE)
    content = reader.data[reader.at : reader.end]
    [signer] = cms.read_detached(b"\x30\x80" + content + b"\x00\x00")
    assert signer.covers(CONTENT, certificates[KeyAlgorithm.P256])


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["-nodetach"], "content inside"),
        (["-keyid"], "key identifier"),
        (["-econtent_type", "1.2.3", "-noattr"], "signed attributes"),
    ],
)
def test_forms_that_are_not_accepted_say_so(sign: Sign, options: list[str], why: str) -> None:
    with pytest.raises(Malformed, match=why):
        cms.read_detached(sign(*options))


def test_weak_hashes_and_foreign_schemes_are_malformed(sign: Sign) -> None:
    with pytest.raises(Malformed, match="sha1"):
        cms.read_detached(sign(digest="sha1"))
    with pytest.raises(Malformed, match="rsassa_pss"):
        cms.read_detached(sign("-keyopt", "rsa_padding_mode:pss", algorithm=KeyAlgorithm.RSA_2048))


def changed(signature: bytes, change: Callable[[asn1_cms.SignerInfo], None]) -> bytes:
    info = asn1_cms.ContentInfo.load(signature)
    change(info["content"]["signer_infos"][0])
    return bytes(info.dump(force=True))


def test_algorithms_that_do_not_agree_are_malformed(sign: Sign) -> None:
    def other_digest(signer: asn1_cms.SignerInfo) -> None:
        signer["digest_algorithm"] = {"algorithm": "sha512"}

    with pytest.raises(Malformed, match="do not agree"):
        cms.read_detached(changed(sign(), other_digest))


def test_an_attribute_that_is_there_twice_is_malformed(sign: Sign) -> None:
    def twice(signer: asn1_cms.SignerInfo) -> None:
        attributes = signer["signed_attrs"]
        signer["signed_attrs"] = [*list(attributes), attributes[0]]

    with pytest.raises(Malformed, match="exactly once"):
        cms.read_detached(changed(sign(), twice))


def test_another_signed_content_type_is_malformed(sign: Sign) -> None:
    def other_type(signer: asn1_cms.SignerInfo) -> None:
        kept = [a for a in signer["signed_attrs"] if a["type"].native != "content_type"]
        signer["signed_attrs"] = [*kept, {"type": "content_type", "values": ["signed_data"]}]

    with pytest.raises(Malformed, match="content type"):
        cms.read_detached(changed(sign(), other_type))


def test_a_certificate_hashed_by_a_weak_hash_is_malformed_and_sha1_of_the_first_version_is_checked(
    sign: Sign, certificates: dict[KeyAlgorithm, bytes]
) -> None:
    def signing_certificate(version: int) -> Callable[[asn1_cms.SignerInfo], None]:
        def add(signer: asn1_cms.SignerInfo) -> None:
            weak = {"hash_algorithm": {"algorithm": "sha1"}, "cert_hash": bytes(20)}
            first = {"type": "signing_certificate", "values": [{"certs": [{"cert_hash": bytes(20)}]}]}
            second = {"type": "signing_certificate_v2", "values": [{"certs": [weak]}]}
            signer["signed_attrs"] = [*list(signer["signed_attrs"]), first if version == 1 else second]

        return add

    [signer] = cms.read_detached(changed(sign(), signing_certificate(1)))
    assert signer.certificate_digests == (("sha1", bytes(20)),)
    assert not signer.covers(CONTENT, certificates[KeyAlgorithm.P256])
    with pytest.raises(Malformed, match="hashed by sha1"):
        cms.read_detached(changed(sign(), signing_certificate(2)))


def test_no_signer_is_malformed(sign: Sign) -> None:
    info = asn1_cms.ContentInfo.load(sign())
    info["content"]["signer_infos"] = []
    with pytest.raises(Malformed, match="0 signers"):
        cms.read_detached(info.dump(force=True))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30\x00",
        bytes(cms.MAX_OCTETS + 1),
        der.sequence(der.oid("1.2.840.113549.1.7.1"), der.tlv(der.explicit(0), der.octets(b"x"))),
    ],
)
def test_what_is_no_signature_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed, match="CMS signature"):
        cms.read_detached(data)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_signature_with_a_bit_flipped_raises_nothing_but_malformed(
    data: st.DataObject, sign: Sign, certificates: dict[KeyAlgorithm, bytes]
) -> None:
    damaged = bytearray(_kept(sign))
    damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        for signer in cms.read_detached(bytes(damaged)):
            signer.covers(CONTENT, certificates[KeyAlgorithm.P256])
    except Malformed:
        pass


@given(st.binary(max_size=300))
def test_arbitrary_octets_are_malformed_and_nothing_else(data: bytes) -> None:
    with pytest.raises(Malformed):
        cms.read_detached(data)


_SIGNATURES: dict[int, bytes] = {}


def _kept(sign: Sign) -> bytes:
    """One signature for all examples."""
    return _SIGNATURES.setdefault(id(sign), sign("-cades")) if id(sign) not in _SIGNATURES else _SIGNATURES[id(sign)]
