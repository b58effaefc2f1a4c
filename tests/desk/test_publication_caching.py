"""What is kept and what is signed anew: nothing that is kept outlives the truth, whoever changed it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import ocsp

from mockca.desk import publisher as publisher_module
from mockca.desk.due import PUBLISH_ACTIVATION, run_due
from mockca.desk.publication import CrlName, PublicationSettings, Publisher, current_crl, put_publication_settings
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.registry import activations, schedule
from mockca.registry.records import insert, insert_all
from mockca.registry.status import Status
from mockca.registry.tables import activation_items
from mockca.registry.tables import activations as activations_table
from tests.desk.publication_world import HOUR, MINUTE, START, World, found_world, listed, number_of, told

REVOKE = """
import sys
from pathlib import Path
from mockca.desk.sandbox import Sandboxes
from mockca.desk.statuses import change_status, require_certificate
from mockca.registry.status import Status

sandbox = Sandboxes(Path(sys.argv[1]), "http://127.0.0.1:8400").open("demo")
with sandbox.store.write() as connection:
    change_status(connection, require_certificate(connection, sys.argv[2]), Status.REVOKED, sandbox.clock.now())
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return found_world(tmp_path)


def schedule_activation(world: World, serial: str) -> None:
    """An activation that the desk has accepted for an hour from now."""
    with world.sandbox.store.write() as connection:
        number = insert(
            connection,
            activations_table,
            regulation="an-giang",
            form="AG-F01",
            fields={},
            state="scheduled",
            proposed_by="registrar@an-giang",
            proposed_at=world.now,
            wanted_at=world.now + HOUR,
        )
        insert_all(connection, activation_items, [{"activation": number, "serial": serial}])
        schedule.add(connection, world.now + HOUR, PUBLISH_ACTIVATION, str(number))
        assert activations.get(connection, number) is not None


def test_the_same_question_gets_the_same_bytes(world: World) -> None:
    publisher = Publisher(world.sandbox)
    request = world.request(world.issue(Status.EFFECTIVE))
    first = publisher.ocsp(request)
    assert publisher.ocsp(request) is first
    assert publisher.crl(CrlName.ISSUING) == publisher.crl(CrlName.ISSUING)
    assert publisher.crl(CrlName.ISSUING) is publisher.crl(CrlName.ISSUING)


def test_every_nonce_gets_an_answer_of_its_own(world: World) -> None:
    publisher = Publisher(world.sandbox)
    serial = world.issue(Status.EFFECTIVE)
    for nonce in (b"1" * 16, b"2" * 16, b"1" * 16):
        answer = world.ask(serial, publisher=publisher, nonce=nonce)
        assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == nonce
    assert publisher.ocsp(world.request(serial, nonce=b"3")).etag is None


def test_a_commit_that_changes_no_status_keeps_what_is_signed(world: World) -> None:
    publisher = Publisher(world.sandbox)
    request = world.request(world.issue(Status.EFFECTIVE))
    kept, crl = publisher.ocsp(request), publisher.crl(CrlName.ISSUING)
    publisher.crl(CrlName.ISSUING)
    with world.sandbox.store.write() as connection:
        schedule.add(connection, START + HOUR, "expire", "0")
    assert publisher.ocsp(request) is kept
    assert publisher.crl(CrlName.ISSUING) == crl


def test_a_revocation_by_another_process_is_seen_at_once(world: World) -> None:
    publisher = Publisher(world.sandbox)
    serial = world.issue(Status.EFFECTIVE)
    for _ in range(2):
        assert told(world.ask(serial, publisher=publisher)) == ("good", None)
        assert serial not in listed(x509.load_der_x509_crl(publisher.crl(CrlName.ISSUING).der))
    subprocess.run([sys.executable, "-c", REVOKE, str(world.sandboxes.home), serial], check=True)
    assert told(world.ask(serial, publisher=publisher)) == ("revoked", None)
    assert serial in listed(x509.load_der_x509_crl(publisher.crl(CrlName.ISSUING).der))
    assert serial in listed(x509.load_der_x509_crl(publisher.crl(CrlName.DELTA).der))


def test_a_full_crl_by_another_process_makes_this_ones_delta_old(world: World) -> None:
    with world.sandbox.store.write() as connection:
        put_publication_settings(connection, PublicationSettings(full_period=HOUR))
    publisher = Publisher(world.sandbox)
    publisher.crl(CrlName.ISSUING)
    clock = world.sandbox.clock
    clock.scale(1_000_000)
    clock.resume()
    other = Sandboxes(world.sandboxes.home, world.sandboxes.public_url).open("demo")
    before = number_of(x509.load_der_x509_crl(publisher.crl(CrlName.DELTA).der))
    while (full := number_of(x509.load_der_x509_crl(current_crl(other, "issuing")))) <= before:
        pass
    assert number_of(x509.load_der_x509_crl(publisher.crl(CrlName.DELTA).der)) > full


def test_each_process_serves_the_same_crl_however_many_ask_at_once(world: World) -> None:
    world.issue()
    others = [Sandboxes(world.sandboxes.home, world.sandboxes.public_url).open("demo") for _ in range(4)]
    for round_ in range(5):
        world.sandbox.clock.advance(MINUTE)
        with ThreadPoolExecutor(8) as pool:
            names = [CrlName.ISSUING, CrlName.DELTA] * 8
            answers = list(
                pool.map(lambda asked: current_crl(*asked), [(others[i % 4], name) for i, name in enumerate(names)])
            )
        fulls = {number_of(x509.load_der_x509_crl(der)) for der in answers[::2]}
        assert len(fulls) == 1, round_
        numbers = sorted({number_of(x509.load_der_x509_crl(der)) for der in answers})
        assert numbers[0] in fulls or numbers[1] in fulls


def test_a_setting_counts_from_the_next_request_on(world: World) -> None:
    publisher = Publisher(world.sandbox)
    request = world.request(world.issue(Status.EFFECTIVE))
    assert publisher.ocsp(request).cache_seconds == 0
    with world.sandbox.store.write() as connection:
        put_publication_settings(connection, PublicationSettings(cache_seconds=60))
    assert publisher.ocsp(request).cache_seconds == 60
    assert publisher.crl(CrlName.ROOT).cache_seconds == 60


def test_a_presigned_answer_is_signed_anew_when_its_time_is_over(world: World) -> None:
    publisher = Publisher(world.sandbox)
    request = world.request(world.issue(Status.EFFECTIVE))
    clock = world.sandbox.clock
    clock.scale(100_000)
    clock.resume()
    first = publisher.ocsp(request)
    while clock.now() < first.until:
        pass
    second = publisher.ocsp(request)
    assert second.this_update is not None
    assert second.this_update >= first.until


def test_a_certificate_expires_while_the_clock_runs(world: World) -> None:
    publisher = Publisher(world.sandbox)
    serial = world.issue(Status.EFFECTIVE, lasts=HOUR)
    before = publisher.ocsp(world.request(serial, nonce=b"1"))
    clock = world.sandbox.clock
    clock.scale(10_000)
    clock.resume()
    while clock.now() < START + HOUR:
        publisher.ocsp(world.request(serial, nonce=b"1"))
    after = publisher.ocsp(world.request(serial, nonce=b"1"))
    assert len(after.der) > len(before.der), "only now there is an archive cutoff"


def test_what_is_due_runs_before_anything_is_answered(world: World) -> None:
    serial = world.issue()
    schedule_activation(world, serial)
    publisher = Publisher(world.sandbox, run_due)
    assert told(world.ask(serial, publisher=publisher)) == ("revoked", "certificateHold")
    clock = world.sandbox.clock
    clock.scale(1_000_000)
    clock.resume()
    while clock.now() < START + HOUR:
        pass
    assert told(world.ask(serial, publisher=publisher)) == ("good", None)
    entries = listed(x509.load_der_x509_crl(publisher.crl(CrlName.ISSUING).der))
    assert entries == {}


def test_without_someone_to_run_it_what_is_due_stays_due(world: World) -> None:
    serial = world.issue()
    schedule_activation(world, serial)
    world.sandbox.clock.advance(2 * HOUR)
    publisher = Publisher(world.sandbox)
    for _ in range(2):
        assert told(world.ask(serial, publisher=publisher)) == ("revoked", "certificateHold")


def test_many_certificates_in_one_request_are_answered_in_order(world: World) -> None:
    publisher = Publisher(world.sandbox)
    good, held = world.issue(Status.EFFECTIVE), world.issue()
    world.ask(held, publisher=publisher)
    request = several(world, [held, good, "7f", held])
    answer = publisher.ocsp(request).der
    statuses = [told_status(single) for single in ocsp.load_der_ocsp_response(answer).responses]
    assert statuses == ["REVOKED", "GOOD", "UNKNOWN", "REVOKED"]


def test_one_serial_without_an_answer_leaves_the_whole_request_without(world: World) -> None:
    with world.sandbox.store.write() as connection:
        put_publication_settings(connection, PublicationSettings.model_validate({"unknown_serial": "unauthorized"}))
    publisher = Publisher(world.sandbox)
    request = several(world, [world.issue(), "7f"])
    for _ in range(2):
        assert told(ocsp.load_der_ocsp_response(publisher.ocsp(request).der)) == ("unauthorized", None)


def told_status(single: ocsp.OCSPSingleResponse) -> str:
    return single.certificate_status.name


def several(world: World, serials: list[str]) -> bytes:
    """A request about several certificates, which cryptography cannot build."""
    from asn1crypto import ocsp as asn1_ocsp

    singles = [
        asn1_ocsp.OCSPRequest.load(world.request(serial))["tbs_request"]["request_list"][0].copy() for serial in serials
    ]
    request = asn1_ocsp.OCSPRequest({"tbs_request": {"request_list": singles}})
    der: bytes = request.dump()
    return der


@pytest.mark.parametrize("what", [lambda world, n: world.request(f"{n:x}")])
def test_memory_stays_bounded_however_many_serials_are_asked_for(
    world: World, what: Callable[[World, int], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher_module, "MOST_KEPT", 10)
    publisher = Publisher(world.sandbox)
    for number in range(1, 35):
        assert told(ocsp.load_der_ocsp_response(publisher.ocsp(what(world, number)).der)) == ("unknown", None)
    picture = publisher._picture
    assert picture is not None
    assert len(picture.answers) <= 10
    assert len(picture.standings) <= 10


def test_threads_share_one_publisher(world: World) -> None:
    sandbox: Sandbox = world.sandbox
    publisher = Publisher(sandbox, run_due)
    serials = [world.issue(Status.EFFECTIVE) for _ in range(8)]

    def ask_and_revoke(serial: str) -> list[tuple[str, str | None]]:
        before = told(world.ask(serial, publisher=publisher))
        world.change(serial, Status.REVOKED)
        return [before, told(world.ask(serial, publisher=publisher))]

    with ThreadPoolExecutor(4) as pool:
        for answers in pool.map(ask_and_revoke, serials):
            assert answers == [("good", None), ("revoked", None)]
