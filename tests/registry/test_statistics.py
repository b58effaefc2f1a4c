"""Figures counted in the database, the same as those that are read one by one."""

from __future__ import annotations

from collections import Counter

from mockca.registry import revocations, statistics, status
from mockca.registry.status import Status
from mockca.registry.store import Store
from tests.registry.worlds import START, add_certificate, day


def test_certificates_are_counted_as_their_status_is_told(store: Store) -> None:
    serials = {
        "a1": [(0, Status.ISSUED), (1, Status.EFFECTIVE)],
        "a2": [(0, Status.EFFECTIVE), (2, Status.SUSPENDED), (3, Status.EFFECTIVE)],
        "a3": [(0, Status.EFFECTIVE), (4, Status.REVOKED)],
        "a4": [(0, Status.EFFECTIVE)],
        "a5": [(2, Status.EFFECTIVE)],
        "a6": [(0, Status.ISSUED), (0, Status.EFFECTIVE)],
    }
    with store.write() as conn:
        for serial, changes in serials.items():
            add_certificate(conn, serial, not_after=day(5) if serial in ("a3", "a4") else day(100))
            for when, new in changes:
                status.change(
                    conn, serial, instant=day(when), status=new, keep_until=day(130), crl_entry=None, reason=None
                )
    with store.read() as conn:
        for number in range(7):
            told = [status.status_at(conn, serial, day(number)) for serial in serials]
            expected = Counter(one.status.value for one in told if one is not None)
            assert statistics.certificates_by_status(conn, "an-giang", day(number)) == expected
        assert statistics.certificates_by_status(conn, "lai-chau", day(1)) == {}


def test_revoked_certificates_are_counted_by_ground_once_the_request_is_executed(store: Store) -> None:
    common = {"regulation": "an-giang", "request": {}, "requested_by": "registrar", "requested_at": START}
    with store.write() as conn:
        for serial in ("b1", "b2", "b3", "b4"):
            add_certificate(conn, serial)
        revocations.add(conn, ["b1", "b2"], ground="retired", state="closed", executed_at=day(1), **common)
        revocations.add(conn, ["b3"], ground="device-lost", state="executed", executed_at=day(1), **common)
        revocations.add(conn, ["b4"], ground="device-lost", state="requested", **common)
        assert statistics.revoked_by_ground(conn, "an-giang") == {"retired": 2, "device-lost": 1}
        assert statistics.revoked_by_ground(conn, "lai-chau") == {}
