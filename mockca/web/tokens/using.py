"""What is done with a device: plugged, unplugged, its PIN given and changed, a text signed to try it.

A PIN goes from the form to the device and nowhere else: the answer is a redirection to a word of `device.SAID`.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from mockca.web.access import here
from mockca.web.site.sessions import require_visitor
from mockca.web.tokens.blueprint import tokens
from mockca.web.tokens.device import shown
from mockca.web.tokens.held import Held, require_held
from token_emulator.errors import DeviceFailed, NoFreeReader, PinIncorrect, PinLocked, PinRefused, TokenError

LONGEST_PIN: Final = 255
LONGEST_TEXT: Final = 2000
EXPIRED: Final = "PinExpired"
"""The PKCS#11 error, as the device's process names it."""


@tokens.post("/<serial>/plug")
def plug(sandbox: str, serial: str) -> BaseResponse:
    """Put the device into a free reader."""
    del sandbox
    one = _mine(serial)
    try:
        here().shelf.plug(one.serial)
    except NoFreeReader:
        return _back(one, "full")
    except TokenError:
        return _back(one, "gone")
    return _back(one, "plugged")


@tokens.post("/<serial>/unplug")
def unplug(sandbox: str, serial: str) -> BaseResponse:
    """Pull the device out."""
    del sandbox
    one = _mine(serial)
    if one.is_here:
        here().shelf.unplug(one.serial)
    return _back(one, "unplugged")


@tokens.post("/<serial>/pin")
def give_pin(sandbox: str, serial: str) -> BaseResponse:
    """Try a PIN: it counts as in any PKCS#11 client."""
    del sandbox
    one = _mine(serial)
    pin = _pin("pin")
    if one.reader is None or not pin:
        return _back(one, "empty" if one.reader is not None else "out")
    try:
        here().shelf.log_in(one.serial, pin)
    except TokenError as error:
        return _back(one, _came_of(error))
    return _back(one, "right")


@tokens.post("/<serial>/new-pin")
def change_pin(sandbox: str, serial: str) -> BaseResponse:
    """Set another PIN by the present one."""
    del sandbox
    one = _mine(serial)
    pin, new, again = _pin("pin"), _pin("new"), _pin("again")
    if one.reader is None or not (pin and new):
        return _back(one, "empty" if one.reader is not None else "out")
    if new != again:
        return _back(one, "unlike")
    try:
        here().shelf.change_pin(one.serial, pin, new)
    except TokenError as error:
        return _back(one, _came_of(error))
    return _back(one, "changed")


@tokens.post("/<serial>/signature")
def sign(sandbox: str, serial: str) -> Response | BaseResponse:
    """Sign a text as a trial, and verify it with the certificate on the device."""
    del sandbox
    one = _mine(serial)
    pin, text = _pin("pin"), request.form.get("text", "")[:LONGEST_TEXT]
    if one.reader is None or not (pin and text):
        return _back(one, "empty" if one.reader is not None else "out")
    try:
        signature = here().shelf.sign(one.serial, pin, text.encode("utf-8", "replace"))
        der = here().shelf.read_certificate(one.serial)
    except TokenError as error:
        return _back(one, _came_of(error))
    return shown(serial, signed=trial(text, signature, der))


def trial(text: str, signature: bytes, certificate: bytes | None) -> dict[str, Any]:
    """What the page shows of a trial signature; whether the certificate's key verifies it."""
    return {
        "text": text,
        "signature": b64encode(signature).decode("ascii"),
        "verifies": certificate is not None and _verifies(text.encode("utf-8", "replace"), signature, certificate),
    }


def _verifies(data: bytes, signature: bytes, certificate: bytes) -> bool:
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            digest = hashes.SHA384() if key.key_size == 384 else hashes.SHA256()
            key.verify(signature, data, ec.ECDSA(digest))
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


def _mine(serial: str) -> Held:
    return require_held(require_visitor().actor, serial)


def _pin(field: str) -> str:
    return request.form.get(field, "")[:LONGEST_PIN]


def _came_of(error: TokenError) -> str:
    """The word for what the device answered."""
    match error:
        case PinIncorrect():
            return "wrong"
        case PinLocked():
            return "locked"
        case PinRefused():
            return "refused"
        case DeviceFailed(why=why) if why == EXPIRED:
            return "expired"
        case _:
            return "failed"


def _back(one: Held, said: str) -> BaseResponse:
    # The place of a redirection holds the word alone, so reloading the page tries no PIN again.
    return redirect(url_for("tokens.device", sandbox=here().name, serial=one.serial, said=said), 303)
