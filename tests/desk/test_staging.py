"""Certificates that the trainer puts there: as real as any on every face, by the ten thousand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from pydantic import ValidationError
from sqlalchemy import func, select

from mockca.desk import queries
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import RegisterUnit, StageCertificates, SubscriberKind, TurnClock
from mockca.desk.control import turn_clock
from mockca.desk.expiry import EXPIRE
from mockca.desk.sandbox import Sandbox
from mockca.desk.staging import BATCH, stage_certificates
from mockca.desk.statuses import require_certificate
from mockca.desk.transaction import perform
from mockca.desk.units import register_unit
from mockca.desk.views import CertificateStatus, StagedView
from mockca.errors import Conflict, Forbidden, Malformed, NotFound, Refused
from mockca.registry import announcements, dossiers, journal, schedule, units
from mockca.registry import staging as registry
from mockca.registry.status import Status, status_at
from mockca.registry.tables import FOREVER, activation_items, activations, certificates
from tests.desk.publication_world import DAY, START, YEAR, World, found_world, listed, told
from tests.desk.test_publication_agreement import crls_of, judge
from tests.pki.linting import ACCEPTED, lint_certificate
from tests.pki.openssl import OpenSsl

TRAINER = Actor("trainer", Role.TRAINER)
LAST_YEAR = datetime(2025, 3, 3, 9, 30, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = found_world(tmp_path)
    yield found
    found.sandboxes.close()


def stage(world: World, *, actor: Actor = TRAINER, **asked: Any) -> StagedView:
    return stage_certificates(world.sandbox, actor, StageCertificates(regulation="an-giang", **asked))


def refused_field(world: World, **asked: Any) -> str:
    with pytest.raises(Refused) as refusal:
        stage(world, **asked)
    return refusal.value.violations[0].field


def rows(sandbox: Sandbox, table: Any) -> int:
    with sandbox.store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_staged_certificate_is_in_effect_since_the_instant_that_was_asked_for(world: World) -> None:
    view = stage(world, issued_at=LAST_YEAR, unit="agency-an-giang")
    serial = view.serials[0]
    found = world.certificate(serial)
    assert found.not_valid_before_utc == LAST_YEAR == view.issued_at
    assert found.not_valid_after_utc == LAST_YEAR + 5 * YEAR == view.not_after
    with world.sandbox.store.read() as connection:
        assert status_at(connection, serial, LAST_YEAR - timedelta(seconds=1)) is None
        status = status_at(connection, serial, LAST_YEAR)
        assert status is not None
        assert (status.status, status.effective_at) == (Status.EFFECTIVE, LAST_YEAR)
        dossier = dossiers.get(connection, view.dossiers[0])
        announced, _ = announcements.search(connection, until=START, serial=serial)
    assert dossier is not None
    assert (dossier.state, dossier.certificate, dossier.filed_at) == ("issued", serial, LAST_YEAR)
    assert [(one.kind, one.effective_at) for one in announced] == [("activation", LAST_YEAR)]


def test_where_effect_is_announced_the_batch_has_its_activation(world: World) -> None:
    view = stage(world, count=3)
    with world.sandbox.store.read() as connection:
        row = connection.execute(select(activations)).one()
        items = connection.execute(select(activation_items.c.serial)).scalars().all()
    assert (row.state, row.effective_at) == ("published", START)
    assert sorted(items) == sorted(view.serials)


def test_where_not_before_brings_effect_there_is_no_activation(sandbox: Sandbox) -> None:
    view = stage_certificates(sandbox, TRAINER, StageCertificates(regulation="lai-chau", count=2))
    assert rows(sandbox, activations) == 0
    found = queries.certificate(sandbox, TRAINER, view.serials[0])
    assert found.status.status is CertificateStatus.EFFECTIVE
    assert found.device is None


def test_every_face_says_that_it_is_good(world: World) -> None:
    serial = stage(world, issued_at=LAST_YEAR).serials[0]
    assert serial not in listed(world.crl())
    answer = world.ask(serial)
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    portal = queries.public_certificate(world.sandbox, serial)
    assert portal.status.in_force
    assert [one.kind for one in portal.announcements] == ["activation"]


def test_a_staged_certificate_can_be_revoked_as_any_other(world: World) -> None:
    serial = stage(world, issued_at=LAST_YEAR).serials[0]
    world.crl()
    world.change(serial, Status.REVOKED, reason="affiliationChanged")
    assert listed(world.crl())[serial] == "affiliationChanged"
    assert told(world.ask(serial)) == ("revoked", "affiliationChanged")


@pytest.mark.parametrize("kind", [SubscriberKind.PERSON, SubscriberKind.ORGANISATION])
def test_certvalidator_openssl_and_pkilint_accept_it(world: World, tmp_path: Path, kind: SubscriberKind) -> None:
    serial = stage(world, issued_at=LAST_YEAR, subscriber_kind=kind, unit="agency-an-giang").serials[0]
    hierarchy = world.sandbox.hierarchy
    der = world.certificate(serial).public_bytes(Encoding.DER)
    assert judge(world, serial, crls_of(world, world.crl())) == "valid"
    openssl = OpenSsl(tmp_path)
    openssl.hierarchy(hierarchy)
    openssl.certificate("leaf.pem", der)
    at = str(int(START.timestamp()) + 1)
    said = openssl.try_to("verify", "-attime", at, "-CAfile", "root.pem", "-untrusted", "issuing.pem", "leaf.pem")
    assert said.returncode == 0, said.stderr
    assert lint_certificate(der) <= set(ACCEPTED)


def test_equipment_is_named_after_what_it_does(sandbox: Sandbox) -> None:
    asked = StageCertificates(regulation="lai-chau", subscriber_kind=SubscriberKind.EQUIPMENT, count=2)
    view = stage_certificates(sandbox, TRAINER, asked)
    with sandbox.store.read() as connection:
        found = [require_certificate(connection, serial) for serial in view.serials]
    assert [one.common_name for one in found] == ["Phần mềm một cửa 00001", "Phần mềm một cửa 00002"]
    assert lint_certificate(found[0].der) <= set(ACCEPTED)


def test_they_are_spread_over_all_eligible_units_of_the_province(world: World) -> None:
    with world.sandbox.store.read() as connection:
        eligible = {
            unit.id
            for unit in units.listing(connection)
            if unit.category in world.sandbox.regulation("an-giang").eligible
        }
    view = stage(world, count=len(eligible) * 2)
    assert view.units == dict.fromkeys(sorted(eligible), 2)
    assert "company-an-giang" not in view.units


def test_organisations_without_a_seal_get_none(world: World) -> None:
    view = stage(world, count=20, subscriber_kind=SubscriberKind.ORGANISATION)
    assert "section-an-giang" not in view.units
    asked = {"subscriber_kind": SubscriberKind.ORGANISATION, "unit": "section-an-giang"}
    assert refused_field(world, **asked) == "unit"


def test_the_names_that_are_given_are_used_in_turn(world: World) -> None:
    view = stage(world, count=3, common_names=("Nguyễn Thị Mẫu", "李 Mẫu"))
    with world.sandbox.store.read() as connection:
        found = [require_certificate(connection, serial).common_name for serial in view.serials]
    assert found == ["Nguyễn Thị Mẫu", "李 Mẫu", "Nguyễn Thị Mẫu"]


def test_each_person_has_a_mailbox_of_their_own_under_the_units_domain(world: World) -> None:
    view = stage(world, count=40, unit="agency-an-giang", common_names=("李", "Đỗ Văn Mẫu"))
    addresses = set()
    for serial in view.serials:
        names = world.certificate(serial).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        addresses |= set(names.get_values_for_type(x509.RFC822Name))
    assert len(addresses) == 40
    assert {address.rpartition("@")[2] for address in addresses} == {"angiang.test"}


def test_each_has_a_key_of_its_own_and_the_same_seed_gives_the_same_people(tmp_path: Path) -> None:
    first, second = (found_world(tmp_path / name) for name in ("a", "b"))
    told_twice = []
    for world in (first, second):
        view = stage(world, count=12)
        keys = {
            world.certificate(serial).public_key().public_numbers().x  # type: ignore[union-attr]
            for serial in view.serials
        }
        assert len(keys) == 12
        told_twice.append([world.certificate(serial).subject for serial in view.serials] + list(view.serials))
        world.sandboxes.close()
    assert told_twice[0] == told_twice[1]


def test_more_than_a_batch_is_entered_in_several_transactions_each_in_the_journal(world: World) -> None:
    seen: list[int] = []
    command = StageCertificates(regulation="an-giang", count=BATCH + 20, issued_at=LAST_YEAR)
    view = stage_certificates(world.sandbox, TRAINER, command, seen.append)
    assert seen == [BATCH, BATCH + 20]
    assert view.count == len(set(view.serials)) == len(set(view.dossiers)) == BATCH + 20
    assert rows(world.sandbox, certificates) == BATCH + 20
    with world.sandbox.store.read() as connection:
        entries = journal.entries(connection, action="certificates.staged")
        assert journal.verify(connection).ok
    assert [entry.detail["count"] for entry in entries] == [BATCH, 20]
    assert [serial for entry in entries for serial in entry.detail["serials"]] == list(view.serials)
    for serial, number in zip(view.serials[::100], view.dossiers[::100], strict=True):
        with world.sandbox.store.read() as connection:
            dossier = dossiers.get(connection, number)
        assert dossier is not None
        assert dossier.certificate == serial


def test_a_second_run_adds_others(world: World) -> None:
    first, second = stage(world, count=5), stage(world, count=5)
    assert not set(first.serials) & set(second.serials)


def test_they_expire_when_the_clock_gets_there(world: World) -> None:
    view = stage(world, issued_at=START - 5 * YEAR + DAY, count=2)
    with world.sandbox.store.read() as connection:
        planned = schedule.due(connection, view.not_after)
    assert [(due.action, due.about) for due in planned] == [(EXPIRE, serial) for serial in view.serials]
    clock = turn_clock(world.sandbox, TRAINER, TurnClock(advance_seconds=2 * DAY.total_seconds()))
    assert len(clock.ran) == 2
    found = queries.certificate(world.sandbox, TRAINER, view.serials[0])
    assert found.status.status is CertificateStatus.EXPIRED


def test_one_that_has_expired_already_is_so_told_and_nobody_is_written_to(world: World) -> None:
    serial = stage(world, issued_at=datetime(2014, 11, 3, tzinfo=UTC)).serials[0]
    assert queries.certificate(world.sandbox, TRAINER, serial).status.status is CertificateStatus.EXPIRED
    with world.sandbox.store.read() as connection:
        assert not [one for one in schedule.due(connection, FOREVER) if one.about == serial]


def test_the_term_may_be_another_than_the_regulations(world: World) -> None:
    view = stage(world, issued_at=LAST_YEAR, years=8)
    assert view.not_after == LAST_YEAR + 8 * YEAR
    with world.sandbox.store.read() as connection:
        dossier = dossiers.get(connection, view.dossiers[0])
    assert dossier is not None
    assert dossier.fields["validity_years"] == 8


@pytest.mark.parametrize(
    "asked",
    [
        {"issued_at": START + timedelta(seconds=1)},
        {"issued_at": datetime(1949, 12, 31, tzinfo=UTC)},
        {"issued_at": datetime(1, 1, 1, tzinfo=UTC).replace(tzinfo=START.astimezone().tzinfo)},
    ],
)
def test_an_instant_that_will_not_do_is_refused(world: World, asked: dict[str, Any]) -> None:
    assert refused_field(world, **asked) == "issued_at, years"


def test_an_end_after_the_authoritys_own_is_refused(world: World) -> None:
    turn_clock(world.sandbox, TRAINER, TurnClock(advance_seconds=(16 * YEAR).total_seconds()))
    assert refused_field(world) == "issued_at, years"
    assert stage(world, years=4).count == 1


def test_a_company_gets_none(world: World) -> None:
    assert refused_field(world, unit="company-an-giang") == "unit"


def test_a_kind_that_the_regulation_does_not_certify_is_refused(world: World) -> None:
    lacking = set(SubscriberKind) - set(world.sandbox.regulation("an-giang").requirements)
    for kind in lacking:
        assert refused_field(world, subscriber_kind=kind) == "subscriber_kind"
    assert lacking


def test_an_unknown_unit_and_one_of_another_province_are_not_found(sandbox: Sandbox) -> None:
    for unit in ("nobody", "agency-lai-chau"):
        with pytest.raises(NotFound):
            stage_certificates(sandbox, TRAINER, StageCertificates(regulation="an-giang", unit=unit))


def test_a_name_that_fits_no_certificate_is_refused_before_anything_is_entered(world: World) -> None:
    with pytest.raises(Malformed, match="at most 64"):
        stage(world, count=BATCH + 2, common_names=(*["Mẫu"] * BATCH, "M" * 65))
    assert rows(world.sandbox, certificates) == 0


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TRAINER])
def test_only_the_trainer_may(world: World, role: Role) -> None:
    with pytest.raises(Forbidden):
        stage(world, actor=Actor("somebody", role, "an-giang", "agency-an-giang"))
    assert rows(world.sandbox, certificates) == 0


def test_two_runs_at_the_same_time_do_not_mix(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stage(world, count=3)
    # The other run looked before this one wrote.
    monkeypatch.setattr(registry, "latest", lambda _: 0)
    with pytest.raises(Conflict, match="send the request again"):
        stage(world, count=3)
    assert rows(world.sandbox, certificates) == 3


@pytest.mark.parametrize("count", [0, 20_001])
def test_how_many_has_limits(count: int) -> None:
    with pytest.raises(ValidationError):
        StageCertificates(regulation="an-giang", count=count)


def test_the_keys_are_of_the_curve_p_256(world: World) -> None:
    key = world.certificate(stage(world).serials[0]).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"


def test_a_unit_registered_later_is_among_them(world: World) -> None:
    unit = RegisterUnit(
        id="thu-vien",
        regulation="an-giang",
        name="Thư viện tỉnh",
        category="public-service-unit",
        superiors=("Ủy ban nhân dân tỉnh An Giang",),
        locality="An Giang",
        email="thuvien@angiang.test",
    )
    perform(world.sandbox, Actor("authority", Role.AUTHORITY), register_unit, unit)
    assert stage(world, count=30).units["thu-vien"] >= 1
