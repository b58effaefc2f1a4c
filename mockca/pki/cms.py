"""Reading detached CMS signatures (RFC 5652). Trust is the caller's matter: see `desk.signatures`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.general import MultivaluedAttributeError, NonexistentAttributeError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from mockca.errors import Malformed

DIGESTS = frozenset({"sha256", "sha384", "sha512"})


@dataclass(frozen=True, slots=True)
class DetachedSignature:
    """One signer's part of a detached CMS signature."""

    serial: int
    """Serial number of the certificate that the signer names."""
    issuer: bytes
    """DER of the issuer's name that the signer names."""
    signer_info: cms.SignerInfo

    def covers(self, content: bytes, certificate: bytes) -> bool:
        """Whether the signature is right for these bytes and this certificate (DER)."""
        digest_name = self.signer_info["digest_algorithm"]["algorithm"].native
        if digest_name not in DIGESTS:
            return False
        try:
            intact, valid = validate_sig_integrity(
                self.signer_info,
                asn1_x509.Certificate.load(certificate),
                "data",
                hashlib.new(digest_name, content).digest(),
            )
        except (
            ValueError,
            TypeError,
            KeyError,
            NotImplementedError,
            SignatureValidationError,
            NonexistentAttributeError,
            MultivaluedAttributeError,
        ):
            return False
        return bool(intact and valid)


def read_detached(der: bytes) -> tuple[DetachedSignature, ...]:
    """The signers of a detached SignedData; Malformed where it is none, has content, or names no serial."""
    try:
        info = cms.ContentInfo.load(der, strict=True)
        if info["content_type"].native != "signed_data":
            raise Malformed("CMS", "not a SignedData")
        signed = info["content"]
        if signed["encap_content_info"]["content"].native is not None:
            raise Malformed("CMS", "the content must be detached")
        signers = []
        for signer in signed["signer_infos"]:
            if signer["sid"].name != "issuer_and_serial_number":
                raise Malformed("CMS", "signers must be named by issuer and serial number")
            named = signer["sid"].chosen
            signers.append(DetachedSignature(named["serial_number"].native, named["issuer"].dump(), signer))
    except (ValueError, TypeError, KeyError) as error:
        raise Malformed("CMS", "cannot be read as a ContentInfo") from error
    if not signers:
        raise Malformed("CMS", "no signer")
    return tuple(signers)
