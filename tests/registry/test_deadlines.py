from __future__ import annotations

from sqlalchemy import Connection

from mockca.registry import deadlines
from mockca.registry.deadlines import Deadline
from mockca.registry.store import Store
from tests.registry.worlds import day


def add(conn: Connection, when: int, about: str = "dossier 1", kind: str = "check") -> int:
    return deadlines.add(conn, "an-giang", kind, about, "AG-7.2", day(when))


def test_a_term_is_listed_with_its_clause_and_due_time(store: Store) -> None:
    with store.write() as conn:
        number = add(conn, 3)
        assert deadlines.listing(conn, None, day(0)) == [
            Deadline(number, "an-giang", "check", "dossier 1", "AG-7.2", day(3), None, None)
        ]


def test_a_term_is_found_by_its_number(store: Store) -> None:
    with store.write() as conn:
        number = add(conn, 3)
        assert deadlines.get(conn, number) == deadlines.listing(conn, None, day(0))[0]
        assert deadlines.get(conn, number + 1) is None


def test_a_term_set_twice_is_one_term(store: Store) -> None:
    with store.write() as conn:
        assert add(conn, 3) == add(conn, 3)
        assert add(conn, 3) != add(conn, 4)
        assert add(conn, 3) != add(conn, 3, about="dossier 2")
        assert add(conn, 3) != add(conn, 3, kind="decide")


def test_terms_set_together_are_those_set_one_by_one(store: Store) -> None:
    def term(when: int, about: str) -> dict[str, object]:
        return {"regulation": "an-giang", "kind": "check", "about": about, "clause": "AG-7.2", "due": day(when)}

    with store.write() as conn:
        number = add(conn, 3)
        deadlines.add_all(
            conn, [term(3, "dossier 1"), term(4, "dossier 1"), term(3, "dossier 2"), term(3, "dossier 2")]
        )
        deadlines.add_all(conn, [])
        found = deadlines.listing(conn, None, day(0))
        assert [(one.about, one.due) for one in found] == [
            ("dossier 1", day(3)),
            ("dossier 2", day(3)),
            ("dossier 1", day(4)),
        ]
        assert found[0].number == number


def test_a_term_that_was_met_is_not_missed(store: Store) -> None:
    with store.write() as conn:
        add(conn, 3)
        add(conn, 3, about="dossier 2")
        add(conn, 3, kind="decide")
        assert deadlines.met(conn, "check", "dossier 1", day(2)) == 1
        assert [(term.kind, term.about) for term in deadlines.missed(conn, day(9))] == [
            ("check", "dossier 2"),
            ("decide", "dossier 1"),
        ]
        assert deadlines.met(conn, "check", "dossier 1", day(4)) == 0
        assert deadlines.listing(conn, None, day(9))[0].met_at == day(2)


def test_missed_terms_come_in_the_order_of_passing_until_they_are_marked(store: Store) -> None:
    with store.write() as conn:
        later, sooner = add(conn, 4), add(conn, 2, about="dossier 2")
        add(conn, 9)
        assert [term.number for term in deadlines.missed(conn, day(5))] == [sooner, later]
        deadlines.mark_missed(conn, [(sooner, day(3))])
        assert [term.number for term in deadlines.missed(conn, day(5))] == [later]


def test_a_term_is_not_missed_at_its_very_instant(store: Store) -> None:
    with store.write() as conn:
        add(conn, 4)
        assert deadlines.missed(conn, day(4)) == []
        assert deadlines.listing(conn, True, day(4)) == []


def test_a_missed_term_can_be_met_late(store: Store) -> None:
    with store.write() as conn:
        number = add(conn, 2)
        deadlines.mark_missed(conn, [(number, day(3))])
        assert deadlines.met(conn, "check", "dossier 1", day(5)) == 1
        (term,) = deadlines.listing(conn, False, day(6))
        assert (term.missed_at, term.met_at) == (day(3), day(5))


def test_the_listing_tells_overdue_from_the_rest(store: Store) -> None:
    with store.write() as conn:
        overdue, open_, met = add(conn, 2), add(conn, 8), add(conn, 1, kind="decide")
        deadlines.met(conn, "decide", "dossier 1", day(1))
        assert [term.number for term in deadlines.listing(conn, True, day(5))] == [overdue]
        assert [term.number for term in deadlines.listing(conn, False, day(5))] == [met, open_]
        assert [term.number for term in deadlines.listing(conn, None, day(5))] == [met, overdue, open_]
