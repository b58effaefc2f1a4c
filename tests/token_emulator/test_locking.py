"""A device that locks, is restored by the SO, or is past that."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.token_emulator.conftest import SO_PIN, USER_PIN, clean_environment, pkcs11_tool, run_pkcs11_tool
from token_emulator import (
    DeviceFailed,
    Fault,
    Order,
    PinIncorrect,
    PinLocked,
    PinRefused,
    Record,
    Shelf,
    UnknownDevice,
    device_model,
    state,
)
from token_emulator.module.building import SOFTHSM_PATHS
from token_emulator.pin import Answer, CharacterClass, PinPolicy, PinState


def make(shelf: Shelf, *, must_change: bool = False) -> str:
    model = device_model("bit4id-tokenme")
    with shelf.personalise(
        replace(model, pin=replace(model.pin, must_change=must_change)), "p256", USER_PIN, SO_PIN
    ) as device:
        device.place()
    return device.serial


def lock(shelf: Shelf, serial: str) -> None:
    for expected in (PinIncorrect, PinIncorrect, PinLocked):
        with pytest.raises(expected):
            shelf.sign(serial, "000000", b"x")


def test_a_device_locked_by_the_shelfs_own_tries_is_locked_for_clients_too_and_signs_again_once_restored(
    shelf: Shelf,
) -> None:
    serial = make(shelf)
    shelf.plug(serial)
    lock(shelf, serial)
    with pytest.raises(PinLocked, match=r"the PIN is locked \(CKR_PIN_LOCKED\); restore it through the SO PIN"):
        shelf.sign(serial, USER_PIN, b"x")
    assert "CKR_PIN_LOCKED" in run_pkcs11_tool(shelf, "--login", "--pin", USER_PIN, "-O").stderr
    assert "user PIN locked" in pkcs11_tool(shelf, "-L")
    assert shelf.inspect(serial).user_tries_left == 0
    shelf.restore(serial, SO_PIN, "975310")
    assert shelf.inspect(serial).user_tries_left == 3
    assert shelf.sign(serial, "975310", b"x")
    assert "Private Key" in pkcs11_tool(shelf, "--login", "--pin", "975310", "-O")
    with pytest.raises(PinIncorrect):
        shelf.sign(serial, USER_PIN, b"x")


def test_a_restore_that_is_refused_changes_nothing(shelf: Shelf) -> None:
    serial = make(shelf)
    lock(shelf, serial)
    with pytest.raises(PinRefused, match="this device takes 4 to 16 octets"):
        shelf.restore(serial, SO_PIN, "123")
    with pytest.raises(PinIncorrect, match="wrong SO PIN"):
        shelf.restore(serial, "00000000", "975310")
    assert shelf.inspect(serial).so_tries_left == 2
    with pytest.raises(PinLocked):
        shelf.sign(serial, "975310", b"x")
    with pytest.raises(UnknownDevice):
        shelf.restore("0" * 16, SO_PIN, "975310")


def test_a_device_past_both_pins_is_only_good_for_return(shelf: Shelf) -> None:
    serial = make(shelf)
    lock(shelf, serial)
    for expected in (PinIncorrect, PinIncorrect, PinLocked, PinLocked):
        with pytest.raises(expected):
            shelf.restore(serial, "00000000", "975310")
    with pytest.raises(PinLocked, match=r"the SO PIN is locked .* only good for return"):
        shelf.restore(serial, SO_PIN, "975310")


def test_a_device_with_a_transport_pin_signs_once_its_holder_has_set_another(shelf: Shelf) -> None:
    serial = make(shelf, must_change=True)
    shelf.plug(serial)
    assert "USER_PIN_TO_BE_CHANGED" in shelf.inspect(serial).flags
    with pytest.raises(DeviceFailed, match="PinExpired"):
        shelf.sign(serial, USER_PIN, b"x")
    pkcs11_tool(shelf, "--login", "--pin", USER_PIN, "--change-pin", "--new-pin", "975310")
    assert "USER_PIN_TO_BE_CHANGED" not in shelf.inspect(serial).flags
    assert shelf.sign(serial, "975310", b"x")


def test_the_devices_pins_open_nothing_in_softhsm_itself(shelf: Shelf, tmp_path: Path) -> None:
    serial = make(shelf)
    (tmp_path / "bare.conf").write_text(f"directories.tokendir = {shelf.folder(serial) / 'store'}\n")
    bare = ["pkcs11-tool", "--module", next(path for path in SOFTHSM_PATHS if Path(path).exists())]
    by_so = ["--login-type", "so", "--so-pin", SO_PIN, "--init-pin", "--new-pin", "975310"]
    for login in (["--pin", USER_PIN, "--list-objects"], by_so):
        done = subprocess.run(
            [*bare, "--login", *login],
            env={**clean_environment(), "SOFTHSM2_CONF": str(tmp_path / "bare.conf")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "CKR_PIN_INCORRECT" in done.stderr
    assert shelf.sign(serial, USER_PIN, b"x")


def test_a_client_initialises_a_blank_device(shelf: Shelf) -> None:
    assert shelf.environment
    blank = shelf.home / "devices" / ("b" * 16)
    (blank / "store").mkdir(parents=True)
    state.create(blank, Record(blank.name, "", "maker", "model", device_model("generic-10").pin))
    shelf.plug(blank.name)
    assert "uninitialized" in pkcs11_tool(shelf, "-L")
    pkcs11_tool(shelf, "--init-token", "--slot", "0", "--label", "lạ", "--so-pin", SO_PIN)
    by_so = ("--login", "--login-type", "so", "--so-pin", SO_PIN)
    pkcs11_tool(shelf, *by_so, "--init-pin", "--new-pin", USER_PIN)
    pkcs11_tool(shelf, "--login", "--pin", USER_PIN, "--keypairgen", "--key-type", "EC:prime256v1", "--id", "01")
    seen = shelf.inspect(blank.name)
    assert (seen.label, seen.manufacturer, seen.device_model, seen.certificate) == ("lạ", "maker", None, None)
    assert shelf.sign(blank.name, USER_PIN, b"x")
    pkcs11_tool(shelf, "--init-token", "--slot", "0", "--label", "again", "--so-pin", SO_PIN)
    with pytest.raises(DeviceFailed, match="UserPinNotInitialized"):
        shelf.sign(blank.name, USER_PIN, b"x")


def test_the_state_of_a_device_that_is_gone_is_unknown(shelf: Shelf) -> None:
    serial = make(shelf)
    (shelf.folder(serial) / state.STATE).unlink()
    with pytest.raises(UnknownDevice):
        shelf.state(serial)
    with pytest.raises(UnknownDevice):
        shelf.change_state(serial, lambda record: record)


TEXTS = st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=16)
NUMBERS = st.integers(0, 2**32 - 1)
RECORDS = st.builds(
    Record,
    serial=TEXTS,
    label=TEXTS,
    manufacturer=TEXTS,
    model=TEXTS,
    policy=st.builds(
        PinPolicy,
        max_tries=st.integers(1, 2**32 - 1),
        min_length=st.integers(1, 8),
        max_length=st.integers(8, 255),
        so_max_tries=st.integers(1, 2**32 - 1),
        locking_try_answers=st.sampled_from([Answer.PIN_LOCKED, Answer.PIN_INCORRECT]),
        wrong_length_counts=st.booleans(),
        classes=st.frozensets(st.sampled_from(CharacterClass)),
        must_change=st.booleans(),
    ),
    pins=st.builds(PinState, st.booleans(), st.booleans(), st.booleans(), NUMBERS, NUMBERS),
    faults=st.dictionaries(
        st.sampled_from(Fault), st.builds(Order, st.none() | st.integers(1, state.ALWAYS - 1), NUMBERS)
    ),
    generation=NUMBERS,
    sealed=st.binary(min_size=240, max_size=240),
)


@given(RECORDS)
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    assert state.decode(state.encode(record)) == record


def test_a_text_that_the_record_has_no_room_for_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 16 octets"):
        state.encode(Record("1" * 17, "", "", "", PinPolicy(3, 4, 8)))
