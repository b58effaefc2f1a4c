"""What a sandbox remembers about itself: JSON values by name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, select

from mockca.registry.tables import settings


def get(conn: Connection, key: str) -> Any:
    """The value of `key`; None where it was never put."""
    return conn.execute(select(settings.c.value).where(settings.c.key == key)).scalar_one_or_none()


def put(conn: Connection, key: str, value: Any) -> None:
    """Set `key` to a JSON value, in place of any that it had."""
    conn.execute(delete(settings).where(settings.c.key == key))
    conn.execute(insert(settings), {"key": key, "value": value})
