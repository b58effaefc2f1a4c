"""What pkcs11-tool and openssl make of the devices."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from pkcs11 import Attribute, AttributeSensitive, ObjectClass

from tests.token_emulator.conftest import (
    SO_PIN,
    USER_PIN,
    Made,
    Stock,
    make,
    openssl_verifies,
    pkcs11_tool,
    run_pkcs11_tool,
)
from token_emulator import PinIncorrect, Shelf, module
from token_emulator.cryptoki import library

DATA = "Tờ trình số 12/TTr-STTTT".encode()


def slot_of(shelf: Shelf, made: Made) -> str:
    """The reader that the device is in."""
    return str(shelf.plugged()[made.serial])


def test_a_client_sees_every_device_with_its_serial_and_label(stock: Stock) -> None:
    slots = pkcs11_tool(stock.shelf, "--list-token-slots")
    for made in stock.devices.values():
        assert f"serial num         : {made.serial}" in slots
    assert slots.count("Trần Thị Bích Ngọc") == len(stock.devices)


def test_key_and_certificate_carry_one_id_and_the_key_can_never_leave(stock: Stock) -> None:
    slot = slot_of(stock.shelf, stock["p256"])
    objects = pkcs11_tool(stock.shelf, "--slot", slot, "--login", "--pin", USER_PIN, "--list-objects")
    assert objects.count("ID:         01") == 3, objects
    assert "Access:     sensitive, always sensitive, never extractable, local" in objects


@pytest.mark.parametrize(("algorithm", "secret"), [("rsa2048", Attribute.PRIVATE_EXPONENT), ("p256", Attribute.VALUE)])
def test_the_device_does_not_give_its_private_key_away(
    stock: Stock, monkeypatch: pytest.MonkeyPatch, algorithm: str, secret: Attribute
) -> None:
    for name in (module.HOME, module.DEVICE):
        monkeypatch.setenv(name, "")  # to be put back after the library has set it
    with library(stock.shelf.module, stock.shelf.home, stock[algorithm].serial) as loaded:
        token = loaded.get_token(token_serial=stock[algorithm].serial.encode())
        with token.open(user_pin=USER_PIN) as session:
            (key,) = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
            with pytest.raises(AttributeSensitive):
                key[secret]


def test_the_certificate_is_read_without_a_pin(stock: Stock, tmp_path: Path) -> None:
    made = stock["rsa2048"]
    out = tmp_path / "c.der"
    pkcs11_tool(
        stock.shelf,
        "--slot",
        slot_of(stock.shelf, made),
        "--read-object",
        "--type",
        "cert",
        "--id",
        "01",
        "-o",
        str(out),
    )
    assert out.read_bytes() == made.certificate == stock.shelf.read_certificate(made.serial)


@pytest.mark.parametrize(
    ("algorithm", "mechanism", "data"),
    [
        ("rsa2048", ("SHA256-RSA-PKCS",), DATA),
        ("p256", ("ECDSA", "--signature-format", "openssl"), sha256(DATA).digest()),  # SoftHSM2 signs digests only
    ],
)
def test_openssl_verifies_what_a_client_signed(
    stock: Stock, tmp_path: Path, algorithm: str, mechanism: tuple[str, ...], data: bytes
) -> None:
    made = stock[algorithm]
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(data)
    pkcs11_tool(
        stock.shelf,
        *("--slot", slot_of(stock.shelf, made), "--login", "--pin", USER_PIN, "--sign", "--id", "01"),
        *("--mechanism", *mechanism, "-i", str(source), "-o", str(target)),
    )
    assert openssl_verifies(tmp_path, made.public_key_der, "sha256", DATA, target.read_bytes())
    assert not openssl_verifies(tmp_path, made.public_key_der, "sha256", DATA + b"!", target.read_bytes())


@pytest.mark.parametrize(("algorithm", "digest"), [("rsa2048", "sha256"), ("p256", "sha256"), ("p384", "sha384")])
def test_openssl_verifies_what_the_shelf_signed(stock: Stock, tmp_path: Path, algorithm: str, digest: str) -> None:
    made = stock[algorithm]
    signature = stock.shelf.sign(made.serial, USER_PIN, DATA)
    assert openssl_verifies(tmp_path, made.public_key_der, digest, DATA, signature)


def test_the_so_pin_sets_a_new_user_pin(shelf: Shelf) -> None:
    made = make(shelf)
    slot = str(shelf.plug(made.serial))
    so = ("--slot", slot, "--login", "--login-type", "so")
    assert (
        "CKR_PIN_INCORRECT"
        in run_pkcs11_tool(shelf, *so, "--so-pin", "99999999", "--init-pin", "--pin", "975310").stderr
    )
    pkcs11_tool(shelf, *so, "--so-pin", SO_PIN, "--init-pin", "--pin", "975310")
    with pytest.raises(PinIncorrect, match="CKR_PIN_INCORRECT"):
        shelf.sign(made.serial, USER_PIN, DATA)
    assert shelf.sign(made.serial, "975310", DATA)


def test_a_wrong_pin_is_told_and_the_right_one_still_signs(stock: Stock) -> None:
    made = stock["p256"]
    with pytest.raises(PinIncorrect) as caught:
        stock.shelf.sign(made.serial, "000000", DATA)
    assert caught.value.serial == made.serial
    assert "000000" not in str(caught.value)
    assert stock.shelf.sign(made.serial, USER_PIN, DATA)
