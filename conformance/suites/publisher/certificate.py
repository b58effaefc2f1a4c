"""Subscribers' certificates: what the regime, the standards and the real profile make of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from conformance.publisher import certificates
from conformance.regulations import longest_term
from conformance.suites.publisher.bench import Bench, Sample, judge, judge_samples
from conformance.suites.publisher.chain import by_calendar
from conformance.suites.publisher.marking import check
from conformance.suites.token.bench import NotApplicable
from scenarios import Importance

LONGEST_SERIAL = 159
"""Bits of the longest positive number of 20 octets."""
LEAST_SERIAL_BITS = 48
"""Of 64 random bits: one serial in 65,000 has fewer."""
NEAREST_SERIALS = 1 << 32
"""Two random ones of 64 bits come nearer than that once in a billion times."""
FORBIDDEN_PURPOSES = {
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "anyExtendedKeyUsage",
    ExtendedKeyUsageOID.OCSP_SIGNING: "OCSPSigning",
    ExtendedKeyUsageOID.TIME_STAMPING: "timeStamping",
    ExtendedKeyUsageOID.SERVER_AUTH: "serverAuth",
    ExtendedKeyUsageOID.CODE_SIGNING: "codeSigning",
}


@check()
def version_and_serial(bench: Bench) -> None:
    """Chứng thư số phiên bản 3; số hiệu dương, không quá 20 octet.

    Certificates are of version 3, their serial numbers positive and of 20 octets at the most (RFC 5280 §4.1.2.1,
    §4.1.2.2).
    """
    judge_samples(bench, "version 3 and a positive serial number of up to 20 octets", _misnumbered)


def _misnumbered(sample: Sample) -> Iterator[str]:
    if sample.certificate.version is not x509.Version.v3:
        yield f"{sample} has version {sample.certificate.version.name}"
    if sample.serial <= 0 or sample.serial.bit_length() > LONGEST_SERIAL:
        yield f"serial number {sample.serial}"


@check(importance=Importance.MINOR)
def serials_unpredictable(bench: Bench) -> None:
    """Số hiệu ngẫu nhiên 64 bit, không đoán được từ số hiệu khác.

    Serial numbers are random, of 64 bits, as the real authority's second generation has them: none can be guessed
    from another.
    """
    serials = sorted(one.serial for one in bench.samples)
    faults = [f"{one:x} has {one.bit_length()} bits" for one in serials if one.bit_length() < LEAST_SERIAL_BITS]
    faults += [
        f"{low:x} and {high:x} are neighbours" for low, high in pairwise(serials) if high - low < NEAREST_SERIALS
    ]
    judge("random serial numbers of 64 bits", faults)


@check()
def names(bench: Bench) -> None:
    """Tên thuê bao: C=VN trước, CN sau cùng; chữ UTF8String dựng sẵn (NFC), riêng C là PrintableString.

    The subject's name goes from C=VN to CN; its strings are UTF8String in NFC, C is a PrintableString, and none is
    empty (RFC 5280 §4.1.2.4, appendix A.1).
    """
    judge_samples(bench, "names in order and in UTF-8 NFC", _misnamed)


def _misnamed(sample: Sample) -> Iterator[str]:
    attributes = certificates.subject(sample.certificate)
    kinds = [one.type for one in attributes]
    if not kinds or kinds[0] != "C" or attributes[0].value != "VN":
        yield f"{sample} does not begin with C=VN"
    if [kind for kind in kinds if kind != "E"][-1:] != ["CN"]:
        yield f"{sample} does not end with CN"
    for one in attributes:
        wanted = {"C": "PrintableString", "E": "IA5String", "serialNumber": "PrintableString"}.get(
            one.type, "UTF8String"
        )
        if one.string != wanted:
            yield f"{one.type} of {sample} is a {one.string}"
        if not one.is_nfc:
            yield f"{one.type} of {sample} is not in NFC"
        if not one.value.strip():
            yield f"{one.type} of {sample} is empty"


@check("ND68-7")
def no_title(bench: Bench) -> None:
    """Chứng thư số không ghi chức danh.

    The subject has no title. Only the decree of 2024 leaves it out.
    """
    if not bench.holds("ND68-7"):
        raise NotApplicable(f"under {bench.wanted.regulation} a certificate may bear the title")
    judge_samples(bench, "no title", _titles)


def _titles(sample: Sample) -> Iterator[str]:
    for one in certificates.subject(sample.certificate):
        if one.type == "title":
            yield f"{sample} has {one.value!r}"


@check("ND68-7")
def contents(bench: Bench) -> None:
    """Chứng thư số có đủ: tên cơ quan cấp, tên thuê bao, số hiệu, thời hạn, khóa công khai, chữ ký, giới hạn sử dụng.

    A certificate has the names of provider and subscriber, serial number, validity, public key, the provider's
    signature, and says what it may be used for: keyUsage and certificatePolicies.
    """
    judge_samples(bench, "everything that a certificate must hold", _lacking)


def _lacking(sample: Sample) -> Iterator[str]:
    certificate = sample.certificate
    if not list(certificate.issuer):
        yield f"{sample} names no issuer"
    if not list(certificate.subject):
        yield f"{sample} names no subscriber"
    if certificates.extension(certificate, x509.KeyUsage) is None:
        yield f"{sample} has no keyUsage"
    if certificates.extension(certificate, x509.CertificatePolicies) is None:
        yield f"{sample} has no certificatePolicies"


@check("AG-F01", "TB-8.1", "ND68-9.2")
def term(bench: Bench) -> None:
    """Thời hạn không quá mức của quy định, tính năm 365 ngày hay năm lịch đều được.

    A certificate lasts no longer than the regulation allows for a new one, be years counted as 365 days or by the
    calendar.
    """
    most = longest_term(bench.wanted.regulation)
    judge_samples(bench, f"{most} years at the most", lambda one: _overlong(one, most))


def _overlong(sample: Sample, most: int) -> Iterator[str]:
    start, end = sample.certificate.not_valid_before_utc, sample.certificate.not_valid_after_utc
    if end > by_calendar(start, most):
        yield f"{sample} lasts {(end - start).days} days"


@check()
def key_usage(bench: Bench) -> None:
    """keyUsage có chữ ký số và chống chối bỏ, không có quyền của CA; khóa EC không mã hóa khóa.

    keyUsage has digitalSignature and nonRepudiation, is critical, and has none of a CA's rights; for a key on an
    elliptic curve it has neither keyEncipherment nor dataEncipherment (RFC 5280 §4.2.1.3, RFC 8813 §3).
    """
    judge_samples(bench, "the key usages of a signer", _misused)


def _misused(sample: Sample) -> Iterator[str]:
    found = certificates.extension(sample.certificate, x509.KeyUsage)
    if found is None:
        yield f"{sample} has no keyUsage"
        return
    bits = cast(x509.KeyUsage, found.value)
    if not found.critical:
        yield f"keyUsage of {sample} is not critical"
    if not (bits.digital_signature and bits.content_commitment):
        yield f"{sample} lacks digitalSignature or nonRepudiation"
    if bits.key_cert_sign or bits.crl_sign:
        yield f"{sample} has a CA's keyUsage"
    on_curve = isinstance(sample.certificate.public_key(), ec.EllipticCurvePublicKey)
    if on_curve and (bits.key_encipherment or bits.data_encipherment):
        yield f"{sample} has an EC key that enciphers"


@check(importance=Importance.BLOCKER)
def no_authority(bench: Bench) -> None:
    """Chứng thư thuê bao ghi rõ không phải CA: basicConstraints CA:FALSE, đánh dấu quan trọng.

    A subscriber's certificate says that it is no CA's: critical basicConstraints with cA FALSE, as the real second
    generation has them (RFC 5280 §4.2.1.9).
    """
    judge_samples(bench, "critical basicConstraints CA:FALSE", _constraints)


def _constraints(sample: Sample) -> Iterator[str]:
    found = certificates.extension(sample.certificate, x509.BasicConstraints)
    if found is None:
        yield f"{sample} has no basicConstraints"
    elif cast(x509.BasicConstraints, found.value).ca:
        yield f"{sample} says that it is a CA's"
    elif not found.critical:
        yield f"basicConstraints of {sample} are not critical"


@check(importance=Importance.MINOR)
def purposes(bench: Bench) -> None:
    """extendedKeyUsage cho xác thực và bảo vệ thư điện tử, không cho OCSP, dấu thời gian, máy chủ hay mọi mục đích.

    extendedKeyUsage has clientAuth and emailProtection, and neither anyExtendedKeyUsage nor the purposes of the
    authority's own services, servers and code (RFC 5280 §4.2.1.12).
    """
    judge_samples(bench, "the extended key usages of a signer", _mispurposed)


def _mispurposed(sample: Sample) -> Iterator[str]:
    found = certificates.extension(sample.certificate, x509.ExtendedKeyUsage)
    if found is None:
        yield f"{sample} has no extendedKeyUsage"
        return
    own = set(cast(x509.ExtendedKeyUsage, found.value))
    yield from (f"{sample} has {name}" for oid, name in FORBIDDEN_PURPOSES.items() if oid in own)
    if not {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION} <= own:
        yield f"{sample} lacks clientAuth or emailProtection"


@check(importance=Importance.MINOR)
def mail_address(bench: Bench) -> None:
    """subjectAltName ghi địa chỉ thư công vụ (rfc822Name), chữ ASCII, một địa chỉ có thật cú pháp.

    subjectAltName holds the mail address as an rfc822Name in ASCII, and nothing that is no mailbox (RFC 5280
    §4.2.1.6).
    """
    judge_samples(bench, "an rfc822Name", _misaddressed)


def _misaddressed(sample: Sample) -> Iterator[str]:
    found = certificates.extension(sample.certificate, x509.SubjectAlternativeName)
    if found is None:
        yield f"{sample} has no subjectAltName"
        return
    mailboxes = cast(x509.SubjectAlternativeName, found.value).get_values_for_type(x509.RFC822Name)
    if not mailboxes:
        yield f"{sample} has no rfc822Name"
    for mailbox in mailboxes:
        local, _, domain = mailbox.rpartition("@")
        if not (local and domain and mailbox.isascii() and mailbox.isprintable()) or " " in mailbox or "@" in local:
            yield f"{sample} has the rfc822Name {mailbox!r}"


@check(importance=Importance.MINOR)
def policies(bench: Bench) -> None:
    """certificatePolicies ghi chính sách cụ thể, kèm địa chỉ quy chế chứng thực.

    certificatePolicies names a policy, not anyPolicy, with the address of the practice statement (RFC 5280 §4.2.1.4).
    """
    judge_samples(bench, "a policy with its practice statement", _unpoliced)


def _unpoliced(sample: Sample) -> Iterator[str]:
    found = certificates.extension(sample.certificate, x509.CertificatePolicies)
    if found is None:
        yield f"{sample} has no certificatePolicies"
        return
    named = list(cast(x509.CertificatePolicies, found.value))
    if any(one.policy_identifier.dotted_string == "2.5.29.32.0" for one in named):
        yield f"{sample} has anyPolicy"
    statements = [text for one in named for text in one.policy_qualifiers or () if isinstance(text, str)]
    if not any(text.startswith(("http://", "https://")) for text in statements):
        yield f"{sample} names no practice statement"
