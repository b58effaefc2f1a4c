"""What a device that is lost, damaged, returned or wiped still does."""

from __future__ import annotations

import itertools
from ctypes import byref, c_ulong

import pytest

from tests.token_emulator import calls as p11
from tests.token_emulator.calls import Calls, started
from tests.token_emulator.conftest import USER_PIN, make
from token_emulator import Condition, Shelf, UnknownDevice, WrongStage, module
from token_emulator.conditions import STEPS, mark

AWAY = [Condition.LOST, Condition.DAMAGED, Condition.RETURNED, Condition.WIPED]


@pytest.mark.parametrize("condition", AWAY)
def test_a_device_that_is_not_here_is_in_no_reader_and_does_nothing(shelf: Shelf, condition: Condition) -> None:
    made = make(shelf)
    shelf.plug(made.serial)
    mark(shelf, made.serial, condition)
    name = condition.name.lower()
    assert shelf.plugged() == {}
    with pytest.raises(WrongStage, match=f"{made.serial} is {name}; it cannot be plugged in"):
        shelf.plug(made.serial)
    with pytest.raises(WrongStage, match=f"{made.serial} is {name}; it cannot sign"):
        shelf.sign(made.serial, USER_PIN, b"x")
    seen = shelf.inspect(made.serial)
    assert (seen.condition, seen.reader, seen.certificate) == (condition, None, None)
    assert seen.algorithm == "p256"


@pytest.mark.parametrize("condition", AWAY)
def test_a_client_with_a_reader_of_its_own_loses_the_device_too(shelf: Shelf, condition: Condition) -> None:
    made = make(shelf)
    with started(Calls(module.module_path()), shelf.home, made.serial) as calls:
        session = calls.open()
        mark(shelf, made.serial, condition)
        assert calls.login(session, p11.USER, USER_PIN) == p11.DEVICE_REMOVED
        assert calls("C_OpenSession", 0, p11.RW, None, None, byref(c_ulong())) == p11.TOKEN_NOT_PRESENT
    assert shelf.state(made.serial).pins.user_failures == 0


def test_a_lost_device_that_is_found_signs_with_the_tries_it_had(shelf: Shelf) -> None:
    made = make(shelf)
    with pytest.raises(Exception, match="CKR_PIN_INCORRECT"):
        shelf.sign(made.serial, "000000", b"x")
    mark(shelf, made.serial, Condition.LOST)
    mark(shelf, made.serial, Condition.HERE)
    assert shelf.inspect(made.serial).user_tries_left == 9
    assert shelf.sign(made.serial, USER_PIN, b"x")
    assert shelf.plug(made.serial) == 0


def test_a_wiped_device_has_neither_keys_nor_anything_that_a_pin_opens(shelf: Shelf) -> None:
    made = make(shelf)
    before = shelf.state(made.serial)
    mark(shelf, made.serial, Condition.WIPED)
    folder = shelf.folder(made.serial)
    assert sorted(path.name for path in folder.rglob("*")) == ["device.json", "state", "store"]
    record = shelf.state(made.serial)
    assert set(record.sealed) == {0} != set(before.sealed)
    assert not record.pins.initialised
    assert shelf.serials() == (made.serial,)


@pytest.mark.parametrize(
    ("before", "after"), list(itertools.product(sorted(set(Condition) - {Condition.PACKED}), Condition))
)
def test_a_device_goes_only_the_ways_that_there_are(shelf: Shelf, before: Condition, after: Condition) -> None:
    made = make(shelf)
    if before is not Condition.HERE:
        mark(shelf, made.serial, before)
    if before in STEPS.get(after, ()):
        assert mark(shelf, made.serial, after).condition is after
    else:
        with pytest.raises(WrongStage, match=f"is {before.name.lower()}; it cannot be"):
            mark(shelf, made.serial, after)
        assert shelf.state(made.serial).condition is before


def test_a_device_that_gets_lost_while_it_is_plugged_in_blocks_no_reader(shelf: Shelf) -> None:
    class Slow(Shelf):
        """Looks, and the device is gone before it has done what it looked for."""

        def require_here(self, serial: str, wanted: str) -> None:
            super().require_here(serial, wanted)
            mark(Shelf(self.home), serial, Condition.LOST)

    made = make(shelf)
    with pytest.raises(WrongStage, match="is lost; it cannot be plugged in"):
        Slow(shelf.home).plug(made.serial)
    assert shelf.plugged() == {}


def test_no_device_no_mark(shelf: Shelf) -> None:
    with pytest.raises(UnknownDevice):
        mark(shelf, "0" * 16, Condition.LOST)
