"""Hashes, XML and challenges are signed."""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from conformance.suites.agent.bench import Bench, Failed, certificate_in
from conformance.suites.agent.marking import check

DATA = b"conformance: agent"


@check()
def signs_hash(bench: Bench) -> None:
    """SignMsg với HashValue: chữ ký khớp với giá trị băm và chứng thư số trong CertBase64.

    SignMsg with a HashValue: the signature is over it, by the key of the certificate in CertBase64.
    """
    digest = hashlib.sha256(DATA).digest()
    message = {"HashAlg": "SHA256", "HashValue": base64.b64encode(digest).decode(), "Encode": "RSA"}
    reply = bench.expect_done("SignMsg", message)
    key = certificate_in(reply.get("CertBase64"), "CertBase64").public_key()
    try:
        signature = base64.b64decode(str(reply.get("Signature")), validate=True)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, digest, padding.PKCS1v15(), Prehashed(SHA256()))
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, digest, ec.ECDSA(Prehashed(SHA256())))
    except (InvalidSignature, ValueError) as error:
        raise Failed("a signature of the hash", str(error) or "another") from error


@check()
def signs_and_verifies_xml(bench: Bench) -> None:
    """XML mà SignXML ký thì VerifyXML trả lời một mảng, có số chứng thư của người ký.

    Of XML that SignXML signed, VerifyXML answers an array with the serial number of the signer's certificate.
    """
    message = {"Base64Content": base64.b64encode(b"<a><b>79</b></a>").decode(), "ReturnSignatureOnly": "false"}
    signed = bench.expect_done("SignXML", {**message, "HashAlg": "Sha256", "XmlDsigForm": "true"})
    try:
        document = base64.b64decode(str(signed.get("Signature")), validate=True).decode()
    except ValueError as error:
        raise Failed("XML in Base64", str(error)) from None
    reply = bench.json("VerifyXML", {"Data": document, "Format": "XML"})
    try:
        serial = reply[0]["SigInfo"]["SignerCert"]["SerialNumber"]
    except (TypeError, KeyError, IndexError):
        raise Failed("[{SigInfo: {SignerCert: {SerialNumber}}}]", str(reply)[:200]) from None
    if not serial:
        raise Failed("a serial number", repr(serial))


@check()
def signs_challenge(bench: Bench) -> None:
    """Auth ký chuỗi thử thách để đăng nhập.

    Auth signs a challenge, for signing in.
    """
    if not bench.expect_done("Auth", "conformance-challenge").get("Signature"):
        raise Failed("a Signature", "none")
