"""Operations that verify what was signed (facts: sign-service §3.5). None asks for a PIN."""

from __future__ import annotations

import asyncio
from typing import Any

from token_emulator.agent import replies
from token_emulator.agent.calls import Call
from token_emulator.agent.certificates import certificate_status
from token_emulator.agent.faults import FaultName
from token_emulator.agent.information import certificate_told
from token_emulator.agent.messages import (
    VerifyMessageRequest,
    VerifyPdfRequest,
    VerifyXmlRequest,
    octets_of,
    parse,
)
from token_emulator.agent.outcomes import BAD_MESSAGE, NOT_VERIFIED, Refusal
from token_emulator.agent.reading import read_jws, require_holds, signatures_in, signer_of
from token_emulator.agent.replies import Reply
from token_emulator.agent.transfer import Credentials
from token_emulator.documents.checking.reading import Coverage


class VerifyMessage:
    """`{Base64Content, Signature}` → `ValidationStatus`."""

    refused = staticmethod(replies.refused)

    async def __call__(self, call: Call) -> Reply:
        """Status 0 whenever an answer can be given; `ValidationStatus.Status` says whether it holds. Raises Refusal."""
        request = parse(VerifyMessageRequest, call.text)
        data, signature = octets_of(request.Base64Content), octets_of(request.Signature)
        told: dict[str, Any] = {"Status": 0, "Message": "", "SigningCertInfo": None, "SignerCertStatus": None}
        try:
            found = await asyncio.to_thread(signatures_in, signature, data)
            require_holds(found)
        except Refusal as refusal:
            return {**told, "ValidationStatus": _failed(refusal)}
        return {
            **told,
            "ValidationStatus": {"Status": 0, "Message": ""},
            "SigningCertInfo": certificate_told(signer_of(found[0])),
            "SignerCertStatus": await _status(call, signer_of(found[0])),
        }


class VerifyXml:
    """`{Data, Format}` → an array, one item a signature."""

    @staticmethod
    def refused(refusal: Refusal) -> Reply:
        """An array, too: pages look into the first item."""
        return [
            {
                "Status": refusal.outcome.status,
                "Message": refusal.text,
                "SigInfo": None,
                "ValidationDetails": {"SignerCertStatus": None, "ValidationStatus": _failed(refusal)},
            }
        ]

    async def __call__(self, call: Call) -> Reply:
        """Raises Refusal where there is no signature, or one does not hold."""
        request = parse(VerifyXmlRequest, call.text)
        if request.Format.upper() != "XML":
            raise Refusal(BAD_MESSAGE, "Format: XML")
        found = await asyncio.to_thread(signatures_in, request.Data.encode())
        require_holds(found)
        return [
            {
                "Status": 0,
                "Message": "",
                "SigInfo": {"SignerCert": certificate_told(signer_of(one))},
                "ValidationDetails": {
                    "ValidationStatus": {"Status": 0, "Message": ""},
                    "SignerCertStatus": await _status(call, signer_of(one)),
                },
            }
            for one in found
        ]


class VerifyJson:
    """A compact JWS, as it is."""

    refused = staticmethod(replies.refused)

    async def __call__(self, call: Call) -> Reply:
        """`{Status, Message, SigningCertInfo, JsonContent}`. Raises Refusal."""
        payload, certificate = await asyncio.to_thread(read_jws, call.text.strip())
        return {
            "Status": 0,
            "Message": "",
            "Error": "",
            "SigningCertInfo": certificate_told(certificate),
            "SignerCertStatus": await _status(call, certificate),
            "JsonContent": payload.decode("utf-8", "replace"),
        }


class VerifyPdf:
    """`{SessionId, FileName}`: the real agent shows a window, and nobody reads its reply; ours tells what it saw."""

    refused = staticmethod(replies.refused)

    async def __call__(self, call: Call) -> Reply:
        """`{Status, Message, Signatures}`; Status is not 0 when a signature does not hold. Raises Refusal."""
        request = parse(VerifyPdfRequest, call.text)
        fetched = await call.agent.transfer.fetch(request.FileName, Credentials(request.SessionId))
        found = await asyncio.to_thread(signatures_in, fetched.content)
        signatures = [
            {
                "FieldName": one.name,
                "Valid": one.holds,
                "CoversWholeDocument": one.coverage is Coverage.WHOLE,
                "SigningTime": one.claimed.isoformat() if one.claimed else "",
                "SigningCertInfo": certificate_told(signer_of(one)),
                "SignerCertStatus": await _status(call, signer_of(one)),
            }
            for one in found
        ]
        refusal = None if all(one.holds for one in found) else Refusal(NOT_VERIFIED, "the document was changed")
        told = {"Status": refusal.outcome.status, "Message": refusal.text} if refusal else {"Status": 0, "Message": ""}
        return {**told, "Signatures": signatures}


async def _status(call: Call, certificate: bytes) -> dict[str, Any] | None:
    """SignerCertStatus: null where OCSP is not switched on, as many users have it."""
    settings = call.agent.settings
    if not settings.ocsp or FaultName.OCSP_OFF in call.firing:
        return None
    return await certificate_status(certificate, settings, call.agent.clock())


def _failed(refusal: Refusal) -> dict[str, Any]:
    return {"Status": refusal.outcome.status, "Message": refusal.text}
