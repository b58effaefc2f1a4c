"""`mockca token` on shelves, on devices that travel and fail, and on PINs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mockca.cli import sandbox as mockca_sandbox
from mockca.desk.commands import CreateSandbox
from mockca.desk.control import create
from mockca.desk.sandbox import Sandboxes
from tests.token_emulator.conftest import SO_PIN, USER_PIN, Made, make
from tests.token_emulator.test_cli import run
from token_emulator import Condition, Fault, Order, PinIncorrect, Shelf, faults, module
from token_emulator.cli import options
from token_emulator.return_values import RETURN_VALUES, name_of, number_of


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing that chooses a shelf or gives a PIN, and no sandbox in the present folder."""
    for name in (module.HOME, module.DEVICE, "MOCKCA_DATA", "MOCKTOKEN_PIN", "MOCKTOKEN_SO_PIN", "MOCKTOKEN_NEW_PIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def made(shelf: Shelf) -> Made:
    return make(shelf)


def on(shelf: Shelf, command: str, *arguments: str | Path, text: str | None = None) -> str:
    """What the command printed; it must succeed."""
    code, output, _ = run(command, "--shelf", shelf.home, *arguments, text=text)
    assert code == 0, output
    return output


def refused(shelf: Shelf, command: str, *arguments: str | Path, text: str | None = None) -> str:
    code, output, _ = run(command, "--shelf", shelf.home, *arguments, text=text)
    assert code != 0, output
    return output


# --- which shelf, which device --------------------------------------------------------------------------


def test_the_shelf_is_that_of_a_sandbox_where_mockca_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mockca_sandbox.DATA == options.DATA
    sandboxes = Sandboxes(tmp_path / "data", mockca_sandbox.PUBLIC_URL)
    create(sandboxes, CreateSandbox(name="class-1", keys=mockca_sandbox.KEYS))
    shelf = sandboxes.open("class-1").shelf
    made = make(shelf)
    assert made.serial in run("list", "--data", tmp_path / "data", "--sandbox", "class-1")[1]
    monkeypatch.setenv("MOCKCA_DATA", str(tmp_path / "data"))
    assert made.serial in run("list", "--sandbox", "class-1")[1]


def test_the_shelf_of_this_shell_is_taken_when_none_is_named(
    shelf: Shelf, made: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert f"{tmp_path}/var/mockca/demo/tokens is not a shelf" in run("list")[1]
    monkeypatch.setenv(module.HOME, str(shelf.home))
    assert made.serial in run("list")[1]
    for named in (("--sandbox", "demo"), ("--data", "var/mockca")):
        code, output, _ = run("list", *named)
        assert code == 2
        assert "var/mockca/demo/tokens is not a shelf" in output


def test_the_beginning_of_a_serial_is_enough_when_no_other_begins_so(shelf: Shelf, made: Made) -> None:
    assert made.serial in on(shelf, "tries", "--json", made.serial[:5])
    assert "no device 'x'" in refused(shelf, "tries", "x")
    assert "no device ''" in refused(shelf, "tries", "")
    shelf.folder(made.serial).rename(shelf.home / "devices" / "aaaa000000000000")
    (shelf.home / "devices" / "aaaa111111111111").mkdir()
    assert "Several serials begin so: aaaa000000000000, aaaa111111111111" in refused(shelf, "tries", "aaaa")


# --- PINs -----------------------------------------------------------------------------------------------


def test_the_tries_that_are_left_are_shown_with_what_clients_are_told(shelf: Shelf, made: Made) -> None:
    with pytest.raises(PinIncorrect):
        shelf.sign(made.serial, "000000", b"x")
    faults.order(shelf, made.serial, Fault.MEMORY, times=None)
    faults.order(shelf, made.serial, Fault.SLOW, times=2)
    shown = on(shelf, "tries", made.serial)
    assert "PIN      còn 9/10 lần / 9 of 10 left\n" in shown
    assert "SO PIN   còn 10/10 lần / 10 of 10 left\n" in shown
    assert "USER_PIN_COUNT_LOW" in shown
    assert "memory: mãi / always" in shown
    assert "slow: 2 lần / times" in shown
    plain = json.loads(on(shelf, "tries", "--json", made.serial))
    assert (plain["user"], plain["so"]) == ({"left": 9, "of": 10}, {"left": 10, "of": 10})
    assert plain["faults"] == {"slow": 2, "memory": None}


@pytest.mark.parametrize("way", ["typed", "environment"])
def test_a_locked_device_is_restored(shelf: Shelf, made: Made, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(10):
        with pytest.raises(Exception, match="CKR_PIN_"):
            shelf.sign(made.serial, "000000", b"x")
    assert "còn 0/10 lần / 0 of 10 left  ĐÃ KHÓA / LOCKED" in on(shelf, "tries", made.serial)
    typed = f"{SO_PIN}\n975310\n975310\n"
    if way == "environment":
        typed = ""
        monkeypatch.setenv("MOCKTOKEN_SO_PIN", SO_PIN)
        monkeypatch.setenv("MOCKTOKEN_NEW_PIN", "975310")
    shown = on(shelf, "restore", made.serial, text=typed)
    assert f"Device {made.serial} has a new PIN and 10 tries." in shown
    assert SO_PIN not in shown
    assert "975310" not in shown
    assert "MOCKTOKEN_SO_PIN" not in os.environ  # no process that is started later has it
    assert shelf.sign(made.serial, "975310", b"x")


def test_a_wrong_so_pin_or_a_bad_new_pin_is_told(shelf: Shelf, made: Made) -> None:
    assert "wrong SO PIN" in refused(shelf, "restore", made.serial, text="00000000\n975310\n975310\n")
    assert "PIN is refused: PIN_LEN_RANGE" in refused(shelf, "restore", made.serial, text=f"{SO_PIN}\n1\n1\n")
    assert shelf.inspect(made.serial).so_tries_left == 9
    on(shelf, "mark", made.serial, "lost")
    assert "is lost; it cannot be restored" in refused(shelf, "restore", made.serial)


def test_a_pin_may_come_from_the_environment_to_sign(shelf: Shelf, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKTOKEN_PIN", USER_PIN)
    assert run("sign", "--shelf", shelf.home, made.serial, text="letter")[0] == 0


# --- journeys -------------------------------------------------------------------------------------------


def test_a_device_is_packed_handed_over_and_plugged_in_on_a_shelf_that_was_not_there(
    shelf: Shelf, made: Made, tmp_path: Path
) -> None:
    shown = on(shelf, "pack", made.serial[:6], tmp_path / "token")
    assert f"$ mockca token unpack {tmp_path}/token" in shown
    assert "[đã đóng gói / packed]" in on(shelf, "list")
    assert "đã đóng gói / packed" in on(shelf, "info", made.serial)
    other = Shelf(tmp_path / "other")
    assert f"$ mockca token plug {made.serial}" in on(other, "unpack", tmp_path / "token")
    on(other, "plug", made.serial)
    assert other.sign(made.serial, USER_PIN, b"x")
    assert "is here already" in refused(other, "unpack", tmp_path / "token")
    assert "is packed; it cannot be plugged in" in refused(shelf, "plug", made.serial)


def test_a_package_is_named_for_its_device_and_nothing_is_overwritten(shelf: Shelf, made: Made, tmp_path: Path) -> None:
    (tmp_path / f"{made.serial}.mocktoken").write_bytes(b"mine")
    assert "File exists" in refused(shelf, "pack", made.serial)
    (tmp_path / f"{made.serial}.mocktoken").unlink()
    on(shelf, "pack", made.serial)
    (tmp_path / "bad").write_bytes((tmp_path / f"{made.serial}.mocktoken").read_bytes()[:-9000])
    assert "bad: not a packed device, or a damaged one" in refused(shelf, "unpack", tmp_path / "bad")


def test_what_became_of_a_device_is_said_and_shown(shelf: Shelf, made: Made) -> None:
    assert f"Thiết bị {made.serial}: bị mất. Device {made.serial}: lost." in on(shelf, "mark", made.serial, "lost")
    assert json.loads(on(shelf, "info", "--json", made.serial))["condition"] == "lost"
    on(shelf, "mark", made.serial, "found")
    assert shelf.state(made.serial).condition is Condition.HERE
    on(shelf, "mark", made.serial, "damaged")
    on(shelf, "mark", made.serial, "returned")
    assert "returned; it cannot become lost" in refused(shelf, "mark", made.serial, "lost")


def test_a_device_is_wiped_when_one_is_sure(shelf: Shelf, made: Made) -> None:
    refused(shelf, "wipe", made.serial, text="n\n")
    assert shelf.sign(made.serial, USER_PIN, b"x")
    assert "is wiped" in on(shelf, "wipe", made.serial, "--yes")
    assert shelf.state(made.serial).condition is Condition.WIPED


# --- faults ---------------------------------------------------------------------------------------------


def test_faults_are_ordered_listed_and_taken_back(shelf: Shelf, made: Made) -> None:
    assert "No fault is on order" in on(shelf, "fault", made.serial)
    assert "login    2 lần / times  CKR_PIN_EXPIRED" in on(
        shelf, "fault", made.serial, "login", "--answer", "pin_expired", "--times", "2"
    )
    on(shelf, "fault", made.serial, "slow", "--ms", "5", "--always")
    on(shelf, "fault", made.serial, "removed")
    assert faults.ordered(shelf, made.serial) == {
        Fault.LOGIN: Order(2, RETURN_VALUES["CKR_PIN_EXPIRED"]),
        Fault.SLOW: Order(None, 5),
        Fault.REMOVED: Order(1),
    }
    assert "slow     mãi / always  5 ms" in on(shelf, "fault", made.serial)
    assert "certificate missing or another" in on(shelf, "fault", made.serial, "no-certificate")
    assert shelf.read_certificate(made.serial) is None
    on(shelf, "fault", made.serial, "wrong-certificate")
    assert shelf.read_certificate(made.serial) not in (None, made.certificate)
    assert "No fault is on order" in on(shelf, "fault", made.serial, "none")
    assert shelf.read_certificate(made.serial) == made.certificate


def test_a_fault_that_there_is_not_is_refused(shelf: Shelf, made: Made) -> None:
    assert "CKR_OK is no fault" in refused(shelf, "fault", made.serial, "login", "--answer", "0")
    assert "CKR_NONE is no number" in refused(shelf, "fault", made.serial, "login", "--answer", "CKR_NONE")


def test_return_values_have_their_names() -> None:
    for name, number in RETURN_VALUES.items():
        assert number_of(name) == number_of(name.removeprefix("CKR_").lower()) == number
        assert name_of(number) == name
    assert (number_of("0x80000001"), name_of(0x80000001)) == (0x80000001, "0x80000001")
