"""The CRLs that were issued."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlalchemy import insert as insert_into

from mockca.errors import Conflict
from mockca.registry.tables import crls

COLUMNS = [column for column in crls.c if column.name != "is_delta"]


@dataclass(frozen=True, slots=True)
class CrlRecord:
    """One CRL as it was issued."""

    issuer: str
    """Which of the authority's certificates signed it: `root` or `issuing`."""
    number: int
    """Its cRLNumber. Full and delta CRLs of an issuer share one sequence, those of one instant one number
    (RFC 5280 §5.2.3, §5.2.4)."""
    base: int | None
    """The number of the full CRL that a delta stands on; None for a full CRL (RFC 5280 §5.2.4)."""
    this_update: datetime
    next_update: datetime
    last_change: int
    """The latest status change that it knows of (`status.latest_change`)."""
    clock_epoch: int
    der: bytes


def next_number(conn: Connection, issuer: str) -> int:
    """The number of the issuer's next CRL. Never goes back, though the clock may."""
    return (conn.execute(select(func.max(crls.c.number)).where(crls.c.issuer == issuer)).scalar_one() or 0) + 1


def insert(conn: Connection, record: CrlRecord) -> None:
    """Keep a CRL. Conflict where its number does not grow, or its base is not a full CRL of the issuer.

    A full CRL and a delta of one instant have the same number (RFC 5280 §5.2.4).
    """
    if record.number < next_number(conn, record.issuer) and not _has_a_twin(conn, record):
        raise Conflict(f"CRL {record.number} of {record.issuer}: the numbers of CRLs only grow (RFC 5280 §5.2.3)")
    if record.base is not None:
        base = by_number(conn, record.issuer, record.base)
        if base is None:
            raise Conflict(f"CRL {record.number} of {record.issuer}: its base {record.base} is not a full CRL of it")
    conn.execute(insert_into(crls), {**asdict(record), "is_delta": record.base is not None})


def _has_a_twin(conn: Connection, record: CrlRecord) -> bool:
    """Whether the number is that of the issuer's last CRL, and none of the record's own kind has it yet."""
    last = last_numbers(conn, record.issuer)
    return max(last) == record.number > last[record.base is not None]


def last_numbers(conn: Connection, issuer: str) -> tuple[int, int]:
    """The numbers of the issuer's last full CRL and of its last delta; 0 where there is none."""
    query = (
        select(crls.c.is_delta, func.max(crls.c.number).label("last"))
        .where(crls.c.issuer == issuer)
        .group_by(crls.c.is_delta)
    )
    found = {row.is_delta: row.last for row in conn.execute(query)}
    return found.get(False, 0), found.get(True, 0)


def latest(conn: Connection, issuer: str, *, delta: bool) -> CrlRecord | None:
    """The issuer's latest delta CRL, or its latest full one."""
    query = select(*COLUMNS).where(crls.c.issuer == issuer, crls.c.is_delta.is_(delta))
    return _one(conn, query.order_by(crls.c.number.desc()).limit(1))


def by_number(conn: Connection, issuer: str, number: int) -> CrlRecord | None:
    """The issuer's full CRL of that number."""
    wanted = (crls.c.issuer == issuer, crls.c.number == number, crls.c.is_delta.is_(False))
    return _one(conn, select(*COLUMNS).where(*wanted))


def _one(conn: Connection, query: Select[Any]) -> CrlRecord | None:
    row = conn.execute(query).one_or_none()
    return None if row is None else CrlRecord(**row._mapping)
