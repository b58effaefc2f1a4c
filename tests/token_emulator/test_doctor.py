"""What is wrong with a set-up is told, with the command that puts it right."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockca.cli.token import command
from tests.token_emulator.conftest import SO_PIN, USER_PIN, Made, clean_environment, make
from token_emulator import Condition, Fault, PinLocked, Shelf, TokenError, faults
from token_emulator.clients import CLIENTS
from token_emulator.conditions import mark
from token_emulator.doctor import REBUILD, Finding, Level, Surroundings, examine


@pytest.fixture
def made(shelf: Shelf) -> Made:
    made = make(shelf)
    shelf.plug(made.serial)
    return made


@pytest.fixture
def here(shelf: Shelf, tmp_path: Path) -> Surroundings:
    """This machine, with a shell that is set up well."""
    (tmp_path / "home").mkdir()
    environment = {**clean_environment(), "MOCKTOKEN_HOME": str(shelf.home), "HOME": str(tmp_path / "home")}
    return Surroundings(environment, os.geteuid(), system_modules=(tmp_path / "etc",))


def with_variables(here: Surroundings, **variables: str | None) -> Surroundings:
    changed = {**here.environ, **variables}
    return replace(here, environ={name: value for name, value in changed.items() if value is not None})


def told(findings: Iterable[Finding], level: Level = Level.WRONG) -> list[tuple[str, str | None]]:
    return [(finding.en, finding.command) for finding in findings if finding.level is level]


def only(findings: Iterable[Finding], level: Level = Level.WRONG) -> tuple[str, str]:
    """The one thing of that level, and its command."""
    ((text, command),) = told(findings, level)
    return text, command or ""


def programs(folder: Path, *names: str) -> str:
    """A PATH with these programs alone."""
    folder.mkdir(exist_ok=True)
    for name in names:
        where = shutil.which(name)
        assert where is not None
        (folder / name).symlink_to(where)
    return str(folder)


def test_a_good_set_up_has_nothing_wrong(shelf: Shelf, made: Made, here: Surroundings) -> None:
    findings = examine(here, shelf.home)
    assert told(findings) == told(findings, Level.NOTE) == []
    texts = [text for text, _ in told(findings, Level.FINE)]
    assert f"PKCS#11 module: {shelf.module}" in texts
    assert "1 devices, 1 plugged in" in texts
    assert [f"{client.title}: there" in texts for client in CLIENTS.values()] == [True] * len(CLIENTS)
    assert all(finding.vi != finding.en for finding in findings)


def test_a_module_that_is_not_built(shelf: Shelf, made: Made, here: Surroundings, tmp_path: Path) -> None:
    unbuilt = replace(here, library=tmp_path / "libmocktoken.so")
    text, command = only(examine(unbuilt, shelf.home))
    assert "is not built" in text
    assert command == REBUILD
    bare = with_variables(unbuilt, PATH=programs(tmp_path / "bin"))
    text, command = only(examine(bare, shelf.home))
    assert "no C compiler" in text
    assert command == "sudo apt-get install gcc libc6-dev && python -m token_emulator.module"


def test_softhsm_that_is_missing_or_elsewhere(shelf: Shelf, made: Made, here: Surroundings) -> None:
    text, command = only(examine(replace(here, softhsm=("/nowhere/a.so",)), shelf.home))
    assert "SoftHSM2 is not on this machine (looked for /nowhere/a.so)" in text
    assert command == "sudo apt-get install softhsm2"
    findings = told(examine(with_variables(here, MOCKTOKEN_SOFTHSM="/nowhere/b.so"), shelf.home))
    assert findings[0] == ("MOCKTOKEN_SOFTHSM points to where no SoftHSM2 is: /nowhere/b.so", "unset MOCKTOKEN_SOFTHSM")


def test_a_folder_that_is_no_shelf(tmp_path: Path, here: Surroundings) -> None:
    (tmp_path / "no shelf").mkdir()
    text, command = told(examine(here, tmp_path / "no shelf"))[0]
    assert text.endswith("no shelf is not a shelf of devices")
    assert command is not None
    assert command.startswith("mockca serve ")
    assert list((tmp_path / "no shelf").iterdir()) == []


def test_a_variable_that_is_not_set_or_points_elsewhere(
    shelf: Shelf, made: Made, here: Surroundings, tmp_path: Path
) -> None:
    export = f"export MOCKTOKEN_HOME='{shelf.home}'"
    text, command = only(examine(with_variables(here, MOCKTOKEN_HOME=None), shelf.home))
    assert (text, command) == (
        f"MOCKTOKEN_HOME is not set: clients will look in {tmp_path}/home/.local/share/mocktoken",
        export,
    )
    text, command = only(examine(with_variables(here, MOCKTOKEN_HOME="/elsewhere"), shelf.home))
    assert (text, command) == ("MOCKTOKEN_HOME points to another shelf: /elsewhere", export)


def test_no_variable_is_needed_for_the_shelf_where_clients_look_anyway(here: Surroundings, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "data" / "mocktoken")
    shelf.plug(make(shelf).serial)
    usual = with_variables(here, MOCKTOKEN_HOME=None, XDG_DATA_HOME=str(tmp_path / "data"))
    assert told(examine(usual, shelf.home)) == []
    (serial,) = shelf.plugged()
    shelf.unplug(serial)
    assert only(examine(usual, shelf.home))[1] == f"mockca token plug {serial} --shelf {shelf.home}"


def test_a_reader_of_ones_own_is_mentioned(shelf: Shelf, made: Made, here: Surroundings) -> None:
    text, command = only(examine(with_variables(here, MOCKTOKEN_DEVICE=made.serial), shelf.home), Level.NOTE)
    assert f"clients see device {made.serial} alone" in text
    assert command == "unset MOCKTOKEN_DEVICE"
    text, _ = only(examine(with_variables(here, MOCKTOKEN_DEVICE="0" * 16), shelf.home))
    assert text.endswith("it is not here")


def test_permissions_that_are_too_narrow_or_too_wide(shelf: Shelf, made: Made, here: Surroundings) -> None:
    state = shelf.folder(made.serial) / "state"
    for path, mode in ((state, 0o400), (shelf.home / "devices", 0o600), (shelf.home / "readers", 0o000)):
        before = path.stat().st_mode
        path.chmod(mode)
        text, command = only(examine(here, shelf.home))
        assert text.startswith(f"{path} cannot be read or written")
        assert command == f"chmod -R u+rwX '{shelf.home}'"
        path.chmod(before)
    shelf.home.chmod(0o755)
    assert only(examine(here, shelf.home)) == (f"Other users may enter {shelf.home}", f"chmod go= '{shelf.home}'")


def test_another_users_shelf(shelf: Shelf, made: Made, here: Surroundings) -> None:
    text, command = only(examine(replace(here, uid=os.geteuid() + 4000), shelf.home))
    assert text == f"{shelf.home} belongs to another user"
    assert command == f"sudo chown -R {os.geteuid() + 4000} '{shelf.home}'"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_root_at_anothers_shelf_is_warned(shelf: Shelf, made: Made, here: Surroundings) -> None:
    os.chown(shelf.home / "readers", 4000, 4000)
    findings = examine(here, shelf.home)
    assert told(findings) == []
    text, _ = only(findings, Level.NOTE)
    assert text.endswith("what root writes there, its owner cannot read")


def test_no_device_or_none_that_is_plugged_in(shelf: Shelf, here: Surroundings) -> None:
    assert shelf.environment
    text, command = only(examine(here, shelf.home))
    assert text == "No device is plugged in: clients will see none"
    assert command.startswith("mockca token unpack FILE")
    lost, made = make(shelf), make(shelf)
    mark(shelf, lost.serial, Condition.LOST)
    assert only(examine(here, shelf.home))[1] == f"mockca token plug {made.serial}"


def test_a_damaged_or_missing_record(shelf: Shelf, made: Made, here: Surroundings) -> None:
    state = shelf.folder(made.serial) / "state"
    state.write_bytes(b"?" * 512)
    text, command = only(examine(here, shelf.home))
    assert "its state is damaged" in text
    assert command == f"rm -r '{state.parent}'    # its keys are lost"
    state.unlink()
    shelf.unplug(made.serial)
    texts = [text for text, _ in told(examine(here, shelf.home))]
    assert texts == [f"no device '{made.serial}' on this shelf", "No device is plugged in: clients will see none"]


def test_a_token_that_a_kill_has_emptied_is_well_as_long_as_there_is_a_copy(
    shelf: Shelf, made: Made, here: Surroundings
) -> None:
    folder = shelf.folder(made.serial)
    (token,) = folder.glob("store/*/token.object")
    token.write_bytes(b"")
    assert told(examine(here, shelf.home)) == []
    token.write_bytes(b"")
    (folder / "token.copy").write_bytes(b"")
    text, command = only(examine(here, shelf.home))
    assert text == f"token.object of device {made.serial} is empty and there is no copy of it"
    assert command.startswith("rm -r ")


def test_a_device_that_the_module_cannot_open(shelf: Shelf, made: Made, here: Surroundings) -> None:
    class Broken(Shelf):
        module = Path("/nowhere/libtoken.so")

    from token_emulator.doctor import _device

    (finding,) = _device(Broken(shelf.home), made.serial, "")
    assert finding.level is Level.WRONG
    assert finding.en.startswith(f"device {made.serial}, inspect: ")


def test_what_is_meant_to_be_is_a_note(shelf: Shelf, made: Made, here: Surroundings) -> None:
    faults.order(shelf, made.serial, Fault.SLOW)
    while shelf.inspect(made.serial).user_tries_left:
        with pytest.raises(TokenError):
            shelf.sign(made.serial, "000000", b"x")
    while shelf.inspect(made.serial).so_tries_left:
        with pytest.raises(TokenError):
            shelf.restore(made.serial, "00000000", USER_PIN)
    with pytest.raises(PinLocked):
        shelf.restore(made.serial, SO_PIN, USER_PIN)
    findings = examine(here, shelf.home)
    assert told(findings) == []
    assert told(findings, Level.NOTE) == [
        (f"The PIN of device {made.serial} is locked", f"mockca token restore {made.serial}"),
        (f"The SO PIN of device {made.serial} is locked: it is only good for return", None),
        (f"Device {made.serial} will show faults that are on order", f"mockca token fault {made.serial} none"),
    ]


def test_clients_that_are_missing(shelf: Shelf, made: Made, here: Surroundings, tmp_path: Path) -> None:
    bare = with_variables(here, PATH=programs(tmp_path / "bin", "openssl", "java"))
    notes = dict(told(examine(bare, shelf.home), Level.NOTE))
    assert notes["pkcs11-tool (OpenSC): pkcs11-tool is missing, if you want it"] == "sudo apt-get install opensc"
    assert notes["Java, SunPKCS11: keytool is missing, if you want it"] == "sudo apt-get install default-jre-headless"
    assert "OpenSSL, engine pkcs11: there" in dict(told(examine(bare, shelf.home), Level.FINE))
    assert told(examine(bare, shelf.home, ["openssl"])) == []
    text, _ = only(examine(bare, shelf.home, ["java", "openssl"]))
    assert text == "Java, SunPKCS11: keytool is missing"


def test_an_engine_or_a_python_module_that_is_missing(
    shelf: Shelf, made: Made, here: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    openssl = tmp_path / "bin" / "openssl"
    openssl.write_text("#!/bin/sh\necho 'ENGINESDIR: \"/nowhere/engines-3\"'\n")
    openssl.chmod(0o700)
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    text, command = only(examine(with_variables(here, PATH=path), shelf.home, ["openssl"]))
    assert text == "OpenSSL, engine pkcs11: the engine pkcs11 is missing"
    assert command == "sudo apt-get install openssl libengine-pkcs11-openssl"
    absent = replace(CLIENTS["pyhanko"], imports="no_such_module")
    monkeypatch.setattr("token_emulator.doctor.CLIENTS", {**CLIENTS, "pyhanko": absent})
    assert "no_such_module is missing" in only(examine(here, shelf.home, ["pyhanko"]))[0]


def test_root_is_told_that_p11_kit_does_not_read_its_own_folder(
    shelf: Shelf, made: Made, here: Surroundings, tmp_path: Path
) -> None:
    own = here.home / ".config/pkcs11/modules"
    own.mkdir(parents=True)
    (own / "mocktoken.module").write_text(f"module: {shelf.module}\n")
    text, command = told(examine(replace(here, uid=0), shelf.home), Level.NOTE)[-1]
    assert text == f"As root, p11-kit does not read {own}"
    assert command == f"mkdir -p {tmp_path}/etc && cp {own}/*.module {tmp_path}/etc/"
    assert text in dict(told(examine(replace(here, uid=0), shelf.home, ["p11-kit"])))
    shutil.copytree(own, tmp_path / "etc")
    assert text not in dict(told(examine(replace(here, uid=0), shelf.home, ["p11-kit"])))


def test_the_command_prints_findings_and_lines_and_ends_in_0(
    shelf: Shelf, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCKTOKEN_HOME", str(shelf.home))
    monkeypatch.delenv("MOCKTOKEN_DEVICE", raising=False)
    done = CliRunner().invoke(command, ["doctor"])
    assert done.exit_code == 0, done.output
    for client in CLIENTS.values():
        assert f"# --- {client.title} ---" in done.output
    assert "Mọi thứ đều ổn. All is well." in done.output
    done = CliRunner().invoke(command, ["doctor", "--client", "java"])
    assert done.output.count("# ---") == 1
    assert "keytool -list" in done.output


def test_the_command_ends_in_1_when_something_is_wrong(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKTOKEN_HOME", str(shelf.home))
    monkeypatch.delenv("MOCKTOKEN_DEVICE", raising=False)
    assert shelf.environment
    done = CliRunner().invoke(command, ["doctor"])
    assert done.exit_code == 1
    assert "[SAI / WRONG] Không có thiết bị nào được cắm" in done.output
    assert "      $ mockca token unpack FILE" in done.output
    assert "1 chỗ sai. 1 wrong." in done.output
    assert "# ---" not in done.output


def test_it_looks_at_this_process_when_nothing_else_is_said() -> None:
    here = Surroundings.of_this_process()
    assert here.uid == os.geteuid()
    assert here.which("sh")
    assert replace(here, environ={}).home == Path("/")
