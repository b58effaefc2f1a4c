"""What the agent says of a signer's certificate: codes and words as users know them (facts: sign-service §6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import httpx
from asn1crypto import ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPRequestBuilder
from cryptography.x509.oid import AuthorityInformationAccessOID
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule

from token_emulator.agent.settings import Settings

PATIENCE: Final = 20.0
LEAF_BY_OCSP: Final = CertRevTrustPolicy(
    RevocationCheckingPolicy(RevocationCheckingRule.OCSP_REQUIRED, RevocationCheckingRule.NO_CHECK)
)
"""Of the whole path the signer's certificate alone is checked, as by the real agent."""
LARGEST: Final = 65536
OK, EXPIRED, NOT_YET, BAD_PATH, UNTRUSTED, UNCHECKED, REVOKED, UNKNOWN = 0, 1, 2, 3, 4, 7, 8, 11
TOLD: Final = {
    OK: "Chứng thư số hợp lệ",
    EXPIRED: "Chứng thư số đã hết hạn sử dụng",
    NOT_YET: "Chứng thư số chưa có hiệu lực",
    BAD_PATH: "Đường dẫn chứng thực không hợp lệ",
    UNTRUSTED: "Chứng thư số không tin cậy",
    UNCHECKED: "Không kiểm tra tình trạng hủy bỏ của chứng thư số ký",
    REVOKED: "Chứng thư số đã bị thu hồi",
    UNKNOWN: "Dịch vụ OCSP trả về kết quả UNKNOWN",
}


async def certificate_status(der: bytes, settings: Settings, at: datetime) -> dict[str, Any]:
    """`{Status, Description}` of a certificate at an instant, by OCSP."""
    certificates = [asn1_x509.Certificate.load(one) for one in settings.chain]
    answer = await _ask_ocsp(der, (*settings.chain, *settings.roots))
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(one) for one in settings.roots],
        other_certs=certificates,
        ocsps=[] if answer is None else [ocsp.OCSPResponse.load(answer)],
        moment=at,
        revinfo_policy=LEAF_BY_OCSP,
    )
    validator = CertificateValidator(asn1_x509.Certificate.load(der), validation_context=context)
    return _told(await _code(validator, answer is not None))


async def _code(validator: CertificateValidator, answered: bool) -> int:
    try:
        await validator.async_validate_path()
    except RevokedError:
        return REVOKED
    except ExpiredError:
        return EXPIRED
    except NotYetValidError:
        return NOT_YET
    except PathBuildingError:
        return UNTRUSTED
    except InsufficientRevinfoError:
        return UNKNOWN if answered else UNCHECKED
    except (PathError, ValidationError, ValueError):
        return BAD_PATH
    return OK


async def _ask_ocsp(der: bytes, issuers: Sequence[bytes]) -> bytes | None:
    """The answer of the responder that the certificate names; None when none is to be had."""
    certificate = x509.load_der_x509_certificate(der)
    issuer = next((one for one in map(x509.load_der_x509_certificate, issuers) if _issued(one, certificate)), None)
    url = _responder(certificate)
    if issuer is None or url is None:
        return None
    request = OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1()).build()  # noqa: S303 - RFC 5019 §2.1.1
    try:
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            answer = await client.post(
                url, content=request.public_bytes(Encoding.DER), headers={"Content-Type": "application/ocsp-request"}
            )
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
    good = answer.status_code == httpx.codes.OK and len(answer.content) <= LARGEST
    if not good or ocsp.OCSPResponse.load(answer.content)["response_status"].native != "successful":
        return None
    return answer.content


def _responder(certificate: x509.Certificate) -> str | None:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return None
    places = (one.access_location for one in access if one.access_method == AuthorityInformationAccessOID.OCSP)
    return next((one.value for one in places if isinstance(one, x509.UniformResourceIdentifier)), None)


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, Exception):
        return False
    return True


def _told(code: int) -> dict[str, Any]:
    return {"Status": code, "Description": TOLD[code]}
