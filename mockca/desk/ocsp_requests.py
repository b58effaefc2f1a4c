"""OCSP requests, read once: who asks again differs in the nonce alone, which stands at the request's end."""

from __future__ import annotations

from typing import Final

from mockca.pki.ocsp import CertId, OcspRequest, Responder, parse_request

MOST_KEPT: Final = 10_000
"""Requests that are remembered."""
LONGEST_KEPT: Final = 512
"""Octets of the longest of them: enough for one certificate by any hash, and a nonce."""

_NONCE_MARK: Final = bytes.fromhex("06092b0601050507300102")
"""The nonce extension's object identifier, with tag and length (RFC 6960 §4.4.1)."""
_HEADERS: Final = 4
"""Octets of two OCTET STRING headers in their short form: extnValue and the nonce in it."""


class RequestReader:
    """Reads the requests that a responder gets."""

    def __init__(self, responder: Responder) -> None:
        self._responder = responder
        self._known: dict[bytes, tuple[CertId, ...]] = {}

    def read(self, request: bytes) -> OcspRequest | None:
        """What is asked; None where a certificate of another CA is. Raises Malformed as `parse_request` does."""
        frame = frame_of(request)
        if frame is not None:
            known = self._known.get(frame)
            if known is not None:
                return OcspRequest(known, request[len(frame) :])
        asked = parse_request(request)
        if not all(self._responder.matches(cert_id) for cert_id in asked.cert_ids):
            return None
        if frame is not None and _ends_with_its_nonce(request, frame):
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[frame] = asked.cert_ids
        return asked


def frame_of(request: bytes) -> bytes | None:
    """All of a request but the nonce at its end; None where there seems to be none, or the request is long.

    The last octet of a frame is the nonce's length. So two requests with the same frame differ in the nonce alone.
    """
    if len(request) > LONGEST_KEPT:
        return None
    mark = request.rfind(_NONCE_MARK)
    start = mark + len(_NONCE_MARK) + _HEADERS
    if mark < 0 or start >= len(request) or request[start - 1] != len(request) - start:
        return None
    return request[:start]


def _ends_with_its_nonce(request: bytes, frame: bytes) -> bool:
    """Whether what follows the frame is indeed what is read as the nonce, and no look-alike."""
    other = bytes(octet ^ 0xFF for octet in request[len(frame) :])
    return parse_request(frame + other).nonce == other
