"""Defects about status: what comes into effect, what stays, what ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mockca.desk import publishing, statuses, succession
from mockca.desk.sandbox import Sandbox
from mockca.mutants.mutant import mutant
from mockca.mutants.patching import Patch
from mockca.registry import activations, announcements, certificates, status
from mockca.registry.activations import Activation
from mockca.registry.certificates import Certificate
from mockca.registry.status import Status, StatusAt
from mockca.registry.tables import MICROSECOND
from mockca.rules.regulation import Regulation


@mutant(
    "Chứng thư số có hiệu lực ngay khi cấp, không chờ công bố",
    "Certificates are in effect as soon as they are issued, announced or not",
)
def effective_without_announcement(patch: Patch) -> None:
    patch.everywhere(statuses.starts_effective, lambda *_: True)


@mutant(
    "Công bố là có hiệu lực ngay, không chờ thời điểm đề nghị",
    "The time of effect that was proposed is not waited for",
)
def effective_before_its_time(patch: Patch) -> None:
    get = activations.get

    def at_once(connection: Connection, number: int) -> Activation | None:
        found = get(connection, number)
        return None if found is None else replace(found, wanted_at=None)

    patch.everywhere(get, at_once)


@mutant(
    "Công bố theo hẹn làm sống lại chứng thư số đã thu hồi trong lúc chờ",
    "A scheduled publication brings into effect what was revoked while it waited",
)
def publication_revives(patch: Patch) -> None:
    publish = publishing.publish_scheduled

    def whatever_became_of_them(sandbox: Sandbox, connection: Connection, number: int, at: datetime) -> None:
        publish(sandbox, connection, number, at)
        for certificate in certificates.gather(connection, activations.serials_of(connection, number)):
            statuses.change_status(connection, certificate, Status.EFFECTIVE, at)

    patch.everywhere(publish, whatever_became_of_them)


@mutant("Chứng thư số quá hạn vẫn được coi như trước", "A certificate past its end is still told as before")
def never_expires(patch: Patch) -> None:
    status_at = status.status_at

    def unending(connection: Connection, serial: str, instant: datetime) -> StatusAt | None:
        found = status_at(connection, serial, instant)
        if found is None or found.status is not Status.EXPIRED:
            return found
        return status_at(connection, serial, found.not_after - MICROSECOND)

    patch.everywhere(status_at, unending)


@mutant("Tạm dừng được nhận mà không có tác dụng", "A suspension is taken and changes nothing")
def suspension_forgotten(patch: Patch) -> None:
    _ignore(patch, Status.SUSPENDED)


@mutant("Thu hồi được nhận mà chứng thư số vẫn có hiệu lực", "A revocation is taken and changes nothing")
def revocation_forgotten(patch: Patch) -> None:
    _ignore(patch, Status.REVOKED)


@mutant(
    "Gia hạn, thay đổi xong chứng thư số cũ vẫn có hiệu lực",
    "After a renewal or a change the former certificate stays in force",
)
def former_stays(patch: Patch) -> None:
    patch.everywhere(succession.take_over, lambda *_: {})


@mutant("Thu hồi mà không ghi lý do của căn cứ", "Certificates are revoked without the reason of the ground")
def reason_lost(patch: Patch) -> None:
    _drop(patch, "reason")


@mutant("Bỏ qua thời điểm khóa bị lộ", "The time at which the key was lost is dropped")
def invalidity_lost(patch: Patch) -> None:
    _drop(patch, "invalidity_date")


@mutant("Không công bố gì lên cổng", "Nothing is announced on the portal")
def announces_nothing(patch: Patch) -> None:
    patch.everywhere(announcements.publish, lambda *_, **__: 0)
    patch.everywhere(announcements.publish_all, lambda *_: None)


def _ignore(patch: Patch, ignored: Status) -> None:
    change = statuses.change_status

    def selective(connection: Connection, certificate: Certificate, new: Status, at: datetime, **named: Any) -> None:
        if new is not ignored:
            change(connection, certificate, new, at, **named)

    patch.everywhere(change, selective)
    if ignored is Status.REVOKED:
        patch.everywhere(statuses.revoke_all, lambda *_, **__: None)


def _drop(patch: Patch, part: str) -> None:
    change, revoke = statuses.change_status, statuses.revoke_all

    def without(*arguments: Any, **named: Any) -> None:
        change(*arguments, **{**named, part: None})

    def all_without(*arguments: Any, **named: Any) -> None:
        revoke(*arguments, **{**named, part: None})

    patch.everywhere(change, without)
    patch.everywhere(revoke, all_without)


@mutant("Hết hạn mà không tự mở vụ việc thu hồi", "No case is opened by itself when a certificate expires")
def no_case_on_expiry(patch: Patch) -> None:
    patch.member(Regulation, "case_on_expiry", None)
