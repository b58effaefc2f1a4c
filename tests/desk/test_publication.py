"""What CRL, delta CRL and OCSP say of a certificate in each state, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import ocsp

from mockca.desk.publication import (
    KEEP_AFTER_EXPIRY,
    TOLD,
    CrlName,
    PublicationSettings,
    Publisher,
    UnknownSerial,
    answer_ocsp,
    crl_entry,
    put_publication_settings,
)
from mockca.registry.status import Status
from mockca.registry.tables import FOREVER
from tests.desk.publication_world import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    START,
    YEAR,
    World,
    base_of,
    found_world,
    listed,
    number_of,
    told,
)

NOBODY = "7fffffffffffffff"
EXTENDED_REVOKE = x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1.9")
"""id-pkix-ocsp-extended-revoke (RFC 6960 §4.4.8)."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return found_world(tmp_path)


def settle(world: World, **wanted: object) -> None:
    with world.sandbox.store.write() as connection:
        put_publication_settings(connection, PublicationSettings.model_validate(wanted))


# --- the table ---------------------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_every_status() -> None:
    assert set(TOLD) == set(Status)


@pytest.mark.parametrize(
    ("status", "on_crl", "by_ocsp"),
    [
        (Status.ISSUED, {"certificate_hold"}, ("revoked", "certificate_hold")),
        (Status.EFFECTIVE, set(), ("good", None)),
        (Status.SUSPENDED, {"certificate_hold"}, ("revoked", "certificate_hold")),
        (Status.REVOKED, {"key_compromise"}, ("revoked", "key_compromise")),
    ],
)
def test_crl_delta_and_ocsp_say_the_same_of_a_status(
    world: World, status: Status, on_crl: set[str], by_ocsp: tuple[str, str | None]
) -> None:
    serial = world.issue(Status.EFFECTIVE if status is not Status.ISSUED else Status.ISSUED)
    base = world.crl()
    if status not in (Status.ISSUED, Status.EFFECTIVE):
        world.sandbox.clock.advance(HOUR)
        world.change(serial, status, reason="keyCompromise" if status is Status.REVOKED else None)
    delta = world.crl(CrlName.DELTA)
    full = world.crl()
    names = {reason and x509.ReasonFlags(reason).name for reason in listed(full).values()}
    assert names == on_crl
    told_status, told_reason = told(world.ask(serial))
    assert (told_status, told_reason and x509.ReasonFlags(told_reason).name) == by_ocsp
    assert {**listed(base), **listed(delta)} == listed(full)


def test_a_revocation_is_told_with_its_instant_and_when_the_key_was_lost(world: World) -> None:
    serial = world.issue(Status.EFFECTIVE)
    world.sandbox.clock.advance(3 * DAY)
    world.change(serial, Status.REVOKED, reason="keyCompromise", invalidity_date=world.now - 2 * DAY)
    entry = world.crl().get_revoked_certificate_by_serial_number(int(serial, 16))
    assert entry is not None
    assert entry.revocation_date_utc == world.now
    lost = entry.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
    assert lost == world.now - 2 * DAY
    assert world.ask(serial).revocation_time_utc == entry.revocation_date_utc


@pytest.mark.parametrize("reason", [None, "unspecified"])
def test_a_revocation_without_a_reason_says_none(world: World, reason: str | None) -> None:
    serial = world.issue(Status.EFFECTIVE)
    world.change(serial, Status.REVOKED, reason=reason)
    assert listed(world.crl()) == {serial: None}
    assert told(world.ask(serial)) == ("revoked", None)


def test_an_entry_needs_a_reason_of_the_standard_and_a_status_that_is_written_down() -> None:
    with pytest.raises(ValueError, match="boredom"):
        crl_entry("1a", Status.REVOKED, START, "boredom")
    with pytest.raises(ValueError, match="expired"):
        crl_entry("1a", Status.EXPIRED, START)


# --- expiry ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "by_ocsp"),
    [
        (Status.EFFECTIVE, ("good", None)),
        (Status.ISSUED, ("revoked", "certificateHold")),
        (Status.REVOKED, ("revoked", None)),
    ],
)
def test_an_expired_certificate_is_told_as_before_with_the_archive_cutoff_then_forgotten(
    world: World, before: Status, by_ocsp: tuple[str, str | None]
) -> None:
    serial = world.issue(before, lasts=10 * DAY)
    publisher = Publisher(world.sandbox)
    fresh = publisher.ocsp(world.request(serial)).der
    world.sandbox.clock.advance(10 * DAY)

    old = publisher.ocsp(world.request(serial)).der
    assert told(ocsp.load_der_ocsp_response(old)) == by_ocsp
    cutoff = (world.now - KEEP_AFTER_EXPIRY).strftime("%Y%m%d%H%M%SZ").encode()
    assert cutoff in old
    assert cutoff not in fresh
    assert (serial in listed(world.crl())) is (before is not Status.EFFECTIVE)

    world.sandbox.clock.advance(KEEP_AFTER_EXPIRY)
    assert told(world.ask(serial, publisher=publisher)) == ("unknown", None)
    assert listed(world.crl()) == {}


# --- serials that were never issued ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "by_ocsp"),
    [
        (UnknownSerial.UNKNOWN, ("unknown", None)),
        (UnknownSerial.GOOD, ("good", None)),
        (UnknownSerial.REVOKED, ("revoked", "certificateHold")),
        (UnknownSerial.UNAUTHORIZED, ("unauthorized", None)),
    ],
)
def test_a_serial_that_was_never_issued_is_told_by_the_setting(
    world: World, policy: UnknownSerial, by_ocsp: tuple[str, str | None]
) -> None:
    publisher = Publisher(world.sandbox)
    assert told(world.ask(NOBODY, publisher=publisher)) == ("unknown", None)
    settle(world, unknown_serial=policy)
    for _ in range(2):
        answer = world.ask(NOBODY, publisher=publisher)
        assert told(answer) == by_ocsp
    if policy is UnknownSerial.REVOKED:
        assert answer.revocation_time_utc == datetime(1970, 1, 1, tzinfo=UTC)
        assert [one.oid for one in answer.extensions] == [EXTENDED_REVOKE]
    assert list(world.ask(world.issue(Status.REVOKED), publisher=publisher).extensions) == []


def test_a_certificate_that_is_not_issued_yet_is_unknown(world: World) -> None:
    serial = world.issue(Status.EFFECTIVE)
    world.sandbox.clock.advance(-DAY)
    assert told(world.ask(serial)) == ("unknown", None)


def test_the_authoritys_own_services_are_good(world: World) -> None:
    hierarchy = world.sandbox.hierarchy
    for signer in (hierarchy.ocsp, hierarchy.tsa):
        assert told(world.ask(f"{signer.certificate.serial_number:x}")) == ("good", None)


def test_nothing_is_told_of_another_ca(world: World, tmp_path: Path) -> None:
    other = found_world(tmp_path / "other")
    answer = answer_ocsp(world.sandbox, other.request(NOBODY))
    assert told(ocsp.load_der_ocsp_response(answer)) == ("unauthorized", None)


@pytest.mark.parametrize("garbage", [b"", b"\x30", b"GET", bytes(100), b"\xff" * 70_000])
def test_garbage_is_a_malformed_request(world: World, garbage: bytes) -> None:
    assert told(ocsp.load_der_ocsp_response(answer_ocsp(world.sandbox, garbage))) == ("malformed_request", None)


# --- OCSP answers in general -------------------------------------------------------------------------------------


def test_an_answer_is_dated_by_the_sandboxs_clock_and_repeats_the_nonce(world: World) -> None:
    serial = world.issue(Status.EFFECTIVE)
    answer = world.ask(serial, nonce=b"n" * 32)
    assert answer.produced_at_utc == answer.this_update_utc == START
    assert answer.next_update_utc == START + PublicationSettings().ocsp_period
    assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 32
    assert "OCSP" in answer.certificates[0].subject.rfc4514_string()


def test_answers_go_on_to_the_end_of_the_calendar(world: World) -> None:
    serial = world.issue(Status.EFFECTIVE, lasts=YEAR)
    world.sandbox.clock.set(FOREVER - SECOND)
    assert told(world.ask(serial)) == ("unknown", None)
    for name in CrlName:
        assert world.crl(name).next_update_utc == FOREVER


def test_settings_outside_their_bounds_are_refused() -> None:
    for wrong in ({"full_period": timedelta()}, {"cache_seconds": -1}, {"unknown_serial": "maybe"}, {"colour": 1}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            PublicationSettings.model_validate(wrong)


# --- when a CRL is issued ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(CrlName))
def test_a_crl_is_issued_once_and_served_again(world: World, name: CrlName) -> None:
    world.issue()
    first = world.crl(name)
    world.sandbox.clock.scale(1_000_000)
    world.sandbox.clock.resume()
    world.sandbox.clock.freeze()
    second = world.crl(name)
    assert number_of(second) > number_of(first), "each turn of the clock makes a new one"
    assert world.crl(name) == second


@pytest.mark.parametrize("name", [CrlName.ISSUING, CrlName.DELTA])
def test_a_change_of_status_makes_the_next_one_due(world: World, name: CrlName) -> None:
    serial = world.issue()
    first = world.crl(name)
    world.change(serial, Status.EFFECTIVE)
    second = world.crl(name)
    assert number_of(second) > number_of(first)
    assert number_of(world.crl(CrlName.ROOT)) == 1


@pytest.mark.parametrize(
    ("name", "period"), [(CrlName.ROOT, 90 * DAY), (CrlName.ISSUING, 7 * DAY), (CrlName.DELTA, DAY)]
)
def test_a_crl_lasts_for_its_period_and_a_little(world: World, name: CrlName, period: timedelta) -> None:
    crl = world.crl(name)
    assert crl.last_update_utc == START
    assert crl.next_update_utc == START + period + 12 * HOUR


def test_time_alone_makes_the_next_one_due(world: World) -> None:
    settle(world, full_period=10 * MINUTE)
    first = world.crl()
    clock = world.sandbox.clock
    clock.scale(1_000_000)
    clock.resume()
    running = world.crl()
    while clock.now() < running.last_update_utc + 10 * MINUTE:
        pass
    assert number_of(world.crl()) > number_of(running) > number_of(first)


def test_what_was_recorded_for_later_is_on_the_crl_when_its_time_has_come(world: World) -> None:
    serial = world.issue(Status.EFFECTIVE)
    world.change(serial, Status.SUSPENDED, at=START + HOUR)
    clock = world.sandbox.clock
    assert listed(world.crl()) == {}
    clock.scale(1_000_000)
    clock.resume()
    while clock.now() < START + HOUR:
        world.crl(CrlName.DELTA)
    assert listed(world.crl(CrlName.DELTA)) == listed(world.crl()) == {serial: "certificateHold"}


def test_numbers_grow_when_the_clock_goes_back_and_the_list_is_that_of_then(world: World) -> None:
    serial = world.issue(Status.EFFECTIVE)
    world.sandbox.clock.advance(DAY)
    world.change(serial, Status.REVOKED)
    numbers = [number_of(world.crl()), number_of(world.crl(CrlName.DELTA))]
    world.sandbox.clock.advance(-HOUR)
    back = world.crl()
    assert listed(back) == {}
    assert back.last_update_utc == world.now
    numbers += [number_of(back), number_of(world.crl(CrlName.DELTA))]
    world.sandbox.clock.advance(HOUR)
    numbers.append(number_of(world.crl()))
    assert listed(world.crl()) == {serial: None}
    assert numbers == [1, 1, 2, 2, 3]


# --- delta CRLs --------------------------------------------------------------------------------------------------


def test_a_released_hold_is_removed_by_the_next_delta(world: World) -> None:
    serial = world.issue()
    base = world.crl()
    world.sandbox.clock.advance(HOUR)
    world.change(serial, Status.EFFECTIVE)
    world.sandbox.clock.advance(HOUR)
    assert listed(world.crl()) == {}
    delta = world.crl(CrlName.DELTA)
    assert base_of(delta) == number_of(base)
    assert listed(delta) == {serial: "removeFromCRL"}
    assert delta[0].revocation_date_utc == START + HOUR


def test_a_hold_after_the_base_that_was_released_is_removed_for_those_with_a_later_full_crl(world: World) -> None:
    serial = world.issue(Status.EFFECTIVE)
    base = world.crl()
    world.change(serial, Status.SUSPENDED)
    later = world.crl()
    assert listed(later) == {serial: "certificateHold"}
    world.change(serial, Status.EFFECTIVE)
    delta = world.crl(CrlName.DELTA)
    assert base_of(delta) == number_of(base) < number_of(later) < number_of(delta)
    assert listed(delta) == {serial: "removeFromCRL"}


def test_a_hold_that_came_back_is_listed_for_those_whose_full_crl_lacks_it(world: World) -> None:
    serial = world.issue(Status.SUSPENDED)
    world.crl()
    world.change(serial, Status.EFFECTIVE)
    without = world.crl()
    assert listed(without) == {}
    world.change(serial, Status.SUSPENDED)
    assert listed(world.crl(CrlName.DELTA)) == {serial: "certificateHold"}


def test_a_delta_has_the_scope_of_its_full_crl_which_names_it(world: World) -> None:
    delta, full = world.crl(CrlName.DELTA), world.crl()
    points = [crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint) for crl in (full, delta)]
    assert points[0] == points[1]
    assert points[0].critical
    place = full.extensions.get_extension_for_class(x509.FreshestCRL).value[0].full_name
    assert place == [x509.UniformResourceIdentifier(world.sandbox.endpoints.issuing_delta)]


def test_a_delta_is_newer_than_the_latest_full_crl(world: World) -> None:
    settle(world, full_period=HOUR)
    first = world.crl(CrlName.DELTA)
    clock = world.sandbox.clock
    clock.scale(1_000_000)
    clock.resume()
    started = number_of(world.crl(CrlName.DELTA))
    while number_of(full := world.crl()) < started + 1:
        pass
    delta = world.crl(CrlName.DELTA)
    assert number_of(delta) > number_of(full) > number_of(first)


@pytest.mark.parametrize("names", [(CrlName.ISSUING, CrlName.DELTA), (CrlName.DELTA, CrlName.ISSUING)])
def test_a_full_crl_and_a_delta_of_one_instant_have_one_number(world: World, names: tuple[CrlName, CrlName]) -> None:
    assert [number_of(world.crl(name)) for name in names] == [1, 1]
    world.sandbox.clock.advance(HOUR)
    serial = world.issue()
    found = {name: world.crl(name) for name in names}
    assert {number_of(one) for one in found.values()} == {2}
    assert base_of(found[CrlName.DELTA]) == 1
    assert listed(found[CrlName.ISSUING]) == listed(found[CrlName.DELTA]) == {serial: "certificateHold"}


def test_a_delta_that_says_more_than_the_full_crl_of_its_instant_has_a_number_of_its_own(world: World) -> None:
    serial = world.issue(Status.EFFECTIVE)
    assert number_of(world.crl()) == 1
    world.change(serial, Status.REVOKED)
    assert number_of(world.crl(CrlName.DELTA)) == number_of(world.crl()) == 2


def test_a_delta_of_a_later_second_has_a_number_of_its_own(world: World) -> None:
    clock = world.sandbox.clock
    clock.scale(1_000)
    clock.resume()
    full = world.crl()
    while clock.now() < full.last_update_utc + SECOND:
        pass
    delta = world.crl(CrlName.DELTA)
    assert (number_of(world.crl()), number_of(delta)) == (1, 2)


def test_a_new_period_begins_with_a_new_base(world: World) -> None:
    serial = world.issue()
    old = world.crl()
    world.change(serial, Status.EFFECTIVE)
    world.sandbox.clock.advance(8 * DAY)
    delta = world.crl(CrlName.DELTA)
    assert base_of(delta) == number_of(delta) > number_of(old)
    assert listed(delta) == {}


def test_a_certificate_of_a_time_to_come_is_removed_when_history_is_written_anew(world: World) -> None:
    world.sandbox.clock.advance(2 * HOUR)
    base = world.crl()
    world.sandbox.clock.advance(HOUR)
    serial = world.issue()
    world.crl()
    world.sandbox.clock.advance(-HOUR / 2)
    delta = world.crl(CrlName.DELTA)
    assert base_of(delta) == number_of(base)
    assert serial not in listed(delta)
