"""Time stamps of a sandbox: whose clock they tell, which numbers they bear, and what the trainer can have go wrong."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms, core, tsp

from mockca.desk import faults
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import AddFault, SetTimestamping
from mockca.desk.timestamp_serials import AT_A_TIME, TimestampSerials
from mockca.desk.timestamps import Stamped, Timestamper, set_timestamping
from mockca.errors import Conflict, Forbidden, NotFound, Refused
from mockca.pki import der
from mockca.pki.certificates import TIMESTAMP_POLICY
from mockca.pki.hierarchy import Signer
from mockca.registry import faults as registry_faults
from mockca.registry import journal
from tests.desk.publication_world import START, World, found_world

TRAINER = Actor("trainer", Role.TRAINER)
NONCE = 0x1234
IMPRINT = hashlib.sha256(b"x").digest()
TAKE = """
import sys
from pathlib import Path
from mockca.desk.timestamp_serials import TimestampSerials
serials = TimestampSerials(Path(sys.argv[1]))
print(*[serials.take() for _ in range(300)])
"""


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> World:
    return found_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(furnished: World) -> Iterator[World]:
    yield furnished
    for fault in faults.list_faults(furnished.sandbox).items:
        faults.remove_fault(furnished.sandbox, TRAINER, fault.number)
    set_timestamping(furnished.sandbox, TRAINER, SetTimestamping(accept_sha1=True))


@pytest.fixture
def authority(world: World) -> Timestamper:
    return Timestamper(world.sandbox)


def query(algorithm: str = "2.16.840.1.101.3.4.2.1", hashed: bytes = IMPRINT, policy: str | None = None) -> bytes:
    return der.sequence(
        der.integer(1),
        der.sequence(der.sequence(der.oid(algorithm), der.NULL), der.octets(hashed)),
        b"" if policy is None else der.oid(policy),
        der.integer(NONCE),
        der.TRUE,
    )


def token(stamped: Stamped) -> cms.SignedData:
    return tsp.TimeStampResp.load(stamped.der, strict=True)["time_stamp_token"]["content"]


def info(stamped: Stamped) -> tsp.TSTInfo:
    return token(stamped)["encap_content_info"]["content"].parsed


def failure(stamped: Stamped) -> str:
    [status] = core.SequenceOf.load(stamped.der, spec=tsp.PKIStatusInfo)
    assert status["status"].native == "rejection"
    bits = status["fail_info"].contents
    names = {0: "badAlg", 5: "badDataFormat", 15: "unacceptedPolicy", 25: "systemFailure"}
    return names[(len(bits) - 2) * 8 + 7 - bits[0]]


def order(world: World, effect: str, **more: object) -> int:
    wanted = AddFault.model_validate({"endpoint": "tsa", "effect": effect, **more})
    return faults.add_fault(world.sandbox, TRAINER, wanted).number


def disturbed(world: World) -> list[journal.Entry]:
    with world.sandbox.store.read() as connection:
        return journal.entries(connection, action="exchange.disturbed")


# --- what is answered ---------------------------------------------------------------------------------------------


def test_a_time_stamp_tells_the_sandboxs_time(world: World, authority: Timestamper) -> None:
    assert info(authority.answer(query()))["gen_time"].native == START
    world.sandbox.clock.set(START + timedelta(days=400))
    try:
        assert info(authority.answer(query()))["gen_time"].native == START + timedelta(days=400)
    finally:
        world.sandbox.clock.set(START)


def test_a_policy_is_honoured_or_refused(authority: Timestamper) -> None:
    assert info(authority.answer(query(policy=TIMESTAMP_POLICY)))["policy"].native == TIMESTAMP_POLICY
    assert failure(authority.answer(query(policy="1.3.6.1.4.1.32473.9"))) == "unacceptedPolicy"


def test_imprints_by_sha1_are_stamped_until_somebody_forbids_it(world: World, authority: Timestamper) -> None:
    old = query("1.3.14.3.2.26", hashlib.sha1(b"x", usedforsecurity=False).digest())
    assert info(authority.answer(old))["message_imprint"]["hash_algorithm"]["algorithm"].native == "sha1"
    set_timestamping(world.sandbox, TRAINER, SetTimestamping(accept_sha1=False))
    assert failure(authority.answer(old)) == "badAlg"
    assert info(authority.answer(query()))["nonce"].native == NONCE


def test_garbage_is_answered(authority: Timestamper) -> None:
    assert failure(authority.answer(b"<html>")) == "badDataFormat"


# --- serial numbers -----------------------------------------------------------------------------------------------


def test_no_two_time_stamps_have_one_serial_whoever_gives_them(world: World) -> None:
    told = [info(Timestamper(world.sandbox).answer(query()))["serial_number"].native for _ in range(3)]
    assert told == sorted(set(told))


def test_serials_grow_across_threads_and_processes(tmp_path: Path) -> None:
    path = tmp_path / "serials"
    command = [sys.executable, "-c", TAKE, str(path)]
    others = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    serials = TimestampSerials(path)
    with ThreadPoolExecutor(4) as pool:
        taken = [list(pool.map(lambda _: serials.take(), range(300)))]
    taken += [[int(word) for word in other.communicate(timeout=60)[0].split()] for other in others]
    assert all(own == sorted(own) for own in taken[1:])
    together = [serial for own in taken for serial in own]
    assert len(set(together)) == len(together) == 900
    assert serials.take() > max(together)


def test_what_a_loss_of_power_takes_from_the_file_is_not_given_out_again(tmp_path: Path) -> None:
    path = tmp_path / "serials"
    serials = TimestampSerials(path)
    on_the_disk = path.read_bytes()
    taken = [serials.take() for _ in range(AT_A_TIME)]
    path.write_bytes(on_the_disk)
    assert TimestampSerials(path).take() > max(taken)


def test_more_than_one_lot_of_serials_is_taken_in_a_row(tmp_path: Path) -> None:
    serials = TimestampSerials(tmp_path / "serials")
    taken = [serials.take() for _ in range(2 * AT_A_TIME + 1)]
    assert taken == list(range(1, 2 * AT_A_TIME + 2))


# --- faults -------------------------------------------------------------------------------------------------------


def test_the_commands_effects_are_those_of_the_table() -> None:
    schema = AddFault.model_json_schema()["properties"]
    assert set(schema["effect"]["enum"]) == set(faults.EFFECTS)
    assert {name for effect in faults.EFFECTS.values() for name in effect.parameters} <= set(schema)


def test_a_clock_that_is_off(world: World, authority: Timestamper) -> None:
    order(world, "skew", skew_seconds=-3600.0)
    answer = authority.answer(query())
    assert info(answer)["gen_time"].native == START - timedelta(hours=1)
    assert signed_at(answer) == START - timedelta(hours=1)


def signed_at(stamped: Stamped) -> object:
    attributes = token(stamped)["signer_infos"][0]["signed_attrs"]
    return next(one["values"][0].native for one in attributes if one["type"].native == "signing_time")


def test_a_clock_is_never_off_by_more_than_there_is_time(world: World, authority: Timestamper) -> None:
    order(world, "skew", skew_seconds=-100 * 366 * 86400.0)
    assert info(authority.answer(query()))["gen_time"].native.year == 1950


def test_another_nonce_and_another_imprint(world: World, authority: Timestamper) -> None:
    order(world, "wrong-nonce")
    order(world, "wrong-imprint")
    found = info(authority.answer(query()))
    assert found["nonce"].native not in (None, NONCE)
    assert found["message_imprint"]["hashed_message"].native != IMPRINT


def test_a_refusal_on_order(world: World, authority: Timestamper) -> None:
    order(world, "refuse")
    assert failure(authority.answer(query())) == "systemFailure"
    order(world, "refuse", fail_info="unacceptedPolicy")
    assert failure(authority.answer(query())) == "unacceptedPolicy"


def test_signatures_that_are_to_be_refused(world: World, authority: Timestamper) -> None:
    number = order(world, "sha1-signature")
    assert token(authority.answer(query()))["signer_infos"][0]["digest_algorithm"]["algorithm"].native == "sha1"
    faults.remove_fault(world.sandbox, TRAINER, number)
    order(world, "expired-certificate")
    certificates = [one.chosen for one in token(authority.answer(query()))["certificates"]]
    [expired] = [one for one in certificates if one.not_valid_after < START]
    assert expired.subject.dump() == world.sandbox.hierarchy.tsa.subject
    assert isinstance(world.sandbox.hierarchy.tsa, Signer)


def test_how_an_answer_is_carried(world: World, authority: Timestamper) -> None:
    assert authority.answer(query()).carriage is None
    order(world, "slow", seconds=2.5)
    order(world, "unavailable", retry_after=7)
    order(world, "truncated")
    assert authority.answer(query()).carriage == faults.Carriage(delay=2.5, status=503, retry_after=7, cut=16)
    order(world, "too-many-requests")
    order(world, "reset")
    carriage = authority.answer(query()).carriage
    assert carriage is not None
    assert (carriage.status, carriage.retry_after, carriage.reset) == (429, 1, True)


def test_the_next_so_many_and_no_more(world: World, authority: Timestamper) -> None:
    order(world, "refuse", next=2)
    for _ in range(2):
        assert failure(authority.answer(query())) == "systemFailure"
    assert info(authority.answer(query()))
    [view] = faults.list_faults(world.sandbox).items
    assert (view.seen, view.fired, view.spent) == (2, 2, True)


def test_each_so_many_th(world: World, authority: Timestamper) -> None:
    order(world, "slow", seconds=1.0, every=3)
    late = [bool(answer.carriage and answer.carriage.delay) for answer in (authority.answer(query()) for _ in range(7))]
    assert late == [False, False, True, False, False, True, False]


def test_a_probability_draws_the_same_for_the_same_seed(world: World, authority: Timestamper) -> None:
    def drawn(seed: str) -> list[bool]:
        number = order(world, "reset", probability=0.5, seed=seed)
        answers = [authority.answer(query()) for _ in range(24)]
        found = [bool(answer.carriage and answer.carriage.reset) for answer in answers]
        faults.remove_fault(world.sandbox, TRAINER, number)
        return found

    assert drawn("a") == drawn("a") != drawn("b")
    assert 4 < sum(drawn("a")) < 20


def test_a_fault_that_fired_is_in_the_journal_entry_of_its_exchange(world: World, authority: Timestamper) -> None:
    before = len(disturbed(world))
    first = order(world, "slow", seconds=1.0, every=2)
    second = order(world, "skew", skew_seconds=5.0)
    told = info(authority.answer(query()))["serial_number"].native
    both = info(authority.answer(query()))["serial_number"].native
    one, two = disturbed(world)[before:]
    assert one.about == two.about == "tsa"
    assert one.detail == {
        "serial": f"{told:x}",
        "faults": [{"number": second, "effect": "skew", "skew_seconds": 5.0}],
    }
    assert two.detail["serial"] == f"{both:x}"
    assert [fault["number"] for fault in two.detail["faults"]] == [first, second]


def test_nothing_is_written_where_no_fault_is_set(world: World, authority: Timestamper) -> None:
    authority.answer(query())
    version = world.sandbox.store.data_version()
    authority.answer(query())
    assert world.sandbox.store.data_version() == version


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"endpoint": "crl", "effect": "skew", "skew_seconds": 1.0}, "endpoint"),
        ({"endpoint": "tsa", "effect": "slow"}, "seconds"),
        ({"endpoint": "tsa", "effect": "reset", "octets": 3}, "octets"),
        ({"endpoint": "tsa", "effect": "reset", "serial": "1f"}, "serial"),
        ({"endpoint": "ocsp", "effect": "reset", "role": "root"}, "role"),
        ({"endpoint": "tsa", "effect": "reset", "next": 1, "every": 2}, "next, every"),
        ({"endpoint": "tsa", "effect": "reset", "seed": "a"}, "seed"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_by_field(world: World, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as caught:
        faults.add_fault(world.sandbox, TRAINER, AddFault.model_validate(wrong))
    assert [violation.field for violation in caught.value.violations] == [field]


def test_only_the_trainer_sets_faults_and_only_what_is_there_is_removed(world: World) -> None:
    somebody = Actor("registrar@an-giang", Role.REGISTRAR, "an-giang")
    with pytest.raises(Forbidden):
        faults.add_fault(world.sandbox, somebody, AddFault(endpoint="tsa", effect="reset"))
    with pytest.raises(NotFound):
        faults.remove_fault(world.sandbox, TRAINER, 10_000)


def test_there_is_an_end_to_faults(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_faults, "total", lambda _: 100)
    with pytest.raises(Conflict):
        order(world, "reset")
