"""A driver of the module: the calls of pin_cases.toml on a real device, answered by libmocktoken.so."""

from __future__ import annotations

import shutil
from ctypes import byref, c_ubyte, c_ulong
from pathlib import Path
from typing import Any

from tests.token_emulator import calls as p11
from tests.token_emulator.calls import Calls, names, padded, template
from tests.token_emulator.conftest import SO_PIN, USER_PIN
from tests.token_emulator.machine import PIN_BITS, new_pin
from token_emulator import state
from token_emulator.pin import Answer, PinPolicy, TokenFlags
from token_emulator.state import Record


def copy_device(source: Path, home: Path, policy: PinPolicy) -> str:
    """A device of one's own, as fresh as the one it is copied from but for its policy; its serial."""
    target = home / "devices" / source.name
    shutil.copytree(source, target)
    state.change(target, lambda record: _with(record, policy))
    return source.name


def _with(record: Record, policy: PinPolicy) -> Record:
    return Record(
        record.serial, record.label, record.manufacturer, record.model, policy, record.pins, sealed=record.sealed
    )


class Driven:
    """One application and one device in its reader."""

    def __init__(self, calls: Calls, policy: PinPolicy) -> None:
        self.calls, self.policy = calls, policy
        self.pins = {"user": USER_PIN, "so": SO_PIN}
        self.session = 0
        self.inside: str | None = None
        self.key: int | None = None
        self.pending = False

    def flags(self) -> list[str]:
        return names(self.calls.token_info().flags & PIN_BITS, TokenFlags)

    def call(self, do: str, **values: Any) -> str:
        return Answer(getattr(self, f"_{do}")(**values)).name

    def _pin(self, kind: str, who: str) -> str | None:
        right = self.pins[who]
        lengths = {"short": self.policy.min_length - 1, "long": self.policy.max_length + 1, "empty": 0}
        if kind in lengths:
            return "0" * lengths[kind]
        return {"right": right, "wrong": "0" * self.policy.min_length, "null": None}[kind]

    def _open(self, mode: str) -> int:
        self._close()
        self.session = self.calls.open(flags=p11.RW if mode == "rw" else p11.RO)
        return p11.OK

    def _close(self) -> int:
        self.inside, self.key, self.pending = None, None, False
        return self.calls("C_CloseAllSessions", 0)

    def _login(self, who: str, pin: str) -> int:
        rv = self.calls.login(self.session, p11.USER if who == "user" else p11.SO, self._pin(pin, who))
        if rv == p11.OK:
            self.inside = str(who)
        return rv

    def _logout(self) -> int:
        self.inside, self.key, self.pending = None, None, False
        return self.calls("C_Logout", self.session)

    def _begin(self) -> int:
        if self.pending:
            return p11.OK
        if self.key is None:
            rv, self.key = self.calls.make_pair(self.session, on_token=False, always_authenticate=True)
            assert rv == p11.OK, hex(rv)
        self.pending = True
        return self.calls.begin_signing(self.session, self.key)

    def _again(self, pin: str) -> int:
        rv = self.calls.login(self.session, p11.AGAIN, self._pin(pin, "user"))
        if rv == p11.OK:
            self.pending = False
            out, length = (c_ubyte * 64)(), c_ulong(64)
            assert self.calls("C_Sign", self.session, b"d" * 32, 32, out, byref(length)) == p11.OK
        return rv

    def _set_pin(self, old: str, new: str) -> int:
        who = "so" if self.inside == "so" else "user"
        given, wanted = self._pin(old, who), new_pin(self.policy, new)
        octets, more = (given or "").encode(), (wanted or "").encode()
        rv = self.calls(
            "C_SetPIN", self.session,
            None if given is None else octets, len(octets), None if wanted is None else more, len(more),
        )  # fmt: skip
        if rv == p11.OK and wanted is not None:
            self.pins[who] = wanted
        return rv

    def _init_pin(self, new: str) -> int:
        wanted = new_pin(self.policy, new)
        octets = (wanted or "").encode()
        rv = self.calls("C_InitPIN", self.session, None if wanted is None else octets, len(octets))
        if rv == p11.OK and wanted is not None:
            self.pins["user"] = wanted
        return rv

    def _init_token(self, pin: str) -> int:
        given = self._pin(pin, "so")
        octets = (given or "").encode()
        rv = self.calls("C_InitToken", 0, None if given is None else octets, len(octets), padded("emptied"))
        if rv == p11.OK:
            self.key = None
        return rv

    def _use(self) -> int:
        """Making a private key takes a user who is logged in."""
        wanted, key = template({p11.TOKEN: False, p11.PRIVATE: True, p11.VALUE_LEN: 16}), c_ulong()
        mechanism = p11.Mechanism(p11.AES_KEY_GEN, None, 0)
        return self.calls("C_GenerateKey", self.session, byref(mechanism), wanted, len(wanted), byref(key))
