"""Operations that say what is there: version, certificate, configuration, licence."""

from __future__ import annotations

import base64
from importlib.metadata import version

from cryptography import x509

from token_emulator.agent import replies
from token_emulator.agent.calls import Call
from token_emulator.agent.replies import Reply
from token_emulator.documents.signing.keys import common_name, mailbox

DISTRIBUTION = "mockca"


class GetVersion:
    """A text that is not empty; its form on the real agent is not known."""

    refused = staticmethod(replies.refused)

    async def __call__(self, call: Call) -> Reply:
        """`mockca 0.1.0 (MÔ PHỎNG)`."""
        del call
        return f"{DISTRIBUTION} {version(DISTRIBUTION)} (MÔ PHỎNG)"


class GetCertInfo:
    """The certificate on the device; no PIN is asked for."""

    refused = staticmethod(replies.refused)

    async def __call__(self, call: Call) -> Reply:
        """`{Status, CertInfo}`: Email and Base64Data as known, more as we choose. Raises Refusal."""
        question = call.question("Chọn chứng thư số", "Choose a certificate", "")
        device = await call.agent.devices.choose(call.agent.prompter, question)
        return {"Status": 0, "CertInfo": certificate_told(device.certificate or b""), "Message": "", "Error": ""}


class ShowConfig:
    """On the real agent a window opens; here there is a page, whose address the agent said when it started."""

    refused = staticmethod(replies.refused)

    async def __call__(self, call: Call) -> Reply:
        """Status 0."""
        del call
        return {"Status": 0, "Message": "Xem trang bàn ký / see the desk's page", "Error": ""}


class GetLicenseRequest:
    """A text in place of the request for a licence: the mock needs none."""

    refused = staticmethod(replies.refused)

    async def __call__(self, call: Call) -> Reply:
        """`{Status, LicenseRequest, Error}`."""
        del call
        return {"Status": 0, "LicenseRequest": base64.b64encode(b"mockca: no licence is needed").decode(), "Error": ""}


def certificate_told(der: bytes) -> dict[str, str]:
    """A certificate as the agent tells of it."""
    certificate = x509.load_der_x509_certificate(der)
    return {
        "SerialNumber": f"{certificate.serial_number:X}",
        "CommonName": common_name(der),
        "Subject": certificate.subject.rfc4514_string(),
        "Issuer": certificate.issuer.rfc4514_string(),
        "Email": mailbox(der) or "",
        "ValidFrom": certificate.not_valid_before_utc.isoformat(),
        "ValidTo": certificate.not_valid_after_utc.isoformat(),
        "Base64Data": base64.b64encode(der).decode(),
    }
