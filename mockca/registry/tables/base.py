"""What every table is made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Dialect, Integer, MetaData, TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FOREVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""End of an interval that has none yet (RFC 5280 §4.1.2.5)."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as a BigInteger of microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        del dialect
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else EPOCH + value * MICROSECOND


metadata = MetaData()


def number_column() -> Column[int]:
    # SQLite hands out row ids only for a column of exactly this type.
    return Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def only_where(condition: ColumnElement[bool]) -> dict[str, Any]:
    # What is met or done piles up for ever; what is still open is asked for with each request.
    return {"sqlite_where": condition, "postgresql_where": condition}
