"""A token in anybody's PKCS#11 module, reached through a process of its own so that the module may crash or hang."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path
from typing import Any

from conformance.errors import BadTarget
from conformance.targets.pins import PIN, SO_PIN, Secret

OK, INCORRECT, LOCKED = "CKR_OK", "CKR_PIN_INCORRECT", "CKR_PIN_LOCKED"
ROOT = Path(__file__).parents[2]


class Flags(IntFlag):
    """What CK_TOKEN_INFO.flags says of PINs (PKCS#11 v2.40 §3.2)."""

    USER_PIN_INITIALIZED = 0x8
    PROTECTED_AUTHENTICATION_PATH = 0x100
    USER_PIN_COUNT_LOW = 0x10000
    USER_PIN_FINAL_TRY = 0x20000
    USER_PIN_LOCKED = 0x40000
    USER_PIN_TO_BE_CHANGED = 0x80000
    SO_PIN_FINAL_TRY = 0x200000
    SO_PIN_LOCKED = 0x400000


KNOWN = sum(Flags)


class ModuleFailed(Exception):
    """The module crashed, hung, or answered what cannot be understood. The text says which, and at what."""


@dataclass(frozen=True, slots=True)
class Look:
    """What anyone may see of the token."""

    label: str
    serial: str
    manufacturer: str
    model: str
    flags: Flags
    min_pin: int
    max_pin: int


@dataclass(frozen=True, slots=True)
class Key:
    """A private key, as C_GetAttributeValue tells of it; None where it does not tell."""

    id: str | None
    """CKA_ID in base64."""
    type: str
    sensitive: bool | None
    never_extractable: bool | None
    extractable: bool | None
    attribute: str
    """The attribute that holds the key itself."""
    reading: str
    """What reading that was answered."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate on the token."""

    id: str | None
    der: bytes


@dataclass(frozen=True, slots=True)
class Inventory:
    """What somebody who is logged in finds."""

    keys: tuple[Key, ...]
    certificates: tuple[Certificate, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """What came of an attempt to sign."""

    rv: str
    at: str
    """The call that was refused, empty where none was."""
    signature: bytes | None
    """None where it was refused, or where no such key could be seen."""


class TokenTarget:
    """The token. Each method is one exchange, told in `told`; all of them raise ModuleFailed."""

    def __init__(
        self,
        module: str,
        *,
        label: str | None = None,
        serial: str | None = None,
        timeout: float = 30.0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`environment` is what the module finds besides our own, such as where its devices are."""
        self._order_one = {"module": module, "label": label, "serial": serial}
        self._timeout = timeout
        self._environment = dict(environment or {})
        self._process: _Process | None = None
        self._printed = ""
        self.told: list[str] = []
        """What was asked and answered, in words; no PIN is in them."""

    # --- exchanges ------------------------------------------------------------------------------------------

    def look(self) -> Look:
        """C_GetTokenInfo."""
        answer = self._ask("C_GetTokenInfo", {"do": "look"})
        if answer["rv"] != OK:
            raise ModuleFailed(f"C_GetTokenInfo answered {answer['rv']}")
        answer.pop("rv")
        look = Look(**{**answer, "flags": Flags(answer["flags"] & KNOWN)})
        self.told[-1] = f"C_GetTokenInfo → {_flags_told(look.flags)}"
        return look

    def login(self, pin: Secret, who: str = "user") -> str:
        """C_Login and C_Logout; what was answered. `who` is user or so."""
        name = "CKU_SO" if who == "so" else "CKU_USER"
        return self._return_value(f"C_Login {name}, {pin}", {"do": "login", "who": who, "pin": pin.value})

    def inventory(self, pin: Secret) -> Inventory:
        """Log in, find private keys and certificates."""
        answer = self._ask(f"C_Login {pin}, C_FindObjects", {"do": "inventory", "pin": pin.value})
        if answer["rv"] != OK:
            raise ModuleFailed(f"{answer['at']} with the {pin} answered {answer['rv']}")
        certificates = (one for one in answer["certificates"] if one["der"])
        return Inventory(
            tuple(Key(**key) for key in answer["keys"]),
            tuple(Certificate(one["id"], b64decode(one["der"])) for one in certificates),
        )

    def sign(self, pin: Secret | None, key: str | None, data: bytes) -> Signed:
        """Log in, or not, and sign with the key of that CKA_ID."""
        order = {"do": "sign", "pin": pin and pin.value, "key": key, "data": b64encode(data).decode()}
        return self._signed(f"C_Login {pin}, C_Sign" if pin else "C_Sign without login", order)

    def sign_logged_out(self, pin: Secret, key: str | None, data: bytes) -> Signed:
        """Log in, find the key, log out, sign."""
        order = {"do": "sign_logged_out", "pin": pin.value, "key": key, "data": b64encode(data).decode()}
        return self._signed(f"C_Login {pin}, C_FindObjects, C_Logout, C_Sign", order)

    def set_pin(self, old: Secret, new: Secret, *, logged_in_by: Secret | None = None) -> str:
        """C_SetPIN in a public session, or as the user."""
        asked = f"C_SetPIN {old} to {new}" if logged_in_by is None else f"C_Login {logged_in_by}, C_SetPIN to {new}"
        order = {"old": old.value, "new": new.value, "pin": logged_in_by and logged_in_by.value}
        return self._return_value(asked, {"do": "set_pin", **order})

    def init_pin(self, so_pin: Secret | None, new: Secret) -> str:
        """C_InitPIN as the SO, or as nobody."""
        asked = f"C_InitPIN {new} without login" if so_pin is None else f"C_Login CKU_SO, C_InitPIN {new}"
        return self._return_value(asked, {"do": "init_pin", "so_pin": so_pin and so_pin.value, "new": new.value})

    # --- the process ----------------------------------------------------------------------------------------

    def new_process(self) -> None:
        """What is asked next is asked by another process."""
        self.close()
        self.told.append("(a new process)")

    def printed(self) -> str:
        """What the module has printed, in all its processes so far."""
        return self._printed + (self._process.printed() if self._process else "")

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.close()
            self._printed += self._process.printed()
            self._process = None

    def _return_value(self, asked: str, order: dict[str, Any]) -> str:
        return str(self._ask(asked, order)["rv"])

    def _signed(self, asked: str, order: dict[str, Any]) -> Signed:
        answer = self._ask(asked, order)
        signature = answer.get("signature")
        if answer["rv"] == OK and signature is None:
            self.told[-1] += ", no such key can be seen"
        return Signed(answer["rv"], answer.get("at", ""), signature and b64decode(signature))

    def _ask(self, asked: str, order: dict[str, Any]) -> dict[str, Any]:
        try:
            if self._process is None:
                self._process = _Process(self._environment)
                self._answer("C_Initialize", self._order_one)
            answer = self._answer(asked, order)
        except ModuleFailed as error:
            self.told.append(f"{asked} → {error}")
            self.close()
            raise
        self.told.append(f"{asked} → {answer['rv']}" + (f" ({answer['at']})" if "at" in answer else ""))
        return answer

    def _answer(self, asked: str, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process is not None  # noqa: S101 - for the type checker
        answer = self._process.ask(asked, order, self._timeout)
        if "trouble" in answer:
            raise ModuleFailed(answer["trouble"])
        return answer


class _Process:
    """One `python -m conformance.targets.pkcs11_process`."""

    def __init__(self, more: Mapping[str, str]) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in (PIN, SO_PIN)}
        environment |= more
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), environment.get("PYTHONPATH"))))
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._text = ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "conformance.targets.pkcs11_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            bufsize=0,
            env=environment,
        )
        if self._process.stdin is None or self._process.stdout is None:  # pragma: no cover - for the type checker
            raise BadTarget("no pipe")
        self._orders, self._answers = self._process.stdin, self._process.stdout

    def ask(self, asked: str, order: dict[str, Any], patience: float) -> dict[str, Any]:
        """Send one order, wait for its answer. Raises ModuleFailed."""
        rest = memoryview(json.dumps(order).encode() + b"\n")
        with suppress(BrokenPipeError):  # then there is no answer either
            while rest:
                rest = rest[self._orders.write(rest) or 0 :]
        deadline = time.monotonic() + patience
        ready = select.poll()
        ready.register(self._answers, select.POLLIN)
        line = b""
        while not line.endswith(b"\n"):
            if not ready.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise ModuleFailed(f"the module did not answer {asked} in {patience:g} s")
            chunk = self._answers.read(65536)
            if not chunk:
                raise ModuleFailed(f"the module's process {_ended(self._process.wait())} at {asked}")
            line += chunk
        answer: dict[str, Any] = json.loads(line)
        return answer

    def printed(self) -> str:
        """What has been printed so far."""
        if not self._said.closed:
            self._said.seek(0)
            self._text = self._said.read().decode(errors="replace")
        return self._text

    def close(self) -> None:
        """Let it finish, for a moment; then end it."""
        self._orders.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()
        self.printed()
        self._said.close()


def _ended(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with {code}"


def _flags_told(flags: Flags) -> str:
    shown = [flag.name or "" for flag in flags if flag not in (Flags.USER_PIN_INITIALIZED,)]
    return "flags " + (", ".join(shown) or "none")
