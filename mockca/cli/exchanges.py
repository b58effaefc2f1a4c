"""`mockca exchanges`: who asked what of a sandbox, and what was answered; directly on the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mockca.cli.sandbox import TRAINER, data_option, ending_in_a_line, open_sandbox, sandbox_option
from mockca.desk import exchanges
from mockca.desk.commands import SetRecording
from mockca.desk.faults import ENDPOINTS
from mockca.desk.views import ExchangeView, RecordingView


@click.group("exchanges")
def command() -> None:
    """Nhật ký trao đổi. The journal of exchanges.

    \b
    mockca exchanges list --refused
    mockca exchanges record --api all --ocsp
    mockca why 12
    """


@command.command("list")
@click.option("--endpoint", type=click.Choice(ENDPOINTS), help="Chỉ ở đây. Only there.")
@click.option("--operation", help="API: chỉ thao tác này. Only this operation, e.g. file_dossier.")
@click.option("--account", help="Chỉ tài khoản này. Only of this account.")
@click.option("--serial", help="Chỉ về chứng thư hoặc thiết bị này. Only about this certificate or device.")
@click.option("--refused", is_flag=True, default=None, help="Chỉ những lần bị từ chối. Only what was refused.")
@click.option("--disturbed", is_flag=True, default=None, help="Chỉ những lần có lỗi theo yêu cầu. Only with a fault.")
@click.option("--before", type=click.IntRange(min=1), help="Cũ hơn số này. Older than this one.")
@click.option("--limit", type=click.IntRange(1, 4096), default=50, show_default=True, help="Số dòng. How many.")
@data_option
@sandbox_option
def listing(data: Path, name: str, **wanted: Any) -> None:
    """Những trao đổi gần đây. The latest exchanges, the newest first."""
    for view in exchanges.list_exchanges(open_sandbox(data, name), **wanted).items:
        click.echo(_line(view))


@command.command("record")
@click.option("--api", type=click.Choice(["none", "refusals", "all"]), default="refusals", show_default=True)
@click.option("--ocsp", is_flag=True)
@click.option("--crl", is_flag=True)
@click.option("--aia", is_flag=True)
@click.option("--tsa", is_flag=True)
@data_option
@sandbox_option
def record(data: Path, name: str, **wanted: Any) -> None:
    """Chọn những trao đổi được ghi. Say which exchanges are noted; those that a fault has changed always are."""
    with ending_in_a_line():
        _tell(exchanges.set_recording(open_sandbox(data, name), TRAINER, SetRecording(**wanted)))


@command.command("recorded")
@data_option
@sandbox_option
def recorded(data: Path, name: str) -> None:
    """Những trao đổi nào được ghi. Which exchanges are noted."""
    _tell(exchanges.recording_view(open_sandbox(data, name)))


def _line(view: ExchangeView) -> str:
    who = view.account or "-"
    about = " ".join(filter(None, (view.operation, *view.serials))) or "-"
    faults = " ".join(f"lỗi · fault {fault.number} {fault.effect}" for fault in view.faults)
    told = " ".join(filter(None, (view.outcome, view.clause, faults)))
    return f"{view.number}\t{view.at:%Y-%m-%d %H:%M:%SZ}\t{view.endpoint}\t{about}\t{who}\t{view.status}\t{told}"


def _tell(view: RecordingView) -> None:
    click.echo("\t".join(f"{name} {value}" for name, value in view.model_dump().items()))
