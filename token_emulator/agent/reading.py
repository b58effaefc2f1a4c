"""Signatures over texts, read back: CMS, XML, JWS. Whether they hold as octets; who is trusted is another question."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from lxml import etree
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from token_emulator.agent.outcomes import BAD_MESSAGE, NOT_VERIFIED, Refusal
from token_emulator.documents.errors import Unsignable
from token_emulator.documents.signing.jws import JwsRegistry
from token_emulator.documents.signing.xml import SIGNATURE, Utf8, parse_xml

JWS_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")


@dataclass(frozen=True, slots=True)
class Read:
    """What a signature that holds is over, and whose it is."""

    content: bytes
    certificate: bytes
    """DER."""


def read_cms(data: bytes, signature: bytes) -> Read:
    """A detached signature over some data, which holds. Raises Refusal. Whether the signer is trusted is not asked."""
    try:
        content = cms.ContentInfo.load(signature, strict=True)
        if content["content_type"].native != "signed_data":
            raise Refusal(BAD_MESSAGE, "Signature: no CMS signature")
        signed = content["content"]
        trusting = ValidationContext(trust_roots=[], allow_fetching=False)
        status = asyncio.run(_detached(data, signed, trusting))
        if not status:
            raise Refusal(NOT_VERIFIED, "the text or the signature was changed")
        (certificate,) = (
            one.chosen for one in signed["certificates"] if one.chosen.dump() == status.signing_cert.dump()
        )
    except (ValueError, TypeError, KeyError, SignatureValidationError) as error:
        raise Refusal(NOT_VERIFIED, str(error)) from None
    return Read(data, certificate.dump())


async def _detached(data: bytes, signed: cms.SignedData, context: ValidationContext) -> Any:
    status = await async_validate_detached_cms(data, signed, signer_validation_context=context)
    return status if status.intact and status.valid else None


def read_xml(document: bytes) -> list[Read]:
    """The signatures of a document, all of which hold. Raises Refusal."""
    try:
        count = len(list(parse_xml(document).iter(SIGNATURE)))
    except Unsignable as error:
        raise Refusal(BAD_MESSAGE, f"{error.vi} / {error.en}") from None
    if not count:
        raise Refusal(NOT_VERIFIED, "there is no signature in it")
    return [_read_xml(document, number) for number in range(count)]


def _read_xml(document: bytes, number: int) -> Read:
    root = parse_xml(document)
    signature, *later = list(root.iter(SIGNATURE))[number:]
    for one in later:
        one.getparent().remove(one)
    text = signature.findtext(".//{http://www.w3.org/2000/09/xmldsig#}X509Certificate")
    try:
        der = base64.b64decode("".join((text or "").split()), validate=True)
        certificate = x509.load_der_x509_certificate(der)
        config = SignatureConfiguration(
            expect_references=True,
            signature_methods=frozenset(one for one in SignatureMethod if not one.name.startswith("HMAC")),
            digest_algorithms=frozenset(DigestAlgorithm),
            verification_time=certificate.not_valid_before_utc,
        )
        _Nth(number).verify(root, x509_cert=certificate, expect_config=config, validate_schema=False)
    except (SignXMLException, ValueError, TypeError, KeyError, AttributeError, etree.LxmlError) as error:
        raise Refusal(NOT_VERIFIED, str(error) or type(error).__name__) from None
    return Read(document, der)


class _Nth(Utf8, XMLVerifier):
    """Verifies one of several signatures."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def _get_signature(self, root: Any) -> Any:
        return list(root.iter(SIGNATURE))[self._number]


def read_jws(text: str) -> Read:
    """A compact JWS with its certificate in x5c, which holds. Raises Refusal."""
    try:
        header = jws.extract_compact(text.encode(), registry=JwsRegistry(algorithms=JWS_ALGORITHMS)).headers()
        certificate = base64.b64decode(header["x5c"][0], validate=True)
        public = x509.load_der_x509_certificate(certificate).public_key()
        key = (ECKey if isinstance(public, ec.EllipticCurvePublicKey) else RSAKey).import_key(_pem(public))
        content = jws.deserialize_compact(text, key, registry=JwsRegistry(algorithms=JWS_ALGORITHMS)).payload
    except (JoseError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise Refusal(NOT_VERIFIED, str(error) or type(error).__name__) from None
    return Read(content, certificate)


def _pem(public: Any) -> bytes:
    return bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
