"""`mockca agent`: the desktop signing agent that web pages call."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from mockca.clock import system_now
from token_emulator import Shelf
from token_emulator.agent import (
    DESK_PORT,
    LENIENT,
    PORT,
    STRICT,
    Agent,
    Desk,
    Devices,
    Fault,
    FaultName,
    FaultTable,
    Running,
    Script,
    Settings,
    Transfer,
    certificate_in,
    read_faults,
    run,
)
from token_emulator.agent import command as give_order
from token_emulator.agent.faults import TOLD
from token_emulator.agent.operations import OPERATIONS
from token_emulator.cli.options import folder_options, open_shelf, whole_serial
from token_emulator.documents.rules import load
from token_emulator.documents.signing import SubFilter
from token_emulator.errors import TokenError

if TYPE_CHECKING:
    from mockca.desk.sandbox import Sandbox

HOME = Path("var/agent")
PIN = "MOCKTOKEN_PIN"
SUBFILTERS = [one.value for one in SubFilter]
home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=HOME,
    show_default=True,
    envvar="MOCKCA_AGENT",
    help="Thư mục của dịch vụ. The agent's folder: its certificate, and the note by which commands find it.",
)


class _Group(click.Group):
    """Tells what goes wrong on purpose as one line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (TokenError, OSError) as error:
            raise click.ClickException(str(error)) from error


@click.group("agent", cls=_Group)
def command() -> None:
    """Dịch vụ ký số mà trang web gọi. The desktop signing agent that web pages call.

    \b
    mockca agent trust                      how a browser comes to trust it
    mockca agent serve                      on wss://127.0.0.1:8987, PINs typed on its own page
    mockca agent serve --pin-file pin.txt   nobody is asked: for CI
    mockca agent fault cancelled --times 1  what may go wrong, on order
    """


@command.command("serve")
@folder_options
@home_option
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0: cổng bất kỳ. 0: any.")
@click.option("--desk-port", type=click.IntRange(0, 65535), default=DESK_PORT, show_default=True, help="Bàn ký. Desk.")
@click.option("--serial", help="Chỉ thiết bị này. Only this device; the beginning of its serial is enough.")
@click.option("--lenient", is_flag=True, help="Dễ tính với trang web. Bear what the real agent does not, or may not.")
@click.option("--origin", "origins", multiple=True, help="Chỉ các trang này. Only pages of these origins; else any.")
@click.option("--regulation", help="Hiển thị chữ ký theo quy định này. Show signatures as it asks, e.g. lai-chau.")
@click.option("--organisation", default="", help="Tên cơ quan trên chữ ký. The body's name, as signatures show it.")
@click.option("--tsa", help="Địa chỉ cấp dấu thời gian, hoặc `sandbox`. A time-stamping authority, or `sandbox`.")
@click.option("--subfilter", type=click.Choice(SUBFILTERS), default=SUBFILTERS[0], show_default=True)
@click.option("--no-ocsp", is_flag=True, help="Không kiểm tra OCSP. SignerCertStatus is null.")
@click.option("--ca-file", type=click.Path(exists=True, dir_okay=False), help="CA of https handlers, PEM.")
@click.option("--faults", "fault_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML.")
@click.option(
    "--pin-file",
    type=click.File("r"),
    help=f"Mã PIN, hoặc mỗi dòng một lần. The PIN, or one a line for each time; without it {PIN}, or asked for.",
)
def serve(
    folder: Path,
    home: Path,
    port: int,
    desk_port: int,
    serial: str | None,
    lenient: bool,
    origins: tuple[str, ...],
    regulation: str | None,
    organisation: str,
    tsa: str | None,
    subfilter: str,
    no_ocsp: bool,
    ca_file: str | None,
    fault_file: Path | None,
    pin_file: IO[str] | None,
) -> None:
    """Chạy đến khi dừng. Serve until SIGTERM or Ctrl+C."""
    shelf = open_shelf(folder)
    sandbox = _sandbox_of(shelf)
    manners = LENIENT if lenient else STRICT
    settings = Settings(
        manners=manners,
        origins=origins,
        serial=serial and whole_serial(shelf, serial),
        regulation=regulation and load(regulation).id,
        organisation=organisation,
        subfilter=SubFilter(subfilter),
        timestamp_url=_tsa(tsa, sandbox),
        ocsp=not no_ocsp,
        ca_file=ca_file,
    )
    if sandbox is not None:
        hierarchy = sandbox.hierarchy
        der = [one.certificate.public_bytes(Encoding.DER) for one in (hierarchy.root, hierarchy.issuing)]
        settings = replace(settings, roots=(der[0],), chain=(der[1],))
    tls = ssl.create_default_context()
    if ca_file:
        tls.load_verify_locations(ca_file)
    table = FaultTable()
    if fault_file:
        table.order(read_faults(fault_file))
    agent = Agent(
        Devices(shelf, settings.serial),
        _prompter(pin_file),
        sandbox.clock.now if sandbox else system_now,
        Transfer(manners, tls),
        settings,
        table,
    )
    _log_to_the_terminal()
    asyncio.run(run(agent, certificate_in(home, system_now()), _tell, port, desk_port))


@command.command("trust")
@home_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Ghi chứng thư gốc. Write the root here.")
def trust(home: Path, out: Path | None) -> None:
    """Cài chứng thư gốc vào trình duyệt. How a browser comes to trust the agent."""
    certificate = certificate_in(home, system_now())
    root = x509.load_pem_x509_certificate(certificate.root.read_bytes())
    if out is not None:
        out.write_bytes(certificate.root.read_bytes())
    path = (out or certificate.root).absolute()
    for line in (
        "Chứng thư gốc này chỉ dùng được cho 127.0.0.1, ::1 và localhost; khóa của nó đã bị hủy.",
        "This root is good for 127.0.0.1, ::1 and localhost alone; its key has been thrown away.",
        f"  {path}",
        f"  SHA-256 {root.fingerprint(SHA256()).hex(':')}",
        "",
        "# Chrome, Chromium, Edge (Linux)",
        f'certutil -d sql:"$HOME/.pki/nssdb" -A -t C,, -n "mockca agent" -i {path}',
        "# Firefox: thư mục hồ sơ / the profile's folder",
        f'certutil -d sql:"PROFILE" -A -t C,, -n "mockca agent" -i {path}',
        "# Windows",
        "certutil -user -addstore Root root.pem",
        "# macOS",
        "security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db root.pem",
        "# Chromium, Playwright, Selenium (CI)",
        f"--ignore-certificate-errors-spki-list={certificate.pin}",
    ):
        click.echo(line)


@command.command("fault")
@home_option
@click.argument("name", required=False, type=click.Choice([*(one.value for one in FaultName), "none"]))
@click.option("--operation", help="Chỉ chức năng này. Only this operation, e.g. SignIssued.")
@click.option("--times", type=int, help="Số lần. For the next so many operations; without it, until `none`.")
@click.option("--seconds", type=float, help="slow, tsa-slow.")
@click.option("--tries", type=int, help="wrong-pin: số lần nhập sai. How many wrong PINs; else until it is locked.")
@click.option("--from", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML.")
@click.option("--off", is_flag=True, help="Gỡ lỗi này. Take this fault back.")
def fault(home: Path, name: str | None, file: Path | None, off: bool, **given: Any) -> None:
    """Đặt một lỗi. Order a fault of the running agent; without NAME, list what is on order; `none` takes all back."""
    if file is not None:
        faults = [one.model_dump(mode="json", exclude_none=True) for one in read_faults(file)]
        order: dict[str, Any] = {"do": "order", "faults": faults}
    elif name is None:
        order = {"do": "list"}
    elif name == "none" or off:
        order = {"do": "withdraw", **({} if name == "none" else {"name": name})}
    else:
        values = {key: value for key, value in given.items() if value is not None}
        order = {"do": "order", "faults": [{"name": name, **values}]}
    standing = give_order(home, order)
    for line in [_told(Fault(**one)) for one in standing] or ["Không có lỗi nào. No fault is on order."]:
        click.echo(line)


@command.command("faults")
def faults() -> None:
    """Các lỗi có thể đặt. What may go wrong."""
    for name, (vi, en) in TOLD.items():
        click.echo(f"{name:20} {vi} {en}")


@command.command("operations")
def operations() -> None:
    """Các chức năng. What pages may call."""
    for name, operation in OPERATIONS.items():
        vi, en = getattr(operation, "vi", ""), getattr(operation, "en", "")
        click.echo(f"/{name:20} {f'{vi} · {en}' if vi else getattr(operation, 'why', '')}".rstrip())


def _sandbox_of(shelf: Shelf) -> Sandbox | None:
    """The sandbox whose shelf it is."""
    folder = shelf.home.parent
    if not (folder / "clock").exists():
        return None
    # Only here: the commands beside `serve` have no use for a registry, and are quicker without.
    from mockca.cli.sandbox import PUBLIC_URL
    from mockca.desk.sandbox import Sandboxes

    return Sandboxes(folder.parent, PUBLIC_URL).open(folder.name)


def _tsa(given: str | None, sandbox: Sandbox | None) -> str | None:
    if given != "sandbox":
        return given
    if sandbox is None:
        raise click.UsageError("--tsa sandbox cần một sandbox; --tsa sandbox needs the shelf of a sandbox")
    return f"{sandbox.url}/pki/tsa"


def _prompter(file: IO[str] | None) -> Desk | Script:
    if file is not None:
        return Script([line for line in file.read().splitlines() if line])
    # Taken out, so that no process that this one starts inherits it.
    pin = os.environ.pop(PIN, None)
    return Desk() if pin is None else Script([pin])


def _log_to_the_terminal() -> None:
    """The agent's own lines alone: other libraries' would show the tokens in pages' addresses."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log = logging.getLogger("token_emulator.agent")
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    log.propagate = False


def _tell(opened: Running) -> None:
    click.echo(f"Dịch vụ ký số (MÔ PHỎNG) · signing agent: {opened.address}")
    click.echo(f"Bàn ký, nơi nhập mã PIN · the desk, where PINs are typed: {opened.desk}")


def _told(fault: Fault) -> str:
    more = " ".join(
        f"{name}={value}" for name in ("operation", "times", "seconds", "tries") if (value := getattr(fault, name))
    )
    return f"{fault.name:20} {more}  {TOLD[fault.name][0]} {TOLD[fault.name][1]}"
