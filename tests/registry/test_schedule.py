from __future__ import annotations

from sqlalchemy import select

from mockca.registry import schedule
from mockca.registry.schedule import Due
from mockca.registry.store import Store
from mockca.registry.tables import schedule as rows
from tests.registry.worlds import day


def test_what_falls_due_comes_in_the_order_of_its_time_and_then_of_planning(store: Store) -> None:
    with store.write() as conn:
        late = schedule.add(conn, day(3), "expire", "certificate a1")
        first = schedule.add(conn, day(1), "activate", "activation 1")
        second = schedule.add(conn, day(1), "activate", "activation 2")
        schedule.add(conn, day(4), "expire", "certificate b2")
        assert schedule.due(conn, day(3)) == [
            Due(first, day(1), "activate", "activation 1"),
            Due(second, day(1), "activate", "activation 2"),
            Due(late, day(3), "expire", "certificate a1"),
        ]


def test_what_is_done_is_not_due_again(store: Store) -> None:
    with store.write() as conn:
        first = schedule.add(conn, day(1), "activate", "activation 1")
        schedule.add(conn, day(2), "activate", "activation 2")
        assert schedule.next_due(conn) == day(1)
        schedule.done(conn, [Due(first, day(1), "activate", "activation 1")])
        assert [due.about for due in schedule.due(conn, day(9))] == ["activation 2"]
        assert schedule.next_due(conn) == day(2)


def test_with_nothing_planned_nothing_is_due(store: Store) -> None:
    with store.read() as conn:
        assert schedule.due(conn, day(9)) == []
        assert schedule.next_due(conn) is None


def test_what_is_done_does_not_slow_the_search_for_what_is_not(file_store: Store) -> None:
    with file_store.read() as conn:
        query = str(
            select(rows).where(rows.c.done_at.is_(None), rows.c.due <= day(1)).order_by(rows.c.due).compile(conn)
        )
        plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (0,)).all()
    assert ["schedule_open" in row.detail for row in plan] == [True]
