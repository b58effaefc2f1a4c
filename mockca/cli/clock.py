"""`mockca clock`: read and turn a sandbox's clock, directly on the data folder; a running server follows at once."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from mockca.cli.sandbox import TRAINER, data_option, ending_in_a_line, open_sandbox, sandbox_option
from mockca.desk import control
from mockca.desk.commands import TurnClock
from mockca.desk.views import ClockView
from mockca.web.calendar import require_possible

SECONDS = {"w": 7 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1}
SPAN = re.compile(r"(?:\d+[wdhms])+")


class Span(click.ParamType[float]):
    """A length of time such as `30d`, `1h30m`, `2w`; in seconds."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds; fails where the text is no span."""
        if not SPAN.fullmatch(str(value)):
            self.fail(f"{value} is no length of time such as 30d, 1h30m or 2w", param, ctx)
        return float(sum(int(n) * SECONDS[unit] for n, unit in re.findall(r"(\d+)([wdhms])", str(value))))


class Instant(click.ParamType[datetime]):
    """An instant with its offset."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The instant; fails where the text is none or has no offset."""
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            self.fail(f"{value} is no instant with its offset such as 2026-01-05T08:00:00+07:00", param, ctx)
        return instant


@click.group("clock")
def command() -> None:
    """Đồng hồ của một sandbox. A sandbox's clock."""


@command.command("show")
@data_option
@sandbox_option
def show(data: Path, name: str) -> None:
    """Xem giờ. Tell the time there."""
    _tell(control.clock_view(open_sandbox(data, name)))


@command.command("set")
@click.argument("instant", type=Instant())
@data_option
@sandbox_option
def set_clock(instant: datetime, data: Path, name: str) -> None:
    """Đặt giờ. Set the clock; forward, what falls due on the way is run."""
    _turn(data, name, {"set": instant})


@command.command("advance")
@click.argument("span", type=Span())
@data_option
@sandbox_option
def advance(span: float, data: Path, name: str) -> None:
    """Tua tới. Move the clock on, e.g. by 30d; what falls due on the way is run."""
    _turn(data, name, {"advance_seconds": span})


@command.command("freeze")
@data_option
@sandbox_option
def freeze(data: Path, name: str) -> None:
    """Dừng đồng hồ. Stop the clock."""
    _turn(data, name, {"freeze": True})


@command.command("resume")
@data_option
@sandbox_option
def resume(data: Path, name: str) -> None:
    """Cho đồng hồ chạy. Let the clock run again."""
    _turn(data, name, {"freeze": False})


def _turn(data: Path, name: str, wanted: dict[str, Any]) -> None:
    sandbox = open_sandbox(data, name)
    with ending_in_a_line():
        turn = TurnClock(**wanted)
        require_possible(sandbox.clock.now(), turn)
        view = control.turn_clock(sandbox, TRAINER, turn)
    _tell(view)


def _tell(view: ClockView) -> None:
    state = "đứng · frozen" if view.frozen else "chạy · running"
    click.echo(f"{view.now.isoformat()}\t{state}\t×{view.scale:g}")
    for what in view.ran:
        click.echo(f"  {what}")
