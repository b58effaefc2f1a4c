"""The CRLs that were issued."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlalchemy import insert as insert_into

from mockca.errors import Conflict
from mockca.registry.tables import crls


@dataclass(frozen=True, slots=True)
class CrlRecord:
    """One CRL as it was issued."""

    issuer: str
    """Which of the authority's certificates signed it: `root` or `issuing`."""
    number: int
    """Its cRLNumber; full and delta CRLs of an issuer share one sequence (RFC 5280 §5.2.3)."""
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
    """Keep a CRL. Conflict where its number does not grow, or its base is not a full CRL of the issuer."""
    if record.number < next_number(conn, record.issuer):
        raise Conflict(f"CRL {record.number} of {record.issuer}: the numbers of CRLs only grow (RFC 5280 §5.2.3)")
    if record.base is not None:
        base = by_number(conn, record.issuer, record.base)
        if base is None or base.base is not None:
            raise Conflict(f"CRL {record.number} of {record.issuer}: its base {record.base} is not a full CRL of it")
    conn.execute(insert_into(crls), asdict(record))


def latest(conn: Connection, issuer: str, *, delta: bool) -> CrlRecord | None:
    """The issuer's latest delta CRL, or its latest full one."""
    wanted = crls.c.base.is_not(None) if delta else crls.c.base.is_(None)
    query = select(crls).where(crls.c.issuer == issuer, wanted)
    return _one(conn, query.order_by(crls.c.number.desc()).limit(1))


def by_number(conn: Connection, issuer: str, number: int) -> CrlRecord | None:
    """The issuer's CRL of that number."""
    return _one(conn, select(crls).where(crls.c.issuer == issuer, crls.c.number == number))


def _one(conn: Connection, query: Select[Any]) -> CrlRecord | None:
    row = conn.execute(query).one_or_none()
    return None if row is None else CrlRecord(**row._mapping)
