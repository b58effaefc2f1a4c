"""Signed structures taken apart, changed and signed again: what no builder of the authority would put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from asn1crypto import algos, core, ocsp
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1

from mockca.pki import keys
from mockca.pki.keys import PrivateKey

Edit: TypeAlias = Callable[[Any], None]
"""Changes a tbsCertificate or a tbsCertList, as asn1crypto has it."""


def certificate(der: bytes, key: PrivateKey, edit: Edit, *, sha1: bool = False) -> bytes:
    """The certificate (DER) as `edit` leaves it, signed by `key`; with SHA-1 where that is wanted."""
    whole = asn1_x509.Certificate.load(der)
    _sign_again(whole, "tbs_certificate", "signature_value", key, edit, sha1=sha1)
    made: bytes = whole.dump(force=True)
    return made


def revocation_list(der: bytes, key: PrivateKey, edit: Edit, *, sha1: bool = False) -> bytes:
    """The same with a CRL."""
    whole = asn1_crl.CertificateList.load(der)
    _sign_again(whole, "tbs_cert_list", "signature", key, edit, sha1=sha1)
    made: bytes = whole.dump(force=True)
    return made


def ocsp_answer_in_sha1(der: bytes, key: PrivateKey) -> bytes:
    """The OCSPResponse (DER), signed with SHA-1."""
    whole = ocsp.OCSPResponse.load(der)
    basic = whole["response_bytes"]["response"].parsed
    basic["signature_algorithm"] = _sha1_algorithm(key)
    basic["signature"] = _sign_sha1(key, basic["tbs_response_data"].dump())
    answer = {"response_type": "basic_ocsp_response", "response": basic}
    made: bytes = ocsp.OCSPResponse({"response_status": "successful", "response_bytes": answer}).dump()
    return made


def _sign_again(whole: Any, body: str, signature: str, key: PrivateKey, edit: Edit, *, sha1: bool) -> None:
    edit(whole[body])
    if sha1:
        whole["signature_algorithm"] = whole[body]["signature"] = _sha1_algorithm(key)
    else:
        algorithm = algos.SignedDigestAlgorithm.load(keys.signature_algorithm_der(key))
        whole["signature_algorithm"] = whole[body]["signature"] = algorithm
    to_be_signed: bytes = whole[body].dump(force=True)
    whole[signature] = _sign_sha1(key, to_be_signed) if sha1 else keys.sign(key, to_be_signed)


def _sha1_algorithm(key: PrivateKey) -> Any:
    if isinstance(key, rsa.RSAPrivateKey):
        return algos.SignedDigestAlgorithm({"algorithm": "sha1_rsa", "parameters": core.Null()})
    return algos.SignedDigestAlgorithm({"algorithm": "sha1_ecdsa"})


def _sign_sha1(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), SHA1())  # noqa: S303 - the defect
    return key.sign(data, ec.ECDSA(SHA1()))  # noqa: S303 - the defect


# --- edits ------------------------------------------------------------------------------------------------------------


def unchanged(_: Any) -> None:
    """No edit: only the signature is another."""


def without(name: str) -> Edit:
    """Leaves an extension out; `name` as asn1crypto calls it."""

    def edit(body: Any) -> None:
        field = _field(body)
        body[field] = [one for one in body[field] if one["extn_id"].native != name]

    return edit


def marked(name: str, *, critical: bool) -> Edit:
    """Makes an extension critical, or not."""

    def edit(body: Any) -> None:
        for one in body[_field(body)]:
            if one["extn_id"].native == name:
                one["critical"] = critical

    return edit


def saying(name: str, value: Any, *, critical: bool = False) -> Edit:
    """Puts an extension of this value in, in the place of the one that is there; `value` as asn1crypto takes it."""

    def edit(body: Any) -> None:
        without(name)(body)
        field = _field(body)
        body[field] = [*body[field], {"extn_id": name, "critical": critical, "extn_value": value}]

    return edit


def all_of(*edits: Edit) -> Edit:
    """One edit after another."""

    def edit(body: Any) -> None:
        for one in edits:
            one(body)

    return edit


def _field(body: Any) -> str:
    return "crl_extensions" if isinstance(body, asn1_crl.TbsCertList) else "extensions"
