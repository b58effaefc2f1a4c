"""Commands on a shelf of devices: `mockca token …`."""

from __future__ import annotations

from typing import Any

import click

from token_emulator.cli import faults, life, looking, using
from token_emulator.errors import TokenError


class _Group(click.Group):
    """Tells what goes wrong on purpose as one line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (TokenError, OSError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group)
def command() -> None:
    """Thiết bị lưu khóa trên một giá. The devices on a shelf.

    \b
    mockca token list                        the devices of the sandbox demo
    eval "$(mockca token env)"               this shell's clients use them from now on
    mockca token plug 3f                     the beginning of a serial is enough
    mockca token pack 3f token.mocktoken     and `unpack` on another machine
    mockca token doctor                      what is wrong, and the lines to paste into each client

    Giá: --sandbox TÊN [--data THƯ-MỤC], hoặc --shelf THƯ-MỤC; không có thì theo MOCKTOKEN_HOME.
    The shelf is that of the sandbox, or --shelf; without either, what MOCKTOKEN_HOME says, or the sandbox demo.
    """


for _command in (*looking.COMMANDS, *using.COMMANDS, *life.COMMANDS, *faults.COMMANDS):
    command.add_command(_command)
