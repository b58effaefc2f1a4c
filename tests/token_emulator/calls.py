"""PKCS#11 by its function list, with nothing in between that could hide an answer."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from ctypes import byref, c_char, c_char_p, c_ubyte, c_ulong, c_void_p
from pathlib import Path
from typing import Any

from token_emulator import module
from token_emulator.module.building import SOURCES

NAMES = re.findall(r"^    X\((C_\w+)", SOURCES.joinpath("pkcs11.h").read_text(), re.MULTILINE)[:68]
"""The functions of v2.40, in the order of CK_FUNCTION_LIST."""

RW, RO = 0x6, 0x4
"""CKF_SERIAL_SESSION, with CKF_RW_SESSION and without."""
SO, USER, AGAIN = 0, 1, 2
"""CKU_…"""
CLASS, TOKEN, PRIVATE, VALUE, CERTIFICATE_TYPE = 0x0, 0x1, 0x2, 0x11, 0x80
KEY_TYPE, ID, SENSITIVE, SIGN, VALUE_LEN, EC_PARAMS, ALWAYS_AUTHENTICATE = (
    0x100,
    0x102,
    0x103,
    0x108,
    0x161,
    0x180,
    0x202,
)
P256 = bytes.fromhex("06082a8648ce3d030107")
EC_KEY_PAIR_GEN, ECDSA, AES_KEY_GEN, SHA256 = 0x1040, 0x1041, 0x1080, 0x250
DONT_BLOCK = 1

OK, DEVICE_MEMORY, DEVICE_REMOVED, NO_EVENT = 0x0, 0x31, 0x32, 0x8
SESSION_HANDLE_INVALID, TOKEN_NOT_PRESENT, NOT_INITIALIZED = 0xB3, 0xE0, 0x190
PIN_INCORRECT, PIN_LOCKED = 0xA0, 0xA4


class TokenInfo(ctypes.Structure):
    """CK_TOKEN_INFO."""

    _fields_ = (
        ("label", c_char * 32),
        ("manufacturer", c_char * 32),
        ("model", c_char * 16),
        ("serial", c_char * 16),
        ("flags", c_ulong),
        ("max_sessions", c_ulong),
        ("sessions", c_ulong),
        ("max_rw_sessions", c_ulong),
        ("rw_sessions", c_ulong),
        ("max_pin", c_ulong),
        ("min_pin", c_ulong),
        ("memory", c_ulong * 4),
        ("versions", c_ubyte * 4),
        ("time", c_char * 16),
    )


class SlotInfo(ctypes.Structure):
    """CK_SLOT_INFO."""

    _fields_ = (("description", c_char * 64), ("manufacturer", c_char * 32), ("flags", c_ulong), ("v", c_ubyte * 4))


class SessionInfo(ctypes.Structure):
    """CK_SESSION_INFO."""

    _fields_ = (("slot", c_ulong), ("state", c_ulong), ("flags", c_ulong), ("error", c_ulong))


class Attribute(ctypes.Structure):
    """CK_ATTRIBUTE."""

    _fields_ = (("type", c_ulong), ("value", c_void_p), ("length", c_ulong))


class Mechanism(ctypes.Structure):
    """CK_MECHANISM."""

    _fields_ = (("type", c_ulong), ("parameter", c_void_p), ("length", c_ulong))


def template(values: Mapping[int, bool | int | bytes]) -> Any:
    """An array of CK_ATTRIBUTE."""
    array: Any = (Attribute * len(values))()
    array.kept = []
    for place, (kind, value) in enumerate(values.items()):
        if isinstance(value, bool):
            octets = bytes([value])
        elif isinstance(value, int):
            octets = value.to_bytes(ctypes.sizeof(c_ulong), "little")
        else:
            octets = value
        buffer = ctypes.create_string_buffer(octets, len(octets))
        array[place] = Attribute(kind, ctypes.cast(buffer, c_void_p), len(octets))
        array.kept.append(buffer)
    return array


class Calls:
    """The functions of one module; each answers its CK_RV."""

    def __init__(self, path: Path) -> None:
        self.library = ctypes.CDLL(str(path))
        functions = ctypes.POINTER(c_void_p)()
        assert self.library.C_GetFunctionList(byref(functions)) == 0
        prototype = ctypes.CFUNCTYPE(c_ulong)
        self._functions = {name: prototype(functions[1 + place] or 0) for place, name in enumerate(NAMES)}

    def __call__(self, name: str, *arguments: Any) -> int:
        plain = [c_ulong(argument) if isinstance(argument, int) else argument for argument in arguments]
        return int(self._functions[name](*plain))

    # --- the calls that most tests make, with Python's values ---------------------------------------------------

    def slots(self, present: bool = True) -> list[int]:
        found, count = (c_ulong * 64)(), c_ulong(64)
        assert self("C_GetSlotList", int(present), found, byref(count)) == OK
        return list(found[: count.value])

    def token_info(self, slot: int = 0) -> TokenInfo:
        info = TokenInfo()
        assert self("C_GetTokenInfo", slot, byref(info)) == OK
        return info

    def open(self, slot: int = 0, flags: int = RW) -> int:
        session = c_ulong()
        rv = self("C_OpenSession", slot, flags, None, None, byref(session))
        assert rv == OK, hex(rv)
        return session.value

    def login(self, session: int, user: int, pin: str | None) -> int:
        octets = None if pin is None else pin.encode()
        return self("C_Login", session, user, octets, len(octets or b""))

    def make_pair(self, session: int, *, on_token: bool, **private: bool) -> tuple[int, int]:
        """A P-256 key pair: CK_RV and the private key."""
        public = template({TOKEN: on_token, EC_PARAMS: P256})
        always = private.get("always_authenticate", False)
        secret = template({TOKEN: on_token, PRIVATE: True, SENSITIVE: True, SIGN: True, ALWAYS_AUTHENTICATE: always})
        keys = c_ulong(), c_ulong()
        rv = self(
            "C_GenerateKeyPair", session, byref(Mechanism(EC_KEY_PAIR_GEN, None, 0)),
            public, len(public), secret, len(secret), byref(keys[0]), byref(keys[1]),
        )  # fmt: skip
        return rv, keys[1].value

    def find(self, session: int, wanted: Mapping[int, bool | int | bytes]) -> list[int]:
        array, found, count = template(wanted), (c_ulong * 32)(), c_ulong()
        assert self("C_FindObjectsInit", session, array, len(array)) == OK
        assert self("C_FindObjects", session, found, 32, byref(count)) == OK
        assert self("C_FindObjectsFinal", session) == OK
        return list(found[: count.value])

    def sign(self, session: int, key: int, digest: bytes = b"d" * 32) -> int:
        out, length = (c_ubyte * 64)(), c_ulong(64)
        rv = self("C_SignInit", session, byref(Mechanism(ECDSA, None, 0)), key)
        return rv or self("C_Sign", session, digest, len(digest), out, byref(length))

    def begin_signing(self, session: int, key: int) -> int:
        return self("C_SignInit", session, byref(Mechanism(ECDSA, None, 0)), key)


@contextmanager
def started(calls: Calls, home: Path, device: str | None = None) -> Iterator[Calls]:
    """The module, initialised for that shelf, and finalised afterwards."""
    with _environment({module.HOME: str(home), module.DEVICE: device or ""}):
        rv = calls("C_Initialize", None)
    assert rv == OK, hex(rv)
    try:
        yield calls
    finally:
        calls("C_Finalize", None)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def padded(text: str, room: int = 32) -> c_char_p:
    return c_char_p(text.encode().ljust(room))


def names(bits: int, flags: Iterable[Any]) -> list[str]:
    return sorted(flag.name for flag in flags if bits & flag)
