"""What a time-stamping authority answers (RFC 3161, RFC 5816), where the publisher has one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, cast

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from conformance.checks import FunctionCheck
from conformance.publisher import certificates, signatures, timestamps
from conformance.publisher.timestamps import Token
from conformance.suites.publisher.bench import Bench, Fetched, judge
from conformance.suites.publisher.marking import check as of_publisher
from conformance.suites.token.bench import Failed, NotApplicable, NotChecked
from scenarios import Importance

FEATURES = ("timestamps",)
DATA = b"conformance"
STRONG = ("sha256", "sha384", "sha512")
WEAK_HASHES = ("md5", "sha1")
UNKNOWN_OID = "1.3.6.1.4.1.32473.404"
"""Under the number for examples (RFC 5612): nobody's policy, nobody's extension."""
SEVERAL = 5
SECOND = timedelta(seconds=1)


def check(
    *clauses: str, importance: Importance = Importance.MAJOR
) -> Callable[[Callable[[Bench], None]], FunctionCheck]:
    """A check of publishers that have a time-stamping authority."""
    return of_publisher(*clauses, importance=importance, features=FEATURES)


def _fetch(bench: Bench, request: bytes, *, method: str = "POST") -> Fetched:
    return bench.fetch(
        _address(bench), method, request if method == "POST" else None, face="tsa", kind=timestamps.REQUEST_TYPE
    )


def _address(bench: Bench) -> str:
    url = bench.wanted.tsa
    if url is None:
        raise NotApplicable("no time-stamping authority is known; name one with --tsa URL")
    return url


def _answer(bench: Bench, request: bytes) -> timestamps.Response:
    """What is answered in the protocol. Raises Failed where that is not spoken."""
    answer = _fetch(bench, request).answer
    if answer.status != 200:
        raise Failed("a TimeStampResp", f"status {answer.status}")
    try:
        return timestamps.parse(answer.content)
    except ValueError as error:
        raise Failed("a TimeStampResp", f"what is none: {error}") from None


def _ask(bench: Bench, algorithm: str = "sha256", **options: Any) -> timestamps.Response:
    return _answer(bench, timestamps.request(timestamps.imprint_of(DATA, algorithm), algorithm, **options))


def _token(bench: Bench, **options: Any) -> Token:
    """A token to look at. NotChecked where none is given."""
    try:
        token = _ask(bench, **options).token
    except Failed:
        token = None
    if token is None:
        raise NotChecked("no token to check: see publisher/tsa/stamps")
    return token


def _signed(bench: Bench) -> tuple[Token, x509.Certificate]:
    """A token with its signer's certificate. NotChecked where that did not go along."""
    token = _token(bench)
    if token.signer is None:
        raise NotChecked("the signer's certificate is not there: see publisher/tsa/certificates-on-demand")
    return token, token.signer


@check("L20-24.3")
def stamps(bench: Bench) -> None:
    """Yêu cầu đúng gửi bằng POST thì được cấp dấu thời gian, ai cũng xin được.

    A right request by POST is answered with a token, for anybody who asks, as application/timestamp-reply (RFC 3161
    §2.4, §3.4).
    """
    fetched = _fetch(bench, timestamps.request(timestamps.imprint_of(DATA)))
    if fetched.answer.status != 200:
        raise Failed("a token", f"status {fetched.answer.status}")
    if fetched.answer.media_type != timestamps.RESPONSE_TYPE:
        raise Failed(timestamps.RESPONSE_TYPE, fetched.answer.media_type or "no media type")
    said = _ask(bench)
    if said.token is None:
        raise Failed("a token", said.word)


@check(importance=Importance.BLOCKER)
def signature(bench: Bench) -> None:
    """Chữ ký của dấu thời gian đúng, trên đúng nội dung.

    The signature verifies with the signer's certificate and covers the TSTInfo (RFC 3161 §2.4.2, RFC 5652 §5.4).
    """
    token, signer = _signed(bench)
    judge("a signature that verifies", timestamps.signature_faults(token, signer))


@check()
def algorithm(bench: Bench) -> None:
    """Dấu thời gian không được ký bằng SHA-1 hay MD5.

    The token is signed with neither SHA-1 nor MD5 (RFC 3161 §4, RFC 6194 §3).
    """
    if (found := _token(bench).digest) in WEAK_HASHES:
        raise Failed("a strong signature algorithm", found)


@check(importance=Importance.BLOCKER)
def for_this_alone(bench: Bench) -> None:
    """Chứng thư của người ký chỉ để cấp dấu thời gian, ghi trong phần mở rộng critical.

    The signer's certificate has the one extended key usage timeStamping, marked critical (RFC 3161 §2.3).
    """
    _, signer = _signed(bench)
    usage = certificates.extension(signer, x509.ExtendedKeyUsage)
    if usage is None:
        raise Failed("the extended key usage timeStamping", "none")
    found = list(cast(x509.ExtendedKeyUsage, usage.value))
    if found != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise Failed("timeStamping alone", ", ".join(one.dotted_string for one in found))
    if not usage.critical:
        raise Failed("a critical extendedKeyUsage", "one that is not")


@check(importance=Importance.BLOCKER)
def certified(bench: Bench) -> None:
    """Chứng thư của người ký do hệ thống này cấp, còn hạn vào giờ ghi trong dấu.

    The signer was certified by a CA of the publisher's chain, and its certificate is within its validity at genTime
    (RFC 3161 §2.3, RFC 5280 §6.1.3).
    """
    token, signer = _signed(bench)
    if not any(signatures.is_signed_by(signer, one) for one in bench.chain):
        raise Failed("a signer certified within the publisher's chain", signer.issuer.rfc4514_string())
    start, end = signer.not_valid_before_utc, signer.not_valid_after_utc
    if not start <= token.instant <= end:
        term = f"{start.isoformat()} to {end.isoformat()}"
        raise Failed(f"a signer in force at {token.instant.isoformat()}", f"one valid from {term}")


@check()
def names_its_certificate(bench: Bench) -> None:
    """Thuộc tính được ký chỉ đúng chứng thư của người ký (ESSCertID hoặc ESSCertIDv2).

    The signed attributes name the signer's certificate by its hash, as ESSCertID or ESSCertIDv2 (RFC 3161 §2.4.2, RFC
    5816 §2.2.1).
    """
    token, signer = _signed(bench)
    judge("the hash of the signer's certificate", timestamps.binding_faults(token, signer))


@check(importance=Importance.BLOCKER)
def imprint_repeated(bench: Bench) -> None:
    """Dấu thời gian mang đúng giá trị băm đã gửi, với SHA-256, SHA-384 và SHA-512.

    The token bears the imprint of the request, by SHA-256, SHA-384 and SHA-512 (RFC 3161 §2.4.2).
    """
    _token(bench)
    for name in STRONG:
        said = _ask(bench, name)
        if said.token is None:
            raise Failed(f"a token for an imprint by {name}", said.word)
        if (said.token.algorithm, said.token.imprint) != (name, timestamps.imprint_of(DATA, name)):
            raise Failed(f"the request's imprint by {name}", f"another, by {said.token.algorithm}")


@check(importance=Importance.BLOCKER)
def nonce_repeated(bench: Bench) -> None:
    """Nonce được lặp lại y nguyên; không gửi thì không có.

    The nonce of the request is repeated, and there is none where the request had none (RFC 3161 §2.4.2).
    """
    for nonce in (secrets.randbits(63), secrets.randbits(127), None):
        found = _token(bench, nonce=nonce).nonce
        if found != nonce:
            raise Failed("no nonce" if nonce is None else "the request's nonce", "none" if found is None else "another")


@check()
def certificates_on_demand(bench: Bench) -> None:
    """Có certReq thì chứng thư của người ký đi kèm; không có thì không kèm chứng thư nào.

    The signer's certificate goes along where certReq asks for it, and no certificate does otherwise (RFC 3161 §2.4.1).
    """
    if _token(bench).signer is None:
        raise Failed("the signer's certificate for whoever asks", "none that fits")
    if _token(bench, certificates=False).certificates:
        raise Failed("no certificates for whoever does not ask", "some")


@check()
def policy(bench: Bench) -> None:
    """Chính sách được yêu cầu thì giữ đúng, hoặc từ chối bằng unacceptedPolicy.

    The policy that a request names is the token's; one that is not the authority's is refused with unacceptedPolicy
    (RFC 3161 §2.4.1, §2.4.2).
    """
    own = _token(bench).policy
    said = _ask(bench, policy=own)
    if said.token is None or said.token.policy != own:
        raise Failed(f"a token under its own policy {own}", said.word if said.token is None else said.token.policy)
    said = _ask(bench, policy=UNKNOWN_OID)
    if said.word != "unacceptedPolicy":
        raise Failed("unacceptedPolicy for a policy that nobody has", said.word)


@check(importance=Importance.BLOCKER)
def serials_unique(bench: Bench) -> None:
    """Mỗi dấu thời gian có số riêng, của cùng một dữ liệu cũng vậy.

    Every token has a serial number of its own, those over the same data too; none is negative or has more than 160 bits
    (RFC 3161 §2.4.2).
    """
    found = [_token(bench).serial for _ in range(SEVERAL)]
    if len(set(found)) != len(found):
        raise Failed(f"{SEVERAL} serial numbers", f"{len(set(found))}")
    if min(found) < 0 or max(found).bit_length() > 160:
        raise Failed("serial numbers from 0 on of at most 160 bits", ", ".join(f"{one:x}" for one in found))


@check(importance=Importance.BLOCKER)
def time(bench: Bench) -> None:
    """Giờ trong dấu đúng giờ của nơi cấp, trong sai số đã ghi.

    genTime is the authority's time when it was asked, within the accuracy that it tells, or else a second (RFC 3161
    §2.4.2).
    """
    fetched = _fetch(bench, timestamps.request(timestamps.imprint_of(DATA)))
    try:
        token = timestamps.parse(fetched.answer.content).token
    except ValueError:
        token = None
    if token is None:
        raise NotChecked("no token to check: see publisher/tsa/stamps")
    bearable = bench.skew + max(token.accuracy, SECOND)
    if not fetched.since - bearable <= token.instant <= fetched.until + bearable:
        raise Failed(
            f"a time from {fetched.since.isoformat()} to {fetched.until.isoformat()}", token.instant.isoformat()
        )


@check()
def refusals(bench: Bench) -> None:
    """MD5, giá trị băm sai độ dài và phần mở rộng lạ bị từ chối đúng tên lỗi.

    An imprint by MD5 is refused with badAlg, one whose length does not fit its hash with badDataFormat, and a request
    with an extension that nobody knows with unacceptedExtension (RFC 3161 §2.4.1, §2.4.2).
    """
    hashed = timestamps.imprint_of(DATA)
    judge(
        "each refused by the name of its failure",
        _otherwise(
            bench,
            {
                "badAlg": timestamps.request(hashed[:16], "md5"),
                "badDataFormat": timestamps.request(hashed[:-1]),
                "unacceptedExtension": timestamps.request(hashed, extension=UNKNOWN_OID, critical=True),
            },
        ),
    )


def _otherwise(bench: Bench, wrong: dict[str, bytes]) -> Iterator[str]:
    for failure, request in wrong.items():
        said = _answer(bench, request).word
        if said != failure:
            yield f"{said} where {failure} was due"


@check()
def garbage(bench: Bench) -> None:
    """Dữ liệu rác bị từ chối: badDataFormat, badRequest hoặc lỗi 4xx, không phải lỗi máy chủ.

    What is no request is refused, by badDataFormat or badRequest in the protocol or by a 4xx status: no octets, random
    ones, a request that is cut off, HTML (RFC 3161 §2.4.2, RFC 9110 §15.5).
    """
    request = timestamps.request(timestamps.imprint_of(DATA))
    for name, content in {
        "no octets": b"",
        "random octets": secrets.token_bytes(60),
        "a request that is cut off": request[:-7],
        "HTML": b"<html></html>",
    }.items():
        answer = _fetch(bench, content).answer
        if 400 <= answer.status < 500:
            continue
        try:
            said = timestamps.parse(answer.content).word if answer.status == 200 else f"status {answer.status}"
        except ValueError:
            said = "no TimeStampResp"
        if said not in ("badDataFormat", "badRequest"):
            raise Failed(f"a refusal of {name}", said)
