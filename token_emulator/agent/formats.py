"""Signatures over texts: CMS, XML, JWS, made with the key of a device and read back by the same libraries.

What form the real agent's signatures have is known for hashes alone (PKCS#1); the others are this project's choice.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from lxml import etree
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from signxml.algorithms import DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier
from signxml.xades.xades import XAdESSigner

from token_emulator.agent.messages import LARGEST
from token_emulator.agent.outcomes import BAD_MESSAGE, NOT_VERIFIED, Refusal
from token_emulator.documents.signing import SigningKey
from token_emulator.documents.signing.keys import KeySigner

JWS_HASHES: Final = {"256": "sha256", "384": "sha384", "512": "sha512"}
DS: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"
LARGEST_HEADER: Final = 65536
"""Octets of a JWS header: a certificate is in it."""


def sign_cms(data: bytes, key: SigningKey, at: datetime, *, detached: bool, chain: Iterable[bytes] = ()) -> bytes:
    """A SignedData in DER (RFC 5652), SHA-256. Raises what the key raises."""
    signer = KeySigner(key, chain)
    made = asyncio.run(
        signer.async_sign_general_data(
            data, "sha256", detached=detached, signed_attr_settings=PdfCMSSignedAttributes(signing_time=at)
        )
    )
    return bytes(made.dump())


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


def sign_xml(document: bytes, key: SigningKey, at: datetime, digest: str, *, plain: bool, alone: bool) -> bytes:
    """The document with an enveloped XAdES signature, or a plain XML-DSig one; or that alone. Raises Refusal."""
    root = parse_xml(document)
    certificate = x509.load_der_x509_certificate(key.certificate)
    is_ec = isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    method = SignatureMethod[f"{'ECDSA' if is_ec else 'RSA'}_{digest.upper()}"]
    arguments: dict[str, Any] = {
        "method": SignatureConstructionMethod.enveloped,
        "signature_algorithm": method,
        "digest_algorithm": DigestAlgorithm[digest.upper()],
    }
    signer = _PlainSigner(**arguments) if plain else _XadesSignerAt(at, **arguments)
    private: Any = _ForSignxml(key, certificate)
    signed = signer.sign(root, key=private, cert=[certificate], always_add_key_value=False)
    made = signed.find(f".//{DS}") if alone else signed
    return bytes(etree.tostring(made, encoding="UTF-8"))


def parse_xml(document: bytes) -> Any:
    """The root of a document without a document type. Raises Refusal."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal(BAD_MESSAGE, f"no XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise Refusal(BAD_MESSAGE, "XML with a document type is not taken")
    return root


def read_xml(document: bytes) -> list[Read]:
    """The signatures of a document, all of which hold. Raises Refusal."""
    count = len(list(parse_xml(document).iter(DS)))
    if not count:
        raise Refusal(NOT_VERIFIED, "there is no signature in it")
    return [_read_xml(document, number) for number in range(count)]


def _read_xml(document: bytes, number: int) -> Read:
    root = parse_xml(document)
    signature, *later = list(root.iter(DS))[number:]
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


class _InUtf8:
    """The libraries write ASCII, in which the names of Vietnamese elements cannot be read back."""

    def _tostring(self, xml_node: Any, **kwargs: Any) -> bytes:
        return bytes(etree.tostring(xml_node, **{"encoding": "UTF-8", **kwargs}))


class _PlainSigner(_InUtf8, XMLSigner):
    """XML-DSig."""


class _Nth(_InUtf8, XMLVerifier):
    """Verifies one of several signatures."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def _get_signature(self, root: Any) -> Any:
        return list(root.iter(DS))[self._number]


class _XadesSignerAt(_InUtf8, XAdESSigner):
    """Signs at an instant that is given."""

    def __init__(self, at: datetime, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._at = at

    def add_signing_time(self, signed_signature_properties: Any, sig_root: Any, signing_settings: Any) -> None:
        """SigningTime (EN 319 132-1 §5.2.1)."""
        del sig_root, signing_settings
        node = etree.SubElement(signed_signature_properties, etree.QName(self.namespaces["xades"], "SigningTime"))
        node.text = self._at.replace(microsecond=0).isoformat()


@dataclass(frozen=True, slots=True)
class _ForSignxml:
    """What signxml and joserfc ask of a private key."""

    key: SigningKey
    certificate: x509.Certificate

    @property
    def key_size(self) -> int:
        """Bits."""
        public: Any = self.certificate.public_key()
        return int(public.key_size)

    def public_key(self) -> Any:
        """Of the certificate."""
        return self.certificate.public_key()

    def sign(
        self,
        data: bytes,
        padding: padding.AsymmetricPadding | None = None,
        algorithm: HashAlgorithm | None = None,
        signature_algorithm: ec.ECDSA | None = None,
    ) -> bytes:
        """As cryptography's keys."""
        chosen: Any = algorithm if signature_algorithm is None else signature_algorithm.algorithm
        return self.key.sign(data, chosen.name, pss=type(padding).__name__ == "PSS")


def sign_jws(content: bytes, key: SigningKey, *, detached: bool, pss: bool) -> str:
    """A compact JWS (RFC 7515), with the certificate in x5c; with the payload left out (appendix F) when detached."""
    algorithm = _jws_algorithm(key.certificate, pss=pss)
    header = {"alg": algorithm, "x5c": [base64.b64encode(key.certificate).decode()]}
    told = _encoded(json.dumps(header, separators=(",", ":")).encode())
    payload = _encoded(content)
    signature = key.sign(f"{told}.{payload}".encode(), JWS_HASHES[algorithm[2:]], pss=algorithm.startswith("PS"))
    if algorithm.startswith("ES"):
        size = 32 if algorithm == "ES256" else 48
        signature = b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(signature))
    return f"{told}.{'' if detached else payload}.{_encoded(signature)}"


def read_jws(text: str) -> Read:
    """A compact JWS with its certificate in x5c, which holds. Raises Refusal."""
    try:
        header = jws.extract_compact(text.encode(), registry=_registry()).headers()
        certificate = base64.b64decode(header["x5c"][0], validate=True)
        public = x509.load_der_x509_certificate(certificate).public_key()
        key = (ECKey if isinstance(public, ec.EllipticCurvePublicKey) else RSAKey).import_key(_pem(public))
        content = jws.deserialize_compact(text, key, registry=_registry()).payload
    except (JoseError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise Refusal(NOT_VERIFIED, str(error) or type(error).__name__) from None
    return Read(content, certificate)


def _registry() -> jws.JWSRegistry:
    registry = jws.JWSRegistry(algorithms=["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"])
    registry.max_header_length, registry.max_payload_length = LARGEST_HEADER, LARGEST
    return registry


def _jws_algorithm(der: bytes, *, pss: bool) -> str:
    public = x509.load_der_x509_certificate(der).public_key()
    if isinstance(public, rsa.RSAPublicKey):
        return "PS256" if pss else "RS256"
    size = public.key_size if isinstance(public, ec.EllipticCurvePublicKey) else 0
    return {256: "ES256", 384: "ES384"}[size]


def _pem(public: Any) -> bytes:
    return bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
