from __future__ import annotations

import pytest

from mockca.errors import Conflict
from mockca.registry import crls
from mockca.registry.crls import CrlRecord
from mockca.registry.store import Store
from tests.registry.worlds import day


def record(number: int, base: int | None = None, issuer: str = "issuing") -> CrlRecord:
    return CrlRecord(issuer, number, base, day(number), day(number + 7), 3, 1, f"{issuer} {number}".encode())


def test_a_crl_is_read_back_as_it_was_kept(store: Store) -> None:
    with store.write() as conn:
        crls.insert(conn, record(1))
        assert crls.by_number(conn, "issuing", 1) == record(1)
        assert crls.by_number(conn, "issuing", 2) is None
        assert crls.by_number(conn, "root", 1) is None


def test_the_latest_full_and_the_latest_delta_are_told_apart(store: Store) -> None:
    with store.write() as conn:
        assert crls.latest(conn, "issuing", delta=False) is None
        for kept in (record(1), record(2, base=1), record(3, base=1), record(4)):
            crls.insert(conn, kept)
        assert crls.latest(conn, "issuing", delta=False) == record(4)
        assert crls.latest(conn, "issuing", delta=True) == record(3, base=1)
        assert crls.latest(conn, "root", delta=False) is None


def test_full_and_delta_share_a_sequence_that_each_issuer_has_for_itself(store: Store) -> None:
    with store.write() as conn:
        assert crls.next_number(conn, "issuing") == 1
        crls.insert(conn, record(1))
        crls.insert(conn, record(2, base=1))
        assert (crls.next_number(conn, "issuing"), crls.next_number(conn, "root")) == (3, 1)
        crls.insert(conn, record(1, issuer="root"))


def test_a_full_crl_and_a_delta_may_have_one_number_and_no_two_others(store: Store) -> None:
    with store.write() as conn:
        for kept in (record(1), record(1, base=1), record(2, base=1), record(2)):
            crls.insert(conn, kept)
        assert crls.by_number(conn, "issuing", 2) == record(2)
        assert crls.latest(conn, "issuing", delta=True) == record(2, base=1)
        for again in (record(2), record(2, base=1), record(1), record(1, base=1)):
            with pytest.raises(Conflict, match="only grow"):
                crls.insert(conn, again)


@pytest.mark.parametrize("number", [4, 5])
def test_a_number_that_does_not_grow_is_refused(store: Store, number: int) -> None:
    with store.write() as conn:
        crls.insert(conn, record(5))
        with pytest.raises(Conflict, match=r"only grow \(RFC 5280"):
            crls.insert(conn, record(number))


def test_a_delta_stands_on_a_full_crl(store: Store) -> None:
    with store.write() as conn:
        crls.insert(conn, record(1))
        crls.insert(conn, record(2, base=1))
        for base in (2, 7):
            with pytest.raises(Conflict, match="not a full CRL"):
                crls.insert(conn, record(3, base=base))
