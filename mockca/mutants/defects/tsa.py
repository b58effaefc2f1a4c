"""Defects of time stamping (RFC 3161)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from mockca.desk.timestamp_serials import TimestampSerials
from mockca.desk.timestamps import Stamped, Timestamper
from mockca.mutants.mutant import mutant
from mockca.mutants.patching import Patch
from mockca.pki import der, tsa
from mockca.pki.hierarchy import expired
from mockca.pki.tsa import Rejected, Stamp, TimestampAuthority, TimestampRequest
from mockca.web import pki

MD5 = der.oid("1.2.840.113549.2.5")


@mutant("TSA từ chối mọi yêu cầu", "The TSA refuses every request")
def tsa_refuses_all(patch: Patch) -> None:
    patch.member(Timestamper, "answer", lambda *_: Stamped(tsa.rejection("systemFailure")))


@mutant("TSA trả lời sai kiểu nội dung", "The TSA answers with another media type")
def tsa_media_type(patch: Patch) -> None:
    patch.member(pki, "REPLY_TYPE", "application/octet-stream")


@mutant("Chữ ký của dấu thời gian sai", "The signature on time stamps does not verify")
def tsa_signature_broken(patch: Patch) -> None:
    respond = TimestampAuthority.respond

    def otherwise(self: TimestampAuthority, stamp: Stamp) -> bytes:
        answer = bytearray(respond(self, stamp))
        answer[-1] ^= 1
        return bytes(answer)

    patch.member(TimestampAuthority, "respond", otherwise)


@mutant("Dấu thời gian được ký bằng SHA-1", "Time stamps are signed with SHA-1")
def tsa_signs_with_sha1(patch: Patch) -> None:
    begin = TimestampAuthority.__init__

    def otherwise(self: TimestampAuthority, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **{**named, "weakly": True})

    patch.member(TimestampAuthority, "__init__", otherwise)


@mutant("Dấu thời gian do khóa của OCSP ký", "Time stamps are signed by the OCSP responder's key")
def tsa_signed_by_responder(patch: Patch) -> None:
    _another_signer(patch, lambda sandbox: sandbox.hierarchy.ocsp)


@mutant("Chứng thư của TSA đã hết hạn", "The TSA's certificate has expired")
def tsa_certificate_expired(patch: Patch) -> None:
    def signer(sandbox: Any) -> Any:
        hierarchy = sandbox.hierarchy
        return expired(hierarchy.tsa, hierarchy.issuing, sandbox.created_at - timedelta(seconds=1), 0x1234_5678)

    _another_signer(patch, signer)


@mutant("Dấu thời gian chỉ sai chứng thư của người ký", "Time stamps name another signing certificate by its hash")
def tsa_names_another_certificate(patch: Patch) -> None:
    begin = TimestampAuthority.__init__

    def otherwise(self: TimestampAuthority, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        at = self._signing_certificate.index(b"\x04\x20") + 2
        attribute = bytearray(self._signing_certificate)
        attribute[at] ^= 1
        self._signing_certificate = bytes(attribute)

    patch.member(TimestampAuthority, "__init__", otherwise)


@mutant("Dấu thời gian mang giá trị băm khác", "Time stamps bear another imprint")
def tsa_imprint_changed(patch: Patch) -> None:
    _stamp(patch, lambda one: replace(one, imprint=one.imprint[:-1] + bytes((one.imprint[-1] ^ 1,))))


@mutant("Dấu thời gian không lặp lại nonce", "Time stamps do not repeat the nonce")
def tsa_nonce_forgotten(patch: Patch) -> None:
    _stamp(patch, lambda one: replace(one, nonce=None))


@mutant("Dấu thời gian có nonce mà không ai gửi", "Time stamps have a nonce that nobody sent")
def tsa_nonce_invented(patch: Patch) -> None:
    _stamp(patch, lambda one: replace(one, nonce=one.nonce or der.integer(1)))


@mutant("Dấu thời gian không bao giờ kèm chứng thư", "No certificates go along with time stamps")
def tsa_certificates_never(patch: Patch) -> None:
    _stamp(patch, lambda one: replace(one, with_certificates=False))


@mutant("Dấu thời gian luôn kèm chứng thư", "Certificates go along with every time stamp")
def tsa_certificates_always(patch: Patch) -> None:
    _stamp(patch, lambda one: replace(one, with_certificates=True))


@mutant("TSA nhận mọi chính sách", "The TSA takes every policy")
def tsa_any_policy(patch: Patch) -> None:
    patch.member(TimestampAuthority, "accepts", lambda *_: True)


@mutant("TSA không nhận chính sách của chính mình", "The TSA refuses its own policy when it is asked for by name")
def tsa_no_policy(patch: Patch) -> None:
    patch.member(TimestampAuthority, "accepts", lambda _, policy: policy is None)


@mutant("Các dấu thời gian trùng số", "Time stamps share a serial number")
def tsa_serial_repeated(patch: Patch) -> None:
    patch.member(TimestampSerials, "take", lambda _: 1)


@mutant("Dấu thời gian chậm một giờ", "Time stamps are an hour late")
def tsa_clock_off(patch: Patch) -> None:
    _stamp(patch, lambda one: replace(one, instant=one.instant - timedelta(hours=1)))


@mutant("TSA nhận MD5", "The TSA takes imprints by MD5")
def tsa_takes_md5(patch: Patch) -> None:
    patch.member(tsa, "_BY_OID", {**tsa._BY_OID, MD5: ("md5", 16)})


@mutant("TSA nhận giá trị băm độ dài bất kỳ", "The TSA takes imprints of any length")
def tsa_takes_any_length(patch: Patch) -> None:
    class AnyNumber(int):
        def __ne__(self, _: object) -> bool:
            return False

        __hash__ = int.__hash__

    patch.member(tsa, "_BY_OID", {oid: (name, AnyNumber(octets)) for oid, (name, octets) in tsa._BY_OID.items()})


@mutant("TSA bỏ qua phần mở rộng lạ", "The TSA passes over extensions that it does not know")
def tsa_ignores_extensions(patch: Patch) -> None:
    parse = tsa.parse_request

    def otherwise(request: bytes) -> TimestampRequest:
        try:
            return parse(request)
        except Rejected as error:
            if error.failure != "unacceptedExtension":
                raise
            fields = der.Reader("request", request).enter(der.SEQUENCE)
            fields.unsigned()
            return TimestampRequest(fields.whole(der.SEQUENCE), "sha256", None, None, True)

    patch.member(tsa, "parse_request", otherwise)


@mutant("TSA coi dữ liệu rác là lỗi của mình", "The TSA takes garbage for a failure of its own")
def tsa_fails_on_garbage(patch: Patch) -> None:
    patch.member(tsa, "_bad_format", lambda why: Rejected("systemFailure", "Lỗi hệ thống.", why))


def _stamp(patch: Patch, change: Callable[[Stamp], Stamp]) -> None:
    respond = TimestampAuthority.respond
    patch.member(TimestampAuthority, "respond", lambda self, stamp: respond(self, change(stamp)))


def _another_signer(patch: Patch, signer: Callable[[Any], Any]) -> None:
    begin = Timestamper.__init__

    def otherwise(self: Timestamper, sandbox: Any) -> None:
        begin(self, sandbox)
        self._authority = TimestampAuthority(signer(sandbox), sandbox.hierarchy.issuing)

    patch.member(Timestamper, "__init__", otherwise)
