"""The command that orders faults of a device."""

from __future__ import annotations

from typing import Any

import click

from token_emulator import faults
from token_emulator.cli.options import device_argument, shelf_options
from token_emulator.device import Shelf
from token_emulator.return_values import RETURN_VALUES, name_of, number_of
from token_emulator.state import Fault, Order


class ReturnValue(click.ParamType[int]):
    """A CKR by name, with CKR_ or without, or by number."""

    name = "ckr"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Its number."""
        try:
            return number_of(str(value))
        except ValueError:
            self.fail(f"{value} is no number, nor one of {', '.join(RETURN_VALUES)}", param, ctx)


@click.command()
@shelf_options
@device_argument
@click.argument(
    "kind",
    required=False,
    type=click.Choice(("login", "removed", "slow", "memory", "no-certificate", "wrong-certificate", "none")),
)
@click.option("--answer", type=ReturnValue(), default="CKR_DEVICE_ERROR", show_default=True, help="login: CKR.")
@click.option("--ms", type=click.IntRange(1), default=3000, show_default=True, help="slow: mili giây. Milliseconds.")
@click.option("--times", type=click.IntRange(1), default=1, show_default=True, help="Số lần. How often.")
@click.option("--always", is_flag=True, help="Đến khi gọi none. Until `none`.")
def fault(shelf: Shelf, serial: str, kind: str | None, answer: int, ms: int, times: int, always: bool) -> None:
    """Đặt một lỗi cho thiết bị. Order a fault of a device; without KIND, list what is on order.

    \b
    login              the next C_Login answers --answer; no PIN is compared, no try counted
    removed            the device is pulled out during the next signature
    slow               the next signature takes --ms longer
    memory             the next new object on the token finds no room
    no-certificate     the certificate is not on the device, until `none`
    wrong-certificate  one for another key is there instead, until `none`
    none               all is taken back
    """
    repeat = None if always else times
    match kind:
        case None:
            pass
        case "no-certificate":
            faults.hide_certificate(shelf, serial)
        case "wrong-certificate":
            faults.swap_certificate(shelf, serial)
        case "none":
            faults.withdraw(shelf, serial)
            faults.put_certificate_back(shelf, serial)
        case name:
            wanted = Fault[name.upper()]
            value = {Fault.LOGIN: answer, Fault.SLOW: ms}.get(wanted, 0)
            try:
                faults.order(shelf, serial, wanted, times=repeat, value=value)
            except ValueError as error:
                raise click.UsageError(str(error)) from error
    on_order = [_told(*item) for item in faults.ordered(shelf, serial).items()]
    if (shelf.folder(serial) / faults.KEPT).exists():
        on_order.append("chứng thư số khác hoặc không có / certificate missing or another")
    for line in on_order or ["Không có lỗi nào. No fault is on order."]:
        click.echo(line)


def _told(kind: Fault, order: Order) -> str:
    value = {Fault.LOGIN: name_of(order.value), Fault.SLOW: f"{order.value} ms"}.get(kind, "")
    often = "mãi / always" if order.times is None else f"{order.times} lần / times"
    return f"{kind.name.lower():8} {often}  {value}".rstrip()


COMMANDS = (fault,)
