from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from mockca.registry import archive
from mockca.registry.archive import SOURCES, Wanted
from mockca.registry.store import Store
from tests.registry.worlds import DAY, START, add_certificate

FILTERS: dict[str, Any] = {
    "regulation": "an-giang",
    "unit": "unit",
    "certificate": "a1",
    "device": "d1",
    "words": "100%",
    "since": START,
    "until": START + DAY,
}


def test_every_kind_can_be_looked_for_by_everything(store: Store) -> None:
    assert set(FILTERS) == {field.name for field in fields(Wanted)}
    with store.write() as conn:
        add_certificate(conn, "a1")
    with store.read() as conn:
        assert archive.find(conn, Wanted())[0]
        for kind in SOURCES:
            for name, value in FILTERS.items():
                archive.find(conn, Wanted(**{name: value}), kinds=[kind])
            assert archive.find(conn, Wanted(**FILTERS), kinds=[kind]) == ([], None)


@pytest.mark.parametrize(("words", "found"), [("Sở Thử nghiệm", 1), ("sở t", 1), ("NGHI", 1), ("Trần", 0), ("%", 0)])
def test_words_are_found_without_regard_to_the_case_of_plain_letters(store: Store, words: str, found: int) -> None:
    with store.write() as conn:
        add_certificate(conn, "a1")
    with store.read() as conn:
        assert len(archive.find(conn, Wanted(words=words), kinds=["dossier"])[0]) == found
