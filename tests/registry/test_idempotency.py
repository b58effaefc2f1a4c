from __future__ import annotations

import pytest

from mockca.errors import Conflict
from mockca.registry import idempotency
from mockca.registry.store import Store
from tests.registry.worlds import START


def test_an_answer_is_given_again_for_the_same_request(store: Store) -> None:
    answer = {"number": 7, "state": "đã nhận"}
    with store.write() as conn:
        assert idempotency.recall(conn, "registrar", "key", "hash") is None
        idempotency.keep(conn, "registrar", "key", "hash", answer, START)
        assert idempotency.recall(conn, "registrar", "key", "hash") == answer


def test_a_key_used_for_another_request_is_refused(store: Store) -> None:
    with store.write() as conn:
        idempotency.keep(conn, "registrar", "key", "hash", {}, START)
        with pytest.raises(Conflict, match="belongs to another request"):
            idempotency.recall(conn, "registrar", "key", "other hash")


def test_each_account_has_its_own_keys(store: Store) -> None:
    with store.write() as conn:
        idempotency.keep(conn, "registrar", "key", "hash", {"number": 1}, START)
        assert idempotency.recall(conn, "agency", "key", "other hash") is None
