"""Signatures in XML (XMLDSig, XAdES): signxml verifies them; what it verified is compared with what is shown."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidDigest, InvalidSignature, SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from token_emulator.documents.checking.reading.signature import Changes, Coverage, Malformed, Signature
from token_emulator.documents.signing.xml import Utf8

DS, XADES = "http://www.w3.org/2000/09/xmldsig#", "http://uri.etsi.org/01903/v1.3.2#"
SPACES = {"ds": DS, "xades": XADES}
SIGNATURE = f"{{{DS}}}Signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
METHODS = frozenset(one for one in SignatureMethod if not one.name.startswith("HMAC"))
WRONG = (SignXMLException, ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm, etree.LxmlError)
"""What signxml and lxml raise on signatures that are no good."""


class _Nth(Utf8, XMLVerifier):
    """Verifies one of several signatures."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def _get_signature(self, root: Any) -> Any:
        return list(root.iter(SIGNATURE))[self._number]


def read_xml(content: bytes) -> tuple[Signature, ...]:
    """The signatures of an XML document, in their order. Raises Malformed where it is no XML."""
    return tuple(_read(_parsed(content), number) for number, _ in enumerate(_parsed(content).iter(SIGNATURE)))


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed(str(error)) from None
    if root.getroottree().docinfo.doctype:
        raise Malformed("a document type declaration")
    return root


def _read(root: Any, number: int) -> Signature:
    node, *later = list(root.iter(SIGNATURE))[number:]
    for one in later:
        one.getparent().remove(one)
    malformed, intact, genuine, covers = "", True, True, True
    certificates: list[x509.Certificate] = []
    try:
        certificates = _certificates(node)
        covers = _verified(root, node, number, certificates[0])
    except IndexError:
        malformed = "no certificate of the signer"
    except InvalidDigest:
        intact = False
    except InvalidSignature:
        genuine = False
    except WRONG as error:
        malformed = str(error) or type(error).__name__
    parsed = [asn1.Certificate.load(one.public_bytes(Encoding.DER)) for one in certificates]
    return Signature(
        node.get("Id") or str(number + 1),
        parsed[0] if parsed else None,
        tuple(parsed[1:]),
        _claimed(node),
        _token(node),
        _value(node),
        frozenset(_hashes(node)),
        intact,
        genuine,
        malformed,
        (Coverage.REVISION if later else Coverage.WHOLE) if covers else Coverage.PART,
        Changes.WITHIN_LIMITS if later else Changes.NONE,
    )


def _verified(root: Any, node: Any, number: int, signer: x509.Certificate) -> bool:
    """Whether what verifies is all that the document shows. Raises InvalidDigest, InvalidSignature, and WRONG."""
    config = SignatureConfiguration(
        expect_references=True,
        signature_methods=METHODS,
        digest_algorithms=frozenset(DigestAlgorithm),
        verification_time=signer.not_valid_before_utc,
    )
    _Nth(number).verify(root, x509_cert=signer, expect_config=config, validate_schema=False)
    addresses = [one.get("URI") for one in node.iterfind("ds:SignedInfo/ds:Reference", SPACES)]
    return any(_is_all(root, node, address) for address in addresses)


def _is_all(root: Any, node: Any, address: str | None) -> bool:
    """Whether the element at this address holds everything in the document that is no signature."""
    if address == "":
        return True
    signed = [one for one in root.iter() if address and address[1:] in (one.get("Id"), one.get("ID"), one.get("id"))]
    if len(signed) != 1 or any(one is signed[0] for one in node.iter()):
        return False
    return not any(_tells_something(one) for one in _outside(root, signed[0]))


def _outside(element: Any, signed: Any) -> Iterator[Any]:
    if element is signed or element.tag == SIGNATURE:
        return
    yield element
    for child in element:
        yield from _outside(child, signed)


def _tells_something(element: Any) -> bool:
    texts = [element.text, *(child.tail for child in element)]
    return any(text and text.strip() for text in texts) or (not len(element) and isinstance(element.tag, str))


def _certificates(node: Any) -> list[x509.Certificate]:
    found = node.iterfind("ds:KeyInfo/ds:X509Data/ds:X509Certificate", SPACES)
    return [x509.load_der_x509_certificate(_octets(one.text)) for one in found]


def _claimed(node: Any) -> datetime | None:
    text = node.findtext(".//xades:SignedSignatureProperties/xades:SigningTime", None, SPACES)
    try:
        found = datetime.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo is not None else None


def _token(node: Any) -> cms.SignedData | None:
    text = node.findtext(".//xades:SignatureTimeStamp/xades:EncapsulatedTimeStamp", None, SPACES)
    if not text:
        return None
    try:
        info = cms.ContentInfo.load(_octets(text))
        return info["content"] if info["content_type"].native == "signed_data" else cms.SignedData()
    except ValueError:
        return cms.SignedData()


def _value(node: Any) -> bytes:
    """The canonical form of SignatureValue, which the timestamp is over (XAdES §7.3)."""
    value = node.find("ds:SignatureValue", SPACES)
    method = node.find(".//xades:SignatureTimeStamp/ds:CanonicalizationMethod", SPACES)
    exclusive = method is not None and str(method.get("Algorithm")).startswith(EXCLUSIVE)
    if value is None:
        return b""
    canonical: bytes = etree.tostring(value, method="c14n", exclusive=exclusive, with_tail=False)
    return canonical


def _hashes(node: Any) -> Iterator[str]:
    methods = [one.get("Algorithm") for one in node.iterfind("ds:SignedInfo/ds:Reference/ds:DigestMethod", SPACES)]
    methods += [one.get("Algorithm") for one in node.iterfind("ds:SignedInfo/ds:SignatureMethod", SPACES)]
    for method in methods:
        name = str(method).rpartition("#")[2].lower()
        yield next((known for known in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512") if known in name), name)


def _octets(text: str | None) -> bytes:
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"base64: {error}") from None
