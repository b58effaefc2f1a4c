"""Requests that are none: a responder refuses them and lives."""

from __future__ import annotations

import secrets

from conformance.publisher import ocsp
from conformance.suites.publisher.bench import Bench
from conformance.suites.publisher.marking import check
from conformance.suites.token.bench import Failed
from scenarios import Importance

OVERSIZED = 1 << 20
"""Octets of a request that is far longer than any."""


@check()
def garbage(bench: Bench) -> None:
    """Dữ liệu rác được trả lời malformedRequest, không phải lỗi máy chủ.

    What is no request is answered with malformedRequest: nothing at all, random octets, a request that is cut off or
    has something after its end, HTML (RFC 6960 §2.3, §4.2.1).
    """
    request = ocsp.request(ocsp.cert_id(bench.issuer, bench.leaf.serial_number))
    for name, content in {
        "no octets": b"",
        "random octets": secrets.token_bytes(60),
        "a request that is cut off": request[:-7],
        "a request with something after it": request + b"\x05\x00",
        "HTML": b"<html></html>",
    }.items():
        answer = bench.send(content).answer
        said = _status(answer.status, answer.content)
        if said != "malformedRequest":
            raise Failed(f"malformedRequest for {name}", said)


@check(importance=Importance.MINOR)
def garbage_in_the_address(bench: Bench) -> None:
    """Địa chỉ GET không phải base64 của một câu hỏi: malformedRequest hoặc lỗi 4xx.

    A GET whose path is no request in base64 is answered with malformedRequest or a 4xx status (RFC 6960 §2.3, RFC 9110
    §15.5).
    """
    for path in ("AAAA", "%00%ff", "not-base64-at-all"):
        answer = bench.fetch(f"{bench.responder.rstrip('/')}/{path}").answer
        if 400 <= answer.status < 500:
            continue
        said = _status(answer.status, answer.content)
        if said != "malformedRequest":
            raise Failed(f"malformedRequest or a 4xx status for the path {path}", said)


@check()
def oversized(bench: Bench) -> None:
    """Câu hỏi dài 1 MB bị từ chối gọn, và câu hỏi sau đó vẫn được trả lời.

    A request of a megabyte is refused, by malformedRequest or a 4xx status or by hanging up, and the next request is
    answered (RFC 6960 §2.3, RFC 9110 §15.5.14).
    """
    before = bench.answered(bench.leaf.serial_number).said
    request = ocsp.request(ocsp.cert_id(bench.issuer, bench.leaf.serial_number))
    try:
        answer = bench.send(request + bytes(OVERSIZED)).answer
    except Failed:
        if bench.was_silent(bench.responder):
            raise
        said = ""  # it hung up, as it may
    else:
        said = "" if 400 <= answer.status < 500 else _status(answer.status, answer.content)
    if said not in ("", "malformedRequest"):
        raise Failed("a refusal of a request of a megabyte", said)
    after = bench.ask(bench.leaf.serial_number).said
    if after != before:
        raise Failed(f"{before} after it as before", after)


def _status(status: int, content: bytes) -> str:
    if status != 200:
        return f"status {status}"
    try:
        return ocsp.parse(content).status
    except ValueError:
        return "no OCSP response"
