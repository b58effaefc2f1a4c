"""XML signatures: XAdES-BES (ETSI EN 319 132-1) or plain ones, enveloped or handed back alone; on signxml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.xades.xades import XAdESDataObjectFormat, XAdESSigner

from token_emulator.documents.errors import Unsignable
from token_emulator.documents.signing.delegates import private_key
from token_emulator.documents.signing.keys import SigningKey
from token_emulator.documents.signing.pdf import VIETNAM

LARGEST: Final = 16 << 20
"""Octets of a document."""
DIGESTS: Final = ("sha256", "sha384", "sha512")
SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"
XADES: Final = "{http://uri.etsi.org/01903/v1.3.2#}"


@dataclass(frozen=True, slots=True)
class XmlOptions:
    """How an XML document is signed."""

    digest: str = "sha256"
    plain: bool = False
    """A plain XML signature (W3C xmldsig-core) without XAdES's properties."""
    alone: bool = False
    """Hand back the Signature element alone."""
    chain: tuple[bytes, ...] = ()
    """DER of the issuers' certificates to put in."""


def sign_xml(document: bytes, key: SigningKey, at: datetime, options: XmlOptions | None = None) -> bytes:
    """The document with an enveloped signature as its root's last child, or that signature alone, in UTF-8.

    `at` is aware; it is the SigningTime that XAdES claims. Raises Unsignable for what is no XML, has a document type
    or is too large, and what the key raises.
    """
    options = options or XmlOptions()
    if options.digest not in DIGESTS:
        raise Unsignable(f"không dùng {options.digest}", f"digests are {', '.join(DIGESTS)}, not {options.digest!r}")
    root = parse_xml(document)
    certificates = [x509.load_der_x509_certificate(der) for der in (key.certificate, *options.chain)]
    kind = "rsa" if isinstance(certificates[0].public_key(), rsa.RSAPublicKey) else "ecdsa"
    settings: dict[str, Any] = {
        "method": SignatureConstructionMethod.enveloped,
        "signature_algorithm": f"{kind}-{options.digest}",
        "digest_algorithm": options.digest,
        "c14n_algorithm": CanonicalizationMethod.CANONICAL_XML_1_0,
    }
    signer = _PlainSigner(**settings) if options.plain else _Signer(at, **settings)
    try:
        signed = signer.sign(root, key=private_key(key), cert=certificates, always_add_key_value=False)
    except SignXMLException as error:
        raise Unsignable("không ký được tài liệu XML", str(error)) from error
    return bytes(etree.tostring(signed.findall(SIGNATURE)[-1] if options.alone else signed, encoding="UTF-8"))


def parse_xml(document: bytes) -> Any:
    """The root element. Raises Unsignable for what is no XML, has a document type or is too large."""
    if len(document) > LARGEST:
        raise Unsignable(f"tài liệu lớn hơn {LARGEST >> 20} MiB", f"the document is over {LARGEST >> 20} MiB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unsignable("không phải là tài liệu XML", f"this is no XML: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise Unsignable("tài liệu XML có DOCTYPE", "an XML document with a document type is not signed")
    return root


class Utf8:
    """Has signxml write XML in UTF-8 where it would in ASCII, in which Vietnamese names of elements cannot be written.

    To be put before signxml's signers and verifiers.
    """

    def _tostring(self, xml_node: Any, **options: Any) -> bytes:
        if options.get("method") != "c14n":
            options.setdefault("encoding", "UTF-8")
        return bytes(etree.tostring(xml_node, **options))


class _PlainSigner(Utf8, XMLSigner):
    pass


class _Signer(Utf8, XAdESSigner):
    """Claims the instant that it is given."""

    def __init__(self, at: datetime, **settings: Any) -> None:
        super().__init__(data_object_format=XAdESDataObjectFormat(Description="", MimeType="text/xml"), **settings)
        self._at = at.astimezone(VIETNAM).replace(microsecond=0)

    def add_signing_time(self, signed_signature_properties: Any, sig_root: Any, signing_settings: Any) -> None:
        del sig_root, signing_settings
        etree.SubElement(signed_signature_properties, f"{XADES}SigningTime").text = self._at.isoformat()
