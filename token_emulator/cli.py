"""Commands on a shelf of devices: `mockca token …`."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import click
from cryptography import x509

from token_emulator.device import DeviceInfo, Shelf
from token_emulator.errors import TokenError
from token_emulator.keys import KEY_ID

SHELF = click.argument(
    "shelf",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="SHELF",
    callback=lambda *a: _shelf(a[2]),
)
SERIAL = click.argument("serial", metavar="SERIAL")
JSON = click.option("--json", "as_json", is_flag=True, help="In ra JSON. Print JSON.")


class _Group(click.Group):
    """Tells errors of the package as one line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TokenError as error:
            raise click.ClickException(str(error)) from error


def _shelf(folder: Path) -> Shelf:
    if not (folder / "readers").is_file():
        raise click.BadParameter(f"{folder} is not a shelf of devices: it has no readers")
    return Shelf(folder)


@click.group(cls=_Group)
def command() -> None:
    """Thiết bị lưu khóa trên một giá. The devices on a shelf.

    \b
    mockca token list SHELF
    mockca token info SHELF SERIAL
    mockca token sign SHELF SERIAL --in letter.pdf --out letter.sig
    mockca token plug SHELF SERIAL
    eval "$(mockca token env SHELF)"
    """


@command.command("list")
@SHELF
@JSON
def list_(shelf: Shelf, as_json: bool) -> None:
    """Liệt kê thiết bị. List the devices."""
    devices = [shelf.inspect(serial) for serial in shelf.serials()]
    if as_json:
        click.echo(json.dumps([_plain(device) for device in devices], ensure_ascii=False, indent=2))
        return
    for device in devices:
        what = f"{device.device_model or '-':16} {device.algorithm or '-':8}"
        click.echo(f"{device.serial}  {what} {'*' if device.certificate else '-'}  {device.label}")
    certified = sum(device.certificate is not None for device in devices)
    click.echo(f"{len(devices)} thiết bị, {certified} có chứng thư số (*).")
    click.echo(f"{len(devices)} devices, {certified} with a certificate (*).")


@command.command()
@SHELF
@SERIAL
@JSON
def info(shelf: Shelf, serial: str, as_json: bool) -> None:
    """Xem một thiết bị, không cần PIN. Show one device; needs no PIN."""
    seen = _plain(shelf.inspect(serial))
    if as_json:
        click.echo(json.dumps(seen, ensure_ascii=False, indent=2))
        return
    for title, key in (
        ("Số hiệu / serial", "serial"),
        ("Nhãn / label", "label"),
        ("Kiểu / device model", "device_model"),
        ("Khóa / key", "algorithm"),
        ("PKCS#11", "model"),
        ("Cờ / flags", "flags"),
        ("Chứng thư số / certificate", "certificate"),
    ):
        value = seen[key]
        if isinstance(value, dict):
            value = f"{value['serial']}  {value['subject']}"
        elif isinstance(value, list | tuple):
            value = ", ".join(value)
        click.echo(f"{title:28} {value or '-'}")


@command.command()
@SHELF
@SERIAL
@click.option("--in", "source", type=click.File("rb"), default="-", help="Dữ liệu cần ký. The data to sign.")
@click.option("--out", "target", type=click.File("wb"), default="-", help="Nơi ghi chữ ký. Where the signature goes.")
@click.option(
    "--pin-file",
    type=click.File("r"),
    help="Tệp có PIN ở dòng đầu; không có thì hỏi. A file whose first line is the PIN; asked for without it.",
)
def sign(shelf: Shelf, serial: str, source: IO[bytes], target: IO[bytes], pin_file: IO[str] | None) -> None:
    """Ký bằng khóa trên thiết bị. Sign with the key on the device.

    RSA: PKCS#1 v1.5 with SHA-256. P-256: ECDSA with SHA-256; P-384: with SHA-384; both in DER.
    `openssl dgst -verify` checks it.
    """
    # Not an option with the PIN in it: the list of processes would show it.
    typed = pin_file.readline() if pin_file else click.prompt("PIN", hide_input=True, err=True)
    target.write(shelf.sign(serial, typed.rstrip("\r\n"), source.read()))


@command.command()
@SHELF
@SERIAL
def plug(shelf: Shelf, serial: str) -> None:
    """Cắm thiết bị vào đầu đọc; phần mềm đang chạy thấy ngay. Plug a device in; running clients see it at once."""
    click.echo(f"{serial}: slot {shelf.plug(serial)}")


@command.command()
@SHELF
@SERIAL
def unplug(shelf: Shelf, serial: str) -> None:
    """Rút thiết bị ra. Pull a device out."""
    if not shelf.unplug(serial):
        raise click.ClickException(f"{serial}: không cắm ở đầu đọc nào. In no reader.")


@command.command()
@SHELF
def env(shelf: Shelf) -> None:
    """In biến môi trường cho phần mềm PKCS#11. Print what PKCS#11 clients need."""
    module = shlex.quote(str(shelf.module))
    for name, value in shelf.environment.items():
        click.echo(f"export {name}={shlex.quote(value)}")
    click.echo(f"export PKCS11_MODULE={module}")
    click.echo(f"# pkcs11-tool --module {module} --list-token-slots")
    plugged = shelf.plugged()
    if not plugged:
        click.echo("# chưa cắm thiết bị nào, no device is plugged in: mockca token plug SHELF SERIAL")
    for serial in plugged:
        label = shlex.quote(shelf.state(serial).label)
        click.echo(
            f"# pkcs11-tool --module {module} --token-label {label} --login --list-objects  # key: --id {KEY_ID.hex()}"
        )


def _plain(device: DeviceInfo) -> dict[str, Any]:
    plain = asdict(device)
    if device.certificate is not None:
        certificate = x509.load_der_x509_certificate(device.certificate)
        plain["certificate"] = {
            "serial": f"{certificate.serial_number:x}",
            "subject": certificate.subject.rfc4514_string(),
            "not_after": certificate.not_valid_after_utc.isoformat(),
        }
    return plain
