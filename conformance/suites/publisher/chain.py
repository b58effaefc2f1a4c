"""The certificates above the subscriber's: served, of the right kind, and leading to the root."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from conformance.publisher import certificates
from conformance.suites.publisher.bench import Bench, judge
from conformance.suites.publisher.marking import check
from conformance.suites.token.bench import Failed, NotApplicable
from scenarios import Importance

WEAK_HASHES = ("md5", "sha1")
SMALLEST_RSA = 2048
CURVES = ("secp256r1", "secp384r1", "secp521r1")
YEARS_OF_AN_AUTHORITY = 20
DAYS_OF_A_YEAR = 365


@check()
def issuer_is_served(bench: Bench) -> None:
    """Địa chỉ caIssuers đưa đúng chứng thư của cơ quan đã ký chứng thư số này.

    The address in caIssuers holds the certificate of whoever signed this one: the names fit and the signature
    verifies (RFC 5280 §4.2.2.1).
    """
    if bench.wanted.issuer is not None:
        raise NotApplicable("the issuer's certificate was given with --issuer")
    bench.serve_issuer()


@check()
def leads_to_the_root(bench: Bench) -> None:
    """Từ chứng thư cơ quan cấp, lần theo caIssuers đến được chứng thư gốc.

    From the issuer's certificate caIssuers leads up to a root, each certificate signed by the next; the one that
    --root names, where it was given (RFC 5280 §4.2.2.1, §6.1).
    """
    chain = bench.climb()
    root = bench.wanted.root
    if root is not None and chain[-1] != root:
        raise Failed("the root given with --root", f"{_name(chain[-1])} with another key or serial number")
    judge("certificates in force", _out_of_term(chain, bench.now()))


def _out_of_term(chain: tuple[x509.Certificate, ...], now: datetime) -> Iterator[str]:
    for one in chain:
        if not one.not_valid_before_utc <= now <= one.not_valid_after_utc:
            term = f"{one.not_valid_before_utc.isoformat()} to {one.not_valid_after_utc.isoformat()}"
            yield f"{_name(one)} is valid from {term}, and it is {now.isoformat()}"


@check(importance=Importance.BLOCKER)
def may_issue(bench: Bench) -> None:
    """Chứng thư của cơ quan cấp là chứng thư CA: được ký chứng thư số và ký danh sách thu hồi.

    Each certificate above the subscriber's is a CA's: critical basicConstraints with cA and no pathLenConstraint that
    is too short, critical keyUsage with keyCertSign, and with cRLSign (RFC 5280 §4.2.1.3, §4.2.1.9, §6.3.3 f).
    """
    judge("CA certificates", _no_authorities(bench.chain))


def _no_authorities(chain: tuple[x509.Certificate, ...]) -> Iterator[str]:
    for below, one in enumerate(chain):
        constraints = certificates.extension(one, x509.BasicConstraints)
        usage = certificates.extension(one, x509.KeyUsage)
        if constraints is None or not (value := cast(x509.BasicConstraints, constraints.value)).ca:
            yield f"{_name(one)} is no CA"
        elif not constraints.critical:
            yield f"basicConstraints of {_name(one)} are not critical"
        elif value.path_length is not None and value.path_length < below:
            yield f"{_name(one)} allows {value.path_length} CAs below it, there are {below}"
        if usage is None:
            yield f"{_name(one)} has no keyUsage"
        else:
            bits = cast(x509.KeyUsage, usage.value)
            lacking = [
                name for name, bit in (("keyCertSign", bits.key_cert_sign), ("cRLSign", bits.crl_sign)) if not bit
            ]
            if lacking:
                yield f"{_name(one)} may not {' nor '.join(lacking)}"
            if not usage.critical:
                yield f"keyUsage of {_name(one)} is not critical"


@check()
def key_identifiers(bench: Bench) -> None:
    """Mã định danh khóa khớp nhau suốt chuỗi: AKI của bên dưới là SKI của bên trên.

    Along the chain the authorityKeyIdentifier below is the subjectKeyIdentifier above, which every CA has
    (RFC 5280 §4.2.1.1, §4.2.1.2).
    """
    judge("key identifiers that fit", _misfits((bench.leaf, *bench.chain)))


def _misfits(path: tuple[x509.Certificate, ...]) -> Iterator[str]:
    for below, above in itertools.pairwise(path):
        own = certificates.extension(above, x509.SubjectKeyIdentifier)
        named = certificates.extension(below, x509.AuthorityKeyIdentifier)
        if own is None:
            yield f"{_name(above)} has no subjectKeyIdentifier"
        elif named is None:
            yield f"{_name(below)} has no authorityKeyIdentifier"
        elif (
            cast(x509.AuthorityKeyIdentifier, named.value).key_identifier
            != cast(x509.SubjectKeyIdentifier, own.value).key_identifier
        ):
            yield f"authorityKeyIdentifier of {_name(below)} is not that of {_name(above)}"


@check(importance=Importance.BLOCKER)
def issuer_not_revoked(bench: Bench) -> None:
    """Danh sách thu hồi của cấp trên không ghi cơ quan cấp.

    The CRL of the CA above, which the issuer's certificate names, does not list the issuer (RFC 5280 §6.3).
    """
    word = bench.serve_above().read.word(bench.issuer.serial_number)
    if word != "absent":
        raise Failed("the issuer absent from the CRL above it", word)


@check()
def strong_algorithms(bench: Bench) -> None:
    """Không chữ ký nào dùng SHA-1 hay MD5; khóa RSA từ 2048 bit, khóa EC trên đường cong P-256 trở lên.

    No signature below the root uses SHA-1 or MD5; RSA keys have 2048 bits or more, EC keys are on P-256, P-384 or
    P-521 (RFC 8017, RFC 5480).
    """
    judge("strong signatures and keys", _weak((*(one.certificate for one in bench.samples), *bench.chain)))


def _weak(path: tuple[x509.Certificate, ...]) -> Iterator[str]:
    for one in path:
        algorithm = one.signature_hash_algorithm
        if one.subject != one.issuer and algorithm is not None and algorithm.name in WEAK_HASHES:
            yield f"{_name(one)} is signed with {algorithm.name}"
        key = one.public_key()
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA:
            yield f"{_name(one)} has an RSA key of {key.key_size} bits"
        elif isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name not in CURVES:
            yield f"{_name(one)} has a key on {key.curve.name}"


@check("ND68-9.1")
def term_of_the_authority(bench: Bench) -> None:
    """Chứng thư của cơ quan cấp có hạn 20 năm, tính năm 365 ngày hay năm lịch đều được.

    The authority's own certificates last twenty years, be they counted as 365 days or by the calendar. Only the
    decree of 2024 asks for it.
    """
    if not bench.holds("ND68-9.1"):
        raise NotApplicable(f"{bench.wanted.regulation} says nothing of the authority's own term")
    judge("20 years", (fault for one in bench.chain if (fault := _term(one, YEARS_OF_AN_AUTHORITY)) is not None))


def _term(one: x509.Certificate, years: int) -> str | None:
    lasts = one.not_valid_after_utc - one.not_valid_before_utc
    least, most = timedelta(days=years * DAYS_OF_A_YEAR), by_calendar(one.not_valid_before_utc, years)
    if lasts >= least and one.not_valid_after_utc <= most:
        return None
    return f"{_name(one)} lasts {lasts.days} days"


def by_calendar(start: datetime, years: int) -> datetime:
    """The same day so many years later; a 29 February counts as 1 March where there is none."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, month=3, day=1)


def _name(one: x509.Certificate) -> str:
    return one.subject.rfc4514_string()
