"""Certificate revocation lists, full, delta and that of the CA above, as RFC 5280 §5 has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from cryptography import x509

from conformance.publisher import addresses, crl
from conformance.publisher.lists import ABOVE, DELTA, KNOWN
from conformance.suites.publisher.bench import Bench, FetchedList, judge
from conformance.suites.publisher.marking import check
from scenarios import Importance

MAY_BE_CRITICAL = {"issuingDistributionPoint", "deltaCRLIndicator"}
MUST_BE_CRITICAL = MAY_BE_CRITICAL
LONGEST_NUMBER = 160
"""Bits of a CRL number (RFC 5280 §5.2.3: 20 octets)."""
WEAK = {
    "1.2.840.113549.1.1.4": "MD5 with RSA",
    "1.2.840.113549.1.1.5": "SHA-1 with RSA",
    "1.2.840.10045.4.1": "SHA-1 with ECDSA",
}
REASONS = {
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "privilegeWithdrawn",
    "aACompromise",
}
"""What an entry of a full CRL may give (RFC 5280 §5.3.1)."""


def _every(bench: Bench, faults: Callable[[FetchedList], Iterator[str]]) -> Iterator[str]:
    for one in bench.every_list():
        yield from (f"{one.read.name}: {fault}" for fault in faults(one))


@check("L20-24.3")
def is_served(bench: Bench) -> None:
    """Địa chỉ trong chứng thư số đưa đúng một danh sách thu hồi đọc được.

    The address in the certificate holds a CRL that can be read to its end (RFC 5280 §4.2.1.13, §5.1).
    """
    bench.serve_full()


@check(importance=Importance.BLOCKER)
def signature(bench: Bench) -> None:
    """Danh sách thu hồi do chính cơ quan cấp chứng thư số ký, tên và chữ ký đều khớp.

    The CRL is the issuer's: the names are the same and the signature verifies (RFC 5280 §5.1.1.3, §5.1.2.3).
    """
    judge("CRLs signed by their issuers", _every(bench, _unsigned))


def _unsigned(one: FetchedList) -> Iterator[str]:
    wrong = (fault for fault in crl.faults(one.read.parsed, one.issuer, one.fetched.since, one.fetched.until))
    yield from (fault for fault in wrong if fault.startswith(("its issuer", "its signature")))


@check()
def algorithm(bench: Bench) -> None:
    """Chữ ký không dùng SHA-1 hay MD5.

    The signature uses neither SHA-1 nor MD5 (RFC 5280 §5.1.1.2, RFC 6194).
    """
    judge("a strong signature algorithm", _every(bench, _weak))


def _weak(one: FetchedList) -> Iterator[str]:
    used = one.read.parsed.signature_algorithm_oid.dotted_string
    if used in WEAK:
        yield WEAK[used]


@check()
def version(bench: Bench) -> None:
    """Danh sách thu hồi phiên bản 2.

    The CRL is of version 2, as any with extensions must be (RFC 5280 §5.1.2.1).
    """
    judge("version 2", _every(bench, lambda one: iter([] if one.read.version == 2 else ["no version 2"])))


@check(importance=Importance.BLOCKER)
def times(bench: Bench) -> None:
    """Đang trong hạn: thisUpdate không ở tương lai, nextUpdate có và chưa qua.

    The CRL is current: thisUpdate does not lie ahead, nextUpdate is there and has not passed, by the publisher's
    own clock where it can be read, else by ours with five minutes' grace (RFC 5280 §5.1.2.4, §5.1.2.5).
    """
    judge("CRLs in force", _every(bench, lambda one: _out_of_time(bench, one)))


def _out_of_time(bench: Bench, one: FetchedList) -> Iterator[str]:
    parsed, fetched = one.read.parsed, one.fetched
    if parsed.last_update_utc > fetched.until + bench.skew:
        yield f"thisUpdate {parsed.last_update_utc.isoformat()} lies ahead of {fetched.until.isoformat()}"
    if parsed.next_update_utc is None:
        yield "no nextUpdate"
    elif parsed.next_update_utc <= parsed.last_update_utc:
        yield "nextUpdate does not lie after thisUpdate"
    elif parsed.next_update_utc < fetched.since - bench.skew:
        yield f"nextUpdate {parsed.next_update_utc.isoformat()} had passed by {fetched.since.isoformat()}"


@check()
def number(bench: Bench) -> None:
    """Có số thứ tự (cRLNumber), không âm, không quá 20 octet.

    It has a CRL number that is not negative and has at most 20 octets (RFC 5280 §5.2.3).
    """
    judge("a CRL number", _every(bench, _misnumbered))


def _misnumbered(one: FetchedList) -> Iterator[str]:
    found = one.read.number
    if found is None:
        yield "no CRL number"
    elif found < 0 or found.bit_length() >= LONGEST_NUMBER:
        yield f"the CRL number {found}"


@check()
def authority_key(bench: Bench) -> None:
    """Có authorityKeyIdentifier, khớp với khóa của cơ quan cấp.

    It has an authorityKeyIdentifier, the issuer's subjectKeyIdentifier (RFC 5280 §5.2.1).
    """
    judge("the issuer's key identifier", _every(bench, _other_key))


def _other_key(one: FetchedList) -> Iterator[str]:
    found = one.read.extension(x509.AuthorityKeyIdentifier)
    own = next(
        (each.value for each in one.issuer.extensions if isinstance(each.value, x509.SubjectKeyIdentifier)), None
    )
    if found is None:
        yield "no authorityKeyIdentifier"
    elif own is not None and cast(x509.AuthorityKeyIdentifier, found.value).key_identifier != own.key_identifier:
        yield "the key identifier of another key"


@check()
def critical_extensions(bench: Bench) -> None:
    """Phần mở rộng nào quan trọng, phần nào không, đúng như chuẩn.

    issuingDistributionPoint and deltaCRLIndicator are critical, every other extension is not; in entries none is, for
    a reader who does not know a critical one must not use the CRL (RFC 5280 §5.2, §5.3).
    """
    judge("the critical flags of the standard", _every(bench, _miscritical))


def _miscritical(one: FetchedList) -> Iterator[str]:
    for extension in one.read.parsed.extensions:
        name = KNOWN.get(extension.oid.dotted_string, extension.oid.dotted_string)
        if extension.critical and name not in MAY_BE_CRITICAL:
            yield f"{name} is critical"
        elif not extension.critical and name in MUST_BE_CRITICAL:
            yield f"{name} is not critical"
    for entry in one.read.entries.values():
        if entry.critical:
            yield f"the entry of {entry.serial:x} has critical extensions: {', '.join(entry.critical)}"


@check()
def scope(bench: Bench) -> None:
    """issuingDistributionPoint, nếu có, bao gồm chứng thư thuê bao và ghi đúng địa chỉ trong chứng thư số.

    An issuingDistributionPoint, where there is one, covers subscribers' certificates and all reasons, and names the
    address that the certificate names; else a reader must leave the CRL aside (RFC 5280 §5.2.5, §6.3.3 b).
    """
    judge("a scope that covers the certificate", _every(bench, lambda one: _out_of_scope(bench, one)))


def _out_of_scope(bench: Bench, one: FetchedList) -> Iterator[str]:
    found = one.read.extension(x509.IssuingDistributionPoint)
    if found is None:
        return
    point = cast(x509.IssuingDistributionPoint, found.value)
    above = one.read.name == ABOVE
    if point.only_contains_attribute_certs or (point.only_contains_user_certs and above):
        yield "it covers other certificates only"
    if point.only_contains_ca_certs and not above:
        yield "it covers CAs' certificates only"
    if point.only_some_reasons:
        yield "it covers some reasons only"
    if point.indirect_crl:
        yield "it is an indirect CRL, the certificate names no cRLIssuer"
    places = [name.value for name in point.full_name or () if isinstance(name, x509.UniformResourceIdentifier)]
    named = addresses.crl_url(bench.issuer if above else bench.leaf)
    if places and named not in places:
        yield f"it names {', '.join(places)}, the certificate names {named}"


@check()
def entry_reasons(bench: Bench) -> None:
    """Lý do trong từng mục đúng chuẩn: không ghi `unspecified`, `removeFromCRL` chỉ có trong delta.

    An entry's reason is one of the standard's: `unspecified` is said by leaving it out, `removeFromCRL` stands in delta
    CRLs only (RFC 5280 §5.3.1).
    """
    judge("the standard's reasons", _every(bench, _unreasonable))


def _unreasonable(one: FetchedList) -> Iterator[str]:
    accepted = REASONS | {"removeFromCRL"} if one.read.name == DELTA else REASONS
    for entry in one.read.entries.values():
        if entry.reason is not None and entry.reason not in accepted:
            yield f"the entry of {entry.serial:x} gives {entry.reason}"


@check()
def entry_dates(bench: Bench) -> None:
    """Ngày thu hồi không sau thisUpdate; ngày mất an toàn (invalidityDate) không sau ngày thu hồi.

    No entry's revocationDate lies after the CRL's thisUpdate, and no invalidityDate after the revocationDate
    (RFC 5280 §5.1.2.6, §5.3.2).
    """
    judge("dates in order", _every(bench, _misdated))


def _misdated(one: FetchedList) -> Iterator[str]:
    for entry in one.read.entries.values():
        if entry.revoked_at > one.read.parsed.last_update_utc:
            yield f"{entry.serial:x} is revoked from {entry.revoked_at.isoformat()}, after thisUpdate"
        if entry.invalidity_date is not None and entry.invalidity_date > entry.revoked_at:
            yield f"{entry.serial:x} is invalid from {entry.invalidity_date.isoformat()}, after its revocationDate"


@check()
def entries_once(bench: Bench) -> None:
    """Mỗi số hiệu chỉ ghi một lần; không có mục nào thì bỏ hẳn danh sách.

    Each serial number stands in one entry; where there are no entries, the list itself is left out (RFC 5280
    §5.1.2.6).
    """
    judge("each serial number once", _every(bench, _repeated))


def _repeated(one: FetchedList) -> Iterator[str]:
    yield from (f"{serial:x} more than once" for serial in one.read.repeated)
    if one.read.has_empty_list:
        yield "an empty list of entries"
