"""Answers to requests that carried an Idempotency-Key, so that a repeated request is not done twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from mockca.errors import Conflict
from mockca.registry.tables import idempotency

_RECALL = select(idempotency.c.request_hash, idempotency.c.answer).where(
    idempotency.c.account == bindparam("account"), idempotency.c.key == bindparam("key")
)
_KEEP = insert(idempotency)


def recall(conn: Connection, account: str, key: str, request_hash: str) -> dict[str, Any] | None:
    """The answer given before to this account's request of that key; None where there was none.

    Conflict where the key was used for another request. Ask in the transaction that does the work: two that come
    at once then take turns.
    """
    row = conn.execute(_RECALL, {"account": account, "key": key}).one_or_none()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise Conflict(f"the idempotency key {key} belongs to another request; use a new key for a new request")
    answer: dict[str, Any] = row.answer
    return answer


def keep(conn: Connection, account: str, key: str, request_hash: str, answer: dict[str, Any], at: datetime) -> None:
    """Remember the answer, in the transaction that did the work."""
    conn.execute(
        _KEEP,
        {"account": account, "key": key, "request_hash": request_hash, "answer": answer, "at": at},
    )
