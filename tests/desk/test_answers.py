"""What the authority answers where an RFC allows two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import tsp
from click.testing import CliRunner
from cryptography import x509
from rfc3161_client import TimestampRequestBuilder

from mockca.cli import main
from mockca.desk.actors import Actor, Role
from mockca.desk.answers import CHOICES, answers_view, set_answers
from mockca.desk.commands import SetAnswers
from mockca.desk.publication import Publisher
from mockca.desk.timestamps import Timestamper
from mockca.errors import Forbidden
from mockca.registry.status import Status
from tests.desk.publication_world import World, found_world, told

TRAINER = Actor("trainer", Role.TRAINER)
NONCE = bytes(range(32))


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> World:
    return found_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def serial(founded: World) -> str:
    return founded.issue(Status.EFFECTIVE)


@pytest.fixture
def world(founded: World, serial: str) -> Iterator[World]:
    yield founded
    set_answers(founded.sandbox, TRAINER, SetAnswers())


def choose(world: World, **choices: str) -> None:
    set_answers(world.sandbox, TRAINER, SetAnswers.model_validate(choices))


def stamp(timestamper: Timestamper) -> Any:
    answer = tsp.TimeStampResp.load(timestamper.answer(TimestampRequestBuilder().data(b"x").build().as_bytes()).der)
    return answer["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed


def test_an_ocsp_answer_by_every_choice(world: World, serial: str) -> None:
    publisher, hierarchy = Publisher(world.sandbox), world.sandbox.hierarchy
    usual = world.ask(serial, publisher=publisher, nonce=NONCE)
    assert usual.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == NONCE
    assert (usual.responder_key_hash, usual.responder_name) == (hierarchy.ocsp.key_id, None)
    assert usual.certificates == [hierarchy.ocsp.certificate]
    assert usual.next_update_utc is not None
    choose(
        world, ocsp_nonce="left-out", ocsp_responder_id="name", ocsp_certificates="none", ocsp_next_update="left-out"
    )
    other = world.ask(serial, publisher=publisher, nonce=NONCE)
    assert len(other.extensions) == 0
    assert (other.responder_key_hash, other.responder_name) == (None, hierarchy.ocsp.certificate.subject)
    assert (other.certificates, other.next_update_utc) == ([], None)
    assert told(other) == told(usual) == ("good", None)


def test_who_signs_and_what_goes_along(world: World, serial: str) -> None:
    choose(world, ocsp_signer="authority", ocsp_certificates="chain")
    issuing = world.sandbox.hierarchy.issuing
    answer = world.ask(serial)
    assert answer.responder_key_hash == issuing.key_id
    der = Publisher(world.sandbox).ocsp(world.request(serial)).der
    basic = asn1_ocsp.OCSPResponse.load(der)["response_bytes"]["response"].parsed
    assert [one.dump() for one in basic["certs"]] == [issuing.der]
    choose(world, ocsp_certificates="chain")
    der = Publisher(world.sandbox).ocsp(world.request(serial)).der
    basic = asn1_ocsp.OCSPResponse.load(der)["response_bytes"]["response"].parsed
    assert [one.dump() for one in basic["certs"]] == [world.sandbox.hierarchy.ocsp.der, issuing.der]


@pytest.mark.parametrize("said", ["unknown", "good", "revoked", "unauthorized"])
def test_what_is_said_of_a_serial_that_was_never_issued(world: World, said: str) -> None:
    choose(world, unknown_serial=said)
    assert told(world.ask("dead"))[0] == said


def test_time_stamps_by_every_choice(world: World) -> None:
    timestamper = Timestamper(world.sandbox)
    usual = stamp(timestamper)
    assert (usual["accuracy"]["seconds"].native, usual["ordering"].native) == (1, False)
    assert usual["tsa"].native is not None
    choose(world, tsa_accuracy="left-out", tsa_ordering="given", tsa_name="left-out")
    other = stamp(timestamper)
    assert (other["accuracy"].native, other["ordering"].native, other["tsa"].native) == (None, True, None)


def test_every_choice_is_told_with_its_rfc(world: World) -> None:
    view = answers_view(world.sandbox)
    assert set(CHOICES) == set(SetAnswers.model_fields) == {item.name for item in view.items}
    for item in view.items:
        assert item.value == item.default
        assert item.default in item.choices
        assert item.rfc.startswith("RFC ")


def test_nobody_else_chooses(world: World) -> None:
    with pytest.raises(Forbidden):
        set_answers(world.sandbox, Actor("authority", Role.AUTHORITY), SetAnswers())


def test_the_same_on_the_command_line(world: World) -> None:
    home: Path = world.sandboxes.home

    def said(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["answers", *words, "--data", str(home)])
        assert result.exit_code == code, result.output
        return result.output

    said("set", "ocsp_nonce=left-out")
    assert "ocsp_nonce=left-out\t(echoed)\tRFC 9654" in said("set", "tsa_name=left-out")
    assert "tsa_name=left-out" in said("list")
    assert "ocsp_nonce" in said("set", "ocsp_nonce=maybe", code=1)
    assert "tsa_name=given" in said("reset")
