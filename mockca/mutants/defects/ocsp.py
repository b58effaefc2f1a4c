"""Defects of OCSP (RFC 6960, RFC 9654)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from mockca.desk import ocsp_answers
from mockca.desk.ocsp_answers import Standing
from mockca.desk.publisher import Publisher
from mockca.mutants.mutant import mutant
from mockca.mutants.patching import Patch
from mockca.pki.crl import Reason
from mockca.pki.ocsp import Responder
from mockca.registry.status import Status
from mockca.registry.tables import status_changes


@mutant("OCSP nói mọi chứng thư số đều tốt", "OCSP says good of everything")
def ocsp_always_good(patch: Patch) -> None:
    patch.everywhere(ocsp_answers.standing_at, lambda *_: Standing("good"))


@mutant("OCSP nói mọi chứng thư số đều không rõ", "OCSP says unknown of everything")
def ocsp_always_unknown(patch: Patch) -> None:
    patch.everywhere(ocsp_answers.standing_at, lambda *_: Standing("unknown"))


@mutant("Bỏ tạm dừng rồi mà OCSP vẫn nói thu hồi", "OCSP goes on saying revoked after a hold was lifted")
def lifted_hold_stays_in_ocsp(patch: Patch) -> None:
    standing_at = ocsp_answers.standing_at

    def stuck(connection: Connection, serial: int, instant: datetime, *rest: Any) -> Standing | None:
        found = standing_at(connection, serial, instant, *rest)
        held = connection.execute(
            status_changes.select().where(
                status_changes.c.serial == f"{serial:x}",
                status_changes.c.status.in_([Status.SUSPENDED.value, Status.ISSUED.value]),
                status_changes.c.instant <= instant,
            )
        ).first()
        if found is not None and found.status == "good" and held is not None:
            return Standing("revoked", held.instant, Reason.CERTIFICATE_HOLD)
        return found

    patch.everywhere(standing_at, stuck)


@mutant("OCSP không ghi lý do thu hồi", "OCSP gives no reason of revocation")
def ocsp_without_reason(patch: Patch) -> None:
    standing_at = ocsp_answers.standing_at

    def bare(*arguments: Any) -> Standing | None:
        found = standing_at(*arguments)
        return None if found is None else replace(found, reason=None)

    patch.everywhere(standing_at, bare)


@mutant("OCSP do người không được ủy quyền ký", "OCSP is signed by a certificate without OCSPSigning")
def ocsp_signed_by_undelegated(patch: Patch) -> None:
    begin = Publisher.__init__

    def otherwise(self: Publisher, sandbox: Any, *rest: Any) -> None:
        begin(self, sandbox, *rest)
        self._responders.appointed = Responder(sandbox.hierarchy.issuing, sandbox.hierarchy.tsa)

    patch.member(Publisher, "__init__", otherwise)


@mutant("OCSP không nhắc lại nonce", "OCSP does not repeat the nonce")
def nonce_not_echoed(patch: Patch) -> None:
    _respond(patch, lambda named: named | {"nonce": None})


@mutant("OCSP trả lời đã quá hạn", "OCSP answers are past their nextUpdate")
def ocsp_out_of_date(patch: Patch) -> None:
    respond = Responder.respond

    def otherwise(self: Responder, answers: Any, **named: Any) -> bytes:
        age = timedelta(days=400)
        old = [
            replace(one, this_update=one.this_update - age, next_update=one.next_update and one.next_update - age)
            for one in answers
        ]
        return respond(self, old, **named)

    patch.member(Responder, "respond", otherwise)


@mutant("Chữ ký OCSP sai", "The signature on OCSP answers does not verify")
def ocsp_signature_broken(patch: Patch) -> None:
    respond = Responder.respond

    def otherwise(self: Responder, answers: Any, **named: Any) -> bytes:
        der = respond(self, answers, **named)
        at = der.rindex(self._certificates) - 1
        return der[:at] + bytes([der[at] ^ 1]) + der[at + 1 :]

    patch.member(Responder, "respond", otherwise)


def _respond(patch: Patch, change: Any) -> None:
    respond = Responder.respond

    def otherwise(self: Responder, answers: Any, **named: Any) -> bytes:
        return respond(self, answers, **change(named))

    patch.member(Responder, "respond", otherwise)
