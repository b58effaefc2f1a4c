"""From rows to records: the two reads and the one listing that every noun needs.

Building a statement costs several times what running it does, so those of the busy paths are made once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Insert, Select, Table, func, select

Record = TypeVar("Record")

PAGE_LIMIT = 500
"""Most records that one slice of a list may hold."""


def one(connection: Connection, statement: Select[Any], kind: type[Record], **values: Any) -> Record | None:
    """The first row as a `kind`, whose fields bear the columns' names; None where there is no row.

    `values` are those of the statement's own parameters.
    """
    row = connection.execute(statement, values).mappings().first()
    return None if row is None else kind(**row)


def many(connection: Connection, statement: Select[Any], kind: type[Record], **values: Any) -> list[Record]:
    """All rows as records of `kind`; `values` are those of the statement's own parameters."""
    result = connection.execute(statement, values)
    names = tuple(result.keys())
    return [kind(**dict(zip(names, row, strict=True))) for row in result]


def page(
    connection: Connection,
    table: Table,
    kind: type[Record],
    *where: ColumnElement[bool],
    after: int = 0,
    limit: int = 100,
) -> tuple[list[Record], int | None, int]:
    """A slice of a numbered table: records past `after`, the next cursor (None at the end), the total."""
    limit = max(1, min(limit, PAGE_LIMIT))
    total = connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
    statement = select(table).where(*where, table.c.number > after).order_by(table.c.number).limit(limit + 1)
    rows = many(connection, statement, kind)
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, (rows[-1].number if more else None), total  # type: ignore[attr-defined]


def insert(connection: Connection, table: Table, **values: Any) -> int:
    """Insert a row into a numbered table and return its number."""
    key = connection.execute(_insertion(table), values).inserted_primary_key
    assert key is not None  # noqa: S101 - one row was inserted
    return int(key[0])


@cache
def _insertion(table: Table) -> Insert:
    return table.insert()


def insert_all(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows at once; nothing where there are none."""
    if rows:
        connection.execute(_insertion(table), list(rows))
