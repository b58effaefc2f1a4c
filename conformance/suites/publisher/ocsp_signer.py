"""Who signs a responder's answers (RFC 6960 §4.2.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import cast

from cryptography import x509

from conformance.publisher import addresses, certificates, ocsp, signatures
from conformance.suites.publisher.bench import Asked, Bench, judge
from conformance.suites.publisher.marking import check
from conformance.suites.token.bench import Failed, NotApplicable, NotChecked
from scenarios import Importance

WEAK_HASHES = ("md5", "sha1")


def _asked(bench: Bench) -> Asked:
    return bench.answered(bench.leaf.serial_number)


def _delegate(bench: Bench) -> tuple[Asked, x509.Certificate]:
    """An answer, and the delegate who signed it. NotChecked where the issuer signs itself, or it is nobody."""
    asked = _asked(bench)
    signer = ocsp.signer_of(asked.response, bench.issuer)
    if signer is None:
        raise NotChecked("nobody fits the responderID: see publisher/ocsp-signer/responder-id")
    if signer.public_key() == bench.issuer.public_key():
        raise NotApplicable("the issuer signs the answers itself")
    return asked, signer


@check()
def responder_id(bench: Bench) -> None:
    """responderID chỉ đúng người ký: theo khóa (SHA-1) hoặc theo tên.

    The responderID names the signer, by the SHA-1 hash of its key or by its name (RFC 6960 §4.2.2.3).
    """
    asked = _asked(bench)
    if ocsp.signer_of(asked.response, bench.issuer) is None:
        parsed = asked.response.parsed
        by_name = parsed is not None and parsed.responder_name is not None
        raise Failed("the issuer, or a certificate sent along", f"the {'name' if by_name else 'key hash'} of neither")


@check(importance=Importance.BLOCKER)
def signature(bench: Bench) -> None:
    """Chữ ký của câu trả lời đúng với khóa của người ký, cho mọi cách hỏi.

    The signature verifies with the signer's key, by POST and by GET, with and without a nonce (RFC 6960 §3.2).
    """
    serial = bench.leaf.serial_number
    for by in ("POST", "GET"):
        for nonce in (None, hashlib.sha256(by.encode()).digest()):
            asked = bench.answered(serial, by=by, nonce=nonce)
            if "its signature does not verify" in ocsp.signature_faults(asked.response, bench.issuer):
                raise Failed(f"a signature that verifies, by {by} {'with' if nonce else 'without'} a nonce", "another")


@check()
def algorithm(bench: Bench) -> None:
    """Chữ ký không dùng SHA-1 hay MD5.

    The signature uses neither SHA-1 nor MD5 (RFC 6960 §4.3).
    """
    parsed = _asked(bench).response.parsed
    found = None if parsed is None else parsed.signature_hash_algorithm
    if found is not None and found.name in WEAK_HASHES:
        raise Failed("a strong signature algorithm", found.name)


@check(importance=Importance.BLOCKER)
def certified_by_the_issuer(bench: Bench) -> None:
    """Người ký được chính cơ quan cấp chứng thư số cấp chứng thư, cho mục đích OCSPSigning.

    A delegated signer was certified by the very CA that issued the certificate asked about, with the extended key usage
    OCSPSigning; keyUsage, where there is one, allows digital signatures (RFC 6960 §4.2.2.2).
    """
    _, signer = _delegate(bench)
    judge("a signer certified for it by the issuer", _unfit(signer, bench.issuer))


def _unfit(signer: x509.Certificate, issuer: x509.Certificate) -> Iterator[str]:
    who = signer.subject.rfc4514_string()
    if not signatures.is_signed_by(signer, issuer):
        yield f"{who} was certified by another"
    if not ocsp.may_sign_ocsp(signer):
        yield f"{who} lacks OCSPSigning"
    usage = certificates.extension(signer, x509.KeyUsage)
    if usage is not None:
        bits = cast(x509.KeyUsage, usage.value)
        if not (bits.digital_signature or bits.content_commitment):
            yield f"{who} may not make digital signatures"


@check(importance=Importance.BLOCKER)
def in_force(bench: Bench) -> None:
    """Chứng thư của người ký còn hạn lúc trả lời.

    A delegated signer's certificate is within its validity at producedAt (RFC 6960 §4.2.2.2).
    """
    asked, signer = _delegate(bench)
    produced = None if asked.response.parsed is None else asked.response.parsed.produced_at_utc
    start, end = signer.not_valid_before_utc, signer.not_valid_after_utc
    if produced is not None and not start <= produced <= end:
        term = f"{start.isoformat()} to {end.isoformat()}"
        raise Failed(f"a signer in force at {produced.isoformat()}", f"one valid from {term}")


@check(importance=Importance.MINOR)
def not_to_be_checked(bench: Bench) -> None:
    """Chứng thư của người ký ghi không cần kiểm thu hồi (ocsp-nocheck), hoặc chỉ nơi kiểm.

    A delegated signer's certificate says that it need not be checked (id-pkix-ocsp-nocheck), or else where: a CRL
    (RFC 6960 §4.2.2.2.1).
    """
    _, signer = _delegate(bench)
    if certificates.extension(signer, x509.OCSPNoCheck) is None and addresses.crl_url(signer) is None:
        raise Failed("ocsp-nocheck, or the address of a CRL", "neither")
