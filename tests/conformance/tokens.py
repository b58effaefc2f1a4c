"""Tokens to run the suite against: ours, bare SoftHSM2's, and either of them behind a module with one defect."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance import catalogue
from conformance.checks import FunctionCheck
from conformance.suites.token.bench import Bench
from conformance.targets.pins import Pins
from conformance.targets.token import TokenTarget
from tests.conformance.bare_token import SO_PIN, SOFTHSM, USER_PIN
from tests.token_emulator.conftest import certificate_for
from token_emulator import DeviceModel, Shelf

ROOT = Path(__file__).parents[2]
LABEL = "Văn thư Sở Nội vụ"


@dataclass(frozen=True)
class Token:
    """A token, and the environment that its module needs."""

    module: str
    environment: dict[str, str]

    def behind(self, crooked: Path, defect: str) -> Token:
        """The same one behind the module with that defect."""
        more = {"CROOKED": defect, "CROOKED_INNER": self.module, "CROOKED_PIN": USER_PIN}
        return Token(str(crooked), {**self.environment, **more})


def our_token(folder: Path, model: DeviceModel | str, algorithm: str = "p256") -> Token:
    """A device of ours, plugged in."""
    shelf = Shelf(folder)
    with shelf.personalise(model, algorithm, USER_PIN, SO_PIN, LABEL) as device:
        device.write_certificate(certificate_for(device.public_key_der))
        device.place()
    shelf.plug(device.serial)
    return Token(str(shelf.module), shelf.environment)


def bare_token(folder: Path, how: str = "nothing") -> Token:
    """A token of bare SoftHSM2."""
    (folder / "tokens").mkdir(parents=True)
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\n", "utf-8")
    environment = {"SOFTHSM2_CONF": str(settings)}
    subprocess.run(
        [sys.executable, "-m", "tests.conformance.bare_token", how],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        check=True,
    )
    return Token(SOFTHSM, environment)


@contextmanager
def bench_of(
    token: Token, monkeypatch: pytest.MonkeyPatch, *, tries: int | None = None, timeout: float = 30.0
) -> Iterator[Bench]:
    """A bench for the token, which may be locked."""
    for name, value in token.environment.items():
        monkeypatch.setenv(name, value)
    target = TokenTarget(token.module, timeout=timeout)
    try:
        yield Bench(target, Pins(USER_PIN, SO_PIN), tries=tries, destructive=True)
    finally:
        target.close()


def check_named(id_: str) -> FunctionCheck:
    """The check of that id."""
    return next(check for check in catalogue.token_checks() if check.id == f"token/{id_}")
