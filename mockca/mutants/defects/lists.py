"""Defects of CRLs and delta CRLs (RFC 5280 §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from mockca.desk import crl_issue
from mockca.mutants.mutant import mutant
from mockca.mutants.patching import Patch
from mockca.pki import crl
from mockca.pki.crl import Reason
from mockca.registry import crls, status
from mockca.registry.status import Status
from mockca.registry.tables import certificates, status_changes

REMOVED = crl._REASONS[Reason.REMOVE_FROM_CRL]
HELD = crl._REASONS[Reason.CERTIFICATE_HOLD]


@mutant("Thu hồi không có trên delta CRL", "Revocations are missing from the delta CRL")
def revocation_missing_from_delta(patch: Patch) -> None:
    _filter_delta(patch, lambda entry: REMOVED in entry or HELD in entry)


@mutant("Tạm dừng không có trên delta CRL", "Holds are missing from the delta CRL")
def hold_missing_from_delta(patch: Patch) -> None:
    _filter_delta(patch, lambda entry: HELD not in entry)


@mutant("Delta CRL không có removeFromCRL", "A lifted hold is not removed by the delta CRL")
def removal_missing_from_delta(patch: Patch) -> None:
    _filter_delta(patch, lambda entry: REMOVED not in entry)


@mutant("Thu hồi không có trên CRL đầy đủ", "Revocations are missing from the full CRL")
def revocation_missing_from_crl(patch: Patch) -> None:
    entries_at = status.entries_at

    def holds_only(connection: Connection, instant: datetime) -> Iterator[bytes]:
        return (entry for entry in entries_at(connection, instant) if HELD in entry)

    patch.everywhere(entries_at, holds_only)


@mutant("Tạm dừng không có trên CRL đầy đủ", "Holds are missing from the full CRL")
def hold_missing_from_crl(patch: Patch) -> None:
    entries_at = status.entries_at

    def no_holds(connection: Connection, instant: datetime) -> Iterator[bytes]:
        return (entry for entry in entries_at(connection, instant) if HELD not in entry)

    patch.everywhere(entries_at, no_holds)


@mutant("Tạm dừng đã bỏ vẫn còn trên CRL đầy đủ", "A hold stays on the full CRL after it was lifted")
def lifted_hold_stays_on_crl(patch: Patch) -> None:
    entries_at = status.entries_at

    def with_old_holds(connection: Connection, instant: datetime) -> Iterator[bytes]:
        changes = status_changes.c
        held = select(changes.crl_entry).where(
            changes.status.in_([Status.SUSPENDED.value, Status.ISSUED.value]), changes.until <= instant
        )
        yield from dict.fromkeys([*entries_at(connection, instant), *connection.execute(held).scalars()])

    patch.everywhere(entries_at, with_old_holds)


@mutant("Số CRL lặp lại", "Every CRL has the same number")
def crl_number_repeated(patch: Patch) -> None:
    _build(patch, lambda named: named | {"number": 7 if named.get("base") is None else 8, "base": named["base"] and 7})


@mutant("Không có số CRL tăng dần: số giảm", "CRL numbers fall")
def crl_number_falls(patch: Patch) -> None:
    most = 1_000_000
    _build(
        patch,
        lambda named: (
            named
            | {"number": most - named["number"], "base": None if named["base"] is None else most - named["number"] - 1}
        ),
    )


@mutant("CRL đầy đủ và delta cùng lúc mà khác số", "A full CRL and a delta of one instant have two numbers")
def twins_numbered_apart(patch: Patch) -> None:
    patch.member(crl_issue._CrlDesk, "_number_beside", lambda _self, _other, number: number)


@mutant("CRL đã quá nextUpdate", "CRLs are served past their nextUpdate")
def crl_out_of_date(patch: Patch) -> None:
    def aged(named: dict[str, Any]) -> dict[str, Any]:
        this_update = named["this_update"] - timedelta(days=400)
        return named | {"this_update": this_update, "next_update": this_update + timedelta(days=7)}

    _build(patch, aged)


@mutant("CRL ghi thisUpdate ở tương lai", "CRLs are dated ahead of the clock")
def crl_from_the_future(patch: Patch) -> None:
    ahead = timedelta(days=2)
    _build(
        patch,
        lambda named: (
            named | {"this_update": named["this_update"] + ahead, "next_update": named["next_update"] + ahead}
        ),
    )


@mutant("CRL do khóa khác ký", "CRLs are signed by another key than the issuer's")
def crl_signed_by_another_key(patch: Patch) -> None:
    build = crl.build

    def by_another(issuer: Any, **named: Any) -> bytes:
        der = bytearray(build(issuer, **named))
        der[-1] ^= 1
        return bytes(der)

    patch.everywhere(build, by_another)


@mutant("Delta CRL không nói dựa trên CRL nào", "The delta CRL names no base")
def delta_without_base(patch: Patch) -> None:
    _build(patch, lambda named: named | {"base": None})


@mutant("Số CRL là giờ của đồng hồ", "A CRL's number is the time of its issue")
def crl_number_by_the_clock(patch: Patch) -> None:
    def at(named: dict[str, Any]) -> dict[str, Any]:
        number = int(named["this_update"].timestamp())
        return named | {"number": number, "base": None if named["base"] is None else number - 1}

    _build(patch, at)


@mutant("CRL đầu tiên được phục vụ mãi", "The first CRL is served for ever")
def crl_frozen(patch: Patch) -> None:
    def first(self: Any, name: Any) -> Any:
        return crls.latest(self.connection, name.issuer, delta=name is crl_issue.CrlName.DELTA)

    patch.member(crl_issue._CrlDesk, "stored", first)


@mutant("CRL đầy đủ chậm một giờ so với sổ đăng ký", "The full CRL is an hour behind the registry")
def crl_lags_behind(patch: Patch) -> None:
    entries_at = status.entries_at
    patch.everywhere(entries_at, lambda connection, instant: entries_at(connection, instant - timedelta(hours=1)))


@mutant(
    "Thu hồi biến khỏi CRL ngay khi chứng thư số hết hạn", "A revocation drops off the CRL with the certificate's end"
)
def crl_drops_the_expired(patch: Patch) -> None:
    def in_term(connection: Connection, instant: datetime) -> Iterator[bytes]:
        changes = status_changes.c
        query = (
            select(changes.crl_entry)
            .join_from(status_changes, certificates)
            .where(changes.instant <= instant, changes.until > instant, changes.crl_entry.is_not(None))
            .where(certificates.c.not_after > instant)
        )
        return iter(connection.execute(query).scalars())

    patch.everywhere(status.entries_at, in_term)


@mutant("Chứng thư số hết hạn bị ghi vào CRL", "Certificates that have expired are listed on the CRL")
def expired_on_crl(patch: Patch) -> None:
    entries_at = status.entries_at

    def with_the_expired(connection: Connection, instant: datetime) -> Iterator[bytes]:
        yield from entries_at(connection, instant)
        changes = status_changes.c
        query = (
            select(changes.serial, certificates.c.not_after)
            .join_from(status_changes, certificates)
            .where(changes.instant <= instant, changes.until > instant, changes.crl_entry.is_(None))
            .where(certificates.c.not_after <= instant)
        )
        for serial, end in connection.execute(query):
            yield crl.entry(int(serial, 16), end, Reason.SUPERSEDED)

    patch.everywhere(entries_at, with_the_expired)


def _filter_delta(patch: Patch, keep: Any) -> None:
    entries_since = crl_issue._CrlDesk._entries_since

    def some(self: Any, base: Any) -> Iterable[bytes]:
        return (entry for entry in entries_since(self, base) if keep(entry))

    patch.member(crl_issue._CrlDesk, "_entries_since", some)


def _build(patch: Patch, change: Any) -> None:
    build = crl.build

    def otherwise(issuer: Any, **named: Any) -> bytes:
        return build(issuer, **change({"base": None, **named}))

    patch.everywhere(build, otherwise)
