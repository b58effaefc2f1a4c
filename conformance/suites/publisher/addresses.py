"""Whoever holds a certificate finds from it, without asking anybody, all that is needed to check it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from cryptography import x509

from conformance.publisher import addresses, ocsp
from conformance.suites.publisher.bench import Bench, Fetched, judge, judge_samples
from conformance.suites.publisher.marking import check
from conformance.suites.token.bench import Failed
from conformance.targets.wire import Answer
from scenarios import Importance

CERTIFICATE_TYPES = ("application/pkix-cert", "application/pkcs7-mime")
CRL_TYPE = "application/pkix-crl"


@check("L20-24.3")
def named(bench: Bench) -> None:
    """Chứng thư số ghi địa chỉ http của chứng thư cơ quan cấp, của danh sách thu hồi và của OCSP.

    The certificate names http addresses of its issuer's certificate (caIssuers), its CRL and its OCSP responder
    (RFC 5280 §4.2.1.13, §4.2.2.1).
    """
    found = {
        "caIssuers": addresses.issuer_url,
        "cRLDistributionPoints": addresses.crl_url,
        "OCSP": addresses.ocsp_url,
    }
    judge_samples(
        bench,
        "http addresses of everything",
        lambda one: (f"{one} has no {name}" for name, read in found.items() if read(one.certificate) is None),
    )


@check("L20-24.3")
def open_to_anybody(bench: Bench) -> None:
    """Ai cũng tải được chứng thư, danh sách thu hồi và hỏi được OCSP: không đăng nhập, không chuyển hướng.

    Whoever asks gets the issuer's certificate, the CRL and an OCSP answer, without a login and without a redirect.
    """
    judge("status 200 without a login", _closed(bench))


def _closed(bench: Bench) -> Iterator[str]:
    responder = addresses.ocsp_url(bench.leaf)
    asked = {addresses.issuer_url(bench.leaf): "issuer", addresses.crl_url(bench.leaf): "crl"}
    if responder is not None and (issuer := bench.wanted.issuer or _issuer(bench)) is not None:
        asked[ocsp.get_url(responder, ocsp.request(ocsp.cert_id(issuer, bench.leaf.serial_number)))] = "ocsp_get"
    for url, face in asked.items():
        if url is not None:
            try:
                answer = bench.fetch(url, face=face).answer
            except Failed as failed:
                yield str(failed)
                continue
            if answer.status != 200:
                yield f"{url} answered {answer.status}"


def _issuer(bench: Bench) -> x509.Certificate | None:
    try:
        return bench.serve_issuer()
    except Failed:
        return None


@check()
def media_types(bench: Bench) -> None:
    """Kiểu nội dung đúng: pkix-cert cho chứng thư, pkix-crl cho danh sách thu hồi, ocsp-response cho OCSP.

    The media types are right: application/pkix-cert (or pkcs7-mime) for certificates, application/pkix-crl for
    CRLs, application/ocsp-response for OCSP by GET and by POST (RFC 5280 §4.2.1.13, §4.2.2.1; RFC 6960 appendix A).
    """
    judge("the media types of the standards", _mistyped(bench))


def _mistyped(bench: Bench) -> Iterator[str]:
    served = _issuers_file(bench)
    if served is not None and served.media_type not in CERTIFICATE_TYPES:
        yield f"issuer's certificate: {_type(served)}"
    for by in ("GET", "POST"):
        answer = bench.answered(bench.leaf.serial_number, by=by).fetched.answer
        if answer.media_type != ocsp.RESPONSE_TYPE:
            yield f"OCSP by {by}: {_type(answer)}"
    for one in bench.every_list():
        if one.fetched.answer.media_type != CRL_TYPE:
            yield f"{one.read.name}: {_type(one.fetched.answer)}"


def _issuers_file(bench: Bench) -> Answer | None:
    """What stands at the issuer's address; None where nothing does, which is another check's affair."""
    try:
        return bench.document("issuer's certificate", addresses.issuer_url(bench.leaf)).answer
    except Failed:
        return None


def _type(answer: Answer) -> str:
    return answer.media_type or "none"


@check()
def der(bench: Bench) -> None:
    """Danh sách thu hồi và chứng thư được phục vụ ở dạng DER, không phải PEM.

    CRLs and certificates are served in DER, not in PEM (RFC 5280 §4.2.1.13, §4.2.2.1).
    """
    served = _issuers_file(bench)
    if served is not None and _is_pem(served):
        raise Failed("the issuer's certificate in DER", "PEM")
    judge("DER", (f"{one.read.name}: PEM" for one in bench.every_list() if _is_pem(one.fetched.answer)))


def _is_pem(answer: Answer) -> bool:
    return answer.content.lstrip().startswith(b"-----BEGIN")


@check(importance=Importance.MINOR)
def caching(bench: Bench) -> None:
    """Bộ nhớ đệm HTTP không được giữ danh sách thu hồi hay câu trả lời OCSP quá nextUpdate.

    No HTTP cache is told to keep a CRL or an OCSP answer beyond its nextUpdate (Cache-Control, Expires), and
    Last-Modified does not lie ahead of Date (RFC 5019 §5, RFC 9111 §4.2, RFC 9110 §8.8.2).
    """
    judge("caching headers that keep nothing stale", _stale(bench))


def _stale(bench: Bench) -> Iterator[str]:
    for one in bench.every_list():
        yield from _kept_too_long(one.read.name, one.fetched, one.read.parsed.next_update_utc)
    asked = bench.answered(bench.leaf.serial_number, by="GET")
    ends = [one.next_update for one in asked.response.singles if one.next_update is not None]
    yield from _kept_too_long("OCSP by GET", asked.fetched, min(ends, default=None))


def _kept_too_long(name: str, fetched: Fetched, until: datetime | None) -> Iterator[str]:
    headers = fetched.answer.headers
    date, expires, modified = (_date(headers.get(name)) for name in ("date", "expires", "last-modified"))
    if modified is not None and date is not None and modified > date:
        yield f"{name}: Last-Modified {headers['last-modified']} lies ahead of Date {headers['date']}"
    lifetime = _max_age(headers.get("cache-control", ""))
    if lifetime is None and expires is not None and date is not None:
        lifetime = (expires - date).total_seconds()
    if lifetime is None or until is None:
        return
    left = (until - fetched.since).total_seconds()
    if lifetime > max(left, 0) + 1:
        yield f"{name}: may be kept for {lifetime:g} s, its nextUpdate comes in {max(left, 0):.0f} s"


def _max_age(control: str) -> float | None:
    """For how many seconds Cache-Control lets a shared cache keep it; None where it says nothing."""
    found: dict[str, str] = {}
    for part in control.lower().split(","):
        name, _, value = part.strip().partition("=")
        found[name] = value.strip('"')
    if found.keys() & {"no-store", "no-cache", "private"}:
        return 0
    ages = [found[name] for name in ("s-maxage", "max-age") if found.get(name, "").isdecimal()]
    return float(ages[0]) if ages else None


def _date(value: str | None) -> datetime | None:
    try:
        found = None if value is None else parsedate_to_datetime(value)
    except ValueError:
        return None
    return found if found is not None and found.utcoffset() == timedelta() else None
