"""A device goes from shelf to shelf in a file, once, with its counters, and stays in one place."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.token_emulator import calls as p11
from tests.token_emulator.calls import Calls, started
from tests.token_emulator.conftest import SO_PIN, USER_PIN, Made, make, openssl_verifies, pkcs11_tool
from token_emulator import (
    BadPackage,
    Condition,
    Fault,
    PinIncorrect,
    PinLocked,
    Shelf,
    TokenError,
    UnknownDevice,
    WrongStage,
    faults,
    module,
    package,
    state,
)
from token_emulator.conditions import mark
from token_emulator.package import MANIFEST, pack, read_package, unpack


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path / "elsewhere")
    yield shelf
    assert not shelf.home.exists() or not list((shelf.home / "staging").iterdir())


@pytest.fixture
def made(shelf: Shelf) -> Made:
    return make(shelf)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "token.mocktoken"


def test_a_packed_device_signs_on_another_shelf_for_any_client(
    shelf: Shelf, elsewhere: Shelf, made: Made, file: Path, tmp_path: Path
) -> None:
    pack(shelf, made.serial, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert unpack(elsewhere, file).serial == made.serial
    assert elsewhere.read_certificate(made.serial) == made.certificate
    slot = elsewhere.plug(made.serial)
    (tmp_path / "digest").write_bytes(b"d" * 32)
    pkcs11_tool(
        elsewhere, "--slot", str(slot), "--login", "--pin", USER_PIN, "--sign", "--id", "01",
        *("--mechanism", "ECDSA", "-i", str(tmp_path / "digest"), "-o", str(tmp_path / "out")),
    )  # fmt: skip
    signature = elsewhere.sign(made.serial, USER_PIN, b"letter")
    assert openssl_verifies(tmp_path, made.public_key_der, "sha256", b"letter", signature)


def test_the_tries_that_are_spent_travel_along(shelf: Shelf, elsewhere: Shelf, made: Made, file: Path) -> None:
    for _ in range(9):
        with pytest.raises(PinIncorrect):
            shelf.sign(made.serial, "000000", b"x")
    pack(shelf, made.serial, file)
    unpack(elsewhere, file)
    with pytest.raises(PinLocked):
        elsewhere.sign(made.serial, "000000", b"x")
    with pytest.raises(PinLocked):
        elsewhere.sign(made.serial, USER_PIN, b"x")
    elsewhere.restore(made.serial, SO_PIN, "975310")
    assert elsewhere.sign(made.serial, "975310", b"x")


def test_faults_on_order_and_a_hidden_certificate_travel_along(
    shelf: Shelf, elsewhere: Shelf, made: Made, file: Path
) -> None:
    faults.order(shelf, made.serial, Fault.SLOW, value=1)
    faults.hide_certificate(shelf, made.serial)
    pack(shelf, made.serial, file)
    unpack(elsewhere, file)
    assert set(faults.ordered(elsewhere, made.serial)) == {Fault.SLOW}
    assert faults.put_certificate_back(elsewhere, made.serial)
    assert elsewhere.read_certificate(made.serial) == made.certificate


def test_what_is_left_behind_is_an_empty_case(shelf: Shelf, made: Made, file: Path) -> None:
    shelf.plug(made.serial)
    with started(Calls(module.module_path()), shelf.home) as calls:
        session = calls.open()
        case = pack(shelf, made.serial, file)
        assert calls.login(session, p11.USER, USER_PIN) == p11.DEVICE_REMOVED
    assert (case.condition, case.journey, set(case.sealed)) == (Condition.PACKED, 1, {0})
    assert shelf.plugged() == {}
    folder = shelf.folder(made.serial)
    assert sorted(path.name for path in folder.rglob("*")) == ["device.json", "state", "store"]
    for use in (
        lambda: shelf.plug(made.serial),
        lambda: shelf.sign(made.serial, USER_PIN, b"x"),
        lambda: shelf.restore(made.serial, SO_PIN, "975310"),
        lambda: mark(shelf, made.serial, Condition.WIPED),
        lambda: pack(shelf, made.serial, file.with_name("second")),
    ):
        with pytest.raises(WrongStage, match=f"{made.serial} is packed; it cannot"):
            use()
    assert not file.with_name("second").exists()


def test_even_a_case_whose_mark_is_rubbed_off_opens_with_no_pin(shelf: Shelf, made: Made, file: Path) -> None:
    pack(shelf, made.serial, file)
    shelf.change_state(made.serial, lambda record: replace(record, condition=Condition.HERE))
    with pytest.raises(TokenError):
        shelf.sign(made.serial, USER_PIN, b"x")


def test_a_package_comes_home_once(shelf: Shelf, made: Made, file: Path) -> None:
    pack(shelf, made.serial, file)
    unpack(shelf, file)
    assert shelf.sign(made.serial, USER_PIN, b"x")
    assert not (shelf.folder(made.serial) / "guest").exists()
    with pytest.raises(WrongStage, match="is here already; it cannot be unpacked"):
        unpack(shelf, file)
    assert shelf.sign(made.serial, USER_PIN, b"x")


def test_an_old_package_does_not_turn_back_the_counters(
    shelf: Shelf, elsewhere: Shelf, made: Made, tmp_path: Path
) -> None:
    files = [tmp_path / str(number) for number in range(3)]
    pack(shelf, made.serial, files[0])
    unpack(elsewhere, files[0])
    with pytest.raises(PinIncorrect):
        elsewhere.sign(made.serial, "000000", b"x")
    assert pack(elsewhere, made.serial, files[1]).journey == 2
    with pytest.raises(BadPackage, match="has travelled on: journey 2, this is of 1"):
        unpack(elsewhere, files[0])
    unpack(shelf, files[1])
    assert shelf.inspect(made.serial).user_tries_left == 9
    pack(shelf, made.serial, files[2])
    for old in files[:2]:
        with pytest.raises(BadPackage, match="has travelled on"):
            unpack(shelf, old)
    assert unpack(elsewhere, files[2]).pins.user_failures == 1


def test_a_session_from_before_the_journey_stays_dead(shelf: Shelf, made: Made, file: Path) -> None:
    with started(Calls(module.module_path()), shelf.home, made.serial) as calls:
        session = calls.open()
        assert calls.login(session, p11.USER, USER_PIN) == p11.OK
        pack(shelf, made.serial, file)
        unpack(shelf, file)
        assert calls("C_Logout", session) == p11.DEVICE_REMOVED
        assert calls.login(calls.open(), p11.USER, USER_PIN) == p11.OK


@pytest.mark.parametrize("condition", [Condition.DAMAGED, Condition.RETURNED])
def test_a_damaged_or_returned_device_is_handed_over_as_it_is(
    shelf: Shelf, elsewhere: Shelf, made: Made, file: Path, condition: Condition
) -> None:
    mark(shelf, made.serial, condition)
    pack(shelf, made.serial, file)
    assert unpack(elsewhere, file).condition is condition
    with pytest.raises(WrongStage, match="cannot be plugged in"):
        elsewhere.plug(made.serial)


@pytest.mark.parametrize("condition", [Condition.LOST, Condition.WIPED])
def test_what_is_not_at_hand_cannot_be_packed(shelf: Shelf, made: Made, file: Path, condition: Condition) -> None:
    mark(shelf, made.serial, condition)
    with pytest.raises(WrongStage, match="cannot be packed"):
        pack(shelf, made.serial, file)
    assert not file.exists()
    with pytest.raises(UnknownDevice):
        pack(shelf, "0" * 16, file)


def test_a_guest_outlives_a_sweep_of_the_shelf_it_is_on(shelf: Shelf, elsewhere: Shelf, made: Made, file: Path) -> None:
    orphan = make(elsewhere)
    pack(shelf, made.serial, file)
    unpack(elsewhere, file)
    assert elsewhere.sweep(set()).devices == (orphan.serial,)
    assert elsewhere.sign(made.serial, USER_PIN, b"x")


def test_nothing_is_packed_when_the_file_cannot_be_made(shelf: Shelf, made: Made, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_bytes(b"mine")
    for target, error in ((taken, FileExistsError), (tmp_path / "no" / "where", FileNotFoundError)):
        with pytest.raises(error):
            pack(shelf, made.serial, target)
    assert taken.read_bytes() == b"mine"
    assert shelf.sign(made.serial, USER_PIN, b"x")


def test_a_device_whose_file_was_not_finished_is_packed_again(
    shelf: Shelf, elsewhere: Shelf, made: Made, file: Path
) -> None:
    class Full(Shelf):
        """Its disk fails when everything but the file is done."""

        def unplug(self, serial: str) -> bool:
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space left"):
        pack(Full(shelf.home), made.serial, file)
    assert not file.exists()
    assert shelf.state(made.serial).condition is Condition.PACKED
    assert pack(shelf, made.serial, file).journey == 1
    unpack(elsewhere, file)
    assert elsewhere.sign(made.serial, USER_PIN, b"x")


def test_two_who_pack_at_once_get_one_file(shelf: Shelf, made: Made, tmp_path: Path) -> None:
    done: list[object] = []

    def one(name: str) -> None:
        try:
            done.append(pack(shelf, made.serial, tmp_path / name))
        except WrongStage as error:
            done.append(error)

    threads = [threading.Thread(target=one, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(end, state.Record) for end in done) == 1
    assert sum((tmp_path / name).exists() for name in "abcd") == 1


def test_two_who_unpack_at_once_get_one_device(shelf: Shelf, elsewhere: Shelf, made: Made, file: Path) -> None:
    pack(shelf, made.serial, file)
    done: list[object] = []

    def one() -> None:
        try:
            done.append(unpack(elsewhere, file))
        except WrongStage as error:
            done.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(end, state.Record) for end in done) == 1
    assert elsewhere.sign(made.serial, USER_PIN, b"x")


class Racing(Shelf):
    """Another is always quicker."""

    def __init__(self, home: Path, meanwhile: Callable[[Shelf], object]) -> None:
        super().__init__(home)
        self._meanwhile = meanwhile

    def place(self, claim: object, serial: str) -> None:
        self._meanwhile(Shelf(self.home))
        super().place(claim, serial)  # type: ignore[arg-type]


def test_who_comes_second_to_unpack_is_told(shelf: Shelf, elsewhere: Shelf, made: Made, file: Path) -> None:
    pack(shelf, made.serial, file)
    with pytest.raises(WrongStage, match="here already"):
        unpack(Racing(elsewhere.home, lambda quicker: unpack(quicker, file)), file)
    assert elsewhere.sign(made.serial, USER_PIN, b"x")


def test_a_shelf_that_takes_no_device_says_so(shelf: Shelf, elsewhere: Shelf, made: Made, file: Path) -> None:
    pack(shelf, made.serial, file)

    def block(quicker: Shelf) -> None:
        (work,) = (quicker.home / "staging").iterdir()
        shutil.rmtree(work)

    with pytest.raises(FileNotFoundError):
        unpack(Racing(elsewhere.home, block), file)
    assert elsewhere.serials() == ()


# --- files that nobody packed ---------------------------------------------------------------------------


def remade(file: Path, change: Callable[[dict[str, bytes]], None], kind: bytes = tarfile.REGTYPE) -> Path:
    """The package with other members."""
    with tarfile.open(file) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    change(members)
    target = file.with_name("remade")
    with tarfile.open(target, "w") as tar:
        for name, octets in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(octets)
            if name != MANIFEST and kind != tarfile.REGTYPE:
                member.type, member.size, member.linkname = kind, 0, "/etc/passwd"
            tar.addfile(member, io.BytesIO(octets))
    return target


def in_manifest(**values: object) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[MANIFEST] = json.dumps({**json.loads(members[MANIFEST]), **values}).encode()

    return change


def with_state(**values: object) -> Callable[[dict[str, bytes]], None]:
    """Another state, with a digest that is right."""

    def change(members: dict[str, bytes]) -> None:
        record = replace(state.decode(members["state"]), **values)  # type: ignore[arg-type]
        members["state"] = state.encode(record)
        told = json.loads(members[MANIFEST])
        told["files"]["state"] = package._described(members["state"])
        told["serial"], told["journey"] = record.serial, record.journey
        members[MANIFEST] = json.dumps(told).encode()

    return change


def named(name: str) -> Callable[[dict[str, bytes]], None]:
    """One file more, in the manifest too."""

    def change(members: dict[str, bytes]) -> None:
        told = json.loads(members[MANIFEST])
        members[name] = b"x"
        told["files"][name] = package._described(b"x")
        members[MANIFEST] = json.dumps(told).encode()

    return change


def many(members: dict[str, bytes]) -> None:
    for number in range(package.MAX_FILES + 1):
        members[f"store/{'0' * 36}/{number}"] = b""


def first(members: dict[str, bytes]) -> None:
    octets = members.pop(MANIFEST)
    members[MANIFEST] = octets


CHANGES: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "a changed file": (lambda m: m.update({"state": m["state"][:-1] + b"!"}), "state is not as it was packed"),
    "a missing file": (lambda m: m.pop("state"), "the manifest names other files"),
    "no state": (
        lambda m: (
            m.pop("state"),
            in_manifest(files={n: package._described(o) for n, o in m.items() if n != MANIFEST})(m),
        ),
        "'state' is missing",
    ),
    "no manifest": (lambda m: m.pop(MANIFEST), "does not belong there"),
    "a manifest that is not first": (first, "does not belong there"),
    "a manifest that is a list": (lambda m: m.update({MANIFEST: b"[]"}), "not a packed device"),
    "a manifest without end": (lambda m: m.update({MANIFEST: b"[" * 100_000}), "not a packed device"),
    "files that are a list": (in_manifest(files=[]), "the manifest names other files"),
    "another format": (in_manifest(format="mockca-token/2"), "its format is not mockca-token/1"),
    "another serial": (in_manifest(serial="0" * 16), "the manifest is not about this device"),
    "another journey": (in_manifest(journey=7), "the manifest is not about this device"),
    "a lost device": (with_state(condition=Condition.LOST), "not that of a packed device"),
    "no journey": (with_state(journey=0), "not that of a packed device"),
    "a path for a serial": (with_state(serial="../../etc"), "not that of a packed device"),
    "the folder above": (named("../evil"), "'../evil' does not belong there"),
    "the folder above, deeper": (named(f"store/{'0' * 36}/.."), "does not belong there"),
    "an absolute path": (named("/tmp/evil"), "does not belong there"),
    "a file of the shelf's own": (named("guest"), "does not belong there"),
    "too many files": (many, "more than 1000 files"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_file_that_nobody_packed_is_refused_and_leaves_nothing(
    shelf: Shelf, elsewhere: Shelf, made: Made, file: Path, what: str
) -> None:
    pack(shelf, made.serial, file)
    change, why = CHANGES[what]
    with pytest.raises(BadPackage, match=why):
        unpack(elsewhere, remade(file, change))  # type: ignore[arg-type]
    assert not elsewhere.home.exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_and_the_like_are_refused(shelf: Shelf, made: Made, file: Path, kind: bytes) -> None:
    pack(shelf, made.serial, file)
    with pytest.raises(BadPackage, match="is not a plain file"):
        read_package(remade(file, lambda members: None, kind))


def test_a_name_that_comes_twice_is_refused(shelf: Shelf, made: Made, file: Path) -> None:
    pack(shelf, made.serial, file)
    with tarfile.open(file, "a") as tar:
        member = tarfile.TarInfo("state")
        tar.addfile(member)
    with pytest.raises(BadPackage, match="'state' does not belong there"):
        read_package(file)


def test_too_large_a_file_is_not_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as sparse:
        os.truncate(sparse.fileno(), 1 << 40)
    with pytest.raises(BadPackage, match="larger than 16777216 octets"):
        read_package(huge)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_refused_or_is_the_device(shelf: Shelf, tmp_path: Path, data: st.DataObject) -> None:
    whole = tmp_path / "whole"
    if not whole.exists():
        pack(shelf, make(shelf).serial, whole)
    octets = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    damaged = tmp_path / "damaged"
    damaged.write_bytes(octets[: data.draw(st.integers(0, len(octets)))])
    try:
        found = read_package(damaged)
    except BadPackage:
        return
    assert found.files == read_package(whole).files
