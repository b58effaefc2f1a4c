"""Figures of a period, counted in the database: the same as those that are counted one by one, then and ever after."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from mockca.registry import figures, revocations, status
from mockca.registry.status import Status
from mockca.registry.store import Store
from mockca.registry.tables import certificates, devices, dossiers, restores, units
from tests.registry.worlds import add_certificate, day

HELD = ("personal_certificates",)


def count(conn: Connection, names: tuple[str, ...], since: datetime, until: datetime, **scope: Any) -> dict[str, int]:
    return figures.total(conn, names, regulation="an-giang", since=since, until=until, **scope)


def put(conn: Connection, serial: str, *changes: tuple[int, Status], not_after: int = 100) -> None:
    add_certificate(conn, serial, not_after=day(not_after))
    for when, new in changes:
        status.change(conn, serial, instant=day(when), status=new, keep_until=day(130), crl_entry=None, reason=None)


def test_what_is_held_at_the_end_of_a_period_is_what_was_in_effect_or_suspended_then(store: Store) -> None:
    lives = {
        "a1": [(0, Status.ISSUED), (3, Status.EFFECTIVE)],
        "a2": [(0, Status.EFFECTIVE), (2, Status.SUSPENDED), (4, Status.EFFECTIVE)],
        "a3": [(0, Status.EFFECTIVE), (5, Status.REVOKED)],
        "a4": [(0, Status.EFFECTIVE)],
        "a5": [(6, Status.EFFECTIVE)],
    }
    with store.write() as conn:
        for serial, changes in lives.items():
            put(conn, serial, *changes, not_after=7 if serial == "a4" else 100)
    with store.read() as conn:
        for number in range(1, 9):
            last = day(number) - timedelta(microseconds=1)
            standing = [status.status_at(conn, serial, last) for serial in lives]
            held = [one for one in standing if one and one.status in (Status.EFFECTIVE, Status.SUSPENDED)]
            assert count(conn, HELD, day(0), day(number)) == {"personal_certificates": len(held)}, number
        assert count(conn, HELD, day(0), day(8)) == {"personal_certificates": 3}


def test_a_period_that_is_over_keeps_its_figures(store: Store) -> None:
    with store.write() as conn:
        put(conn, "a1", (0, Status.EFFECTIVE))
        put(conn, "a2", (0, Status.EFFECTIVE))
    with store.read() as conn:
        before = count(conn, HELD, day(0), day(5))
    with store.write() as conn:
        put(conn, "a3", (6, Status.EFFECTIVE))
        status.change(conn, "a1", instant=day(7), status=Status.REVOKED, keep_until=day(130), crl_entry=None)
    with store.read() as conn:
        assert count(conn, HELD, day(0), day(5)) == before == {"personal_certificates": 2}
        assert count(conn, HELD, day(0), day(8)) == {"personal_certificates": 2}


def test_what_was_asked_for_is_counted_by_operation_kind_and_body(store: Store) -> None:
    asked = [
        ("issue", "person", "unit", 1),
        ("issue", "person", "unit", 2),
        ("issue", "organisation", "unit", 2),
        ("issue", "person", "unit", 9),
        ("issue", "person", "other", 3),
        ("renew", "person", "unit", 3),
        ("reissue", "organisation", "other", 4),
        ("change", "equipment", "unit", 4),
    ]
    with store.write() as conn:
        add_certificate(conn, "aa")
        conn.execute(
            insert(units),
            {"id": "other", "regulation": "an-giang", "name": "Khác", "category": "agency"}
            | {"superiors": [], "locality": "", "email": "", "has_seal": True},
        )
        conn.execute(dossiers.update().values(filed_at=day(50)))
        for operation, kind, unit, when in asked:
            conn.execute(
                insert(dossiers),
                {"regulation": "an-giang", "operation": operation, "subscriber_kind": kind, "unit": unit}
                | {"state": "returned", "form": "F", "fields": {}, "sets": [], "submission": {}, "reasons": []}
                | {"filed_by": "x", "filed_at": day(when)},
            )
    names = tuple(sorted(figures.COUNTED))
    with store.read() as conn:
        found = {name: number for name, number in count(conn, names, day(1), day(9)).items() if number}
        assert found == {
            "new_person": 3,
            "new_organisation": 1,
            "renewed_person": 1,
            "reissued_organisation": 1,
            "changed_equipment": 1,
        }
        bodies = figures.of_bodies(conn, names, regulation="an-giang", since=day(1), until=day(9))
        assert bodies["other"] == {"new_person": 1, "reissued_organisation": 1}
        assert count(conn, ("new_person",), day(1), day(9), units=("unit",)) == {"new_person": 2}
        assert count(conn, ("new_person",), day(2), day(9), units=("unit",)) == {"new_person": 1}
        assert figures.total(conn, names, regulation="lai-chau", since=day(1), until=day(9)) == dict.fromkeys(names, 0)


def test_a_certificate_in_two_requests_for_revocation_is_counted_once_a_period(store: Store) -> None:
    request = {"regulation": "an-giang", "request": {}, "requested_by": "registrar", "ground": "retired"}
    with store.write() as conn:
        for serial in ("b1", "b2"):
            put(conn, serial, (0, Status.EFFECTIVE))
        revocations.add(conn, ["b1", "b2"], state="refused", requested_at=day(2), **request)
        revocations.add(conn, ["b1"], state="executed", requested_at=day(3), **request)
    with store.read() as conn:
        assert count(conn, ("revoked_person",), day(0), day(9)) == {"revoked_person": 2}
        assert count(conn, ("revoked_person",), day(3), day(9)) == {"revoked_person": 1}
        assert count(conn, ("revoked_person",), day(0), day(2)) == {"revoked_person": 0}
        assert count(conn, ("revoked_person",), day(0), day(9), units=("other",)) == {"revoked_person": 0}


@pytest.mark.parametrize(("since", "until", "expected"), [(0, 9, 2), (2, 9, 1), (0, 2, 1)])
def test_requests_to_restore_are_counted_each(store: Store, since: int, until: int, expected: int) -> None:
    with store.write() as conn:
        put(conn, "c1", (0, Status.EFFECTIVE))
        dossier = conn.execute(certificates.select()).mappings().one()["dossier"]
        conn.execute(
            insert(devices),
            {"serial": "d1", "model": "m", "state": "in_use", "holder": "subscriber", "certificate": "c1"}
            | {"algorithm": "p256", "dossier": dossier, "personalised_at": day(0)},
        )
        for when in (1, 2):
            conn.execute(
                insert(restores),
                {"regulation": "an-giang", "unit": "unit", "device": "d1", "device_kind": "pki-token"}
                | {"certificate": "c1", "executor": "registrar", "state": "refused", "ground": "locked"}
                | {"request": {}, "requested_by": "x", "requested_at": day(when)},
            )
    with store.read() as conn:
        assert count(conn, ("restores",), day(since), day(until)) == {"restores": expected}
