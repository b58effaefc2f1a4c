from __future__ import annotations

from typing import Any

import pytest

from mockca.registry import settings
from mockca.registry.store import Store


@pytest.mark.parametrize("value", ["text", 7, 0.5, True, False, [1, "hai"], {"a": {"b": None}}, ""])
def test_a_value_is_read_back_as_it_was_put(store: Store, value: Any) -> None:
    with store.write() as conn:
        settings.put(conn, "seed", value)
    with store.read() as conn:
        assert settings.get(conn, "seed") == value


def test_a_later_value_takes_the_place_of_an_earlier_one(store: Store) -> None:
    with store.write() as conn:
        settings.put(conn, "seed", "one")
        settings.put(conn, "other", 1)
        settings.put(conn, "seed", "two")
        assert (settings.get(conn, "seed"), settings.get(conn, "other")) == ("two", 1)


def test_what_was_never_put_is_none(store: Store) -> None:
    with store.read() as conn:
        assert settings.get(conn, "seed") is None
