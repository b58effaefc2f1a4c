"""Defects of how CRLs, OCSP answers and the authority's certificates are served over HTTP (RFC 5019 §5, RFC 9110)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import format_datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final, TypeAlias
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIEnvironment

from mockca.clock import system_now
from mockca.mutants.mutant import enter, mutant
from mockca.mutants.patching import Patch
from mockca.pki import ocsp
from mockca.web import pki
from mockca.web.pki import PREFIX, PkiFace

ISSUER, ISSUERS, LISTS, OCSP = "crt/issuing.crt", "crt/", "crl/", "ocsp"
FULL, DELTA = "crl/issuing.crl", "crl/issuing-delta.crl"
YEAR_SECONDS: Final = 365 * 24 * 3600
ANY_LENGTH: Final = 1 << 24
MALFORMED: Final = ocsp.failure("malformedRequest")
PEM_LABELS: Final = {pki.CRL_TYPE: "X509 CRL", pki.CERTIFICATE_TYPE: "CERTIFICATE"}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, as it goes out."""

    method: str
    path: str
    """What was asked for, from behind `/pki/` on."""
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def saying(self, **headers: str) -> Reply:
        """With these headers; an empty one is left out."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={name: value for name, value in {**self.headers, **named}.items() if value})


Change: TypeAlias = Callable[[Reply], Reply]


def _replied(patch: Patch, change: Change) -> None:
    call = PkiFace.__call__

    def otherwise(self: PkiFace, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def listen(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            begun.append((status, headers))

        body = b"".join(call(self, environ, listen))
        if not begun:
            return [body]  # a fault has hung up
        status, headers = begun[0]
        path = environ["PATH_INFO"].partition(PREFIX)[2]
        reply = change(Reply(environ["REQUEST_METHOD"], path, int(status[:3]), dict(headers), body))
        if reply.method != "HEAD":
            reply = reply.saying(Content_Length=str(len(reply.body)))
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", list(reply.headers.items()))
        return [reply.body]

    patch.member(PkiFace, "__call__", otherwise)


def _of(path: str, change: Change, *, by: str = "", but: str = "") -> Change:
    """The change, for what begins with the path, asked for by that method, and does not begin with `but`."""

    def some(reply: Reply) -> Reply:
        meant = reply.path.startswith(path) and by in ("", reply.method) and not (but and reply.path.startswith(but))
        return change(reply) if meant else reply

    return some


def _refusing(status: int) -> Change:
    return lambda reply: replace(reply, status=status, body=b"").saying(Content_Type="text/html")


def _in_html(reply: Reply) -> Reply:
    page = "<html>Hệ thống đang bảo trì</html>".encode()
    return replace(reply, status=200, body=page).saying(Content_Type="text/html; charset=utf-8")


def _typed(kind: str) -> Change:
    return lambda reply: reply.saying(Content_Type=kind)


def _in_pem(reply: Reply) -> Reply:
    label = PEM_LABELS.get(reply.headers.get("Content-Type", ""))
    if label is None or reply.status != 200:
        return reply
    lines = base64.encodebytes(reply.body)
    return replace(reply, body=b"-----BEGIN %b-----\n%b-----END %b-----\n" % (label.encode(), lines, label.encode()))


def _cut(reply: Reply) -> Reply:
    return replace(reply, body=reply.body[:-9])


def _kept(reply: Reply) -> Reply:
    return reply.saying(Cache_Control=f"max-age={YEAR_SECONDS}, public")


def _expiring_next_year(reply: Reply) -> Reply:
    now = system_now()
    end = format_datetime(now + timedelta(seconds=YEAR_SECONDS), usegmt=True)
    return reply.saying(Cache_Control="", Date=format_datetime(now, usegmt=True), Expires=end)


def _modified_tomorrow(reply: Reply) -> Reply:
    now = system_now()
    tomorrow = format_datetime(now + timedelta(days=1), usegmt=True)
    return reply.saying(Date=format_datetime(now, usegmt=True), Last_Modified=tomorrow)


def _broken_by_garbage(reply: Reply) -> Reply:
    return _refusing(500)(reply) if reply.body == MALFORMED else reply


FACES: Final[Mapping[str, tuple[str, str, Change]]] = {
    "login-needed": (
        "Phải đăng nhập mới tải được chứng thư CA, danh sách thu hồi và hỏi OCSP",
        "Certificates, CRLs and OCSP are there only for those who log in",
        _of("", _refusing(401)),
    ),
    "crl-media-type": (
        "Kiểu nội dung của danh sách thu hồi là application/octet-stream",
        "CRLs have the media type application/octet-stream",
        _of(LISTS, _typed("application/octet-stream")),
    ),
    "ocsp-media-type": (
        "Kiểu nội dung của OCSP là text/plain",
        "OCSP answers have the media type text/plain",
        _of(OCSP, _typed("text/plain")),
    ),
    "issuer-in-pem": ("Chứng thư CA ở dạng PEM", "The CA's certificate is served in PEM", _of(ISSUERS, _in_pem)),
    "crl-in-pem": ("Danh sách thu hồi ở dạng PEM", "CRLs are served in PEM", _of(LISTS, _in_pem)),
    "crl-kept-for-a-year": (
        "Bộ nhớ đệm HTTP được giữ danh sách thu hồi một năm",
        "HTTP caches may keep CRLs for a year",
        _of(LISTS, _kept),
    ),
    "crl-expires-next-year": (
        "Expires của danh sách thu hồi là sang năm",
        "The Expires of CRLs lies in the next year",
        _of(LISTS, _expiring_next_year),
    ),
    "crl-modified-tomorrow": (
        "Last-Modified của danh sách thu hồi là ngày mai",
        "The Last-Modified of CRLs lies ahead",
        _of(LISTS, _modified_tomorrow),
    ),
    "ocsp-kept-for-a-year": (
        "Bộ nhớ đệm HTTP được giữ câu trả lời OCSP một năm",
        "HTTP caches may keep OCSP answers for a year",
        _of(OCSP, _kept, by="GET"),
    ),
    "issuer-not-readable": (
        "Địa chỉ chứng thư CA đưa dữ liệu không đọc được",
        "What is served as the CA's certificate is none",
        _of(ISSUER, _cut),
    ),
    "crl-in-html": (
        "Địa chỉ danh sách thu hồi đưa trang HTML",
        "What is served as a CRL is a page in HTML",
        _of(LISTS, _in_html),
    ),
    "crl-cut-off": ("Danh sách thu hồi bị cụt", "The full CRL is cut off", _of(FULL, _cut)),
    "delta-cut-off": ("Delta CRL bị cụt", "The delta CRL is cut off", _of(DELTA, _cut)),
    "delta-not-there": ("Không tải được delta CRL", "The delta CRL cannot be had", _of(DELTA, _refusing(503))),
    "ocsp-cut-off": ("Câu trả lời OCSP bị cụt", "OCSP answers are cut off", _of(OCSP, _cut)),
    "ocsp-not-by-post": ("OCSP không nhận POST", "OCSP does not take POST", _of(OCSP, _refusing(405), by="POST")),
    "ocsp-not-by-get": ("OCSP không nhận GET", "OCSP does not take GET", _of(OCSP, _refusing(405), by="GET")),
    "ocsp-broken-by-garbage": (
        "Câu hỏi OCSP rác làm máy chủ lỗi",
        "Garbage by POST ends in an error of the server",
        _of(OCSP, _broken_by_garbage, by="POST"),
    ),
    "ocsp-broken-by-addresses": (
        "Địa chỉ OCSP rác làm máy chủ lỗi",
        "Garbage in the address ends in an error of the server",
        _of(OCSP, _broken_by_garbage, by="GET"),
    ),
}
for name, (vi, en, change) in FACES.items():
    enter(name, vi, en, partial(_replied, change=change))


@mutant("Địa chỉ chứng thư CA đưa một chứng thư khác", "Another certificate is served as the CA's")
def issuer_is_another(patch: Patch) -> None:
    document = pki._document

    def otherwise(publisher: Any, rest: str, *more: Any) -> Iterable[bytes]:
        return document(publisher, "crt/root.crt" if rest == ISSUER else rest, *more)

    patch.everywhere(document, otherwise)


@mutant("OCSP không giải mã %XX trong địa chỉ GET", "OCSP does not undo the escapes in addresses")
def ocsp_escapes_unread(patch: Patch) -> None:
    answer = pki._ocsp

    def otherwise(publisher: Any, rest: str, *more: Any) -> Iterable[bytes]:
        return answer(publisher, quote(rest, safe=""), *more)

    patch.everywhere(answer, otherwise)


@mutant(
    "OCSP nhận câu hỏi dài bao nhiêu cũng được, bỏ qua phần thừa",
    "OCSP takes requests of any length and passes over what follows them",
)
def ocsp_takes_any_length(patch: Patch) -> None:
    parse = ocsp.parse_request

    def beginning(request: bytes) -> Any:
        return parse(request[: _length_of_first(request)])

    patch.member(ocsp, "MAX_OCTETS", ANY_LENGTH)
    patch.everywhere(parse, beginning)


def _length_of_first(request: bytes) -> int:
    """Octets of the first value in there, tag and length included; all of it where it has no such length."""
    if len(request) < 2 or request[1] < 0x80:
        return 2 + request[1] if len(request) >= 2 else len(request)
    octets = request[1] & 0x7F
    return 2 + octets + int.from_bytes(request[2 : 2 + octets], "big")
