"""Everything on file can be found again, by whom it concerns, and what is missing is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from mockca.desk import appointments, archive, custodians, reports, revocation, shortcomings
from mockca.desk.commands import Appoint, DecideRevocation, FileReport, SubscriberKind
from mockca.desk.commands import StageCertificates as Stage
from mockca.desk.staging import stage_certificates
from mockca.errors import Forbidden, NotFound
from mockca.registry import archive as files
from mockca.registry.tables import attachments, handover_items
from tests.desk.conftest import People
from tests.desk.test_keeping import CLERK, assign, delivered, device_of, later
from tests.desk.test_life_in_lai_chau import REVOCATION_FORM

LIFE = [
    "dossier",
    "roster",
    "handover",
    "handover",
    "activation",
    "revocation",
    "handover",
    "handover",
]


def whole_life(an_giang: People) -> Any:
    issued = an_giang.effective(algorithm="p256")
    later(an_giang, days=1)
    an_giang.asks_to_revoke("registrar", issued.certificate.serial, "manager-request")
    later(an_giang, days=1)
    an_giang.hands_over("subscriber-registrar", issued)
    later(an_giang, days=1)
    an_giang.hands_over("registrar-authority", issued)
    return issued


def kinds(page: Any) -> list[str]:
    return [item.kind for item in page.items]


def test_a_serial_brings_its_whole_file_in_order(an_giang: People) -> None:
    serial = whole_life(an_giang).certificate.serial
    file = archive.file_of(an_giang.sandbox, an_giang.actor("registrar"), serial)
    assert [item.kind for item in file.items] == LIFE
    assert file.gaps == ()
    assert {serial} == {one for item in file.items for one in item.certificates}
    assert [(item.clause, item.title_en) for item in file.items][2] == ("AG-10.2.c", "authority to registrar")
    own = archive.file_of(an_giang.sandbox, an_giang.actor("subscriber"), serial)
    assert [item.kind for item in own.items] == LIFE
    with pytest.raises(NotFound):
        archive.file_of(an_giang.sandbox, an_giang.actor("other-agency"), serial)
    with pytest.raises(NotFound):
        archive.file_of(an_giang.sandbox, an_giang.actor("registrar"), "abc")
    with pytest.raises(Forbidden) as error:
        archive.file_of(an_giang.sandbox, an_giang.actor("security"), serial)
    assert error.value.clause == "AG-12.4"


def test_the_archive_is_searched_by_what_one_remembers(an_giang: People) -> None:
    issued = whole_life(an_giang)
    box, registrar = an_giang.sandbox, an_giang.actor("registrar")
    device, serial = device_of(issued), issued.certificate.serial
    organisation = delivered(an_giang, "organisation")
    assign(an_giang, device_of(organisation))
    an_giang.does("registrar", appointments.appoint, Appoint(post="subscriber-manager", name="Cao Thị Sở"))

    for query in ({"certificate": serial}, {"device": device}):
        assert sorted(kinds(archive.search(box, registrar, **query))) == sorted(LIFE)
    assert sorted(kinds(archive.search(box, registrar, words="Văn Mẫu"))) == sorted(LIFE)
    assert kinds(archive.search(box, registrar, words="Thị Văn Thư")) == ["custodian"]
    assert kinds(archive.search(box, registrar, words="Cao Thị")) == ["appointment"]
    assert kinds(archive.search(box, registrar, words="7/DS-STTTT")) == ["roster", "roster"]
    assert set(kinds(archive.search(box, registrar, words="12/CV", kind="dossier"))) == {"dossier"}
    assert kinds(archive.search(box, registrar, words="12/CX", kind="dossier")) == []
    assert kinds(archive.search(box, registrar, words="không có")) == []
    assert kinds(archive.search(box, registrar, kind="revocation")) == ["revocation"]
    assert kinds(archive.search(box, registrar, kind="appointment", certificate=serial)) == []
    start = box.clock.now() - timedelta(hours=1)
    assert kinds(archive.search(box, registrar, since=start, certificate=serial)) == ["handover"]
    assert len(archive.search(box, registrar, until=start, certificate=serial).items) == len(LIFE) - 1
    (kept,) = archive.search(box, registrar, kind="custodian").items
    assert (kept.title_vi, kept.clause, kept.devices) == (
        f"Giao thiết bị cho {CLERK.name}",
        "AG-14.3",
        (device_of(organisation),),
    )


def test_slices_follow_one_another_through_all_kinds(an_giang: People) -> None:
    whole_life(an_giang)
    box, registrar = an_giang.sandbox, an_giang.actor("registrar")
    seen: list[tuple[str, int]] = []
    cursor: int | None = None
    for _ in range(20):
        page = archive.search(box, registrar, after=cursor, limit=2)
        seen += [(item.kind, item.number) for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert [kind for kind, _ in seen] == sorted([kind for kind, _ in seen], key=list(files.SOURCES).index)
    assert len(set(seen)) == len(seen) == len(LIFE)


def test_everybody_finds_his_own_alone(an_giang: People, lai_chau: People) -> None:
    whole_life(an_giang)
    lai_chau.issued()
    box = an_giang.sandbox
    assert len(archive.search(box, an_giang.actor("authority")).items) == len(LIFE) + 1
    assert len(archive.search(box, an_giang.actor("agency")).items) == len(LIFE)
    assert archive.search(box, an_giang.actor("other-agency"), unit="agency-an-giang").items == ()
    assert archive.search(box, an_giang.actor("other-agency"), words="7/DS").items == ()
    assert kinds(archive.search(box, lai_chau.actor("registrar"))) == ["dossier"]
    assert archive.search(box, an_giang.actor("registrar"), unit="other-agency-an-giang").items == ()


def test_restores_and_reports_are_on_file_too(lai_chau: People) -> None:
    box = lai_chau.sandbox
    planned = {"planned_organisation": 1, "planned_person": 2, "planned_equipment": 0}
    plan = FileReport(regulation="lai-chau", report="demand", period="2026", counts=planned)
    lai_chau.does("registrar", reports.file_report, plan)
    (found,) = archive.search(box, lai_chau.actor("registrar"), words="Sở", kind="report").items
    assert (found.clause, found.unit) == ("LC-18.4", "registrar-lai-chau")


def test_what_the_archive_lacks_is_listed(an_giang: People) -> None:
    box, registrar = an_giang.sandbox, an_giang.actor("registrar")
    issued = whole_life(an_giang)
    assert archive.missing(box, registrar).items == ()
    with box.store.write() as connection:
        connection.execute(delete(attachments))
        connection.execute(
            delete(handover_items).where(handover_items.c.device == device_of(issued), handover_items.c.handover == 1)
        )
    found = archive.missing(box, registrar).items
    assert [(gap.kind, gap.clause) for gap in found] == [("attachments", "AG-12.4"), ("minutes", "AG-12.4")]
    assert archive.missing(box, an_giang.actor("other-agency")).items == ()
    assert archive.missing(box, an_giang.actor("authority"), unit="agency-an-giang").next is None


def test_staged_certificates_are_gone_through_in_slices(an_giang: People) -> None:
    box = an_giang.sandbox
    stage = Stage(regulation="an-giang", subscriber_kind=SubscriberKind.PERSON, count=5)
    stage_certificates(box, an_giang.actor("trainer"), stage)
    with box.store.write() as connection:
        connection.execute(delete(attachments))
    first = archive.missing(box, an_giang.actor("registrar"), limit=2)
    assert first.next is not None
    assert all(gap.device is None for gap in first.items)


@pytest.mark.parametrize("kind", ["dossier", "roster", "handover", "revocation"])
def test_nothing_leaves_the_archive(an_giang: People, kind: str) -> None:
    whole_life(an_giang)
    with pytest.raises(Forbidden) as error:
        an_giang.does("registrar", archive.remove, None, kind=kind, number=1)
    assert (error.value.clause, error.value.allowed) == ("AG-12.4", ())
    with pytest.raises(NotFound):
        an_giang.does("registrar", archive.remove, None, kind=kind, number=99)


def test_shortcomings_are_listed_until_they_are_mended(an_giang: People) -> None:
    box, agency = an_giang.sandbox, an_giang.actor("agency")
    device = device_of(delivered(an_giang))
    told = shortcomings.shortcomings(box, agency).items
    assert [(one.kind, one.clause, one.device) for one in told] == [
        ("no-custodian", "AG-14.3", device),
        ("no-decision", "AG-13.4", device),
        ("no-house-rules", "AG-13.4", device),
    ]
    assert [one.kind for one in shortcomings.shortcomings(box, agency, kind="no-decision").items] == ["no-decision"]
    assert shortcomings.shortcomings(box, an_giang.actor("other-agency")).items == ()
    later(an_giang, hours=1)
    assign(an_giang, device)
    assert [one.kind for one in shortcomings.shortcomings(box, agency).items] == ["no-house-rules", "no-classification"]
    assign(an_giang, device, classification="toi-mat", house_rules=True)
    assert shortcomings.shortcomings(box, an_giang.actor("registrar")).items == ()


def test_shortcomings_come_a_whole_device_at_a_time(an_giang: People) -> None:
    box, registrar = an_giang.sandbox, an_giang.actor("registrar")
    made = [device_of(delivered(an_giang)) for _ in range(2)]
    first = shortcomings.shortcomings(box, registrar, limit=1)
    assert {one.device for one in first.items} == {made[0]}
    second = shortcomings.shortcomings(box, registrar, after=first.next, limit=1)
    assert {one.device for one in second.items} == {made[1]}
    assert second.next is None
    only = shortcomings.shortcomings(box, registrar, device=made[1])
    assert {one.device for one in only.items} == {made[1]}


def test_a_device_past_its_return_is_listed(lai_chau: People) -> None:
    issued = delivered(lai_chau, "person")
    box, agency = lai_chau.sandbox, lai_chau.actor("agency")
    case = lai_chau.asks_to_revoke("agency", issued.certificate.serial, "left", form=REVOCATION_FORM)
    lai_chau.does("authority", revocation.decide_revocation, DecideRevocation(decision="confirm"), number=case.number)
    assert shortcomings.shortcomings(box, agency).items == ()
    later(lai_chau, days=8)
    (late,) = shortcomings.shortcomings(box, lai_chau.actor("registrar")).items
    assert (late.kind, late.clause, late.device) == ("not-returned", "ND68-20", device_of(issued))


def test_custody_is_told_of_a_device_without_minutes(an_giang: People) -> None:
    box = an_giang.sandbox
    issued = an_giang.issued(algorithm="p256")
    told = custodians.custody_of(box, an_giang.actor("registrar"), device_of(issued))
    assert (told.holder, told.name, len(told.chain)) == ("authority", None, 1)
