"""Commands on where a device is and what became of it: pack, unpack, mark, wipe."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from token_emulator.cli.options import device_argument, folder_options, shelf_options
from token_emulator.conditions import mark
from token_emulator.device import Shelf
from token_emulator.package import SUFFIX
from token_emulator.package import pack as pack_device
from token_emulator.package import unpack as unpack_device
from token_emulator.state import Condition

WORDS = {
    "lost": (Condition.LOST, "bị mất"),
    "found": (Condition.HERE, "đã tìm thấy"),
    "damaged": (Condition.DAMAGED, "bị hỏng"),
    "returned": (Condition.RETURNED, "đã trả lại"),
}
"""What may be said of a device, and how it is told."""


@click.command()
@shelf_options
@device_argument
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def pack(shelf: Shelf, serial: str, file: Path | None) -> None:
    """Đóng gói thiết bị vào một tệp. Move a device into one file, to be handed over.

    What stays on this shelf cannot be used any more. The counters of wrong PINs travel along. FILE must not exist;
    without it, SERIAL.mocktoken in the present folder.
    """
    file = file or Path(serial + SUFFIX)
    pack_device(shelf, serial, file)
    click.echo(f"Thiết bị {serial} nằm trong {file}; trên giá này không dùng được nữa.")
    click.echo(f"Device {serial} is in {file}; here it cannot be used any more.")
    click.echo(f"$ mockca token unpack {shlex.quote(str(file))}")


@click.command()
@folder_options
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def unpack(folder: Path, file: Path) -> None:
    """Lấy thiết bị ra khỏi tệp. Put the device in a file onto this shelf, which is made when there is none.

    One package can be unpacked once on one shelf.
    """
    serial = unpack_device(Shelf(folder), file).serial
    click.echo(f"Thiết bị {serial} ở trên giá {folder}. Device {serial} is on the shelf {folder}.")
    click.echo(f"$ mockca token plug {serial} --shelf {shlex.quote(str(folder))}")


@click.command("mark")
@shelf_options
@device_argument
@click.argument("word", metavar="|".join(WORDS), type=click.Choice(tuple(WORDS)))
def mark_(shelf: Shelf, serial: str, word: str) -> None:
    """Ghi nhận mất, tìm thấy, hỏng, trả lại. Say what became of a device.

    A device that is lost, damaged or returned is in no reader and cannot be plugged in. The authority is told apart
    from this.
    """
    condition, vi = WORDS[word]
    mark(shelf, serial, condition)
    click.echo(f"Thiết bị {serial}: {vi}. Device {serial}: {word}.")


@click.command()
@shelf_options
@device_argument
@click.confirmation_option(
    "--yes", prompt="Xóa vĩnh viễn khóa và PIN trên thiết bị? Destroy keys and PINs on the device, for good?"
)
def wipe(shelf: Shelf, serial: str) -> None:
    """Xóa vĩnh viễn. Destroy the keys and PINs on a device, for good."""
    mark(shelf, serial, Condition.WIPED)
    click.echo(f"Đã xóa thiết bị {serial}. Device {serial} is wiped.")


COMMANDS = (pack, unpack, mark_, wipe)
