"""Signatures in CMS (RFC 5652): what they are over, and whether they hold."""

from __future__ import annotations

from collections.abc import Callable

from asn1crypto import cms, core, pem
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError, extract_certificate_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import (
    extract_self_reported_ts,
    extract_tst_data_iter,
    validate_sig_integrity,
)
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from token_emulator.documents.checking.reading.signature import Malformed, Signature

Digest = Callable[[str], bytes]
"""The digest of what is signed, by the algorithm of that name."""
UNKNOWN = "unknown"


def read_cms(content: bytes, detached: bytes | None = None) -> tuple[Signature, ...]:
    """The signatures of a CMS file in DER or PEM, over what it encloses or over `detached`. Raises Malformed."""
    try:
        der = pem.unarmor(content)[2] if pem.detect(content) else content
        info = cms.ContentInfo.load(der, strict=True)
        if info["content_type"].native != "signed_data":
            raise Malformed(f"CMS {info['content_type'].native}")
        data: cms.SignedData = info["content"]
        enclosed = data["encap_content_info"]["content"]
        signed = detached if enclosed is core.VOID or enclosed.native is None else bytes(enclosed)
        infos = list(data["signer_infos"])
    except (ValueError, TypeError, KeyError) as error:
        raise Malformed(str(error)) from None
    if signed is None:
        raise Malformed("the signed content is in another file")
    return tuple(
        signature(_of_one(data, one), str(number), lambda name: digest(name, signed))
        for number, one in enumerate(infos, 1)
    )


def signature(data: cms.SignedData, name: str, digest_of: Digest) -> Signature:
    """The facts of the one signer in this SignedData. Raises Malformed."""
    try:
        (info,) = data["signer_infos"]
        enclosed = extract_certificate_info(data)
        signer, others = enclosed.signer_cert, tuple(enclosed.other_certs)
    except CMSExtractionError:
        raise Malformed("no certificate of the signer") from None
    except (ValueError, TypeError, KeyError) as error:
        raise Malformed(str(error)) from None
    algorithm = info["digest_algorithm"]["algorithm"].native
    malformed, intact, genuine = "", False, False
    try:
        intact, genuine = validate_sig_integrity(
            info, signer, data["encap_content_info"]["content_type"].native, digest_of(algorithm)
        )
    except (SignatureValidationError, CMSStructuralError) as error:
        malformed = error.failure_message
    except (ValueError, TypeError, KeyError, AssertionError, NotImplementedError, UnsupportedAlgorithm) as error:
        malformed = str(error) or type(error).__name__
    return Signature(
        name,
        signer,
        others,
        extract_self_reported_ts(info),
        next(extract_tst_data_iter(info, signed=False), None),
        info["signature"].native,
        frozenset((algorithm, _hash_of(info["signature_algorithm"]) or algorithm)),
        intact,
        genuine,
        malformed,
    )


def digest(name: str, content: bytes) -> bytes:
    """The content's digest. Raises ValueError for an algorithm that is not known."""
    try:
        state = hashes.Hash(get_pyca_cryptography_hash(name))
    except (AttributeError, UnsupportedAlgorithm):
        raise ValueError(f"digest algorithm {name}") from None
    state.update(content)
    return state.finalize()


def _of_one(data: cms.SignedData, info: cms.SignerInfo) -> cms.SignedData:
    """The SignedData with this signer alone: each signs the content, not the others."""
    return data if len(data["signer_infos"]) == 1 else cms.SignedData({**_members(data), "signer_infos": [info]})


def _members(data: cms.SignedData) -> dict[str, object]:
    return {name: data[name] for name in ("version", "digest_algorithms", "encap_content_info", "certificates")}


def _hash_of(algorithm: cms.SignedDigestAlgorithm) -> str | None:
    """The digest that the signature algorithm names; None where it leaves that to the digest algorithm."""
    try:
        name: str = algorithm.hash_algo
    except ValueError:
        return None
    return name
