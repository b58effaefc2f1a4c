"""The ring of the latest exchanges."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mockca.registry import exchanges
from mockca.registry.exchanges import MOST_OCTETS, ExchangeRing, Record


def never(_: Record) -> None:
    return None


@pytest.fixture
def ring(tmp_path: Path) -> ExchangeRing:
    return ExchangeRing(tmp_path / "exchanges")


def test_the_oldest_gives_way(ring: ExchangeRing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanges, "SLOTS", 4)
    assert [ring.add({"is": each}, never) for each in range(6)] == [1, 2, 3, 4, 5, 6]
    assert [(number, record["is"]) for number, record in ring.latest()] == [(6, 5), (5, 4), (4, 3), (3, 2)]
    assert [number for number, _ in ring.latest(before=5)] == [4, 3]
    assert (ring.get(2), ring.get(7), ring.get(3)) == (None, None, {"is": 2})


def test_several_who_write_at_once_lose_nothing(ring: ExchangeRing, tmp_path: Path) -> None:
    other = ExchangeRing(tmp_path / "exchanges")
    threads = [
        threading.Thread(target=lambda one=one: [one.add({"a": "ắ" * 100}, never) for _ in range(200)])
        for one in (ring, other, ring)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [number for number, _ in other.latest()] == list(range(600, 0, -1))


def test_what_is_too_long_is_made_shorter_or_refused(ring: ExchangeRing) -> None:
    number = ring.add({"a": "x" * MOST_OCTETS, "b": 1}, lambda record: {"b": record["b"]})
    assert ring.get(number) == {"b": 1}
    with pytest.raises(ValueError, match="does not fit"):
        ring.add({"a": "x" * MOST_OCTETS}, never)


def test_what_a_killed_writer_left_half_done_is_passed_over(ring: ExchangeRing, tmp_path: Path) -> None:
    ring.add({"whole": True}, never)
    path = tmp_path / "exchanges"
    content = bytearray(path.read_bytes())
    content[exchanges._FIRST + 12] = ord("[")
    path.write_bytes(content)
    assert ring.get(1) is None
    assert list(ring.latest()) == []
    path.write_bytes(b"something else")
    assert list(ring.latest()) == []
    assert ring.add({"anew": True}, never) == 1


def test_it_can_be_emptied(ring: ExchangeRing) -> None:
    ring.add({"a": 1}, never)
    ring.clear()
    assert list(ring.latest()) == []
    assert ring.add({"a": 2}, never) == 1
