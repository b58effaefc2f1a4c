"""Many at once, kills, forks and threads: what must not give a try back, lose a token or let a client hang."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.token_emulator import calls as p11
from tests.token_emulator.conftest import SO_PIN, USER_PIN, clean_environment
from tests.token_emulator.driven import copy_device
from token_emulator import Shelf, module, state
from token_emulator.pin import Answer, PinPolicy

ROOT = Path(__file__).parents[2]
WRONG = "0" * len(USER_PIN)


class Application:
    """One of `applications`, running."""

    def __init__(self, what: str, home: Path, serial: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.token_emulator.applications", what],
            env={**clean_environment(), "PYTHONPATH": str(ROOT), module.HOME: str(home), module.DEVICE: serial},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.stdin, self.stdout = self.process.stdin, self.process.stdout

    def say(self, line: str) -> None:
        self.stdin.write(line + "\n")
        self.stdin.flush()

    def hear(self) -> str:
        return self.stdout.readline().rstrip("\n")

    def end(self, said: str = "") -> tuple[str, str]:
        """Let it come to its end: what it printed."""
        return self.process.communicate(said)

    def kill(self) -> str:
        """SIGKILL; what it had still told."""
        self.process.kill()
        rest = self.stdout.read()
        self.process.communicate()
        return rest


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf = Shelf(tmp_path_factory.mktemp("pattern"))
    with shelf.personalise("generic-10", "p256", USER_PIN, SO_PIN) as device:
        device.place()
    return shelf.home / "devices" / device.serial


def policy(max_tries: int) -> PinPolicy:
    """The locking try answers PIN_INCORRECT: so PIN_INCORRECT is what each try that was had is told."""
    return PinPolicy(max_tries=max_tries, min_length=4, max_length=16, locking_try_answers=Answer.PIN_INCORRECT)


@pytest.mark.parametrize("processes", [2, 8])
def test_processes_that_guess_at_once_have_the_set_number_of_tries_together(
    pattern: Path, tmp_path: Path, processes: int
) -> None:
    serial = copy_device(pattern, tmp_path, policy(3))
    guessers = [Application("guess", tmp_path, serial) for _ in range(processes)]
    assert {guesser.hear() for guesser in guessers} == {"ready"}
    for _ in range(200):
        for guesser in guessers:
            guesser.say(f"{WRONG} 5")
        answers = Counter(int(answer) for guesser in guessers for answer in guesser.hear().split())
        assert answers == {p11.PIN_INCORRECT: 3, p11.PIN_LOCKED: 5 * processes - 3}
        assert state.read(tmp_path / "devices" / serial).pins.user_failures == 3
        state.change(tmp_path / "devices" / serial, _fresh)
    for guesser in guessers:
        assert guesser.end() == ("", "")


def _fresh(record: state.Record) -> state.Record:
    return replace(record, pins=replace(record.pins, user_failures=0))


@pytest.mark.parametrize("heard", [0, 1, 2, 5])
def test_a_guesser_who_is_killed_at_a_guess_has_no_try_back(pattern: Path, tmp_path: Path, heard: int) -> None:
    serial = copy_device(pattern, tmp_path, policy(100_000))
    told = 0
    for round_ in range(1, 6):
        guessers = [Application("log-in-for-ever", tmp_path, serial) for _ in range(2)]
        for guesser in guessers:
            guesser.say(WRONG)
        for guesser in guessers:
            told += sum(guesser.hear() == str(p11.PIN_INCORRECT) for _ in range(heard))
        told += sum(guesser.kill().count(str(p11.PIN_INCORRECT)) for guesser in guessers)
        counted = state.read(tmp_path / "devices" / serial).pins.user_failures
        assert told <= counted <= told + 2 * round_  # each may have been killed before it told the last


def test_a_guesser_who_is_killed_between_guesses_has_no_try_back(pattern: Path, tmp_path: Path) -> None:
    serial = copy_device(pattern, tmp_path, policy(3))
    answers = []
    for _ in range(4):
        guesser = Application("guess", tmp_path, serial)
        assert guesser.hear() == "ready"
        guesser.say(f"{WRONG} 1")
        answers.append(int(guesser.hear()))
        guesser.kill()
    assert answers == [p11.PIN_INCORRECT] * 3 + [p11.PIN_LOCKED]


def test_a_client_that_is_killed_at_a_login_leaves_the_device_whole(pattern: Path, tmp_path: Path) -> None:
    serial = copy_device(pattern, tmp_path, policy(100_000))
    for heard in range(10):
        client = Application("log-in-for-ever", tmp_path, serial)
        client.say(USER_PIN)
        assert {client.hear() for _ in range(heard)} <= {str(p11.OK)}
        client.kill()
    assert Shelf(tmp_path).sign(serial, USER_PIN, b"whole")


@pytest.mark.parametrize("what", ["fork", "fork-amid-threads"])
def test_a_forked_child_begins_anew_and_its_parent_goes_on(pattern: Path, tmp_path: Path, what: str) -> None:
    application = Application(what, tmp_path, copy_device(pattern, tmp_path, policy(100)))
    assert application.end(USER_PIN + "\n") == ("", "")
    assert application.process.returncode == 0


def test_sixteen_threads_guess_and_sign(pattern: Path, tmp_path: Path) -> None:
    serial = copy_device(pattern, tmp_path, policy(17))
    application = Application("threads", tmp_path, serial)
    answers, errors = application.end(USER_PIN + "\n")
    assert (application.process.returncode, errors) == (0, "")
    assert answers.split() == [str(p11.PIN_INCORRECT)] * 16
    assert state.read(tmp_path / "devices" / serial).pins.user_failures == 0


def test_no_pin_is_in_a_file_or_in_the_list_of_processes(pattern: Path, tmp_path: Path) -> None:
    serial = copy_device(pattern, tmp_path, policy(3))
    guesser = Application("guess", tmp_path, serial)
    guesser.say(f"{WRONG} 1")
    guesser.say(f"{USER_PIN} 1")
    assert [guesser.hear() for _ in range(3)] == ["ready", str(p11.PIN_INCORRECT), str(p11.OK)]
    octets = [Path(f"/proc/{guesser.process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
    octets += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert guesser.end() == ("", "")
    assert not [where for where in octets for pin in (WRONG, USER_PIN, SO_PIN) if pin.encode() in where]
    assert os.environ.get(module.HOME) != str(tmp_path)
