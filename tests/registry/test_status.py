from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from mockca.registry import status
from mockca.registry.status import Status, StatusAt
from mockca.registry.store import Store
from mockca.registry.tables import FOREVER, status_changes
from tests.registry.worlds import DAY, START, add_certificate, day, undone

LISTED = (Status.ISSUED, Status.SUSPENDED, Status.REVOKED)
WRITTEN = (Status.ISSUED, Status.EFFECTIVE, Status.SUSPENDED, Status.REVOKED)
EXPIRY = 20
"""Day on which the certificates of these tests expire."""


@pytest.fixture(scope="module")
def shared_store(empty_database: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{empty_database}")
    yield store
    store.close()


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with store.write() as connection:
        add_certificate(connection, "a1", not_after=day(EXPIRY))
        yield connection


def write(conn: Connection, when: int, to: Status, serial: str = "a1", keep_until: int = 1000) -> int:
    """Change the status on that day; the CRL entry tells which change it belongs to."""
    number = status.latest_change(conn) + 1
    entry = f"{serial} {to} {number}".encode() if to in LISTED else None
    reason = "keyCompromise" if to is Status.REVOKED else None
    return status.change(
        conn,
        serial,
        instant=day(when),
        status=to,
        reason=reason,
        invalidity_date=day(when) - DAY if reason else None,
        keep_until=day(keep_until),
        crl_entry=entry,
    )


def told(conn: Connection, when: int, serial: str = "a1") -> Status | None:
    found = status.status_at(conn, serial, day(when))
    return None if found is None else found.status


# --- by example -----------------------------------------------------------------------------------------------


def test_many_are_revoked_as_one_is(conn: Connection) -> None:
    add_certificate(conn, "b2", not_after=day(EXPIRY))
    for serial in ("a1", "b2"):
        write(conn, 1, Status.EFFECTIVE, serial)
        write(conn, 9, Status.SUSPENDED, serial)
    write(conn, 5, Status.REVOKED)
    entry = {"reason": "keyCompromise", "invalidity_date": day(4), "keep_until": day(1000), "crl_entry": b"b2"}
    status.revoke_all(conn, [{"serial": "b2", **entry}], day(5))
    status.revoke_all(conn, [], day(5))
    for when in (0, 1, 4, 5, 9, EXPIRY + 1):
        one, other = (status.status_at(conn, serial, day(when)) for serial in ("a1", "b2"))
        assert (one and replace(one, serial="")) == (other and replace(other, serial=""))
    assert list(status.entries_at(conn, day(6)))[-1] == b"b2"


def test_of_many_those_that_have_not_ended_are_told_as_of_one(conn: Connection) -> None:
    add_certificate(conn, "b2", not_after=day(4))
    add_certificate(conn, "c3", not_after=day(EXPIRY))
    for serial in ("a1", "b2", "c3"):
        write(conn, 1, Status.EFFECTIVE, serial)
    write(conn, 3, Status.REVOKED, "c3")
    everybody = ["a1", "b2", "c3", "ff"]
    assert [sorted(status.not_ended(conn, everybody, day(when))) for when in (0, 2, 3, 4)] == [
        [],
        ["a1", "b2", "c3"],
        ["a1", "b2"],
        ["a1"],
    ]
    assert status.not_ended(conn, [], day(2)) == set()


def test_a_serial_that_was_never_issued_has_no_status(conn: Connection) -> None:
    assert status.status_at(conn, "ff", day(1)) is None


def test_before_its_issuance_a_certificate_has_no_status(conn: Connection) -> None:
    write(conn, 2, Status.ISSUED)
    assert told(conn, 1) is None
    assert told(conn, 2) is Status.ISSUED


def test_every_status_of_a_life_can_be_asked_for_afterwards(conn: Connection) -> None:
    for when, to in enumerate((Status.ISSUED, Status.EFFECTIVE, Status.SUSPENDED, Status.EFFECTIVE, Status.REVOKED)):
        write(conn, when, to)
    assert [told(conn, when) for when in range(6)] == [
        Status.ISSUED,
        Status.EFFECTIVE,
        Status.SUSPENDED,
        Status.EFFECTIVE,
        Status.REVOKED,
        Status.REVOKED,
    ]


def test_a_status_tells_since_when_and_why(conn: Connection) -> None:
    write(conn, 0, Status.ISSUED)
    write(conn, 3, Status.EFFECTIVE)
    write(conn, 5, Status.REVOKED)
    assert status.status_at(conn, "a1", day(9)) == StatusAt(
        serial="a1",
        status=Status.REVOKED,
        since=day(5),
        reason="keyCompromise",
        invalidity_date=day(4),
        effective_at=day(3),
        not_before=START,
        not_after=day(EXPIRY),
    )


def test_it_took_effect_when_it_did_so_for_the_first_time(conn: Connection) -> None:
    write(conn, 0, Status.ISSUED)
    write(conn, 2, Status.EFFECTIVE)
    write(conn, 4, Status.SUSPENDED)
    write(conn, 6, Status.EFFECTIVE)
    found = {when: status.status_at(conn, "a1", day(when)) for when in (1, 2, 5, 7)}
    assert [at.effective_at if at else None for at in found.values()] == [None, day(2), day(2), day(2)]


def test_a_certificate_expires_at_its_not_after_without_anything_written_down(conn: Connection) -> None:
    write(conn, 0, Status.EFFECTIVE)
    assert told(conn, EXPIRY - 1) is Status.EFFECTIVE
    found = status.status_at(conn, "a1", day(EXPIRY))
    assert found is not None
    assert (found.status, found.since, found.reason) == (Status.EXPIRED, day(EXPIRY), None)


def test_a_suspended_certificate_expires_but_a_revoked_one_stays_revoked(conn: Connection) -> None:
    add_certificate(conn, "b2", not_after=day(EXPIRY))
    write(conn, 1, Status.SUSPENDED)
    write(conn, 1, Status.REVOKED, serial="b2")
    assert told(conn, EXPIRY) is Status.EXPIRED
    assert told(conn, EXPIRY, "b2") is Status.REVOKED


def test_a_change_set_for_the_future_holds_from_then_on(conn: Connection) -> None:
    write(conn, 0, Status.ISSUED)
    write(conn, 5, Status.EFFECTIVE)
    write(conn, 2, Status.SUSPENDED)
    assert [told(conn, when) for when in (1, 2, 4, 5)] == [
        Status.ISSUED,
        Status.SUSPENDED,
        Status.SUSPENDED,
        Status.EFFECTIVE,
    ]


def test_a_revocation_does_away_with_what_was_set_for_later(conn: Connection) -> None:
    write(conn, 0, Status.ISSUED)
    write(conn, 5, Status.EFFECTIVE)
    write(conn, 2, Status.REVOKED)
    found = status.status_at(conn, "a1", day(6))
    assert found is not None
    assert (found.status, found.since, found.effective_at) == (Status.REVOKED, day(2), None)


def test_of_two_changes_at_one_instant_the_later_written_holds(conn: Connection) -> None:
    write(conn, 0, Status.ISSUED)
    write(conn, 1, Status.EFFECTIVE)
    write(conn, 1, Status.SUSPENDED)
    found = status.status_at(conn, "a1", day(1))
    assert found is not None
    assert (found.status, found.effective_at) == (Status.SUSPENDED, None)


def test_only_a_certificate_that_exists_has_a_status(conn: Connection) -> None:
    with pytest.raises(IntegrityError):
        write(conn, 0, Status.ISSUED, serial="ff")


def test_a_full_crl_lists_what_has_an_entry_in_the_order_of_writing(conn: Connection) -> None:
    for serial in ("b2", "c3", "d4"):
        add_certificate(conn, serial)
    write(conn, 3, Status.REVOKED, serial="d4")
    write(conn, 0, Status.ISSUED)
    write(conn, 1, Status.SUSPENDED, serial="b2")
    write(conn, 2, Status.EFFECTIVE, serial="c3")
    assert list(status.entries_at(conn, day(0))) == [b"a1 issued 2"]
    assert list(status.entries_at(conn, day(3))) == [b"d4 revoked 1", b"a1 issued 2", b"b2 suspended 3"]
    write(conn, 4, Status.EFFECTIVE)
    assert list(status.entries_at(conn, day(4))) == [b"d4 revoked 1", b"b2 suspended 3"]


def test_an_entry_stays_on_the_crl_until_it_need_not_be_kept(conn: Connection) -> None:
    write(conn, 0, Status.REVOKED, keep_until=30)
    assert list(status.entries_at(conn, day(29))) == [b"a1 revoked 1"]
    assert list(status.entries_at(conn, day(30))) == []


def test_a_delta_tells_what_was_written_since_its_base(conn: Connection) -> None:
    for serial in ("b2", "c3", "d4", "e5"):
        add_certificate(conn, serial)
    write(conn, 0, Status.SUSPENDED)
    write(conn, 0, Status.EFFECTIVE, serial="b2")
    write(conn, 0, Status.REVOKED, serial="c3")
    write(conn, 0, Status.EFFECTIVE, serial="e5")
    base = status.latest_change(conn)
    write(conn, 2, Status.EFFECTIVE)
    write(conn, 2, Status.REVOKED, serial="b2")
    write(conn, 2, Status.ISSUED, serial="d4")
    write(conn, 2, Status.EFFECTIVE, serial="e5")
    assert status.changed_since(conn, base, day(1), day(3)) == [
        ("a1", None, b"a1 suspended 1"),
        ("b2", b"b2 revoked 6", None),
        ("d4", b"d4 issued 7", None),
    ]


def test_a_delta_tells_what_took_effect_since_though_it_was_written_before(conn: Connection) -> None:
    write(conn, 0, Status.ISSUED)
    write(conn, 5, Status.EFFECTIVE)
    base = status.latest_change(conn)
    assert status.changed_since(conn, base, day(1), day(4)) == []
    assert status.changed_since(conn, base, day(1), day(5)) == [("a1", None, b"a1 issued 1")]


def test_a_delta_knows_what_its_base_said_though_the_clock_was_turned_back(conn: Connection) -> None:
    write(conn, 0, Status.EFFECTIVE)
    base = status.latest_change(conn)  # made on day 8, without an entry
    write(conn, 5, Status.SUSPENDED)
    assert status.changed_since(conn, base, day(8), day(9)) == [("a1", b"a1 suspended 2", None)]


def test_a_delta_made_at_an_earlier_time_than_its_base_takes_back_what_had_not_happened_yet(conn: Connection) -> None:
    write(conn, 0, Status.EFFECTIVE)
    write(conn, 5, Status.REVOKED)
    assert status.changed_since(conn, 2, day(6), day(3)) == [("a1", None, b"a1 revoked 2")]


def test_a_delta_takes_an_entry_off_that_is_changed_when_it_need_not_be_kept(conn: Connection) -> None:
    write(conn, 0, Status.SUSPENDED, keep_until=4)
    write(conn, 3, Status.SUSPENDED, keep_until=4)
    assert status.changed_since(conn, 1, day(1), day(5)) == [("a1", None, b"a1 suspended 1")]


def test_the_latest_change_grows_with_each(conn: Connection) -> None:
    assert status.latest_change(conn) == 0
    assert write(conn, 3, Status.ISSUED) == status.latest_change(conn) == 1
    assert write(conn, 1, Status.ISSUED) == status.latest_change(conn) == 2


def test_a_status_and_a_crl_are_looked_up_without_searching_or_sorting_the_table(file_store: Store) -> None:
    plans = {}
    with file_store.read() as conn:
        for name, query in {"status": status._STATUS_AT, "crl": status._ENTRIES_AT}.items():
            sql = str(query.compile(conn))
            rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", (0,) * sql.count("?"))
            plans[name] = " / ".join(row.detail for row in rows)
    assert "SCAN" not in plans["status"]
    assert "status_by_serial" in plans["status"]
    assert plans["crl"] == "SCAN status_changes"


# --- against a naive model ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    number: int
    serial: str
    when: int
    to: Status
    entry: bytes | None


class Model:
    """Every change in a list, searched from end to end; what a revocation does away with is forgotten."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def change(self, number: int, serial: str, when: int, to: Status) -> None:
        if to is Status.REVOKED:
            self.changes = [c for c in self.changes if c.serial != serial or c.when <= when]
        entry = f"{serial} {to} {number}".encode() if to in LISTED else None
        self.changes.append(Change(number, serial, when, to, entry))

    def at(self, serial: str, when: int) -> Change | None:
        past = [c for c in self.changes if c.serial == serial and c.when <= when]
        return max(past, key=lambda c: (c.when, c.number), default=None)

    def status(self, serial: str, when: int) -> Status | None:
        held = self.at(serial, when)
        if held is None:
            return None
        return Status.EXPIRED if when >= EXPIRY and held.to is not Status.REVOKED else held.to

    def effective(self, serial: str, when: int) -> int | None:
        return next((w for w in range(when + 1) if (c := self.at(serial, w)) and c.to is Status.EFFECTIVE), None)

    def crl(self, when: int) -> dict[str, bytes]:
        held = {serial: self.at(serial, when) for serial in SERIALS}
        return {serial: change.entry for serial, change in held.items() if change and change.entry}


SERIALS = ("a1", "b2", "c3")
days = st.integers(0, 24)
changes = st.lists(st.tuples(st.sampled_from(SERIALS), days, st.sampled_from(WRITTEN)), max_size=12)


@settings(deadline=None)
@given(changes)
def test_the_status_at_any_instant_is_what_a_naive_model_says(
    shared_store: Store, history: list[tuple[str, int, Status]]
) -> None:
    model = Model()
    with undone(shared_store) as conn:
        for serial in SERIALS:
            add_certificate(conn, serial, not_after=day(EXPIRY))
        for serial, when, to in history:
            model.change(write(conn, when, to, serial), serial, when, to)
        for serial in SERIALS:
            for when in range(26):
                found = status.status_at(conn, serial, day(when))
                assert (found and found.status) == model.status(serial, when)
                if found:
                    held, effective = model.at(serial, when), model.effective(serial, when)
                    assert held
                    assert found.since == day(EXPIRY if found.status is Status.EXPIRED else held.when)
                    assert found.effective_at == (None if effective is None else day(effective))
        for when in range(26):
            listed = model.crl(when)
            assert sorted(status.entries_at(conn, day(when))) == sorted(listed.values())


@settings(deadline=None)
@given(changes)
def test_the_intervals_of_a_certificate_never_overlap_and_leave_no_gap(
    shared_store: Store, history: list[tuple[str, int, Status]]
) -> None:
    with undone(shared_store) as conn:
        for serial in SERIALS:
            add_certificate(conn, serial)
        for serial, when, to in history:
            write(conn, when, to, serial)
        for serial in SERIALS:
            columns = status_changes.c
            lasting = (columns.serial == serial) & (columns.until > columns.instant)
            rows = conn.execute(select(columns.instant, columns.until).where(lasting).order_by(columns.instant)).all()
            ends = [row.until for row in rows]
            assert ends == [*(row.instant for row in rows[1:]), FOREVER][: len(rows)]


@settings(deadline=None)
@given(changes, changes, days, days)
def test_base_and_delta_together_say_what_the_full_crl_says(
    shared_store: Store,
    before: list[tuple[str, int, Status]],
    after: list[tuple[str, int, Status]],
    base_when: int,
    when: int,
) -> None:
    model = Model()
    with undone(shared_store) as conn:
        for serial in SERIALS:
            add_certificate(conn, serial)
        for serial, at, to in before:
            model.change(write(conn, at, to, serial), serial, at, to)
        base, known = model.crl(base_when), status.latest_change(conn)
        for serial, at, to in after:
            model.change(write(conn, at, to, serial), serial, at, to)
        combined = dict(base)
        for serial, now, then in status.changed_since(conn, known, day(base_when), day(when)):
            assert then == base.get(serial)
            combined.pop(serial, None)
            if now is not None:
                combined[serial] = now
        assert combined == model.crl(when)
