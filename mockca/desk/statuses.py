"""Changing a certificate's status, and telling it. The status itself: `registry.status.status_at`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from mockca.desk.telling import KEEP_AFTER_EXPIRY, crl_entry
from mockca.desk.views import CertificateStatus, StatusView
from mockca.errors import NotFound
from mockca.registry import certificates, status
from mockca.registry.certificates import Certificate
from mockca.registry.status import Status, StatusAt
from mockca.rules.regulation import EffectiveFrom, Regulation

WHY = {
    Status.ISSUED: "Chứng thư số đã cấp nhưng chưa được công bố hiệu lực.",
    Status.EFFECTIVE: "Chứng thư số đang có hiệu lực.",
    Status.SUSPENDED: "Chứng thư số đang tạm dừng.",
    Status.REVOKED: "Chứng thư số đã bị thu hồi.",
    Status.EXPIRED: "Chứng thư số đã hết hạn.",
}


def change_status(
    connection: Connection,
    certificate: Certificate,
    new: Status,
    at: datetime,
    *,
    reason: str | None = None,
    invalidity_date: datetime | None = None,
) -> None:
    """Record that the certificate is `new` from `at` on, with the CRL entry that follows from it."""
    status.change(
        connection,
        certificate.serial,
        instant=at,
        status=new,
        reason=reason,
        invalidity_date=invalidity_date,
        keep_until=certificate.not_after + KEEP_AFTER_EXPIRY,
        crl_entry=crl_entry(certificate.serial, new, at, reason, invalidity_date),
    )


def revoke_all(
    connection: Connection,
    certificates: Sequence[Certificate],
    at: datetime,
    *,
    reason: str | None = None,
    invalidity_date: datetime | None = None,
) -> None:
    """Record that these certificates are revoked from `at` on, as `change_status` does of one."""
    status.revoke_all(
        connection,
        [
            {
                "serial": one.serial,
                "reason": reason,
                "invalidity_date": invalidity_date,
                "keep_until": one.not_after + KEEP_AFTER_EXPIRY,
                "crl_entry": crl_entry(one.serial, Status.REVOKED, at, reason, invalidity_date),
            }
            for one in certificates
        ],
        at,
    )


def first_statuses(connection: Connection, entered: Sequence[Certificate], first: Status) -> list[StatusAt]:
    """Record what certificates are that were entered just now, each from its notBefore on; returns just that."""
    status.begin_all(
        connection,
        [
            {
                "serial": one.serial,
                "instant": one.not_before,
                "status": first.value,
                "keep_until": one.not_after + KEEP_AFTER_EXPIRY,
                "crl_entry": crl_entry(one.serial, first, one.not_before),
            }
            for one in entered
        ],
    )
    return [
        StatusAt(
            serial=one.serial,
            status=first,
            since=one.not_before,
            reason=None,
            invalidity_date=None,
            effective_at=one.not_before if first is Status.EFFECTIVE else None,
            not_before=one.not_before,
            not_after=one.not_after,
        )
        for one in entered
    ]


def require_certificate(connection: Connection, serial: str) -> Certificate:
    """The certificate with this serial; NotFound where there is none."""
    certificate = certificates.get(connection, serial)
    if certificate is None:
        raise NotFound("certificate", serial)
    return certificate


def require_status(connection: Connection, serial: str, at: datetime) -> StatusAt:
    """The certificate's status at an instant; NotFound where it was not issued by then."""
    found = status.status_at(connection, serial, at)
    if found is None:
        raise NotFound("certificate", serial)
    return found


def status_view(regulation: Regulation, found: StatusAt, at: datetime) -> StatusView:
    """A status for people and programs, with the clause that decides whether it may be used."""
    return StatusView(
        serial=found.serial,
        at=at,
        status=CertificateStatus(found.status.value),
        since=found.since,
        in_force=found.status is Status.EFFECTIVE,
        clause=_clause(regulation, found),
        why=WHY[found.status],
        reason=found.reason,
        invalidity_date=found.invalidity_date,
        effective_at=found.effective_at,
    )


def _clause(regulation: Regulation, found: StatusAt) -> str:
    if found.status is Status.SUSPENDED:
        return regulation.services["suspend"].clause
    if found.status is Status.REVOKED:
        return regulation.services["revoke"].clause
    if found.status is Status.EXPIRED:
        return regulation.max_years.clause
    return regulation.effective_from.clause


def starts_effective(regulation: Regulation) -> bool:
    """Whether a certificate of this regulation takes effect with its notBefore, without an announcement."""
    return regulation.effective_from.value is EffectiveFrom.NOT_BEFORE
