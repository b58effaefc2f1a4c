"""Devices in somebody's keeping: custodians one after the other, outings, appointments, marks on the device."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mockca.desk import appointments, custodians, custody, outings, queries
from mockca.desk.commands import (
    Appoint,
    AssignCustodian,
    AssignmentDecision,
    CustodyMinutes,
    FormSheet,
    ReportDamage,
    ReportLoss,
    Signatory,
    TakeOut,
    TurnClock,
)
from mockca.desk.control import turn_clock
from mockca.desk.due import run_due
from mockca.desk.shortcomings import shortcomings
from mockca.desk.views import IssuedView
from mockca.errors import Forbidden, NotFound, OutOfOrder, Refused
from mockca.registry import devices, schedule
from mockca.rules.terms import Post
from tests.desk.conftest import People
from token_emulator.conditions import mark
from token_emulator.state import Condition

DECISION = AssignmentDecision(number="5/QĐ-VP", date=date(2025, 3, 3))
CLERK = AssignCustodian(name="Trần Thị Văn Thư", position="Văn thư", post="clerk", decision=DECISION)


def delivered(people: People, kind: str = "organisation") -> IssuedView:
    """A device in its subscriber's hands."""
    issued = people.issued(kind, algorithm="p256")
    first, second = ("authority-registrar", "registrar-subscriber")
    if people.regulation == "lai-chau":
        first, second = ("authority-agency", "agency-subscriber")
    people.hands_over(first, issued)
    people.hands_over(second, issued)
    return issued


def device_of(issued: IssuedView) -> str:
    assert issued.certificate.device is not None
    return issued.certificate.device


def later(people: People, **how: int) -> None:
    seconds = int(timedelta(**how).total_seconds())
    turn_clock(people.sandbox, people.actor("trainer"), TurnClock(advance_seconds=seconds))


def assign(people: People, device: str, command: AssignCustodian = CLERK, role: str = "agency", **changes: Any) -> Any:
    return people.does(role, custodians.assign_custodian, command.model_copy(update=changes), serial=device)


def test_who_had_the_device_can_be_asked_of_any_moment(an_giang: People) -> None:
    issued = delivered(an_giang)
    device, box = device_of(issued), an_giang.sandbox
    start = box.clock.now()
    later(an_giang, days=1)
    first = assign(an_giang, device)
    assert (first.name, first.until, first.decision_number) == ("Trần Thị Văn Thư", None, "5/QĐ-VP")
    later(an_giang, days=10)
    change = box.clock.now() - timedelta(days=2)
    minutes = CustodyMinutes(
        document_number="9/BB",
        giver=Signatory(name=CLERK.name, signed=True),
        receiver=Signatory(name="Lê Thị Mới", signed=True),
    )
    second = assign(an_giang, device, name="Lê Thị Mới", since=change, minutes=minutes)
    assert (second.since, second.minutes_number) == (change, "9/BB")

    now = custodians.custody_of(box, an_giang.actor("subscriber"), device)
    assert (now.holder, now.name) == ("subscriber", "Lê Thị Mới")
    assert [one.until for one in now.custodians] == [change, None]
    assert [(one.holder, one.leg) for one in now.chain] == [
        ("authority", None),
        ("registrar", "authority-registrar"),
        ("subscriber", "registrar-subscriber"),
    ]
    before = custodians.custody_of(box, an_giang.actor("registrar"), device, change - timedelta(seconds=1))
    assert before.name == "Trần Thị Văn Thư"
    at_delivery = custodians.custody_of(box, an_giang.actor("registrar"), device, start)
    assert (at_delivery.holder, at_delivery.name) == ("subscriber", "Phạm Thị Dung")
    long_ago = custodians.custody_of(box, an_giang.actor("registrar"), device, start - timedelta(days=400))
    assert (long_ago.holder, long_ago.name) == (None, None)


def test_there_is_one_custodian_at_a_time(an_giang: People) -> None:
    device = device_of(delivered(an_giang))
    later(an_giang, days=1)
    assign(an_giang, device)
    with pytest.raises(Refused) as error:
        assign(an_giang, device, name="Lê Thị Mới")
    assert [violation.field for violation in error.value.violations] == ["since"]


def test_a_device_on_its_way_has_no_custodian(an_giang: People) -> None:
    issued = an_giang.issued("organisation", algorithm="p256")
    with pytest.raises(OutOfOrder) as error:
        assign(an_giang, device_of(issued))
    assert error.value.clause == "AG-14.3"


def test_another_body_keeps_and_sees_nothing_of_it(an_giang: People) -> None:
    device = device_of(delivered(an_giang))
    with pytest.raises(NotFound):
        assign(an_giang, device, role="other-agency")
    with pytest.raises(Forbidden) as error:
        assign(an_giang, device, role="registrar")
    assert error.value.clause == "AG-14.3"
    with pytest.raises(NotFound):
        custodians.custody_of(an_giang.sandbox, an_giang.actor("other-agency"), device)


def test_in_lai_chau_the_clerk_needs_a_decision(lai_chau: People) -> None:
    device = device_of(delivered(lai_chau))
    for changes, expected in (
        ({"decision": None}, [("decision", "LC-10.3")]),
        ({"post": "responsible"}, [("post", "LC-10.3")]),
    ):
        with pytest.raises(Refused) as error:
            assign(lai_chau, device, **changes)
        assert [(violation.field, violation.clause) for violation in error.value.violations] == expected
    form = FormSheet(code="ND68-F08")
    assert assign(lai_chau, device, form=form).post == "clerk"


def test_collecting_the_device_ends_its_keeping(an_giang: People) -> None:
    issued = delivered(an_giang)
    device = device_of(issued)
    assign(an_giang, device)
    an_giang.does(
        "agency", outings.take_out, TakeOut(carrier="Văn thư", purpose="Họp", permitted_by="Chánh VP"), serial=device
    )
    later(an_giang, hours=1)
    an_giang.hands_over("subscriber-registrar", issued)
    told = custodians.custody_of(an_giang.sandbox, an_giang.actor("agency"), device)
    assert (told.holder, told.custodians[0].until, told.outings[0].back_at) == ("registrar", told.at, told.at)


def test_a_device_leaves_the_office_by_permission_and_comes_back(an_giang: People) -> None:
    device = device_of(delivered(an_giang))
    trip = TakeOut(carrier="Trần Thị Văn Thư", purpose="Ký hồ sơ tại huyện", permitted_by="Chánh Văn phòng")
    with pytest.raises(Refused) as error:
        an_giang.does("agency", outings.take_out, trip.model_copy(update={"permitted_by": None}), serial=device)
    assert error.value.violations[0].clause == "AG-13.3"
    out = an_giang.does("agency", outings.take_out, trip, serial=device)
    assert (out.permitted_by, out.back_at) == ("Chánh Văn phòng", None)
    with pytest.raises(OutOfOrder) as twice:
        an_giang.does("agency", outings.take_out, trip, serial=device)
    assert twice.value.clause == "AG-13.3"
    with pytest.raises(NotFound):
        an_giang.does("agency", outings.bring_back, None, serial=device, number=99)
    back = an_giang.does("agency", outings.bring_back, None, serial=device, number=out.number)
    assert back.back_at is not None
    with pytest.raises(OutOfOrder):
        an_giang.does("agency", outings.bring_back, None, serial=device, number=out.number)


def test_a_device_that_is_not_in_use_stays_in(lai_chau: People) -> None:
    issued = lai_chau.issued("organisation", algorithm="p256")
    trip = TakeOut(carrier="Lò Thị Nhận", purpose="Họp")
    with pytest.raises(OutOfOrder) as error:
        lai_chau.does("agency", outings.take_out, trip, serial=device_of(issued))
    assert error.value.clause == "LC-10.1"


def test_devices_are_handed_to_whom_the_body_appointed(an_giang: People) -> None:
    issued = an_giang.issued("organisation", algorithm="p256")
    an_giang.hands_over("authority-registrar", issued)
    named = an_giang.does("subscriber", appointments.appoint, Appoint(post="receiver", name="Lê Thị Nhận"))
    assert (named.unit, named.clause, named.until) == ("agency-an-giang", "AG-13.8", None)
    for receiver in (
        Signatory(name="Lê Thị Nhận", signed=True),
        Signatory(name="Phạm Thị Dung", signed=True, appointed_by="Văn phòng"),
    ):
        with pytest.raises(Refused) as error:
            an_giang.hands_over("registrar-subscriber", issued, receiver=receiver)
        assert [violation.clause for violation in error.value.violations] == ["AG-13.8"]
    right = Signatory(name="Lê Thị Nhận", signed=True, appointed_by="Văn phòng")
    an_giang.hands_over("registrar-subscriber", issued, receiver=right)


def test_a_link_of_the_chain_is_not_skipped(lai_chau: People) -> None:
    issued = lai_chau.issued("organisation", algorithm="p256")
    with pytest.raises(OutOfOrder):
        lai_chau.hands_over("agency-subscriber", issued)


def test_nobody_hands_over_what_he_does_not_hold(an_giang: People) -> None:
    issued = an_giang.issued("organisation", algorithm="p256")
    an_giang.hands_over("authority-registrar", issued)
    with an_giang.sandbox.store.write() as connection:
        devices.update(connection, device_of(issued), holder="agency")
    with pytest.raises(Refused) as error:
        an_giang.hands_over("registrar-subscriber", issued)
    assert [(one.field, one.clause) for one in error.value.violations] == [("items", "AG-10.2.d")]


def test_a_new_appointment_ends_the_former(an_giang: People) -> None:
    an_giang.does("agency", appointments.appoint, Appoint(post="receiver", name="Lê Thị Nhận", decision_number="3/QĐ"))
    later(an_giang, hours=1)
    an_giang.does("agency", appointments.appoint, Appoint(post="receiver", name="Vũ Văn Sau"))
    an_giang.does("registrar", appointments.appoint, Appoint(post="subscriber-manager", name="Cao Thị Sở"))
    box = an_giang.sandbox
    own = appointments.listing(box, an_giang.actor("subscriber"))
    assert [(one.name, one.until is None) for one in own.items] == [("Lê Thị Nhận", False), ("Vũ Văn Sau", True)]
    assert appointments.listing(box, an_giang.actor("other-agency"), unit="agency-an-giang").items == ()
    province = appointments.listing(box, an_giang.actor("registrar"))
    assert (province.total, len(appointments.listing(box, an_giang.actor("authority")).items)) == (3, 3)


def test_nobody_appoints_for_others(an_giang: People) -> None:
    for role, command in (
        ("agency", Appoint(unit="other-agency-an-giang", post="receiver", name="A")),
        ("agency", Appoint(post="subscriber-manager", name="A")),
        ("registrar", Appoint(post="receiver", name="A")),
    ):
        with pytest.raises(Forbidden):
            an_giang.does(role, appointments.appoint, command)
    with pytest.raises(Refused):
        an_giang.does("agency", appointments.appoint, Appoint(post="king", name="A"))


def test_a_body_without_its_officer_is_warned_and_served(an_giang: People) -> None:
    officer = Post("Cán bộ phụ trách chữ ký số", "officer for signatures", "subscriber", required=True, clause="CB-7.5")
    regulation = an_giang.sandbox.regulation("an-giang")
    changed = replace(regulation, posts={"officer": officer})
    object.__setattr__(an_giang.sandbox, "regulations", {"an-giang": changed})
    filed = an_giang.files()
    assert [warning.clause for warning in filed.warnings] == ["CB-7.5"]
    an_giang.does("subscriber", appointments.appoint, Appoint(post="officer", name="Lê Thị Nhận"))
    again = an_giang.sandbox
    assert queries.dossier(again, an_giang.actor("subscriber"), filed.number).warnings == ()


def test_a_lost_device_is_lost_to_its_holders_programs_too(an_giang: People) -> None:
    device, shelf = device_of(delivered(an_giang)), an_giang.sandbox.shelf
    assign(an_giang, device)
    lost = ReportLoss(circumstances="Mất")
    an_giang.does("agency", custody.report_loss, lost, serial=device)
    assert shelf.state(device).condition is Condition.HERE
    assert run_due(an_giang.sandbox) == (f"device {device} marked lost",)
    assert shelf.state(device).condition is Condition.LOST
    told = custodians.custody_of(an_giang.sandbox, an_giang.actor("agency"), device)
    assert told.custodians[0].until == told.at
    assert run_due(an_giang.sandbox) == ()
    notices = queries.notices(an_giang.sandbox, an_giang.actor("registrar")).items
    assert [notice.clause for notice in notices] == ["AG-13.2"]
    assert device in notices[0].text


def test_a_damaged_device_answers_nothing_and_has_still_to_go_back(an_giang: People) -> None:
    issued = delivered(an_giang)
    device, box = device_of(issued), an_giang.sandbox
    damaged = ReportDamage(circumstances="Rơi vỡ")
    told = an_giang.does("subscriber", custody.report_damage, damaged, serial=device)
    assert (told.state, told.holder, told.allowed) == ("damaged", "subscriber", ("collect", "report_loss"))
    run_due(box)
    assert box.shelf.state(device).condition is Condition.DAMAGED
    with pytest.raises(OutOfOrder):
        an_giang.does("agency", custody.report_damage, damaged, serial=device)
    an_giang.asks_to_revoke("registrar", issued.certificate.serial, "manager-request")
    registrar = an_giang.actor("registrar")
    assert "not-returned" in {one.kind for one in shortcomings(box, registrar, device=device).items}
    an_giang.hands_over("subscriber-registrar", issued)
    an_giang.hands_over("registrar-authority", issued)
    run_due(box)
    assert box.shelf.state(device).condition is Condition.RETURNED


def test_a_mark_that_is_there_already_is_no_error(an_giang: People) -> None:
    device, box = device_of(delivered(an_giang)), an_giang.sandbox
    mark(box.shelf, device, Condition.LOST)
    an_giang.does("agency", custody.report_loss, ReportLoss(circumstances="Mất"), serial=device)
    with box.store.write() as connection:
        schedule.add(connection, box.clock.now(), "mark-device", "00ffffffffffffff lost")
    assert run_due(box) == (
        f"device {device} is not here to be marked lost",
        "device 00ffffffffffffff is not here to be marked lost",
    )


def test_a_returned_device_is_marked(an_giang: People) -> None:
    issued = delivered(an_giang)
    an_giang.asks_to_revoke("registrar", issued.certificate.serial, "manager-request")
    an_giang.hands_over("subscriber-registrar", issued)
    an_giang.hands_over("registrar-authority", issued)
    run_due(an_giang.sandbox)
    assert an_giang.sandbox.shelf.state(device_of(issued)).condition is Condition.RETURNED


def test_lists_come_in_slices(an_giang: People) -> None:
    box, registrar = an_giang.sandbox, an_giang.actor("registrar")
    made = [device_of(an_giang.issued(algorithm="p256")) for _ in range(3)]
    first = queries.devices(box, registrar, limit=2)
    assert ([one.serial for one in first.items], first.total) == (made[:2], 3)
    rest = queries.devices(box, registrar, after=first.next, limit=2)
    assert ([one.serial for one in rest.items], rest.next) == (made[2:], None)
    assert queries.devices(box, an_giang.actor("other-agency")).items == ()

    units = queries.units(box, registrar, limit=3)
    more = queries.units(box, registrar, after=units.next, limit=500)
    assert len(units.items) + len(more.items) == units.total
    assert more.next is None
    assert {one.id for one in units.items} & {one.id for one in more.items} == set()

    about = f"device {made[0]}"
    an_giang.hands_over("authority-registrar", IssuedView(certificate=queries.certificates(box, registrar).items[0]))
    assert [one.about for one in queries.deadlines(box, registrar, about=about, overdue=False).items] == [about]
    assert queries.deadlines(box, registrar, about="device x").items == ()
