"""`mockca fault`: have exchanges go wrong, directly on the data folder; a running server follows at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mockca.cli.sandbox import TRAINER, data_option, ending_in_a_line, open_sandbox, sandbox_option
from mockca.desk import faults
from mockca.desk.commands import AddFault
from mockca.desk.faults import EFFECTS, ENDPOINTS
from mockca.desk.views import FaultView


@click.group("fault")
def command() -> None:
    """Lỗi theo yêu cầu. Faults on order: TSA, OCSP, CRL, AIA and API that go wrong.

    \b
    mockca fault add tsa slow --seconds 30 --next 1
    mockca fault add ocsp unavailable --retry-after 5 --every 3
    mockca fault add crl truncated --role issuing
    mockca fault add api reset --operation file_dossier --next 1
    mockca fault effects
    """


@command.command("add")
@click.argument("endpoint", type=click.Choice(ENDPOINTS))
@click.argument("effect", type=click.Choice(list(EFFECTS)))
@click.option("--serial", help="OCSP, API: chỉ chứng thư này. Only about this certificate, hexadecimal.")
@click.option("--role", help="CRL, AIA: root, issuing. API: the role of who asks, e.g. registrar, anybody.")
@click.option("--operation", help="API: chỉ thao tác này. Only this operation, e.g. file_dossier.")
@click.option("--next", "next_", type=int, help="Chỉ n lần tới. Only the next so many exchanges.")
@click.option("--every", type=int, help="Mỗi lần thứ k. Each so-many-th exchange.")
@click.option("--probability", type=float, help="Xác suất. From 0 to 1.")
@click.option("--seed", help="With --probability: the same seed, the same exchanges.")
@click.option("--seconds", type=float, help="slow: giây. Seconds before the answer.")
@click.option("--skew-seconds", type=float, help="skew: giây lệch. How far the clock is ahead; behind where negative.")
@click.option("--retry-after", type=int, help="too-many-requests, unavailable: giây. Retry-After in seconds.")
@click.option("--octets", type=int, help="truncated: số octet bị cắt. Octets missing at the end.")
@click.option("--stale-seconds", type=float, help="stale: nextUpdate đã qua bao lâu. How long ago nextUpdate was.")
@click.option("--entry", help="missing-entry: thiếu chứng thư này. Whose entry is missing; everybody's otherwise.")
@click.option("--back", type=int, help="number-back: lùi bao nhiêu. By how much the CRL's number is lower.")
@click.option("--fail-info", help="refuse: PKIFailureInfo.")
@data_option
@sandbox_option
def add(data: Path, name: str, next_: int | None, **given: Any) -> None:
    """Đặt một lỗi. Set a fault; for every exchange unless --next, --every or --probability is given."""
    wanted = {key: value for key, value in {**given, "next": next_}.items() if value is not None}
    sandbox = open_sandbox(data, name)
    with ending_in_a_line():
        command = AddFault(**wanted)
        if command.operation is not None:
            # It takes a second to read the whole API.
            from mockca.web.operations import require_operation

            require_operation(command.operation)
        view = faults.add_fault(sandbox, TRAINER, command)
    _tell(view)


@command.command("list")
@data_option
@sandbox_option
def listing(data: Path, name: str) -> None:
    """Các lỗi đã đặt. The faults that are set, and how often each has fired."""
    for view in faults.list_faults(open_sandbox(data, name)).items:
        _tell(view)


@command.command("remove")
@click.argument("number", type=click.IntRange(min=1))
@data_option
@sandbox_option
def remove(number: int, data: Path, name: str) -> None:
    """Gỡ một lỗi. Take a fault away."""
    sandbox = open_sandbox(data, name)
    with ending_in_a_line():
        view = faults.remove_fault(sandbox, TRAINER, number)
    _tell(view)


@command.command("effects")
def effects() -> None:
    """Các loại lỗi. What may go wrong, and where."""
    for effect in EFFECTS.values():
        where = ", ".join(sorted(effect.endpoints))
        click.echo(f"{effect.name}\t{where}\t{effect.vi} · {effect.en}")


def _tell(view: FaultView) -> None:
    times = {"next": view.next, "every": view.every, "probability": view.probability}
    when = next((f"{name} {value}" for name, value in times.items() if value is not None), "mọi lần · each")
    about = " ".join(f"{name}={value}" for name, value in view.parameters.items())
    only = " ".join(filter(None, (view.operation, view.serial, view.role))) or "-"
    click.echo(
        f"{view.number}\t{view.endpoint}\t{only}\t{when}\t{view.effect}\t{about or '-'}\t"
        f"đã xảy ra · fired {view.fired}/{view.seen}{' ✓' if view.spent else ''}"
    )
