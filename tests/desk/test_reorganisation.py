"""A decision splits, merges, renames or dissolves bodies: the plan, the slices, and what stands afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mockca.desk import archive, dossiers, queries, revocation, statistics, suspension
from mockca.desk.actors import Actor
from mockca.desk.commands import (
    Decision,
    RequestRevocation,
    StageCertificates,
    SuccessorBody,
    SuspendCertificate,
    TurnClock,
)
from mockca.desk.control import turn_clock
from mockca.desk.reorganisation import looking
from mockca.desk.staging import stage_certificates
from mockca.errors import Conflict, Forbidden, NotFound, Refused
from tests.desk.conftest import PAPER
from tests.desk.reorganised_world import (
    AUTHORITY,
    DECISION,
    START,
    TRAINER,
    YEAR,
    Province,
    found_province,
    share,
)

Founds = Callable[..., Province]


@pytest.fixture
def founds(tmp_path: Path) -> Iterator[Founds]:
    made: list[Province] = []

    def found(regulation: str, **more: Any) -> Province:
        made.append(found_province(tmp_path / str(len(made)), regulation, **more))
        return made[-1]

    yield found
    for province in made:
        province.sandboxes.close()


def key_of(pem: str) -> bytes:
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def refused(province: Province, kind: str = "merge", **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        province.plans(kind, **changes)
    return [(violation.field, violation.clause) for violation in refusal.value.violations]


# --- the plan -----------------------------------------------------------------------------------------------------


def test_a_plan_lists_every_certificate_with_what_becomes_of_it_and_touches_none(founds: Founds) -> None:
    province = founds("lai-chau")
    people = province.stages(2) + province.stages(1, unit="other-agency")
    (office,) = province.stages(kind="organisation")
    province.stages(1, unit="state-body")
    plan = province.plans()
    assert (plan.state, plan.total, plan.pending, plan.done) == ("planned", 4, 4, 0)
    assert (plan.decision_number, plan.clause, plan.successors) == (DECISION, "ND68-17.3.b", ("xa-moi",))
    items = province.items(plan)
    assert {items[serial].action for serial in people} == {"change"}
    assert (items[office].action, items[office].ground, items[office].clause) == (
        "revoke",
        "reorganised",
        "ND68-17.3.b",
    )
    assert all(item.successor == "xa-moi" and item.state == "pending" for item in items.values())
    assert {province.standing(serial) for serial in (*people, office)} == {("effective", None)}
    assert [entry.clauses for entry in province.journal("reorganisation.planned")] == [("ND68-17.3.b",)]


def test_what_has_ended_is_not_in_the_plan_and_what_is_on_hold_is(founds: Founds) -> None:
    province = founds("an-giang")
    (held,) = province.stages(kind="organisation")
    province.does(province.registrar, suspension.suspend_certificate, SuspendCertificate(reason="x"), serial=held)
    expired = province.stages(years=1, issued_at=datetime(2024, 1, 1, tzinfo=UTC))
    plan = province.plans("dissolve", successors=())
    assert set(province.items(plan)) == {held}
    province.carries_out(plan)
    assert province.standing(held) == ("revoked", "cessationOfOperation")
    assert province.standing(expired[0])[0] == "expired"


def test_a_plan_is_refused_with_every_clause_that_stands_against_it(founds: Founds) -> None:
    province = founds("an-giang")
    before = queries.units(province.sandbox, AUTHORITY).total
    assert refused(province, "merge", units=("nobody",), number=None, effective_on=date(2025, 9, 2)) == [
        ("number", "AG-11.1.e"),
        ("effective_on", "AG-11.1.e"),
        ("units.0", "unsourced"),
    ]
    assert refused(province, "dissolve") == [("successors", "AG-11.1.e")]
    assert refused(province, successors=(SuccessorBody(id="moi"),)) == [("successors.0", "unsourced")]
    assert queries.units(province.sandbox, AUTHORITY).total == before
    assert len(province.journal("refused")) == 3


def test_a_name_that_fits_no_certificate_is_refused_before_anything_is_done(founds: Founds) -> None:
    province = founds("lai-chau")
    long = province.new_commune.model_copy(update={"name": "Ủy ban nhân dân " + "xã " * 20})
    assert refused(province, successors=(long,)) == [("successors.0", "unsourced")]
    strange = province.new_commune.model_copy(update={"email": "không có"})
    assert refused(province, successors=(strange,)) == [("successors.0", "unsourced")]


def test_a_share_may_name_only_certificates_of_these_bodies(founds: Founds) -> None:
    province = founds("lai-chau")
    (elsewhere,) = province.stages(unit="state-body")
    shares = (share("xa-moi", certificates=(elsewhere,)),)
    assert refused(province, shares=shares) == [("shares.0.certificates", "ND68-17.3.b")]


def test_a_body_is_in_one_plan_at_a_time_and_ends_once(founds: Founds) -> None:
    province = founds("lai-chau")
    province.stages()
    first = province.plans(units=(province.unit("agency"),))
    again: dict[str, Any] = {"successors": (SuccessorBody(id="xa-moi"),), "units": (province.unit("agency"),)}
    assert refused(province, **again) == [("units.0", "ND68-17.3.b")]
    second = {**again, "units": ("xa-moi",), "successors": (SuccessorBody(id=province.unit("state-body")),)}
    province.stages(unit="other-agency")
    renaming = SuccessorBody(id=province.unit("other-agency"), name="Ủy ban nhân dân xã Khác")
    province.plans("rename", units=(renaming.id,), successors=(renaming,))
    assert refused(province, "rename", units=(renaming.id,), successors=(renaming,)) == [("units.0", "unsourced")]
    province.carries_out(first)
    assert province.plans(**second).total == 1


def test_a_unit_of_another_province_is_unknown_here(founds: Founds) -> None:
    province = founds("lai-chau")
    with pytest.raises(NotFound):
        province.plans(regulation="an-giang")


@pytest.mark.parametrize(("kind", "role"), [("agency", "agency"), ("agency", "subscriber"), ("x", "security")])
def test_only_registrar_and_authority_carry_decisions_out(founds: Founds, kind: str, role: str) -> None:
    province = founds("lai-chau")
    stranger = province.actor(kind, role)
    with pytest.raises(Forbidden):
        province.plans(by=stranger)
    plan = province.plans(by=province.registrar)
    for read in (looking.reorganisation, looking.items, looking.letters):
        with pytest.raises(Forbidden):
            read(province.sandbox, stranger, plan.number)
    with pytest.raises(Forbidden):
        looking.listing(province.sandbox, stranger)
    with pytest.raises(Forbidden):
        province.works(plan, by=stranger)
    with pytest.raises(Forbidden):
        province.works(plan, by=TRAINER)
    assert looking.reorganisation(province.sandbox, TRAINER, plan.number).number == plan.number


def test_they_are_listed_for_who_may_see_them(founds: Founds) -> None:
    province = founds("lai-chau")
    plan = province.plans()
    for reader in (province.registrar, AUTHORITY, TRAINER):
        page = looking.listing(province.sandbox, reader)
        assert ([one.number for one in page.items], page.next, page.total) == ([plan.number], None, 1)
    other = Actor("registrar@an-giang", "registrar", "an-giang", "registrar-an-giang")
    with pytest.raises(NotFound):
        looking.reorganisation(province.sandbox, other, plan.number)
    with pytest.raises(NotFound):
        looking.reorganisation(province.sandbox, AUTHORITY, 99)


# --- revoking -----------------------------------------------------------------------------------------------------


def test_revocations_come_in_slices_each_with_one_case_a_body_and_ground_and_one_entry(founds: Founds) -> None:
    province = founds("an-giang")
    serials = province.stages(5, kind="organisation") + province.stages(3, kind="organisation", unit="other-agency")
    plan = province.plans()
    view = province.works(plan, 4)
    assert (view.state, view.pending, view.done) == ("running", 4, 4)
    view = province.works(plan, 4)
    assert (view.state, view.pending, view.done, view.actions) == ("finished", 0, 8, {"revoke": {"done": 8}})
    items = province.items(plan)
    assert len({items[serial].revocation for serial in serials}) == 3
    assert {province.standing(serial) for serial in serials} == {("revoked", "cessationOfOperation")}
    case = queries.revocation(province.sandbox, AUTHORITY, items[serials[0]].revocation or 0)
    assert (case.state, case.ground, case.clause, len(case.certificates)) == ("closed", "reorganised", "AG-11.1.e", 4)
    entries = province.journal("reorganisation.worked")
    assert [len(entry.detail["revoke"]) for entry in entries] == [4, 4]
    assert all(entry.clauses == ("AG-11.1.e",) for entry in entries)
    assert len(province.journal("reorganisation.finished")) == 1


def test_each_body_is_told_once_a_slice(founds: Founds) -> None:
    province = founds("lai-chau")
    province.stages(4, kind="organisation")
    province.stages(2, kind="organisation", unit="other-agency")
    province.carries_out(province.plans())
    for body, count in (("agency", 4), ("other-agency", 2)):
        told = queries.notices(province.sandbox, province.actor(body)).items
        assert [(notice.clause, notice.serial) for notice in told] == [("ND68-20", None)]
        assert f"{count} chứng thư số, theo quyết định {DECISION}" in told[0].text


def test_crl_portal_statistics_and_archive_agree_with_what_was_done(founds: Founds) -> None:
    province = founds("an-giang")
    offices = province.stages(3, kind="organisation")
    (person,) = province.stages()
    plan = province.carries_out(province.plans("dissolve", successors=()))
    entries = province.crl()
    assert set(entries) == {*offices, person}
    reason = entries[person].extensions.get_extension_for_class(x509.CRLReason).value.reason.value
    assert reason == "affiliationChanged"
    since = entries[offices[0]].extensions.get_extension_for_class(x509.InvalidityDate).value
    assert since.invalidity_date_utc == datetime(2025, 6, 30, 17, tzinfo=UTC)
    announced = queries.public_certificate(province.sandbox, person).announcements
    assert [one.kind for one in announced] == ["revocation", "activation"]
    (figures,) = statistics.figures(province.sandbox, AUTHORITY)
    assert figures.certificates == {"revoked": 4}
    assert figures.revocations == {"reorganised": 3, "position-changed": 1}
    file = archive.file_of(province.sandbox, AUTHORITY, offices[0])
    assert [item.kind for item in file.items] == ["dossier", "activation", "revocation", "reorganisation"]
    assert file.items[-1].title_vi == "Giải thể"
    assert "revocation" not in {gap.kind for gap in file.gaps}
    found = archive.search(province.sandbox, province.actor("agency"), kind="reorganisation").items
    assert [item.number for item in found] == [plan.number]
    assert archive.search(province.sandbox, province.actor("state-body"), kind="reorganisation").items == ()


def test_what_was_revoked_meanwhile_is_an_exception_that_says_why(founds: Founds) -> None:
    province = founds("an-giang")
    first, second = province.stages(2, kind="organisation")
    plan = province.plans()
    asked = RequestRevocation(regulation="an-giang", certificates=(first,), ground="manager-request", submission=PAPER)
    province.does(province.registrar, revocation.request_revocation, asked)
    view = province.carries_out(plan)
    assert (view.done, view.exceptions) == (1, 1)
    items = province.items(plan)
    assert (items[first].state, items[first].clause) == ("exception", "AG-3.14")
    assert [why.clause for why in items[first].why] == ["AG-3.14"]
    assert items[second].state == "done"
    assert [entry.detail.get("exception") for entry in province.journal("reorganisation.worked")] == [[first]]


def test_bulk_comes_to_the_same_as_one_by_one(founds: Founds) -> None:
    bulk, single = founds("an-giang"), founds("an-giang")
    serials = bulk.stages(3, kind="organisation")
    assert single.stages(3, kind="organisation") == serials
    bulk.carries_out(bulk.plans())
    for serial in serials:
        asked = RequestRevocation(
            regulation="an-giang",
            certificates=(serial,),
            ground="reorganised",
            decision=Decision(kind="merge", number=DECISION, effective_on=date(2025, 7, 1)),
            invalidity_date=datetime(2025, 6, 30, 17, tzinfo=UTC),
            submission=PAPER,
        )
        single.does(single.registrar, revocation.request_revocation, asked)
    for serial in serials:
        assert bulk.status(serial) == single.status(serial)
        one, other = (queries.public_certificate(each.sandbox, serial) for each in (bulk, single))
        assert one.announcements == other.announcements
    assert {serial: entry.revocation_date_utc for serial, entry in bulk.crl().items()} == {
        serial: entry.revocation_date_utc for serial, entry in single.crl().items()
    }
    assert [list(entry.extensions) for entry in bulk.crl().values()] == [
        list(entry.extensions) for entry in single.crl().values()
    ]
    (first,), (second,) = statistics.figures(bulk.sandbox, AUTHORITY), statistics.figures(single.sandbox, AUTHORITY)
    assert first == second


def test_where_requests_are_passed_on_a_decision_needs_nobody_to_do_so(founds: Founds) -> None:
    province = founds("cao-bang")
    (office,) = province.stages(kind="organisation")
    (soon,) = province.stages(years=1, issued_at=datetime(2024, 10, 1, tzinfo=UTC))
    plan = province.carries_out(province.plans())
    items = province.items(plan)
    case = queries.revocation(province.sandbox, AUTHORITY, items[office].revocation or 0)
    assert (case.state, case.forwarded_by, case.late) == ("closed", None, False)
    assert province.standing(office) == ("revoked", "cessationOfOperation")
    assert (items[soon].action, items[soon].clause, items[soon].state) == ("keep", "ND130-65", "done")
    assert province.standing(soon) == ("effective", None)


# --- changing -----------------------------------------------------------------------------------------------------


def test_a_person_goes_over_with_the_same_key_to_the_same_end_under_the_new_body(founds: Founds) -> None:
    province = founds("lai-chau")
    (serial,) = province.stages(common_names=("Giàng A Mẫu",))
    former = province.certificate(serial)
    plan = province.carries_out(province.plans())
    item = province.items(plan)[serial]
    assert (item.state, item.case, item.clause) == ("done", "employer", "ND68-15.1.a")
    new = province.certificate(item.replaced_by or "")
    assert (new.common_name, new.replaces, new.unit, new.not_after) == (
        "Giàng A Mẫu",
        serial,
        "xa-moi",
        former.not_after,
    )
    assert "OU=Ủy ban nhân dân xã Bình Minh Mới" in new.subject
    assert key_of(new.pem) == key_of(former.pem)
    assert province.standing(new.serial) == ("effective", None)
    assert province.standing(serial) == ("revoked", "superseded")
    told = queries.dossier(province.sandbox, AUTHORITY, item.dossier or 0)
    assert (told.operation, told.case, told.state, told.replaces) == ("change", "employer", "issued", serial)
    notices = queries.notices(province.sandbox, province.actor("agency")).items
    assert [notice.clause for notice in notices] == ["unsourced"]


def test_a_renamed_body_keeps_its_id_and_its_certificate_is_changed(founds: Founds) -> None:
    province = founds("lai-chau")
    (office,) = province.stages(kind="organisation")
    (person,) = province.stages()
    unit = province.unit("agency")
    name = SuccessorBody(id=unit, name="Sở Khoa học và Công nghệ")
    plan = province.carries_out(province.plans("rename", units=(unit,), successors=(name,)))
    assert plan.actions == {"change": {"done": 2}}
    items = province.items(plan)
    new = province.certificate(items[office].replaced_by or "")
    assert (items[office].clause, new.unit, new.common_name) == ("ND68-15.2", unit, "SỞ KHOA HỌC VÀ CÔNG NGHỆ")
    assert "OU=Sở Khoa học và Công nghệ" in province.certificate(items[person].replaced_by or "").subject
    found = next(one for one in queries.units(province.sandbox, AUTHORITY).items if one.id == unit)
    assert (found.name, found.ended_on, found.successors) == ("Sở Khoa học và Công nghệ", None, ())


def test_with_fewer_days_left_than_a_change_needs_the_next_best_is_done(founds: Founds) -> None:
    province = founds("lai-chau")
    (soon,) = province.stages(years=1, issued_at=datetime(2024, 10, 1, tzinfo=UTC))
    plan = province.carries_out(province.plans())
    item = province.items(plan)[soon]
    assert (item.action, item.ground, item.clause) == ("revoke", "position-changed", "ND68-17.2.b")
    assert [why.clause for why in item.why] == ["ND68-16"]
    assert province.standing(soon) == ("revoked", "affiliationChanged")


def test_what_is_no_longer_possible_on_the_day_of_the_work_gives_way(founds: Founds) -> None:
    province = founds("lai-chau")
    (serial,) = province.stages(years=1, issued_at=datetime(2024, 11, 10, tzinfo=UTC))
    plan = province.plans()
    assert province.items(plan)[serial].action == "change"
    turn_clock(province.sandbox, TRAINER, TurnClock(advance_seconds=20 * 86_400))
    province.carries_out(plan)
    item = province.items(plan)[serial]
    assert (item.action, item.clause, [why.clause for why in item.why]) == ("revoke", "ND68-17.2.b", ["ND68-16"])


def test_a_body_that_goes_on_keeps_what_no_share_names(founds: Founds) -> None:
    province = founds("lai-chau")
    goes, stays = province.stages(2)
    unit = province.unit("agency")
    plan = province.carries_out(
        province.plans("separate", units=(unit,), shares=(share("xa-moi", certificates=(goes,)),))
    )
    assert plan.actions == {"change": {"done": 1}, "keep": {"done": 1}}
    items = province.items(plan)
    assert (items[goes].successor, items[stays].successor) == ("xa-moi", unit)
    assert (province.standing(goes)[0], province.standing(stays)[0]) == ("revoked", "effective")
    province.stages()


def test_a_split_sends_each_certificate_where_its_share_says(founds: Founds) -> None:
    province = founds("lai-chau")
    first, second = province.stages(2)
    (third,) = province.stages(unit="other-agency")
    state_body = province.unit("state-body")
    plan = province.plans(
        "split",
        successors=(province.new_commune, SuccessorBody(id=state_body)),
        shares=(
            share(state_body, units=(province.unit("other-agency"),)),
            share(state_body, certificates=(second,)),
        ),
    )
    items = province.items(province.carries_out(plan))
    assert [items[serial].successor for serial in (first, second, third)] == ["xa-moi", state_body, state_body]
    units = {one.id: one for one in queries.units(province.sandbox, AUTHORITY).items}
    assert units[province.unit("agency")].successors == ("xa-moi", state_body)
    assert units[province.unit("other-agency")].successors == (state_body,)


# --- reissuing ----------------------------------------------------------------------------------------------------


def test_a_reissue_revokes_first_and_gives_a_new_key_and_term(founds: Founds) -> None:
    province = founds("thai-binh")
    (office,) = province.stages(kind="organisation")
    plan = province.plans()
    view = province.works(plan)
    assert (view.pending, view.reissuing, view.done) == (0, 1, 0)
    item = province.items(plan)[office]
    assert (item.state, item.done_at, item.replaced_by) == ("reissuing", None, None)
    assert province.standing(office) == ("revoked", "cessationOfOperation")
    assert queries.dossier(province.sandbox, AUTHORITY, item.dossier or 0).state == "approved"
    view = province.works(plan)
    assert (view.state, view.done) == ("finished", 1)
    item = province.items(plan)[office]
    new, former = province.certificate(item.replaced_by or ""), province.certificate(office)
    assert (new.common_name, new.unit, new.replaces) == ("ỦY BAN NHÂN DÂN XÃ BÌNH MINH MỚI", "xa-moi", office)
    assert (new.not_before, new.not_after) == (START, START + 3 * YEAR)
    assert key_of(new.pem) != key_of(former.pem)
    assert province.standing(new.serial) == ("effective", None)
    assert (item.clause, item.case) == ("TB-7.1.a", "reorganised")


def test_of_many_offices_that_become_one_the_first_is_reissued_and_the_others_revoked(founds: Founds) -> None:
    province = founds("thai-binh")
    first, second = province.stages(2, kind="organisation")
    (third,) = province.stages(kind="organisation", unit="other-agency")
    items = province.items(province.carries_out(province.plans()))
    assert [items[serial].action for serial in (first, second, third)] == ["reissue", "revoke", "revoke"]
    assert items[third].clause == "TB-6.1.a"
    assert [why.clause for why in items[third].why] == ["TB-7.1.a"]


def test_a_successor_that_has_a_certificate_gets_no_second_one(founds: Founds) -> None:
    province = founds("thai-binh")
    province.stages(kind="organisation", unit="state-body")
    (office,) = province.stages(kind="organisation")
    plan = province.plans(successors=(SuccessorBody(id=province.unit("state-body")),))
    assert province.items(plan)[office].action == "revoke"


def test_where_no_certificate_can_be_made_the_item_says_so_and_the_work_goes_on(founds: Founds) -> None:
    province = founds("thai-binh")
    at = datetime(2044, 1, 4, 2, tzinfo=UTC)
    turn_clock(province.sandbox, TRAINER, TurnClock(set=at))
    (fits,) = province.stages(years=1, issued_at=at)
    (never,) = province.stages(years=1, kind="organisation", issued_at=at)
    turn_clock(province.sandbox, TRAINER, TurnClock(set=datetime(2044, 9, 5, 2, tzinfo=UTC)))
    plan = province.plans()
    view = province.carries_out(plan)
    assert view.exceptions == 2
    items = province.items(plan)
    assert {items[serial].why[0].clause for serial in (fits, never)} == {"unsourced"}
    assert {province.standing(serial)[0] for serial in (fits, never)} == {"revoked"}


# --- bodies that ended --------------------------------------------------------------------------------------------


def test_an_ended_body_gets_no_certificates_any_more(founds: Founds) -> None:
    province = founds("lai-chau")
    province.plans()
    from tests.desk.conftest import lai_chau_person

    with pytest.raises(Refused) as refusal:
        province.does(province.actor("agency"), dossiers.file_dossier, lai_chau_person())
    (violation,) = refusal.value.violations
    assert (violation.field, violation.clause, violation.accepted) == ("unit", "ND68-17.3.b", "xa-moi")
    with pytest.raises(NotFound):
        stage_certificates(
            province.sandbox, TRAINER, StageCertificates(regulation="lai-chau", unit=province.unit("agency"))
        )


def test_slices_may_be_asked_for_again_with_the_same_key(founds: Founds) -> None:
    province = founds("lai-chau")
    province.stages(4)
    plan = province.plans()
    first = province.works(plan, 2, key="slice-1")
    assert province.works(plan, 2, key="slice-1") == first
    assert looking.reorganisation(province.sandbox, AUTHORITY, plan.number).done == 2
    with pytest.raises(Conflict):
        province.works(plan, 3, key="slice-1")


def test_a_finished_one_stays_as_it_is(founds: Founds) -> None:
    province = founds("lai-chau")
    province.stages()
    view = province.carries_out(province.plans())
    assert province.works(view) == view
    assert len(province.journal("reorganisation.finished")) == 1


def test_a_decision_that_touches_no_certificate_is_finished_at_once(founds: Founds) -> None:
    province = founds("lai-chau")
    view = province.works(province.plans())
    assert (view.state, view.total) == ("finished", 0)


def test_two_who_work_at_the_same_time_do_each_item_once(founds: Founds) -> None:
    province = founds("lai-chau")
    serials = province.stages(24)
    plan = province.plans()
    ended: list[str] = []

    def work() -> None:
        while (state := province.works(plan, 4).state) != "finished":
            pass
        ended.append(state)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["finished"] * 3
    items = province.items(plan)
    assert {items[serial].state for serial in serials} == {"done"}
    worked = [serial for entry in province.journal("reorganisation.worked") for serial in entry.detail["change"]]
    assert sorted(worked) == sorted(serials)
    (figures,) = statistics.figures(province.sandbox, AUTHORITY)
    assert figures.certificates == {"effective": 24, "revoked": 24}
