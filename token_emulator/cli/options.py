"""How a command is told its shelf, its device and its PINs."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import click
from click.core import ParameterSource

from token_emulator.device import SERIAL, Shelf
from token_emulator.errors import UnknownDevice
from token_emulator.module import HOME

DATA = Path("var/mockca")
SANDBOX = "demo"
SHELF = "tokens"
"""A sandbox's shelf in its folder."""
Command = Callable[..., Any]


def folder_options(command: Command) -> Command:
    """Give a command --shelf, --data and --sandbox; it is called with `folder`, which may not be a shelf."""

    @click.option(
        "--shelf",
        type=click.Path(file_okay=False, path_type=Path),
        help="Thư mục của giá, thay cho sandbox. The shelf's folder, instead of a sandbox.",
    )
    @click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=DATA,
        show_default=True,
        envvar="MOCKCA_DATA",
        help="Thư mục dữ liệu của mockca. Data folder of mockca.",
    )
    @click.option("--sandbox", default=SANDBOX, show_default=True, help="Sandbox.")
    @click.pass_context
    @functools.wraps(command)
    def wrapped(ctx: click.Context, /, shelf: Path | None, data: Path, sandbox: str, **values: Any) -> Any:
        return ctx.invoke(command, folder=_folder(ctx, shelf, data / sandbox / SHELF), **values)

    return wrapped


def _folder(ctx: click.Context, shelf: Path | None, of_sandbox: Path) -> Path:
    """What is named on the command line; else the shelf of this shell; else the sandbox's."""
    named = ctx.get_parameter_source("sandbox") is ParameterSource.COMMANDLINE
    named = named or ctx.get_parameter_source("data") is ParameterSource.COMMANDLINE
    home = os.environ.get(HOME)
    return (shelf or (Path(home) if home and not named else of_sandbox)).absolute()


def shelf_options(command: Command) -> Command:
    """As `folder_options`; the command is called with `shelf`, which there is."""

    @functools.wraps(command)
    def wrapped(folder: Path, **values: Any) -> Any:
        return command(shelf=open_shelf(folder), **values)

    return folder_options(wrapped)


def open_shelf(folder: Path) -> Shelf:
    """The shelf in that folder; a usage error when there is none."""
    if (folder / "readers").is_file():
        return Shelf(folder)
    raise click.UsageError(
        f"{folder} không phải là giá thiết bị. {folder} is not a shelf of devices: it has no readers. "
        "Type: mockca token doctor"
    )


def device_argument(command: Command) -> Command:
    """Give a command of a shelf SERIAL, of which a beginning that no other device has is enough."""

    @click.argument("serial", metavar="SERIAL")
    @functools.wraps(command)
    def wrapped(shelf: Shelf, serial: str, **values: Any) -> Any:
        return command(shelf=shelf, serial=whole_serial(shelf, serial), **values)

    return wrapped


def whole_serial(shelf: Shelf, beginning: str) -> str:
    """The serial that begins so. Raises UnknownDevice; a usage error when there are several."""
    if SERIAL.fullmatch(beginning):
        return beginning
    found = [serial for serial in shelf.serials() if beginning and serial.startswith(beginning)]
    if len(found) > 1:
        raise click.UsageError(
            f"Nhiều thiết bị có số hiệu bắt đầu bằng {beginning}. Several serials begin so: {', '.join(found)}"
        )
    if not found:
        raise UnknownDevice(beginning)
    return found[0]


def take_pin(variable: str, prompt: str, file: IO[str] | None = None, *, new: bool = False) -> str:
    """A PIN from the file's first line, from the environment, or typed: never an argument, which `ps` would show."""
    if file is not None:
        return file.readline().rstrip("\r\n")
    # Taken out, so that no process that this one starts inherits it.
    if (pin := os.environ.pop(variable, None)) is not None:
        return pin
    typed: str = click.prompt(prompt, hide_input=True, err=True, confirmation_prompt=new)
    return typed
