"""Commands that use a device: sign, plug, unplug, restore."""

from __future__ import annotations

from typing import IO

import click

from token_emulator.cli.options import device_argument, shelf_options, take_pin
from token_emulator.device import Shelf
from token_emulator.pin import Who, tries_left

PIN, SO_PIN, NEW_PIN = "MOCKTOKEN_PIN", "MOCKTOKEN_SO_PIN", "MOCKTOKEN_NEW_PIN"
"""Variables that PINs are read from where nobody can type them."""


@click.command()
@shelf_options
@device_argument
@click.option("--in", "source", type=click.File("rb"), default="-", help="Dữ liệu cần ký. The data to sign.")
@click.option("--out", "target", type=click.File("wb"), default="-", help="Nơi ghi chữ ký. Where the signature goes.")
@click.option(
    "--pin-file",
    type=click.File("r"),
    help=f"Tệp có PIN ở dòng đầu; không có thì theo {PIN}, hoặc hỏi. A file whose first line is the PIN; without it "
    f"{PIN} is read, or the PIN asked for.",
)
def sign(shelf: Shelf, serial: str, source: IO[bytes], target: IO[bytes], pin_file: IO[str] | None) -> None:
    """Ký bằng khóa trên thiết bị. Sign with the key on the device.

    RSA: PKCS#1 v1.5 with SHA-256. P-256: ECDSA with SHA-256; P-384: with SHA-384; both in DER.
    `openssl dgst -verify` checks it.
    """
    target.write(shelf.sign(serial, take_pin(PIN, "PIN", pin_file), source.read()))


@click.command()
@shelf_options
@device_argument
def plug(shelf: Shelf, serial: str) -> None:
    """Cắm thiết bị; phần mềm đang chạy thấy ngay. Plug a device in: running clients see it at once.

    The reader is its PKCS#11 slot.
    """
    reader = shelf.plug(serial)
    click.echo(f"Thiết bị {serial} ở đầu đọc {reader}. Device {serial} is in reader {reader}.")


@click.command()
@shelf_options
@device_argument
def unplug(shelf: Shelf, serial: str) -> None:
    """Rút thiết bị. Pull a device out: clients that use it are told CKR_DEVICE_REMOVED."""
    if not shelf.unplug(serial):
        raise click.ClickException(f"Thiết bị {serial} không được cắm. Device {serial} is in no reader.")
    click.echo(f"Đã rút thiết bị {serial}. Device {serial} is pulled out.")


@click.command()
@shelf_options
@device_argument
def restore(shelf: Shelf, serial: str) -> None:
    """Khôi phục thiết bị bị khóa. Set a new PIN as the SO, with all its tries: the way back for a locked device.

    The SO PIN and the new PIN are asked for, or read from MOCKTOKEN_SO_PIN and MOCKTOKEN_NEW_PIN.
    """
    shelf.require_here(serial, "be restored")
    so_pin = take_pin(SO_PIN, "SO PIN")
    shelf.restore(serial, so_pin, take_pin(NEW_PIN, "PIN mới / new PIN", new=True))
    record = shelf.state(serial)
    left = tries_left(record.policy, record.pins, Who.USER)
    click.echo(f"Thiết bị {serial} có PIN mới, còn {left} lần thử. Device {serial} has a new PIN and {left} tries.")


COMMANDS = (sign, plug, unplug, restore)
