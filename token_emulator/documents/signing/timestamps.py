"""Timestamps of signatures, asked from a time-stamping authority over HTTP (RFC 3161 §3.4)."""

from __future__ import annotations

from typing import Final

import httpx
from asn1crypto import cms, tsp
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from token_emulator.documents.errors import TimestampFailed

PATIENCE: Final = 180.0
"""Seconds to wait for an answer: the real authority takes up to 131."""
LARGEST: Final = 65536
"""Octets of an answer that are read."""


class HttpTimeStamper(TimeStamper):
    """Asks one address; whatever goes wrong is TimestampFailed."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url, self._patience = url, patience

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token for a digest, its status, nonce and imprint checked."""
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            imprint = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]
            if imprint["hashed_message"].native != message_digest:
                raise TimestampFailed(self._url, "it stamped another digest")
        except (TimestampRequestError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise TimestampFailed(self._url, str(error) or type(error).__name__) from error
        return token

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Post the request (RFC 3161 §3.4)."""
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            async with httpx.AsyncClient(timeout=self._patience, trust_env=False) as client:
                answer = await client.post(self._url, content=req.dump(), headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TimestampFailed(self._url, str(error) or type(error).__name__) from error
        if answer.status_code != httpx.codes.OK:
            raise TimestampFailed(self._url, f"HTTP {answer.status_code}")
        if len(answer.content) > LARGEST:
            raise TimestampFailed(self._url, f"an answer of {len(answer.content)} octets")
        return tsp.TimeStampResp.load(answer.content)
