"""The third wrong PIN, then the right one, from each client; then restored through the SO PIN, and each signs again."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.token_emulator.clients import CLIENTS, at_work
from tests.token_emulator.conftest import SO_PIN, USER_PIN, Made, certificate_for, clean_environment
from token_emulator import Shelf

WRONG, NEW_PIN = "999999", "975310"


@dataclass(frozen=True)
class Words:
    """What a client says: at a wrong PIN, at one that locks or finds the PIN locked."""

    wrong: str
    locked: str
    final_try: str | None = None
    """Before the last try."""


WORDS = {
    "pkcs11-tool": Words("CKR_PIN_INCORRECT", "CKR_PIN_LOCKED"),
    "p11tool": Words("Wrong PIN has been provided!", "PKCS #11 PIN locked", "This is the final try before locking!"),
    "OpenSSL, engine pkcs11": Words("PIN incorrect", "PIN locked"),
    "python-pkcs11": Words("pkcs11.exceptions.PinIncorrect", "pkcs11.exceptions.PinLocked"),
    "PyKCS11": Words("CKR_PIN_INCORRECT", "CKR_PIN_LOCKED"),
    "Java, keytool -list": Words("FailedLoginException; CKR_PIN_INCORRECT", "LoginException; CKR_PIN_LOCKED"),
    "Java, Signature": Words("FailedLoginException; CKR_PIN_INCORRECT", "LoginException; CKR_PIN_LOCKED"),
}


@pytest.fixture
def made(shelf: Shelf) -> Made:
    """A device that three wrong PINs lock, plugged in."""
    with shelf.personalise("bit4id-tokenme", "p256", USER_PIN, SO_PIN, "An") as device:
        certificate = certificate_for(device.public_key_der)
        device.write_certificate(certificate)
        device.place()
    assert shelf.plug(device.serial) == 0
    return Made(device.serial, "p256", device.public_key_der, certificate)


def test_every_client_has_its_words() -> None:
    assert WORDS.keys() == CLIENTS.keys()


def restore_at_the_desk(shelf: Shelf, serial: str) -> str:
    """As a person would who has a client that knows no SO PIN."""
    command = [sys.executable, "-c", "from mockca.cli import main; main()"]
    done = subprocess.run(
        [*command, "token", "restore", "--shelf", str(shelf.home), serial[:6]],
        env={**clean_environment(), "MOCKTOKEN_SO_PIN": SO_PIN, "MOCKTOKEN_NEW_PIN": NEW_PIN},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("name", CLIENTS)
def test_three_wrong_pins_lock_and_the_so_pin_restores(shelf: Shelf, made: Made, tmp_path: Path, name: str) -> None:
    words = WORDS[name]
    with at_work(name, shelf, made, tmp_path) as client:
        assert client.attempt(USER_PIN).well
        for number in (1, 2):
            said = client.attempt(WRONG)
            assert (said.well, words.wrong in said.text) == (False, True), said
            assert shelf.state(made.serial).pins.user_failures == number
        if words.final_try is not None:
            assert words.final_try in said.text
        for pin in (WRONG, USER_PIN, USER_PIN):
            said = client.attempt(pin)
            assert (said.well, words.locked in said.text) == (False, True), said
            assert shelf.state(made.serial).pins.user_failures == 3
        if client.restores:
            client.restore("00000000", NEW_PIN)
            assert shelf.inspect(made.serial).so_tries_left == 2
            assert not client.attempt(NEW_PIN).well
            client.restore(SO_PIN, NEW_PIN)
        else:
            assert "3 lần thử" in restore_at_the_desk(shelf, made.serial)
        assert shelf.state(made.serial).pins.user_failures == 0
        assert client.attempt(NEW_PIN).well
        said = client.attempt(USER_PIN)
        assert (said.well, words.wrong in said.text) == (False, True), said
