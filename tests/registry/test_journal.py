from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update

from mockca.registry import journal
from mockca.registry.journal import FIRST_PREVIOUS, Entry, Verification
from mockca.registry.store import Store
from mockca.registry.tables import journal as rows
from tests.registry.worlds import START, note, undone

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcđệ_", max_size=5), inner, max_size=3),
    max_leaves=8,
)


def filled(store: Store, count: int = 5) -> Verification:
    with store.write() as connection:
        for number in range(count):
            note(connection, about=f"dossier {number + 1}")
    with store.read() as connection:
        return journal.verify(connection)


def verified(store: Store) -> Verification:
    with store.read() as connection:
        return journal.verify(connection)


def test_an_empty_journal_is_whole(store: Store) -> None:
    assert verified(store) == Verification(entries=0, ok=True, first_bad=None, why=None, head=FIRST_PREVIOUS)


def test_an_entry_is_read_back_as_it_was_written(store: Store) -> None:
    with store.write() as connection:
        number = journal.append(
            connection,
            at=START + timedelta(microseconds=7),
            actor="registrar@an-giang",
            action="dossier.filed",
            about="dossier 1",
            detail={"tên": "Nguyễn Thử", "sets": [1, 2.5, None, True]},
            clauses=["AG-5.1", "AG-6"],
        )
    with store.read() as connection:
        (entry,) = journal.entries(connection)
    assert number == 1
    assert entry == Entry(
        number=1,
        at=START + timedelta(microseconds=7),
        actor="registrar@an-giang",
        action="dossier.filed",
        about="dossier 1",
        detail={"tên": "Nguyễn Thử", "sets": [1, 2.5, None, True]},
        clauses=("AG-5.1", "AG-6"),
        previous=FIRST_PREVIOUS,
        hash=entry.hash,
    )


def test_each_entry_carries_the_hash_of_the_one_before(store: Store) -> None:
    result = filled(store, 3)
    with store.read() as connection:
        first, second, third = journal.entries(connection)
    assert (second.previous, third.previous) == (first.hash, second.hash)
    assert (result.entries, result.ok, result.head) == (3, True, third.hash)


def test_entries_are_found_by_subject_and_action_and_come_in_pages(store: Store) -> None:
    with store.write() as connection:
        for number in range(6):
            note(connection, about=f"dossier {number % 2}", action=("filed", "checked", "filed")[number % 3])
        numbers = [entry.number for entry in journal.entries(connection)]
        assert numbers == [1, 2, 3, 4, 5, 6]
        assert [entry.number for entry in journal.entries(connection, about="dossier 1")] == [2, 4, 6]
        assert [entry.number for entry in journal.entries(connection, action="checked")] == [2, 5]
        assert [entry.number for entry in journal.entries(connection, about="dossier 0", action="filed")] == [1, 3]
        assert [entry.number for entry in journal.entries(connection, after=2, limit=3)] == [3, 4, 5]


@settings(deadline=None)
@given(detail=st.dictionaries(st.text("abcđệ_", max_size=5), plain, max_size=4))
def test_whatever_the_detail_it_verifies(empty_store: Store, detail: dict[str, Any]) -> None:
    with undone(empty_store) as connection:
        journal.append(connection, at=START, actor="a", action="b", about="c", detail=detail, clauses=[])
        assert journal.verify(connection).ok
        assert journal.entries(connection)[0].detail == detail


@pytest.fixture(scope="module")
def empty_store(empty_database: Any) -> Store:
    return Store(f"sqlite:///{empty_database}")


TAMPERINGS: dict[str, Any] = {
    "at": START + timedelta(microseconds=1),
    "actor": "someone else",
    "action": "dossier.approved",
    "about": "dossier 9",
    "detail": {"tên": "Nguyễn Khác"},
    "clauses": [],
    "hash": "0" * 64,
}


@pytest.mark.parametrize("column", TAMPERINGS)
def test_a_changed_field_is_found(store: Store, column: str) -> None:
    filled(store)
    with store.write() as connection:
        connection.execute(update(rows).where(rows.c.number == 3).values({column: TAMPERINGS[column]}))
    result = verified(store)
    assert (result.ok, result.first_bad, result.entries) == (False, 3, 2)
    assert result.why == "its hash does not fit its content"


def test_a_changed_entry_with_its_hash_made_again_breaks_the_next(store: Store) -> None:
    filled(store)
    with store.write() as connection:
        third = journal.entries(connection, after=2, limit=1)[0]
        connection.execute(delete(rows).where(rows.c.number >= 3))
        journal.append(
            connection, at=third.at, actor="x", action=third.action, about=third.about, detail={}, clauses=[]
        )
        fourth = {"number": 4, "at": START, "actor": "a", "action": "b", "about": "c", "detail": {}, "clauses": []}
        connection.execute(insert(rows), fourth | {"previous": third.hash, "hash": "1" * 64})
    result = verified(store)
    assert (result.ok, result.first_bad, result.why) == (False, 4, "it does not follow the entry before it")


def test_a_removed_entry_is_found(store: Store) -> None:
    filled(store)
    with store.write() as connection:
        connection.execute(delete(rows).where(rows.c.number == 2))
    result = verified(store)
    assert (result.ok, result.first_bad, result.why) == (False, 3, "entry 2 is missing")


def test_two_entries_that_changed_places_are_found(store: Store) -> None:
    filled(store)
    with store.write() as connection:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            connection.execute(update(rows).where(rows.c.number == old).values(number=new))
    result = verified(store)
    assert (result.ok, result.first_bad) == (False, 2)


@pytest.mark.parametrize("value", ["not JSON", "", "{"])
def test_an_entry_that_cannot_be_read_is_found(file_store: Store, value: str) -> None:
    # PostgreSQL would not take it.
    filled(file_store)
    with file_store.write() as connection:
        connection.execute(text("UPDATE journal SET detail = :value WHERE number = 4"), {"value": value})
    result = verified(file_store)
    assert (result.ok, result.first_bad, result.why) == (False, 4, "it cannot be read")


def test_the_removal_of_the_last_entries_shows_in_the_head(store: Store) -> None:
    before = filled(store)
    with store.write() as connection:
        connection.execute(delete(rows).where(rows.c.number == 5))
    after = verified(store)
    assert after.ok
    assert (after.entries, after.head) != (before.entries, before.head)


@pytest.mark.parametrize(
    "detail",
    [
        {"pin": "123456"},
        {"so_pin": "1"},
        {"userPin": "1"},
        {"a": {"b": [{"credential": "x"}]}},
        {"token": "x"},
        {"Password": "x"},
        {"private_key": "x"},
        {"privateKey": "x"},
        {"device-pin": "x"},
        {"rows": ({"secret": 1},)},
    ],
)
def test_a_detail_that_names_a_secret_is_refused(store: Store, detail: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="looks like a secret"), store.write() as connection:
        journal.append(connection, at=START, actor="a", action="b", about="c", detail=detail, clauses=[])
    assert verified(store).entries == 0


def test_words_that_only_contain_a_secrets_name_are_allowed(store: Store) -> None:
    with store.write() as connection:
        detail = {"opinion": 1, "shipping": 2, "pinned": 3, "tokenless": 4, "public_key": 5}
        journal.append(connection, at=START, actor="a", action="b", about="c", detail=detail, clauses=[])
    assert verified(store).ok


@pytest.mark.parametrize("detail", [{1: "x"}, {"when": START}, {"share": float("nan")}])
def test_a_detail_that_is_not_plain_json_is_refused(store: Store, detail: Any) -> None:
    with pytest.raises((ValueError, TypeError)), store.write() as connection:
        journal.append(connection, at=START, actor="a", action="b", about="c", detail=detail, clauses=[])
    assert verified(store).entries == 0


def test_an_entry_goes_the_way_of_its_transaction(store: Store) -> None:
    filled(store, 2)
    with undone(store) as connection:
        note(connection)
    assert verified(store).entries == 2
    assert filled(store, 1).entries == 3


def test_the_hash_can_be_computed_by_anyone_from_the_documented_form(store: Store) -> None:
    filled(store, 1)
    with store.read() as connection:
        row = connection.execute(select(rows)).one()
    fields = {
        "number": 1,
        "at": 1767574800000000,
        "actor": "registrar",
        "action": "dossier.filed",
        "about": "dossier 1",
        "detail": {"tên": "Nguyễn Thử"},
        "clauses": ["AG-3"],
    }
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    assert row.hash == sha256(f"{'0' * 64}\n{canonical}".encode()).hexdigest()
