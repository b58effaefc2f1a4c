"""The PKI's own face: CA certificates, CRLs, OCSP and time stamps, by plain WSGI in front of Flask.

It is what relying parties' software asks, again and again, so it costs little: no framework, no parsing twice.
"""

from __future__ import annotations

import binascii
import logging
from base64 import b64decode
from collections.abc import Iterable
from email.utils import format_datetime
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from sqlalchemy.exc import SQLAlchemyError

from mockca.clock import system_now
from mockca.desk import due
from mockca.desk.faults.drafts import OCSP, TSA
from mockca.desk.publication import CrlName, Published, Publisher
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.desk.timestamps import Timestamper
from mockca.desk.views import Problem
from mockca.errors import Moved, NotFound
from mockca.pki import ocsp, tsa
from mockca.web.bare import STATUS_LINES, BodyTooLargeError, Headers, read_body, send, shown, tell
from mockca.web.carrying import carry
from mockca.web.noting import note_refusal, noting
from mockca.web.problems import problem, problem_of, too_large

log = logging.getLogger("mockca.web")

PREFIX: Final = "/pki/"
OCSP_PATH: Final = "ocsp"
TSA_PATH: Final = "tsa"
LONGEST_GET: Final = 4096
"""Characters of an OCSP request in an address; longer ones are to be posted (RFC 5019 §5)."""

OCSP_TYPE: Final = "application/ocsp-response"
QUERY_TYPE: Final = "application/timestamp-query"
REPLY_TYPE: Final = "application/timestamp-reply"
CRL_TYPE: Final = "application/pkix-crl"
CERTIFICATE_TYPE: Final = "application/pkix-cert"

CRLS: Final = {
    "crl/root.crl": CrlName.ROOT,
    "crl/issuing.crl": CrlName.ISSUING,
    "crl/issuing-delta.crl": CrlName.DELTA,
}
CERTIFICATES: Final = {"crt/root.crt": "root", "crt/issuing.crt": "issuing"}
POLICY_PATH: Final = "policies/cp"
POLICY: Final = """\
MÔ PHỎNG - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ

Chứng thư số dẫn đến trang này do một hệ thống mô phỏng cấp, chỉ dùng để thử nghiệm và đào tạo.
Không tổ chức nào đứng sau các chứng thư số này. Không được tin cậy chúng ngoài môi trường thử nghiệm.

MOCK - OF NO LEGAL EFFECT

The certificates that refer to this page come from a mock, for tests and training only.
Nobody vouches for them. Do not trust them outside a test environment.
""".encode()

READ: Final = ("GET", "HEAD")


class PkiFace:
    """The WSGI application of `/{sandbox}/pki/…`."""

    def __init__(self, sandboxes: Sandboxes) -> None:
        self._sandboxes = sandboxes
        self._publishers: dict[str, Publisher] = {}
        self._timestampers: dict[str, Timestamper] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request. Whatever is asked, the answer is below 500, unless the database fails."""
        try:
            return self._answer(environ, start_response)
        except Moved:
            # A snapshot was restored under our hands; what has taken its place answers.
            return self._answer(environ, start_response)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        name, _, rest = path[1:].partition(PREFIX)
        asks_ocsp = rest.partition("/")[0] == OCSP_PATH
        try:
            publisher = self._publisher(name)
            if rest == TSA_PATH:
                return _timestamp(self._timestamper(name), environ, start_response)
            if asks_ocsp:
                return _ocsp(publisher, rest[len(OCSP_PATH) + 1 :], environ, start_response)
            return _document(publisher, rest, environ, start_response)
        except NotFound as error:
            return tell(problem_of(error), environ, start_response)
        except SQLAlchemyError as error:
            log.error("the registry of %s cannot be read: %s", name, type(error).__name__)
            if asks_ocsp:
                return send(environ, start_response, ocsp.failure("tryLater"), OCSP_TYPE, [])
            busy = problem(503, "Không đọc được sổ đăng ký. / The registry cannot be read.", kind="busy")
            return tell(busy, environ, start_response, [("Retry-After", "1")])

    def _publisher(self, name: str) -> Publisher:
        sandbox = self._sandboxes.open(name)
        publisher = self._publishers.get(name)
        if publisher is None or publisher.sandbox is not sandbox:
            publisher = self._publishers[name] = Publisher(sandbox, due.run_due)
        return publisher

    def _timestamper(self, name: str) -> Timestamper:
        sandbox = self._sandboxes.open(name)
        timestamper = self._timestampers.get(name)
        if timestamper is None or timestamper.sandbox is not sandbox:
            timestamper = self._timestampers[name] = Timestamper(sandbox)
        return timestamper


def in_front_of(application: WSGIApplication, sandboxes: Sandboxes) -> WSGIApplication:
    """The application with the PKI's face in front: `/{sandbox}/pki/…` goes there, everything else through."""
    face = PkiFace(sandboxes)

    def route(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith(PREFIX, path.find("/", 1)):
            return face(environ, start_response)
        return application(environ, start_response)

    return route


def _ocsp(publisher: Publisher, rest: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """OCSP over HTTP (RFC 6960 appendix A.1): the request in the body, or in the path in base64."""
    method = environ["REQUEST_METHOD"]
    if method == "POST" and not rest:
        try:
            request = read_body(environ, ocsp.MAX_OCTETS)
        except BodyTooLargeError:
            large = too_large(ocsp.MAX_OCTETS)
            return _refuse(publisher.sandbox, OCSP, large, environ, start_response, [("Connection", "close")])
        published = publisher.ocsp(request)
        start_response = noting(publisher.sandbox, published.note, start_response)
        if published.carriage is not None:
            return carry(published.carriage, environ, start_response, published.der, OCSP_TYPE, [])
        return send(environ, start_response, published.der, OCSP_TYPE, [])
    if method not in READ:
        allowed = "GET, HEAD" if rest else "GET, HEAD, POST"
        wrong = problem(405, f"{method} {shown(environ)}")
        return _refuse(publisher.sandbox, OCSP, wrong, environ, start_response, [("Allow", allowed)])
    if len(rest) > LONGEST_GET:
        long = problem(
            414,
            f"Yêu cầu OCSP trong địa chỉ dài hơn {LONGEST_GET} ký tự. / "
            f"The OCSP request in the address is longer than {LONGEST_GET} characters.",
            kind="address-too-long",
            remedy="Gửi yêu cầu bằng POST. / Send the request by POST.",
        )
        return _refuse(publisher.sandbox, OCSP, long, environ, start_response)
    try:
        request = b64decode(rest.encode("latin-1"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        # Unreadable either way, so the answer is the one for unreadable DER.
        request = b""
    published = publisher.ocsp(request)
    start_response = noting(publisher.sandbox, published.note, start_response)
    return _publish(published, OCSP_TYPE, environ, start_response, [])


def _timestamp(timestamper: Timestamper, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Time stamping over HTTP (RFC 3161 §3.4): by POST alone."""
    method = environ["REQUEST_METHOD"]
    if method != "POST":
        wrong_method = problem(405, f"{method} {shown(environ)}")
        return _refuse(timestamper.sandbox, TSA, wrong_method, environ, start_response, [("Allow", "POST")])
    stated = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if stated not in ("", QUERY_TYPE):
        wrong = problem(
            415,
            f"Yêu cầu dấu thời gian phải là {QUERY_TYPE}. / A time-stamp request is {QUERY_TYPE}.",
            remedy=f"Gửi TimeStampReq với `Content-Type: {QUERY_TYPE}`. / "
            f"Send a TimeStampReq with `Content-Type: {QUERY_TYPE}`.",
        )
        return _refuse(timestamper.sandbox, TSA, wrong, environ, start_response)
    try:
        request = read_body(environ, tsa.MAX_OCTETS)
    except BodyTooLargeError:
        large = too_large(tsa.MAX_OCTETS)
        return _refuse(timestamper.sandbox, TSA, large, environ, start_response, [("Connection", "close")])
    stamped = timestamper.answer(request)
    start_response = noting(timestamper.sandbox, stamped.note, start_response)
    if stamped.carriage is not None:
        return carry(stamped.carriage, environ, start_response, stamped.der, REPLY_TYPE, [])
    return send(environ, start_response, stamped.der, REPLY_TYPE, [("Cache-Control", "no-store")])


def _document(
    publisher: Publisher, rest: str, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """A CA certificate, a CRL, or the page that certificates name as their policy."""
    if rest not in CRLS and rest not in CERTIFICATES and rest != POLICY_PATH:
        return tell(problem_of(NotFound("page", shown(environ))), environ, start_response)
    method = environ["REQUEST_METHOD"]
    if method not in READ:
        return tell(problem(405, f"{method} {shown(environ)}"), environ, start_response, [("Allow", "GET, HEAD")])
    if rest in CRLS:
        published = publisher.crl(CRLS[rest])
        start_response = noting(publisher.sandbox, published.note, start_response)
        headers = [("Content-Disposition", f'attachment; filename="{rest.partition("/")[2]}"')]
        # The sandbox's clock may be ahead of the real one, by which HTTP goes: a time yet to come may not stand
        # here (RFC 9110 §8.8.2.1). For the same reason If-Modified-Since is passed over, in favour of the tag.
        if published.this_update is not None and published.this_update <= system_now():
            headers.append(("Last-Modified", format_datetime(published.this_update, usegmt=True)))
        return _publish(published, CRL_TYPE, environ, start_response, headers)
    if rest in CERTIFICATES:
        published = publisher.certificate(CERTIFICATES[rest])
        start_response = noting(publisher.sandbox, published.note, start_response)
        headers = [("Content-Disposition", f'attachment; filename="{rest.partition("/")[2]}"')]
        if published.carriage is not None:
            return carry(published.carriage, environ, start_response, published.der, CERTIFICATE_TYPE, headers)
        return send(environ, start_response, published.der, CERTIFICATE_TYPE, headers)
    return send(environ, start_response, POLICY, "text/plain; charset=utf-8", [])


def _refuse(
    sandbox: Sandbox,
    endpoint: str,
    what: Problem,
    environ: WSGIEnvironment,
    start_response: StartResponse,
    headers: Headers | None = None,
) -> Iterable[bytes]:
    note_refusal(sandbox, endpoint, what)
    return tell(what, environ, start_response, headers)


def _publish(
    published: Published, kind: str, environ: WSGIEnvironment, start_response: StartResponse, headers: Headers
) -> Iterable[bytes]:
    """A CRL or OCSP answer with its validator, or 304 where the asker has it already."""
    if published.carriage is not None:
        return carry(published.carriage, environ, start_response, published.der, kind, headers)
    if published.etag is None:
        return send(environ, start_response, published.der, kind, [("Cache-Control", "no-store"), *headers])
    headers += [
        ("ETag", published.etag),
        (
            "Cache-Control",
            f"max-age={published.cache_seconds}, public, no-transform, must-revalidate",
        ),
    ]
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None and (known.strip() == "*" or published.etag in known):
        start_response(STATUS_LINES[304], headers)
        return [b""]
    return send(environ, start_response, published.der, kind, headers)
