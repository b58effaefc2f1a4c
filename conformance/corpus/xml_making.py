"""Signed XML: signxml's XAdES signer with a clock and counters in the place of the machine's time and chance."""

from __future__ import annotations

import base64
from typing import Any

from cryptography import x509
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.xades.xades import XAdESDataObjectFormat, XAdESSigner

from conformance.corpus.model import Sign, instant
from conformance.corpus.signing import FOREIGN, claimed, digest, run, token
from conformance.corpus.world import World

DS, XADES = "http://www.w3.org/2000/09/xmldsig#", "http://uri.etsi.org/01903/v1.3.2#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


class _Signer(XAdESSigner):
    """Writes the time that it is told."""

    def __init__(self, time: str | None, **settings: Any) -> None:
        super().__init__(data_object_format=XAdESDataObjectFormat("Văn bản (MÔ PHỎNG)", "text/xml"), **settings)
        self._time = time
        self._count = 0

    def check_deprecated_methods(self) -> None:
        """Weak digests are what some cases are about."""

    def _get_token(self, length: int = 4) -> str:
        self._count += 1
        return f"{self._count:0{2 * length}X}"

    def add_signing_time(self, signed_signature_properties: Any, sig_root: Any, signing_settings: Any) -> None:
        """As `claimed` says."""
        del sig_root, signing_settings
        if self._time is not None:
            etree.SubElement(signed_signature_properties, f"{{{XADES}}}SigningTime").text = self._time


def sign_xml(content: bytes, world: World, sign: Sign) -> bytes:
    """Sign the whole document, or one element of it, in an enveloped signature."""
    holder = world.holder(sign.by)
    key = world.holder("binh").key if sign.defect == FOREIGN else holder.key
    family = "ECDSA" if holder.certificate.public_key.algorithm == "ec" else "RSA"
    time = claimed(sign)
    signer = _Signer(
        None if time is None else time.isoformat(),
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod[f"{family}_{sign.digest.upper()}"],
        digest_algorithm=DigestAlgorithm[sign.digest.upper()],
        c14n_algorithm=C14N,
    )
    chain = [holder, *(world.holder(one) for one in sign.enclose)]
    root = signer.sign(
        etree.fromstring(content),
        key=key,
        cert=[x509.load_der_x509_certificate(one.certificate.dump()) for one in chain],
        reference_uri="phu-luc" if sign.covers == "element" else None,
        always_add_key_value=False,
    )
    if sign.stamp:
        _stamp(root, world, sign)
    octets: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return octets


def _stamp(root: Any, world: World, sign: Sign) -> None:
    """A SignatureTimeStamp over the canonical SignatureValue (XAdES §7.3)."""
    value = next(root.iter(f"{{{DS}}}SignatureValue"))
    imprint = digest("sha256", etree.tostring(value, method="c14n", with_tail=False))
    made = run(token(world, sign.stamp, instant(sign.signed), imprint, defect=sign.stamp_defect))
    properties = next(root.iter(f"{{{XADES}}}QualifyingProperties"))
    unsigned = etree.SubElement(properties, f"{{{XADES}}}UnsignedProperties")
    place = etree.SubElement(unsigned, f"{{{XADES}}}UnsignedSignatureProperties")
    stamp = etree.SubElement(place, f"{{{XADES}}}SignatureTimeStamp")
    etree.SubElement(stamp, f"{{{DS}}}CanonicalizationMethod", Algorithm=C14N)
    etree.SubElement(stamp, f"{{{XADES}}}EncapsulatedTimeStamp").text = base64.b64encode(made).decode()
