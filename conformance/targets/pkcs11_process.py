"""The PKCS#11 calls themselves: a process of its own, which a module may crash or hang.

The first line on standard input says which module and token; each further line is one order, each answer one line of
JSON: `{"rv": "CKR_PIN_INCORRECT", "at": "C_Login"}`, with values where the order has any. What cannot be done at
all is answered with `{"trouble": …}`. What the module prints goes to standard error.

An order opens sessions of its own and leaves none behind, so that nobody stays logged in.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import re
import resource
import signal
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, PKCS11Error, TokenFlag
from pkcs11.exceptions import AnotherUserAlreadyLoggedIn, FunctionCancelled, TokenNotRecognised

GET_TOKEN_INFO, CLOSE_ALL_SESSIONS = 6, 14
"""Places in CK_FUNCTION_LIST (PKCS#11 v2.40 §3.6)."""
NAMES_APART = {
    AnotherUserAlreadyLoggedIn: "CKR_USER_ANOTHER_ALREADY_LOGGED_IN",
    FunctionCancelled: "CKR_FUNCTION_CANCELED",
    TokenNotRecognised: "CKR_TOKEN_NOT_RECOGNIZED",
}
SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before the digest in PKCS#1 v1.5 (RFC 8017 §9.2, note 1)."""
VALUES = {KeyType.RSA: Attribute.PRIVATE_EXPONENT, KeyType.EC: Attribute.VALUE}
"""The attribute that must never be read."""


class TokenInfo(ctypes.Structure):
    """CK_TOKEN_INFO (PKCS#11 v2.40 §3.2), which python-pkcs11 shows in part only."""

    _fields_ = (
        ("label", ctypes.c_char * 32),
        ("manufacturerID", ctypes.c_char * 32),
        ("model", ctypes.c_char * 16),
        ("serialNumber", ctypes.c_char * 16),
        ("flags", ctypes.c_ulong),
        *((name, ctypes.c_ulong) for name in ("maxSession", "session", "maxRwSession", "rwSession")),
        ("ulMaxPinLen", ctypes.c_ulong),
        ("ulMinPinLen", ctypes.c_ulong),
        *((name, ctypes.c_ulong) for name in ("totalPublic", "freePublic", "totalPrivate", "freePrivate")),
        ("versions", ctypes.c_ubyte * 4),
        ("utcTime", ctypes.c_char * 16),
    )


class Unusable(Exception):
    """The module or the token cannot be used at all; the text says why."""


class At(Exception):
    """A call answered something else than CKR_OK."""

    def __init__(self, call: str, error: PKCS11Error) -> None:
        super().__init__(call)
        self.answer = {"rv": return_value(error), "at": call}


def return_value(error: PKCS11Error) -> str:
    """`CKR_…`, or the number of one that python-pkcs11 has no name for."""
    if type(error) is PKCS11Error:
        found = re.search("0x[0-9a-f]+", str(error))
        return f"CKR {found.group()}" if found else str(error)
    name = re.sub("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", type(error).__name__)
    return NAMES_APART.get(type(error), f"CKR_{name.upper()}")


@contextmanager
def call(name: str) -> Iterator[None]:
    """Say which call an error comes from."""
    try:
        yield
    except PKCS11Error as error:
        raise At(name, error) from error


class Reader:
    """One token of one module."""

    def __init__(self, module: str, label: str | None, serial: str | None) -> None:
        self._wanted = (label, serial)
        try:
            self._library = pkcs11.lib(module)
            self._functions = ctypes.POINTER(ctypes.c_void_p)()
            ctypes.CDLL(module).C_GetFunctionList(ctypes.byref(self._functions))
        except (PKCS11Error, OSError, AttributeError) as error:
            raise Unusable(f"the module cannot be loaded: {_reason(error)}") from error

    def token(self) -> Any:
        """The token, looked for anew. Raises Unusable."""
        found, seen = [], []
        for slot in self._library.get_slots(token_present=True):
            try:
                token = slot.get_token()
            except PKCS11Error:
                continue
            if TokenFlag.TOKEN_INITIALIZED not in token.flags:
                continue
            serial = token.serial.rstrip(b"\0").decode(errors="replace")
            seen.append(f"{token.label!r} ({serial})")
            if self._wanted[0] in (None, token.label) and self._wanted[1] in (None, serial):
                found.append(token)
        if not seen:
            raise Unusable("there is no token in any slot of the module")
        if not found:
            raise Unusable(f"there is no such token; there are: {', '.join(seen)}")
        if len(found) > 1:
            raise Unusable(f"choose one by --token-label or --token-serial: {', '.join(seen)}")
        return found[0]

    def perform(self, order: dict[str, Any]) -> dict[str, Any]:
        """Do what one order says."""
        orders: dict[str, Callable[..., dict[str, Any]]] = {
            "look": self.look,
            "login": self.login,
            "inventory": self.inventory,
            "sign": self.sign,
            "sign_logged_out": self.sign_logged_out,
            "set_pin": self.set_pin,
            "init_pin": self.init_pin,
        }
        token = self.token()
        try:
            return {"rv": "CKR_OK", **orders[order.pop("do")](token, **order)}
        except At as error:
            return error.answer
        finally:
            # python-pkcs11 leaves the session open whose login was refused
            self._function(CLOSE_ALL_SESSIONS, ctypes.c_ulong)(token.slot.slot_id)

    def _function(self, place: int, *arguments: Any) -> Any:
        pointer = self._functions[1 + place]  # the version fills the first place
        return ctypes.CFUNCTYPE(ctypes.c_ulong, *arguments)(pointer or 0)

    def look(self, token: Any) -> dict[str, Any]:
        """What anyone may see."""
        info = TokenInfo()
        get_token_info = self._function(GET_TOKEN_INFO, ctypes.c_ulong, ctypes.c_void_p)
        if rv := get_token_info(token.slot.slot_id, ctypes.byref(info)):
            return {"rv": f"CKR {rv:#x}", "at": "C_GetTokenInfo"}
        return {
            "label": token.label,
            "serial": token.serial.rstrip(b"\0").decode(errors="replace"),
            "manufacturer": token.manufacturer_id,
            "model": token.model,
            "flags": int(info.flags),
            "min_pin": int(info.ulMinPinLen),
            "max_pin": int(info.ulMaxPinLen),
        }

    def login(self, token: Any, *, who: str, pin: str) -> dict[str, Any]:
        """Log in and out again."""
        with call("C_Login"):
            token.open(rw=True, **{f"{who}_pin": pin}).close()
        return {}

    def inventory(self, token: Any, *, pin: str) -> dict[str, Any]:
        """The private keys and the certificates."""
        with _session(token, pin) as session:
            return {
                "keys": [_key(key) for key in _private_keys(session)],
                "certificates": [
                    {"id": _read(found, Attribute.ID), "der": _read(found, Attribute.VALUE)}
                    for found in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
                ],
            }

    def sign(self, token: Any, *, pin: str | None, key: str | None, data: str) -> dict[str, Any]:
        """Sign with the private key of that CKA_ID; `signature` is null where no such key can be seen."""
        with _session(token, pin) as session:
            keys = [found for found in _private_keys(session) if _read(found, Attribute.ID) == key]
            return _sign(token, keys[0], data) if keys else {"signature": None}

    def sign_logged_out(self, token: Any, *, pin: str, key: str | None, data: str) -> dict[str, Any]:
        """Sign with a key found while somebody was logged in, who has logged out since."""
        with call("C_OpenSession"):
            session = token.open(rw=True)
        with session:
            with _session(token, pin):
                (found,) = [one for one in _private_keys(session) if _read(one, Attribute.ID) == key][:1]
                _ = found.key_type  # read while that is possible
            return _sign(token, found, data)

    def set_pin(self, token: Any, *, old: str, new: str, pin: str | None) -> dict[str, Any]:
        """C_SetPIN, with or without a login before it."""
        with _session(token, pin) as session, call("C_SetPIN"):
            session.set_pin(old, new)
        return {}

    def init_pin(self, token: Any, *, so_pin: str | None, new: str) -> dict[str, Any]:
        """C_InitPIN, as the SO or as nobody."""
        with call("C_OpenSession" if so_pin is None else "C_Login"):
            session = token.open(rw=True, so_pin=so_pin)
        with session, call("C_InitPIN"):
            session.init_pin(new)
        return {}


@contextmanager
def _session(token: Any, pin: str | None) -> Iterator[Any]:
    with call("C_OpenSession" if pin is None else "C_Login"):
        session = token.open(rw=True, user_pin=pin)
    with session:
        yield session


def _private_keys(session: Any) -> list[Any]:
    with call("C_FindObjects"):
        return list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}))


def _read(found: Any, attribute: Attribute) -> Any:
    """An attribute as JSON, None where the object has none."""
    try:
        value = found[attribute]
    except PKCS11Error:
        return None
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _key(key: Any) -> dict[str, Any]:
    value = VALUES.get(key.key_type, Attribute.VALUE)
    try:
        _ = key[value]
        reading = "CKR_OK"
    except PKCS11Error as error:
        reading = return_value(error)
    return {
        "id": _read(key, Attribute.ID),
        "type": getattr(key.key_type, "name", str(key.key_type)),
        "sensitive": _read(key, Attribute.SENSITIVE),
        "never_extractable": _read(key, Attribute.NEVER_EXTRACTABLE),
        "extractable": _read(key, Attribute.EXTRACTABLE),
        "attribute": f"CKA_{value.name}",
        "reading": reading,
    }


def _sign(token: Any, key: Any, data: str) -> dict[str, Any]:
    """PKCS#1 v1.5 or ECDSA (r and s side by side), over SHA-256."""
    message = b64decode(data)
    digest = hashlib.sha256(message).digest()
    if key.key_type is KeyType.EC:
        mechanism, message = Mechanism.ECDSA, digest
    elif Mechanism.SHA256_RSA_PKCS in token.slot.get_mechanisms():
        mechanism = Mechanism.SHA256_RSA_PKCS
    else:
        mechanism, message = Mechanism.RSA_PKCS, SHA256_DIGEST_INFO + digest
    with call("C_Sign"):
        signature = key.sign(message, mechanism=mechanism)
    return {"signature": b64encode(signature).decode(), "mechanism": f"CKM_{mechanism.name}"}


def _reason(error: Exception) -> str:
    text = return_value(error) if isinstance(error, PKCS11Error) else str(error)
    return text.replace("OS exception while loading ", "")


def serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    """Answer orders until there are no more."""
    reader: Reader | None = None
    for line in orders:
        try:
            order = json.loads(line)
            if reader is None:
                reader = Reader(**order)
                answer: dict[str, Any] = {"rv": "CKR_OK"}
            else:
                answer = reader.perform(order)
        except Unusable as error:
            answer = {"trouble": str(error)}
        except PKCS11Error as error:
            answer = {"rv": return_value(error), "at": "PKCS#11"}
        except Exception as error:
            # The class alone: the text of an error may quote what it stumbled over.
            answer = {"trouble": f"the answer of the module cannot be understood ({type(error).__name__})"}
        answers.write(json.dumps(answer).encode() + b"\n")


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold the PINs
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started us, who then ends our input
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # nothing that a module prints may get between the answers
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
