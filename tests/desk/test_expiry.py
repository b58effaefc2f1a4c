"""Expiry: who is told, and the case that the authority opens by itself where its regulation says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from mockca.desk import dossiers, handovers, queries
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import FileDossier, HandoverItem, RecordHandover, Signatory
from mockca.desk.expiry import EXPIRE
from mockca.desk.sandbox import Sandbox
from mockca.desk.shortcomings import shortcomings
from mockca.desk.views import RevocationView
from mockca.errors import Refused
from mockca.registry import announcements, devices, journal, schedule
from mockca.registry.devices import Device
from mockca.registry.tables import FOREVER, certificates, notices, revocations
from mockca.rules.terms import DeadlineRule, Forwarder
from tests.desk.conftest import START, People
from tests.desk.test_revocation import asks_thai_binh, decides, staged, turn

TRAINER = Actor("trainer", Role.TRAINER)
A_YEAR = timedelta(days=365)


@pytest.fixture
def ninh_binh(sandbox: Sandbox) -> People:
    return People(sandbox, "ninh-binh")


def expiring(people: People, count: int = 1) -> tuple[str, ...]:
    """Certificates with ten days left."""
    return staged(people, count, issued_at=START - A_YEAR + timedelta(days=10), years=1)


def cases(people: People, serial: str, role: str = "registrar") -> tuple[RevocationView, ...]:
    return queries.revocations(people.sandbox, people.actor(role), certificate=serial).items


def on_a_device(people: People, serial: str, state: str = "in_use") -> str:
    """Put a certificate on a device, as if one had been made for it and handed over."""
    certificate = queries.certificate(people.sandbox, TRAINER, serial)
    device = Device("00aa00aa00aa00aa", "bit4id", state, "subscriber", serial, "p256", certificate.dossier, START)
    with people.sandbox.store.write() as connection:
        devices.add(connection, device)
        connection.execute(update(certificates).where(certificates.c.serial == serial).values(device=device.serial))
    return device.serial


def past_the_end(people: People) -> tuple[str, ...]:
    return turn(people, START + timedelta(days=11))


def test_the_authority_opens_a_case_by_itself_and_tells_the_body(ninh_binh: People) -> None:
    (serial,) = expiring(ninh_binh)
    device = on_a_device(ninh_binh, serial)
    assert past_the_end(ninh_binh) == (f"certificate {serial} expired",)
    (case,) = cases(ninh_binh, serial, "agency")
    assert (case.state, case.ground, case.requested_by) == ("executed", "expired", "system")
    assert case.executed_at == case.requested_at == START + timedelta(days=10)
    assert case.devices_outstanding == (device,)
    (notice,) = queries.notices(ninh_binh.sandbox, ninh_binh.actor("agency")).items
    assert (notice.clause, notice.serial, notice.sent_at) == ("TT08-19.1", serial, START + timedelta(days=10))


def test_it_gets_no_entry_on_a_crl_and_no_announcement(ninh_binh: People) -> None:
    (serial,) = expiring(ninh_binh)
    past_the_end(ninh_binh)
    assert queries.certificate(ninh_binh.sandbox, TRAINER, serial).status.status.value == "expired"
    with ninh_binh.sandbox.store.read() as connection:
        told, _ = announcements.search(connection, until=START + A_YEAR, serial=serial)
    assert [one.kind for one in told] == ["activation"]


def test_the_case_closes_when_the_device_is_back(ninh_binh: People) -> None:
    (serial,) = expiring(ninh_binh)
    device = on_a_device(ninh_binh, serial)
    past_the_end(ninh_binh)
    listed = shortcomings(ninh_binh.sandbox, ninh_binh.actor("registrar"), device=device, kind="not-returned").items
    assert [one.clause for one in listed] == ["TT08-19.1"]
    for leg in ("subscriber-registrar", "registrar-authority"):
        assert [case.state for case in cases(ninh_binh, serial)] == ["executed"]
        command = RecordHandover(
            regulation="ninh-binh",
            leg=leg,
            form="TT08-F10",
            items=(HandoverItem(device=device),),
            giver=Signatory(name="Bên giao", signed=True),
            receiver=Signatory(name="Bên nhận", signed=True),
        )
        ninh_binh.does("registrar", handovers.record_handover, command)
    assert [case.state for case in cases(ninh_binh, serial)] == ["closed"]


def test_without_a_device_the_case_is_closed_at_once(ninh_binh: People) -> None:
    (serial,) = expiring(ninh_binh)
    past_the_end(ninh_binh)
    assert [case.state for case in cases(ninh_binh, serial)] == ["closed"]
    about = f"revocation {cases(ninh_binh, serial)[0].number}"
    with ninh_binh.sandbox.store.read() as connection:
        entries = journal.entries(connection, about=about)
        assert journal.verify(connection).ok
    assert [(one.actor, one.action) for one in entries] == [
        ("system", "revocation.executed"),
        ("system", "revocation.closed"),
    ]
    assert entries[0].clauses == ("TT08-19.1", "TT08-18.1.a")


def test_turning_the_clock_back_and_forth_opens_no_second_case(ninh_binh: People) -> None:
    (serial,) = expiring(ninh_binh)
    past_the_end(ninh_binh)
    turn(ninh_binh, START)
    assert past_the_end(ninh_binh) == ()
    assert len(cases(ninh_binh, serial)) == 1


def test_what_was_revoked_before_gets_no_case_and_nobody_is_told(sandbox: Sandbox) -> None:
    thai_binh = People(sandbox, "thai-binh")
    (serial,) = expiring(thai_binh)
    asked = asks_thai_binh(thai_binh, serial)
    decides(thai_binh, asked.number, role="registrar")
    assert past_the_end(thai_binh) == (f"certificate {serial} had ended before it expired",)
    assert [case.number for case in cases(thai_binh, serial)] == [asked.number]
    told = queries.notices(sandbox, thai_binh.actor("agency")).items
    assert not [one for one in told if "hết hạn" in one.text]


def test_a_request_that_nobody_decided_does_not_stand_in_its_way(sandbox: Sandbox) -> None:
    thai_binh = People(sandbox, "thai-binh")
    (serial,) = expiring(thai_binh)
    asks_thai_binh(thai_binh, serial)
    past_the_end(thai_binh)
    assert [(case.ground, case.state) for case in cases(thai_binh, serial)] == [
        ("left", "requested"),
        ("expired", "closed"),
    ]


def test_where_the_regulation_does_not_say_so_no_case_is_opened(lai_chau: People) -> None:
    (serial,) = expiring(lai_chau)
    assert past_the_end(lai_chau) == (f"certificate {serial} expired",)
    assert cases(lai_chau, serial) == ()
    assert [one.clause for one in queries.notices(lai_chau.sandbox, lai_chau.actor("agency")).items] == ["ND68-20"]


def test_a_regulation_with_a_term_for_the_return_starts_it(ninh_binh: People) -> None:
    box = ninh_binh.sandbox
    own = box.regulation("ninh-binh")
    term = DeadlineRule(
        kind="device-return",
        vi="Trả thiết bị",
        en="return",
        days=5,
        starts="revocation.executed",
        ends="handover.registrar-authority",
        owner="agency",
        clause="X-1",
    )
    passed_on = replace(own.revocation, forwarder=Forwarder("agency", "TT08-F09", "X-2"))
    changed = replace(own, deadlines={"device-return": term}, revocation=passed_on)
    ninh_binh = People(replace(box, regulations={**box.regulations, "ninh-binh": changed}), "ninh-binh")
    (serial,) = expiring(ninh_binh)
    device = on_a_device(ninh_binh, serial)
    past_the_end(ninh_binh)
    (due,) = queries.deadlines(ninh_binh.sandbox, TRAINER, about=f"device {device}").items
    assert (due.kind, due.clause, due.overdue) == ("device-return", "X-1", False)
    assert [case.state for case in cases(ninh_binh, serial)] == ["executed"]


def test_hundreds_that_expire_in_one_turn_have_a_case_each_in_a_chain_that_holds(ninh_binh: People) -> None:
    serials = expiring(ninh_binh, 1100)
    statements = count_statements(ninh_binh.sandbox)
    ran = past_the_end(ninh_binh)
    assert [what for what in ran if what.startswith("certificate")] == [f"certificate {one} expired" for one in serials]
    # One statement enters each case, for its number; all else goes by the hundred.
    assert statements() < len(serials) + 100
    with ninh_binh.sandbox.store.read() as connection:
        assert journal.verify(connection).ok
        assert connection.execute(select(func.count()).select_from(revocations)).scalar_one() == len(serials)
        assert connection.execute(select(func.count()).select_from(notices)).scalar_one() == len(serials)
        assert not [one for one in schedule.due(connection, FOREVER) if one.action == EXPIRE]


def count_statements(sandbox: Sandbox) -> Callable[[], int]:
    seen: list[Any] = []
    with sandbox.store.write() as connection:
        event.listen(connection.engine, "before_cursor_execute", lambda *given: seen.append(given))
    return lambda: len(seen)


def test_a_reissue_counts_what_the_authority_revoked_by_itself_on_expiry_as_revoked(sandbox: Sandbox) -> None:
    thai_binh = People(sandbox, "thai-binh")
    (serial,) = expiring(thai_binh)

    def refused() -> set[str]:
        command = FileDossier.model_validate(
            {
                "regulation": "thai-binh",
                "operation": "reissue",
                "subscriber_kind": "person",
                "certificate": serial,
                "case": "expired",
                "form": {"code": "TB-F02", "fields": {}},
            }
        )
        with pytest.raises(Refused) as caught:
            thai_binh.does("agency", dossiers.file_dossier, command)
        return {one.field for one in caught.value.violations}

    assert "certificate" in refused()
    past_the_end(thai_binh)
    assert "certificate" not in refused()
