"""What running clients see when devices are plugged in and pulled out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from ctypes import byref, c_ulong
from pathlib import Path

import pytest

from tests.token_emulator import calls as p11
from tests.token_emulator.calls import Calls, SessionInfo, SlotInfo, TokenInfo, started
from tests.token_emulator.conftest import USER_PIN, Made, make, run_pkcs11_tool
from token_emulator import NoFreeReader, Shelf, TokenError, UnknownDevice, module
from token_emulator.readers import READERS, Readers


@pytest.fixture
def calls(shelf: Shelf) -> Iterator[Calls]:
    assert shelf.environment
    with started(Calls(module.module_path()), shelf.home) as begun:
        yield begun


def event(calls: Calls) -> int | None:
    slot = c_ulong()
    rv = calls("C_WaitForSlotEvent", p11.DONT_BLOCK, byref(slot), None)
    assert rv in (p11.OK, p11.NO_EVENT)
    return slot.value if rv == p11.OK else None


def signs(calls: Calls, slot: int = 0) -> bool:
    session = calls.open(slot)
    assert calls.login(session, p11.USER, USER_PIN) == p11.OK
    (key,) = calls.find(session, {p11.CLASS: 3})
    return calls.sign(session, key) == p11.OK


def test_a_client_sees_the_devices_that_are_plugged_in_and_no_other(shelf: Shelf, calls: Calls) -> None:
    lying, plugged = make(shelf), make(shelf)
    assert calls.slots() == []
    assert len(calls.slots(present=False)) == READERS
    assert shelf.plug(plugged.serial) == 0
    assert calls.slots() == [0]
    assert calls.token_info().serial.decode() == plugged.serial
    assert shelf.plugged() == {plugged.serial: 0}
    assert shelf.inspect(plugged.serial).reader == 0
    assert shelf.inspect(lying.serial).reader is None


def test_a_device_made_while_a_client_runs_is_there_for_it_without_a_restart(shelf: Shelf, calls: Calls) -> None:
    assert event(calls) is None
    first = make(shelf)
    shelf.plug(first.serial)
    assert event(calls) == 0
    assert event(calls) is None
    assert signs(calls)
    second = make(shelf)
    assert shelf.plug(second.serial) == 1
    assert event(calls) == 1
    assert signs(calls, 1)
    assert calls.slots() == [0, 1]


def test_a_client_whose_device_is_pulled_out_is_told_once_in_each_session(shelf: Shelf, calls: Calls) -> None:
    made = make(shelf)
    shelf.plug(made.serial)
    one, two = calls.open(), calls.open()
    assert calls.login(one, p11.USER, USER_PIN) == p11.OK
    assert shelf.unplug(made.serial)
    info, slot_info = TokenInfo(), SlotInfo()
    for session in (one, two):
        state = SessionInfo()
        assert calls("C_GetSessionInfo", session, byref(state)) == p11.DEVICE_REMOVED
        assert calls("C_GetSessionInfo", session, byref(state)) == p11.SESSION_HANDLE_INVALID
    assert calls("C_GetTokenInfo", 0, byref(info)) == p11.TOKEN_NOT_PRESENT
    assert calls("C_OpenSession", 0, p11.RW, None, None, byref(c_ulong())) == p11.TOKEN_NOT_PRESENT
    assert calls("C_CloseAllSessions", 0) == p11.TOKEN_NOT_PRESENT
    assert calls("C_GetSlotInfo", 0, byref(slot_info)) == p11.OK
    assert slot_info.flags & 1 == 0
    assert event(calls) == 0
    assert not shelf.unplug(made.serial)


def test_a_device_plugged_in_again_wants_its_pin_again(shelf: Shelf, calls: Calls) -> None:
    made = make(shelf)
    shelf.plug(made.serial)
    session = calls.open()
    assert calls.login(session, p11.USER, USER_PIN) == p11.OK
    shelf.unplug(made.serial)
    shelf.plug(made.serial)
    assert event(calls) == 0
    state = SessionInfo()
    assert calls("C_GetSessionInfo", session, byref(state)) == p11.DEVICE_REMOVED
    session = calls.open()
    assert calls("C_GetSessionInfo", session, byref(state)) == p11.OK
    assert (state.slot, state.state) == (0, 2)  # CKS_RW_PUBLIC_SESSION
    calls("C_CloseAllSessions", 0)
    assert signs(calls)


def test_another_device_in_the_same_reader_is_another(shelf: Shelf, calls: Calls) -> None:
    first, second = make(shelf), make(shelf)
    shelf.plug(first.serial)
    old = calls.open()
    shelf.unplug(first.serial)
    assert shelf.plug(second.serial) == 0
    assert signs(calls)
    assert calls("C_CloseSession", old) == p11.DEVICE_REMOVED
    assert calls.token_info().serial.decode() == second.serial
    assert calls("C_CloseAllSessions", 0) == p11.OK


def test_a_client_that_waits_is_woken_by_a_device(shelf: Shelf, calls: Calls) -> None:
    made = make(shelf)
    answers: list[tuple[int, int]] = []

    def wait() -> None:
        slot = c_ulong(99)
        answers.append((calls("C_WaitForSlotEvent", 0, byref(slot), None), slot.value))

    waiting = threading.Thread(target=wait)
    waiting.start()
    shelf.plug(made.serial)
    waiting.join()
    assert answers == [(p11.OK, 0)]


def test_a_client_that_waits_is_sent_away_when_the_module_is_finalised(shelf: Shelf) -> None:
    assert shelf.environment
    answers: list[int] = []
    calls = Calls(module.module_path())
    with started(calls, shelf.home):
        waiting = threading.Thread(
            target=lambda: answers.append(calls("C_WaitForSlotEvent", 0, byref(c_ulong()), None))
        )
        waiting.start()
    waiting.join()
    assert answers == [p11.NOT_INITIALIZED]


def test_a_device_that_leaves_the_shelf_leaves_its_reader(shelf: Shelf, calls: Calls) -> None:
    made = make(shelf)
    shelf.plug(made.serial)
    session = calls.open()
    shelf.remove(made.serial)
    assert calls.slots() == []
    assert calls("C_Logout", session) == p11.DEVICE_REMOVED
    with pytest.raises(UnknownDevice):
        shelf.plug(made.serial)


def test_there_are_so_many_readers_and_no_more(tmp_path: Path) -> None:
    readers = Readers(tmp_path / "readers")
    readers.prepare()
    readers.prepare()
    assert [readers.plug(f"{number:016x}") for number in range(READERS)] == list(range(READERS))
    assert readers.plug(f"{3:016x}") == 3
    with pytest.raises(NoFreeReader, match="unplug one of 0000000000000000, ") as caught:
        readers.plug("f" * 16)
    assert len(caught.value.plugged) == READERS
    assert readers.unplug(f"{3:016x}")
    assert readers.plug("f" * 16) == 3


def test_a_file_that_is_no_list_of_readers_is_told(shelf: Shelf) -> None:
    made = make(shelf)
    (shelf.home / "readers").write_bytes(b"?" * 208)
    with pytest.raises(TokenError, match="is not a list of readers"):
        shelf.plug(made.serial)
    assert "is not a list of readers" in run_pkcs11_tool(shelf, "-L").stderr


def test_a_client_without_a_shelf_is_told_what_to_set(tmp_path: Path) -> None:
    class Nowhere(Shelf):
        @property
        def environment(self) -> dict[str, str]:
            return {module.HOME: str(self.home)}

    done = run_pkcs11_tool(Nowhere(tmp_path), "-L")
    assert done.returncode != 0
    assert f"mocktoken: no shelf of devices in {tmp_path}: set MOCKTOKEN_HOME to one" in done.stderr


def test_a_client_with_a_reader_of_its_own_sees_its_device_alone(shelf: Shelf) -> None:
    mine, plugged = make(shelf), make(shelf)
    shelf.plug(plugged.serial)
    with started(Calls(module.module_path()), shelf.home, mine.serial) as calls:
        assert calls.slots(present=False) == [0]
        assert calls.token_info().serial.decode() == mine.serial


def test_two_devices_in_one_client_have_sessions_and_logins_of_their_own(shelf: Shelf, calls: Calls) -> None:
    made: list[Made] = [make(shelf), make(shelf)]
    slots = [shelf.plug(device.serial) for device in made]
    sessions = [calls.open(slot) for slot in slots]
    assert sessions[0] != sessions[1]
    assert calls.login(sessions[0], p11.USER, USER_PIN) == p11.OK
    states = [SessionInfo(), SessionInfo()]
    for session, state in zip(sessions, states, strict=True):
        assert calls("C_GetSessionInfo", session, byref(state)) == p11.OK
    assert [(state.slot, state.state) for state in states] == [(0, 3), (1, 2)]
    assert (calls.token_info(0).sessions, calls.token_info(1).rw_sessions) == (1, 1)
