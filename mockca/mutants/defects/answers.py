"""Defects of single OCSP answers and of whom a responder answers, beside those of `ocsp` (RFC 6960, RFC 9654)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection

from mockca.desk import ocsp_answers
from mockca.desk.ocsp_answers import NEVER_ISSUED_SINCE, UNKNOWN, Standing
from mockca.desk.publisher import Publisher
from mockca.errors import Malformed
from mockca.mutants import resigning
from mockca.mutants.mutant import enter, mutant
from mockca.mutants.patching import Patch
from mockca.pki import der, ocsp
from mockca.pki.crl import Reason
from mockca.pki.ocsp import HASHES, CertId, Responder, SingleAnswer
from mockca.randomness import new_octets

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEAST_NONCE: Final = 17
ANY_NONCE: Final = 1 << 20
Named: TypeAlias = dict[str, Any]
Answers: TypeAlias = list[SingleAnswer]
Change: TypeAlias = Callable[[Responder, Answers, Named], tuple[Answers, Named]]


def _each(change: Callable[[SingleAnswer], SingleAnswer]) -> Change:
    return lambda _, answers, named: ([change(one) for one in answers], named)


def _named(change: Callable[[Named], Named]) -> Change:
    return lambda _, answers, named: (answers, named | change(named))


def _moved(by: timedelta) -> Change:
    return _each(
        lambda one: replace(one, this_update=one.this_update + by, next_update=one.next_update and one.next_update + by)
    )


def _revoked(**changes: Callable[[SingleAnswer], Any]) -> Change:
    def change(one: SingleAnswer) -> SingleAnswer:
        if one.status != "revoked":
            return one
        return replace(one, **{name: value(one) for name, value in changes.items()})

    return _each(change)


def _id(algorithm: str, name_hash: bytes, key_hash: bytes, serial: int) -> bytes:
    """A CertID's DER (RFC 6960 §4.1.1)."""
    return der.sequence(
        der.sequence(der.oid(HASHES[algorithm]), der.NULL),
        der.octets(name_hash),
        der.octets(key_hash),
        der.integer(serial),
    )


def _of_another(one: SingleAnswer) -> SingleAnswer:
    asked = one.cert_id
    other = _id(asked.hash_algorithm, asked.name_hash, asked.key_hash, asked.serial + 1)
    return replace(one, cert_id=replace(asked, der=other))


def _ids_in_sha1(responder: Responder, answers: Answers, named: Named) -> tuple[Answers, Named]:
    issuer = responder.issuer
    name_hash, key_hash = (
        hashlib.sha1(octets, usedforsecurity=False).digest() for octets in (issuer.subject, issuer.key_bits)
    )
    changed = [
        replace(one, cert_id=replace(one.cert_id, der=_id("sha1", name_hash, key_hash, one.cert_id.serial)))
        for one in answers
    ]
    return changed, named


ANSWERS: Final[Mapping[str, tuple[str, str, Change]]] = {
    "nonce-of-another": (
        "OCSP trả một nonce khác",
        "OCSP answers with another nonce",
        _named(lambda named: {"nonce": named.get("nonce") and new_octets(32)}),
    ),
    "nonce-invented": (
        "OCSP trả nonce cả khi không ai gửi",
        "OCSP answers with a nonce to those who sent none",
        _named(lambda named: {"nonce": named.get("nonce") or new_octets(32)}),
    ),
    "ocsp-of-another": (
        "OCSP trả lời về chứng thư khác với câu hỏi",
        "OCSP answers about another certificate than was asked about",
        _each(_of_another),
    ),
    "ocsp-ids-in-sha1": (
        "OCSP luôn trả lời bằng mã băm SHA-1, dù được hỏi bằng SHA-256",
        "OCSP answers by SHA-1 to who asked by SHA-256",
        _ids_in_sha1,
    ),
    "ocsp-first-only": (
        "Hỏi OCSP về nhiều chứng thư, chỉ chứng thư đầu được trả lời",
        "Of several certificates that are asked about, OCSP answers about the first",
        lambda _, answers, named: (answers[:1], named),
    ),
    "ocsp-from-the-future": (
        "thisUpdate của OCSP ở tương lai",
        "OCSP answers are dated ahead of the clock",
        _moved(2 * DAY),
    ),
    "ocsp-backwards": (
        "nextUpdate của OCSP ở trước thisUpdate",
        "The nextUpdate of OCSP answers lies before their thisUpdate",
        _each(lambda one: replace(one, next_update=one.this_update - HOUR)),
    ),
    "ocsp-produced-in-the-future": (
        "producedAt của OCSP ở tương lai",
        "The producedAt of OCSP answers lies ahead",
        _named(lambda named: {"produced_at": named["produced_at"] + 3 * HOUR}),
    ),
    "ocsp-produced-before": (
        "producedAt của OCSP ở trước thisUpdate",
        "The producedAt of OCSP answers lies before their thisUpdate",
        _named(lambda named: {"produced_at": named["produced_at"] - HOUR}),
    ),
    "ocsp-without-cutoff": (
        "OCSP nói về chứng thư đã hết hạn mà không có archiveCutoff",
        "OCSP speaks of expired certificates without an archive cutoff",
        _named(lambda _: {"archive_cutoff": None}),
    ),
    "ocsp-cutoff-late": (
        "archiveCutoff của OCSP ở sau lúc chứng thư hết hạn",
        "The archive cutoff lies after the end of the certificate",
        _named(lambda named: {"archive_cutoff": named.get("archive_cutoff") and named["produced_at"]}),
    ),
    "ocsp-other-date": (
        "OCSP nói thời điểm thu hồi khác với CRL",
        "OCSP gives another time of revocation than the CRL",
        _revoked(revoked_at=lambda one: one.revoked_at and one.revoked_at + 3 * HOUR),
    ),
    "ocsp-other-reason": (
        "OCSP nói lý do thu hồi khác với CRL",
        "OCSP gives another reason of revocation than the CRL",
        _revoked(reason=lambda _: Reason.AFFILIATION_CHANGED),
    ),
}


def _answered(patch: Patch, change: Change) -> None:
    respond = Responder.respond

    def otherwise(self: Responder, answers: Any, **named: Any) -> bytes:
        changed, more = change(self, list(answers), named)
        return respond(self, changed, **more)

    patch.member(Responder, "respond", otherwise)


for name, (vi, en, change) in ANSWERS.items():
    enter(name, vi, en, partial(_answered, change=change))


@mutant("Câu trả lời OCSP được ký bằng SHA-1", "OCSP answers are signed with SHA-1")
def ocsp_in_sha1(patch: Patch) -> None:
    respond = Responder.respond

    def otherwise(self: Responder, answers: Any, **named: Any) -> bytes:
        return resigning.ocsp_answer_in_sha1(respond(self, answers, **named), self.signer.key)

    patch.member(Responder, "respond", otherwise)


@mutant("responderID không chỉ ai cả", "The responderID is nobody's")
def responder_unknown(patch: Patch) -> None:
    begin = Responder.__init__

    def otherwise(self: Responder, *signers: Any, **named: Any) -> None:
        begin(self, *signers, **named)
        self._responder_id = der.tlv(der.explicit(2), der.octets(bytes(20)))

    patch.member(Responder, "__init__", otherwise)


# --- serial numbers that were never issued ----------------------------------------------------------------------------


def _never_issued(patch: Patch, standing: Standing | None) -> None:
    standing_at = ocsp_answers.standing_at

    def otherwise(connection: Connection, serial: int, instant: datetime, settings: Any, own: Any) -> Standing | None:
        found = standing_at(connection, serial, instant, settings, own)
        return standing if found is UNKNOWN else found

    patch.everywhere(standing_at, otherwise)


@mutant("OCSP nói tốt về số hiệu chưa bao giờ cấp", "OCSP says good of serial numbers that were never issued")
def unknown_serials_good(patch: Patch) -> None:
    _never_issued(patch, Standing("good"))


@mutant("OCSP nói thu hồi về số hiệu chưa bao giờ cấp", "OCSP says revoked of serial numbers that were never issued")
def unknown_serials_revoked(patch: Patch) -> None:
    _never_issued(patch, Standing("revoked", NEVER_ISSUED_SINCE, Reason.CERTIFICATE_HOLD))


@mutant("OCSP từ chối trả lời về số hiệu chưa bao giờ cấp", "OCSP refuses to speak of serials that were never issued")
def unknown_serials_unauthorized(patch: Patch) -> None:
    _never_issued(patch, None)


# --- who is answered --------------------------------------------------------------------------------------------------


def _ours(patch: Patch, judge: Callable[[CertId, Mapping[str, tuple[bytes, bytes]]], bool]) -> None:
    patch.member(Responder, "matches", lambda self, cert_id: judge(cert_id, self._issuer_hashes))


@mutant("OCSP trả lời về chứng thư của cơ quan khác", "OCSP answers about other authorities' certificates")
def ocsp_answers_for_others(patch: Patch) -> None:
    _ours(patch, lambda _, __: True)


@mutant("OCSP không xem khóa của cơ quan cấp", "OCSP does not look at the issuer's key")
def ocsp_looks_at_names_only(patch: Patch) -> None:
    _ours(patch, lambda asked, own: asked.name_hash == own.get(asked.hash_algorithm, (None, None))[0])


@mutant("OCSP không xem tên của cơ quan cấp", "OCSP does not look at the issuer's name")
def ocsp_looks_at_keys_only(patch: Patch) -> None:
    _ours(patch, lambda asked, own: asked.key_hash == own.get(asked.hash_algorithm, (None, None))[1])


@mutant("OCSP chỉ hiểu mã băm SHA-1", "OCSP understands CertIDs by SHA-1 only")
def ocsp_in_sha1_only(patch: Patch) -> None:
    _ours(patch, lambda asked, own: asked.hash_algorithm == "sha1" and own["sha1"] == (asked.name_hash, asked.key_hash))


@mutant("OCSP nhận nonce dài bao nhiêu cũng được", "OCSP takes nonces of any length")
def ocsp_takes_any_nonce(patch: Patch) -> None:
    patch.member(ocsp, "MAX_NONCE", ANY_NONCE)


@mutant("OCSP không nhận nonce ngắn", "OCSP does not take short nonces")
def ocsp_takes_long_nonces_only(patch: Patch) -> None:
    read = ocsp._nonce

    def strict(extensions: der.Reader) -> bytes | None:
        found = read(extensions)
        if found is not None and len(found) < LEAST_NONCE:
            raise Malformed("OCSP request", "a nonce that is too short for us")
        return found

    patch.everywhere(read, strict)


@mutant("OCSP trả lời câu hỏi rác bằng internalError", "OCSP answers garbage with internalError")
def ocsp_blames_itself(patch: Patch) -> None:
    failure = Publisher._failure

    def otherwise(self: Publisher, picture: Any, name: str, *rest: Any) -> Any:
        return failure(self, picture, "internalError" if name == "malformedRequest" else name, *rest)

    patch.member(Publisher, "_failure", otherwise)
