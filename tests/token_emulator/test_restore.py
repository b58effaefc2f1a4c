"""Restoring a device through its SO PIN."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.token_emulator.conftest import SO_PIN, USER_PIN, make
from token_emulator import PinIncorrect, PinRefused, Shelf, UnknownDevice

NEW_PIN = "975310"


def test_a_restored_device_takes_the_new_pin_alone_and_signs_with_the_same_key(shelf: Shelf) -> None:
    made = make(shelf)
    shelf.restore(made.serial, SO_PIN, NEW_PIN)
    with pytest.raises(PinIncorrect):
        shelf.sign(made.serial, USER_PIN, b"abc")
    key = load_der_public_key(made.public_key_der)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(shelf.sign(made.serial, NEW_PIN, b"abc"), b"abc", ec.ECDSA(SHA256()))
    assert shelf.read_certificate(made.serial) == made.certificate
    shelf.restore(made.serial, SO_PIN, USER_PIN)
    assert shelf.sign(made.serial, USER_PIN, b"abc")


def test_a_device_is_not_restored_with_a_wrong_so_pin(shelf: Shelf) -> None:
    made = make(shelf)
    with pytest.raises(PinIncorrect):
        shelf.restore(made.serial, "00000000", NEW_PIN)
    assert shelf.sign(made.serial, USER_PIN, b"abc")


def test_the_new_pin_must_be_one_that_the_model_takes(shelf: Shelf) -> None:
    made = make(shelf)
    with pytest.raises(PinRefused):
        shelf.restore(made.serial, SO_PIN, "1")
    assert shelf.sign(made.serial, USER_PIN, b"abc")


def test_what_is_not_on_the_shelf_is_not_restored(shelf: Shelf) -> None:
    with pytest.raises(UnknownDevice):
        shelf.restore("0" * 16, SO_PIN, NEW_PIN)
