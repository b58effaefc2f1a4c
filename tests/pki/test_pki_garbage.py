"""Every reader of bytes from outside, fed with damaged originals: Malformed, or an answer, and nothing else."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as x509_ocsp
from hypothesis import given, settings
from hypothesis import strategies as st

from mockca.errors import Malformed
from mockca.pki import cms, csr, hierarchy, keys, ocsp
from mockca.pki.hierarchy import SIGNERS, Hierarchy
from mockca.pki.issuing import LeafIssuer
from mockca.pki.keys import KeyAlgorithm, PrivateKey
from mockca.pki.names import SubjectName

Reader = tuple[bytes, Callable[[bytes], object]]


@st.composite
def damaged(draw: st.DrawFn, original: bytes) -> bytes:
    """The original with octets changed, cut out, doubled, or its end missing."""
    octets = bytearray(original)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(octets) - 1, 0)))
        match draw(st.sampled_from(["flip", "set", "cut", "double", "truncate"])):
            case "flip" if octets:
                octets[at] ^= 1 << draw(st.integers(0, 7))
            case "set" if octets:
                octets[at] = draw(st.sampled_from([0x00, 0x7F, 0x80, 0x84, 0xFF, 0x30, 0x31, 0xA0]))
            case "cut":
                del octets[at : at + draw(st.integers(1, 8))]
            case "double":
                octets[at:at] = octets[at : at + draw(st.integers(1, 40))]
            case _:
                del octets[at:]
    return bytes(octets)


@pytest.fixture(scope="module")
def readers(
    ec_hierarchy: Hierarchy,
    leaf_issuer: LeafIssuer,
    subscriber_keys: dict[KeyAlgorithm, PrivateKey],
    now: datetime,
) -> dict[str, Reader]:
    key = subscriber_keys[KeyAlgorithm.P256]
    leaf = leaf_issuer.issue(
        SubjectName("Mẫu"), key.public_key(), serial=77, not_before=now, not_after=now + timedelta(days=1825)
    )
    certificate = x509.load_der_x509_certificate(leaf)
    asked = x509_ocsp.OCSPRequestBuilder().add_certificate(
        certificate, ec_hierarchy.issuing.certificate, hashes.SHA256()
    )
    request = x509.CertificateSigningRequestBuilder().subject_name(certificate.subject).sign(key, hashes.SHA256())
    own_keys = {name: getattr(ec_hierarchy, name).key for name in SIGNERS}
    own = {name: getattr(ec_hierarchy, name).der for name in SIGNERS}
    signer = cms.DetachedSigner(77, ec_hierarchy.issuing.subject, "sha256", "ecdsa", b"", None, None, ())

    def in_pem(data: bytes) -> str:
        return (
            f"-----BEGIN CERTIFICATE REQUEST-----\n{base64.b64encode(data).decode()}\n-----END CERTIFICATE REQUEST-----"
        )

    return {
        "a request": (request.public_bytes(Encoding.DER), lambda data: csr.parse(in_pem(data))),
        "a request's text": (
            request.public_bytes(Encoding.PEM),
            lambda data: csr.parse(data.decode("utf-8", "surrogateescape")),
        ),
        "an OCSP request": (asked.build().public_bytes(Encoding.DER), ocsp.parse_request),
        "a certificate": (leaf, lambda data: signer.covers(b"content", data)),
        "a stored certificate": (own["tsa"], lambda data: hierarchy.restore(own_keys, own | {"tsa": data})),
        "a public key": (keys.spki(key.public_key()), keys.load_public),
        "a private key": (keys.dump(key), keys.load),
    }


@pytest.mark.parametrize(
    "what",
    [
        "a request",
        "a request's text",
        "an OCSP request",
        "a certificate",
        "a stored certificate",
        "a public key",
        "a private key",
    ],
)
@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_a_damaged_original_raises_malformed_and_nothing_else(
    what: str, data: st.DataObject, readers: dict[str, Reader]
) -> None:
    original, read = readers[what]
    with contextlib.suppress(Malformed):
        read(data.draw(damaged(original)))


def test_a_version_that_does_not_exist_is_malformed(readers: dict[str, Reader]) -> None:
    original, read = readers["a certificate"]
    assert original.count(b"\xa0\x03\x02\x01\x02") == 1
    with pytest.raises(Malformed, match="certificate"):
        read(original.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05"))
