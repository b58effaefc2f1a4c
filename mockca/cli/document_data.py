"""`mockca document sign-data`: XML, JSON and any octets signed by a device, each as its own kind of signature."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from mockca.cli.clock import Instant
from mockca.clock import SharedClock, system_now
from token_emulator.cli.options import shelf_options, take_pin, whole_serial
from token_emulator.device import Shelf
from token_emulator.documents.signing import CmsOptions, XmlOptions, device_key, sign_cms, sign_jws, sign_xml

CLOCK = "clock"
"""A sandbox's clock, beside its shelf."""
FORMATS = ("cms", "xml", "jws")


def now_of(shelf: Shelf) -> datetime:
    """The time of the sandbox that the shelf is in; the system's for a shelf of its own."""
    clock = shelf.home.parent / CLOCK
    return SharedClock.open(clock).now() if clock.is_file() else system_now()


@click.command("sign-data")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--out",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Nơi ghi. Where it goes.",
)
@click.option(
    "--as",
    "format_",
    type=click.Choice(FORMATS),
    help="Kiểu chữ ký, nếu khác đuôi tệp. Kind of signature, when not as the name says: .xml, .json, others CMS.",
)
@shelf_options
@click.option("--device", metavar="SERIAL", required=True, help="Thiết bị ký. The device.")
@click.option("--attached", is_flag=True, help="CMS mang theo nội dung. The CMS holds the octets that it signs.")
@click.option("--tsa", metavar="URL", help="Dịch vụ cấp dấu thời gian, cho CMS. The time-stamping authority, for CMS.")
@click.option(
    "--chain", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True, help="Issuers, DER."
)
@click.option("--at", type=Instant(), help="Thời điểm ký; không có thì theo đồng hồ sandbox. When.")
def sign_data_command(
    shelf: Shelf,
    file: Path,
    target: Path,
    format_: str | None,
    device: str,
    attached: bool,
    tsa: str | None,
    chain: tuple[Path, ...],
    at: datetime | None,
) -> None:
    """Ký tệp XML (XAdES), JSON (JWS), tệp bất kỳ (CMS). Sign XML, JSON, any file.

    \b
    mockca document sign-data ho-so.xml -o ho-so-ky.xml --device 64f7
    mockca document sign-data tep.bin -o tep.bin.p7s --device 64f7 --tsa http://127.0.0.1:8400/demo/pki/tsa

    The PIN is typed, or read from MOCKTOKEN_PIN.
    """
    kind = format_ or {".xml": "xml", ".json": "jws"}.get(file.suffix.lower(), "cms")
    if kind != "cms" and (tsa or attached):
        raise click.UsageError(f"--tsa và --attached chỉ dành cho CMS. --tsa and --attached are for CMS, not {kind}.")
    key = device_key(shelf, whole_serial(shelf, device), take_pin("MOCKTOKEN_PIN", "PIN"))
    issuers = tuple(path.read_bytes() for path in chain)
    data, when = file.read_bytes(), at or now_of(shelf)
    if kind == "xml":
        signed = sign_xml(data, key, when, XmlOptions(chain=issuers))
    elif kind == "jws":
        signed = sign_jws(data, key).encode("ascii")
    else:
        signed = sign_cms(data, key, when, CmsOptions(detached=not attached, chain=issuers, timestamp_url=tsa))
    target.write_bytes(signed)
    click.echo(f"{target}: {kind}")
