"""Certificates, as issued. What they are worth at an instant: `status`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select

from mockca.registry.records import PAGE_LIMIT, many, one
from mockca.registry.status import has_status
from mockca.registry.tables import authority_certificates, certificates


@dataclass(frozen=True, slots=True)
class Certificate:
    """A subscriber's certificate."""

    serial: str
    regulation: str
    subscriber_kind: str
    unit: str
    subject: str
    common_name: str
    not_before: datetime
    not_after: datetime
    dossier: int
    device: str | None
    algorithm: str
    issued_at: datetime
    der: bytes
    replaces: str | None = None
    """Serial of the certificate that this one renewed, changed or was reissued for."""


_ADD = insert(certificates)
_GET = select(certificates).where(certificates.c.serial == bindparam("serial"))


def add_all(connection: Connection, entered: Sequence[Certificate]) -> None:
    """Enter certificates; IntegrityError on a serial or dossier that has one."""
    if entered:
        connection.execute(_ADD, [{name: getattr(one, name) for name in Certificate.__slots__} for one in entered])


def get(connection: Connection, serial: str) -> Certificate | None:
    return one(connection, _GET, Certificate, serial=serial)


def gather(connection: Connection, serials: Iterable[str]) -> list[Certificate]:
    """The certificates with these serials, in the serials' order; those that are missing are left out."""
    wanted = list(dict.fromkeys(serials))
    found = {
        certificate.serial: certificate
        for certificate in many(connection, select(certificates).where(certificates.c.serial.in_(wanted)), Certificate)
    }
    return [found[serial] for serial in wanted if serial in found]


def listing(
    connection: Connection,
    *,
    regulation: str | None = None,
    unit: str | None = None,
    name: str | None = None,
    standing: tuple[str, datetime] | None = None,
    after: int = 0,
    limit: int = 100,
) -> tuple[list[Certificate], int | None, int]:
    """A slice of the certificates in the order of their dossiers; the cursor is a dossier number.

    `standing`: only those that have this status at this instant.
    """
    where = []
    if standing is not None:
        where.append(has_status(*standing))
    if regulation is not None:
        where.append(certificates.c.regulation == regulation)
    if unit is not None:
        where.append(certificates.c.unit == unit)
    if name is not None:
        where.append(certificates.c.common_name.icontains(name, autoescape=True))
    limit = max(1, min(limit, PAGE_LIMIT))
    total = connection.execute(select(func.count()).select_from(certificates).where(*where)).scalar_one()
    statement = (
        select(certificates)
        .where(*where, certificates.c.dossier > after)
        .order_by(certificates.c.dossier)
        .limit(limit + 1)
    )
    rows = many(connection, statement, Certificate)
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, (rows[-1].dossier if more else None), total


def add_authority(connection: Connection, role: str, serial: str, der: bytes) -> None:
    """Keep a certificate of the hierarchy under its role (root, issuing, ocsp, tsa)."""
    connection.execute(authority_certificates.insert().values(role=role, serial=serial, der=der))


def of_authority(connection: Connection) -> dict[str, bytes]:
    """The hierarchy's certificates, DER by role."""
    statement = select(authority_certificates.c.role, authority_certificates.c.der)
    return {row.role: row.der for row in connection.execute(statement)}
