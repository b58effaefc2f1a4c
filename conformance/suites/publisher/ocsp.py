"""What an OCSP responder answers (RFC 6960, RFC 5019, RFC 9654)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from datetime import timedelta

from cryptography import x509

from conformance.publisher import ocsp
from conformance.suites.publisher.bench import Asked, Bench, judge
from conformance.suites.publisher.marking import check
from conformance.suites.token.bench import Failed, NotApplicable
from scenarios import Importance

BYS = ("POST", "GET")
NONCE_OCTETS = 32
"""What a client has to send (RFC 9654 §2.1)."""
SECOND = timedelta(seconds=1)
MOST_DRAWN = 64
"""Requests that are made until one has in its base64 what an address must escape."""


def _answered(asked: Asked, by: str) -> None:
    if asked.response.parsed is None:
        raise Failed(f"an answer about a certificate of the issuer by {by}", asked.response.status)


@check("L20-24.3")
def post(bench: Bench) -> None:
    """Hỏi bằng POST thì được trả lời.

    A request by POST is answered with a status (RFC 6960 §2.1, appendix A.1).
    """
    _answered(bench.ask(bench.leaf.serial_number, first=True), "POST")


@check("L20-24.3")
def get(bench: Bench) -> None:
    """Hỏi bằng GET thì được trả lời, kể cả khi base64 có `+`, `/`, `=` được mã hóa trong địa chỉ.

    A request by GET is answered with a status, also where its base64 has `+`, `/` and `=`, escaped in the address
    (RFC 6960 appendix A.1, RFC 5019 §5).
    """
    _answered(bench.ask(bench.leaf.serial_number, by="GET", first=True), "GET")
    serial, nonce = bench.leaf.serial_number, None
    for _ in range(MOST_DRAWN):
        encoded = base64.b64encode(ocsp.request(ocsp.cert_id(bench.issuer, serial), nonce=nonce)).decode()
        if "+" in encoded and "/" in encoded and encoded.endswith("="):
            break
        nonce = secrets.token_bytes(secrets.choice((16, 17)))
    _answered(bench.ask(serial, nonce=nonce, by="GET", first=True), "GET, with escaped base64")


@check(importance=Importance.BLOCKER)
def nonce_repeated(bench: Bench) -> None:
    """Nonce 32 octet trong câu hỏi được lặp lại y nguyên trong câu trả lời, qua POST và GET.

    A nonce of 32 octets is repeated as it is, by POST and by GET, and a nonce of another request is not (RFC 6960
    §4.4.1, RFC 9654 §2.1).
    """
    for by in (*BYS, *BYS):
        nonce = secrets.token_bytes(NONCE_OCTETS)
        found = bench.answered(bench.leaf.serial_number, nonce=nonce, by=by).response.nonces
        if found != (nonce,):
            raise Failed(f"the request's nonce by {by}", "none" if not found else "another one")


@check(importance=Importance.MINOR)
def nonce_lengths(bench: Bench) -> None:
    """Nonce 16 octet được nhận; nonce rỗng hoặc dài hơn 128 octet bị từ chối: malformedRequest.

    A nonce of 16 octets is taken; one of no octets or of more than 128 is refused with malformedRequest (RFC 9654
    §2.1).
    """
    serial = bench.leaf.serial_number
    if (said := bench.ask(serial, nonce=secrets.token_bytes(16)).response).parsed is None:
        raise Failed("an answer to a nonce of 16 octets", said.status)
    for octets in (0, 129):
        said = bench.ask(serial, nonce=secrets.token_bytes(octets)).response
        if said.status != "malformedRequest":
            raise Failed(f"malformedRequest for a nonce of {octets} octets", said.status)


@check(importance=Importance.MINOR)
def without_nonce(bench: Bench) -> None:
    """Câu hỏi không có nonce thì câu trả lời cũng không có.

    An answer to a request without a nonce has none (RFC 6960 §4.4.1).
    """
    for by in BYS:
        if bench.answered(bench.leaf.serial_number, by=by).response.nonces:
            raise Failed(f"no nonce by {by}", "one that nobody asked for")


@check(importance=Importance.BLOCKER)
def certificate_repeated(bench: Bench) -> None:
    """Câu trả lời nói về đúng chứng thư được hỏi, lặp lại CertID của câu hỏi.

    The answer is about the certificate that was asked about and no other, and repeats the request's CertID (RFC 6960
    §4.1.1, §4.2.2.3).
    """
    for by in BYS:
        asked = bench.answered(bench.leaf.serial_number, by=by)
        _same_ids(asked)


def _same_ids(asked: Asked) -> None:
    found = tuple(one.cert_id for one in asked.response.singles)
    if sorted(found, key=lambda one: one.serial) != sorted(asked.ids, key=lambda one: one.serial):
        told = ", ".join(f"{one.serial:x} by {one.algorithm}" for one in found)
        wanted = ", ".join(f"{one.serial:x} by {one.algorithm}" for one in asked.ids)
        raise Failed(f"the CertID of the request ({wanted})", told or "none")


@check(importance=Importance.MINOR)
def sha256_ids(bench: Bench) -> None:
    """CertID tính bằng SHA-256 cũng được trả lời, như với SHA-1.

    A certificate may be named by SHA-256 as well as by SHA-1; the answer says the same and keeps to the hash of the
    request (RFC 6960 §4.1.1, §4.3).
    """
    serial = bench.leaf.serial_number
    asked = bench.ask(serial, algorithm="sha256")
    if asked.response.parsed is None:
        raise Failed("an answer to a CertID by SHA-256", asked.response.status)
    _same_ids(asked)
    by_sha1 = bench.answered(serial)
    if by_sha1.said != asked.said:
        raise Failed(f"{by_sha1.said} by SHA-256 as by SHA-1", asked.said)


@check(importance=Importance.MINOR)
def several_in_one(bench: Bench) -> None:
    """Một câu hỏi về hai chứng thư được trả lời về cả hai.

    A request about two certificates is answered about both (RFC 6960 §4.1.1).

    Not checked where the responder refuses such requests, as RFC 5019 §2.1.1 lets it.
    """
    other = next((one.serial for one in bench.samples if one.serial != bench.leaf.serial_number), bench.never_issued())
    asked = bench.ask(bench.leaf.serial_number, other)
    if asked.response.parsed is None:
        if asked.response.status in ("unauthorized", "malformedRequest"):
            raise NotApplicable(f"the responder takes one certificate a request ({asked.response.status})")
        raise Failed("two answers", asked.response.status)
    _same_ids(asked)


@check()
def unknown_serial(bench: Bench) -> None:
    """Số hiệu chưa bao giờ cấp được trả lời theo chính sách đã nêu (--unknown-serial), không nằm trong CRL.

    A serial number that was never issued is answered as --unknown-serial says: `unknown` where nothing is said. Where
    it is `revoked`, then on hold since 1970 and with the extended-revoked extension (RFC 6960 §2.2, §4.4.8; RFC 5019
    §2.2.3). No CRL lists it.
    """
    policy, serial = bench.wanted.unknown_serial, bench.never_issued()
    for by in BYS:
        asked = bench.ask(serial, by=by)
        said = asked.said.partition(":")[0]
        if said != policy:
            raise Failed(f"{policy} for a serial number that was never issued, by {by}", asked.said)
        if policy == "revoked":
            single = asked.response.singles[0]
            if single.reason != "certificateHold" or single.revoked_at is None or single.revoked_at.timestamp() != 0:
                raise Failed("certificateHold since 1970", f"{asked.said} since {single.revoked_at}")
            if not asked.response.extended_revoke:
                raise Failed("the extended-revoked extension", "none")
    if (word := bench.full.read.word(serial)) != "absent":
        raise Failed("no CRL entry for a serial number that was never issued", word)


@check(importance=Importance.BLOCKER)
def another_issuer(bench: Bench) -> None:
    """Chứng thư của cơ quan khác: unauthorized hoặc unknown, không bao giờ good hay revoked.

    About another CA's certificate the responder says `unauthorized` or `unknown`, never `good` or `revoked`: also
    where name or key alone are another's, and the serial number is known (RFC 6960 §2.2, RFC 5019 §2.2.3).
    """
    own = ocsp.cert_id(bench.issuer, bench.leaf.serial_number)
    for name, asked in {
        "another CA": ocsp.CertId("sha1", secrets.token_bytes(20), secrets.token_bytes(20), own.serial),
        "another CA's key": ocsp.CertId("sha1", own.name_hash, secrets.token_bytes(20), own.serial),
        "another CA's name": ocsp.CertId("sha1", secrets.token_bytes(20), own.key_hash, own.serial),
    }.items():
        said = bench.ask_ids(asked).said
        if said not in ("unauthorized", "unknown"):
            raise Failed(f"unauthorized or unknown for {name}", said)


@check(importance=Importance.BLOCKER)
def times(bench: Bench) -> None:
    """thisUpdate, producedAt, nextUpdate đúng thứ tự và đang trong hạn.

    thisUpdate does not lie after producedAt nor producedAt ahead, and nextUpdate, where there is one, has not passed
    (RFC 6960 §4.2.2.1, §2.4).
    """
    for by in BYS:
        judge(f"times in order by {by}", _untimely(bench, bench.answered(bench.leaf.serial_number, by=by)))


def _untimely(bench: Bench, asked: Asked) -> Iterator[str]:
    parsed, fetched = asked.response.parsed, asked.fetched
    if parsed is None:
        return
    produced = parsed.produced_at_utc
    if produced > fetched.until + bench.skew:
        yield f"producedAt {produced.isoformat()} lies ahead of {fetched.until.isoformat()}"
    for one in asked.response.singles:
        if one.this_update > fetched.until + bench.skew:
            yield f"thisUpdate {one.this_update.isoformat()} lies ahead of {fetched.until.isoformat()}"
        if one.this_update > produced + SECOND:
            yield f"thisUpdate {one.this_update.isoformat()} lies after producedAt {produced.isoformat()}"
        if one.next_update is None:
            continue
        if one.next_update <= one.this_update:
            yield "nextUpdate does not lie after thisUpdate"
        elif one.next_update < fetched.since - bench.skew:
            yield f"nextUpdate {one.next_update.isoformat()} had passed by {fetched.since.isoformat()}"


@check(importance=Importance.MINOR)
def archive_cutoff(bench: Bench) -> None:
    """Còn trả lời về chứng thư đã hết hạn thì ghi mốc lưu trữ (archiveCutoff) không muộn hơn lúc hết hạn.

    An answer about an expired certificate, where there still is one, has the archive cutoff, and the certificate had
    not expired by then (RFC 6960 §4.4.4).
    """
    checked = False
    for sample, asked in _expired(bench):
        single = asked.response.singles[0] if asked.response.singles else None
        if single is None or single.status == "unknown":
            continue
        checked, ended = True, sample.not_valid_after_utc
        if single.archive_cutoff is None:
            raise Failed(f"archiveCutoff for {sample.serial_number:x}, expired {ended.isoformat()}", "none")
        if single.archive_cutoff > ended:
            raise Failed(f"an archiveCutoff by {ended.isoformat()}", single.archive_cutoff.isoformat())
    if not checked:
        raise NotApplicable("the responder says nothing of certificates once they have expired")


def _expired(bench: Bench) -> Iterator[tuple[x509.Certificate, Asked]]:
    given = [one for one in bench.samples if one.state == "expired"]
    if given or bench.make_history is None:
        for one in bench.in_state("expired"):
            yield one.certificate, bench.answered(one.serial)
    else:
        yield from bench.history.expired()
