"""Commands that look, without a PIN: list, info, tries, env, doctor."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from cryptography import x509

from token_emulator import clients, doctor
from token_emulator.cli.options import device_argument, folder_options, shelf_options
from token_emulator.device import DeviceInfo, Shelf
from token_emulator.faults import ordered
from token_emulator.keys import KEY_ID
from token_emulator.pin import Who, flags, tries_left
from token_emulator.state import Condition

CONDITIONS = {
    Condition.HERE: "trên giá / here",
    Condition.PACKED: "đã đóng gói / packed",
    Condition.LOST: "bị mất / lost",
    Condition.DAMAGED: "bị hỏng / damaged",
    Condition.RETURNED: "đã trả lại / returned",
    Condition.WIPED: "đã xóa / wiped",
}
JSON = click.option("--json", "as_json", is_flag=True, help="In ra JSON. Print JSON.")


@click.command("list")
@shelf_options
@JSON
def list_(shelf: Shelf, as_json: bool) -> None:
    """Liệt kê thiết bị. List the devices."""
    devices = [shelf.inspect(serial) for serial in shelf.serials()]
    if as_json:
        click.echo(json.dumps([_plain(device) for device in devices], ensure_ascii=False, indent=2))
        return
    for device in devices:
        what = f"{device.device_model or '-':16} {device.algorithm or '-':8}"
        click.echo(
            f"{device.serial}  {what} {'*' if device.certificate else '-'}  {device.label}{_whereabouts(device)}"
        )
    certified = sum(device.certificate is not None for device in devices)
    click.echo(f"{len(devices)} thiết bị, {certified} có chứng thư số (*).")
    click.echo(f"{len(devices)} devices, {certified} with a certificate (*).")


@click.command()
@shelf_options
@device_argument
@JSON
def info(shelf: Shelf, serial: str, as_json: bool) -> None:
    """Xem một thiết bị, không cần PIN. Show one device; needs no PIN."""
    device = shelf.inspect(serial)
    seen = _plain(device)
    if as_json:
        click.echo(json.dumps(seen, ensure_ascii=False, indent=2))
        return
    certificate = seen["certificate"]
    for title, value in (
        ("Số hiệu / serial", device.serial),
        ("Nhãn / label", device.label),
        ("Kiểu / device model", device.device_model),
        ("Khóa / key", device.algorithm),
        ("PKCS#11", f"{device.model} · {device.manufacturer}"),
        ("Tình trạng / condition", CONDITIONS[device.condition]),
        ("Đầu đọc / reader", device.reader),
        ("Cờ / flags", ", ".join(device.flags)),
        ("Lần thử PIN / PIN tries left", device.user_tries_left),
        ("Lần thử SO PIN / SO PIN tries left", device.so_tries_left),
        ("Chứng thư số / certificate", certificate and f"{certificate['serial']}  {certificate['subject']}"),
    ):
        click.echo(f"{title:34} {'-' if value in (None, '') else value}")


@click.command()
@shelf_options
@device_argument
@JSON
def tries(shelf: Shelf, serial: str, as_json: bool) -> None:
    """Số lần thử PIN còn lại. How many wrong PINs are left, what clients are told, and faults on order."""
    record = shelf.state(serial)
    policy, pins = record.policy, record.pins
    left = {who: tries_left(policy, pins, who) for who in Who}
    told = sorted(flag.name for flag in flags(policy, pins) if flag.name)
    coming = {fault.name.lower(): order.times for fault, order in ordered(shelf, serial).items()}
    if as_json:
        counts = {who.value: {"left": left[who], "of": policy.tries(who)} for who in Who}
        click.echo(json.dumps({"serial": serial, **counts, "flags": told, "faults": coming}))
        return
    for who, title in ((Who.USER, "PIN"), (Who.SO, "SO PIN")):
        locked = "" if left[who] else "  ĐÃ KHÓA / LOCKED"
        click.echo(
            f"{title:8} còn {left[who]}/{policy.tries(who)} lần / {left[who]} of {policy.tries(who)} left{locked}"
        )
    click.echo(f"{'CKF':8} {', '.join(told)}")
    for name, times in coming.items():
        click.echo(f"{'Lỗi':8} {name}: {'mãi / always' if times is None else f'{times} lần / times'}")


@click.command()
@shelf_options
def env(shelf: Shelf) -> None:
    """In biến môi trường cho phần mềm PKCS#11. Print what PKCS#11 clients need."""
    module = shlex.quote(str(shelf.module))
    for name, value in shelf.environment.items():
        click.echo(f"export {name}={shlex.quote(value)}")
    click.echo(f"export PKCS11_MODULE={module}")
    click.echo(f"# pkcs11-tool --module {module} --list-token-slots")
    plugged = shelf.plugged()
    if not plugged:
        click.echo("# chưa cắm thiết bị nào, no device is plugged in: mockca token plug SERIAL")
    for serial, reader in plugged.items():
        use = f"pkcs11-tool --module {module} --slot {reader} --login --list-objects"
        click.echo(f"# {use}  # {serial}, key: --id {KEY_ID.hex()}")


@click.command("doctor")
@folder_options
@click.option(
    "--client",
    "wanted",
    type=click.Choice(tuple(clients.CLIENTS)),
    multiple=True,
    help="Chỉ những phần mềm này, và phải có. Only these clients, and they must be there.",
)
def doctor_(folder: Path, wanted: tuple[str, ...]) -> None:
    """Tìm chỗ sai và in các dòng cần dán. Say what is wrong, and print the lines to paste into each client.

    Exit code 0: nothing is wrong; 1: something is.
    """
    findings = doctor.examine(doctor.Surroundings.of_this_process(), folder, wanted)
    for finding in findings:
        click.echo(f"[{finding.level.value}] {finding.vi}")
        click.echo(f"      {finding.en}")
        if finding.command is not None:
            click.echo(f"      $ {finding.command}")
    wrong = sum(finding.level is doctor.Level.WRONG for finding in findings)
    if not wrong:
        shelf = Shelf(folder)
        for client in wanted or clients.CLIENTS:
            click.echo(f"\n# --- {clients.CLIENTS[client].title} ---")
            click.echo(clients.recipe(client, shelf).rstrip("\n"))
        click.echo("")
    click.echo(f"{wrong} chỗ sai. {wrong} wrong." if wrong else "Mọi thứ đều ổn. All is well.")
    if wrong:
        sys.exit(1)


def _whereabouts(device: DeviceInfo) -> str:
    if device.condition is not Condition.HERE:
        return f"  [{CONDITIONS[device.condition]}]"
    return "" if device.reader is None else f"  [đầu đọc / reader {device.reader}]"


def _plain(device: DeviceInfo) -> dict[str, Any]:
    plain = {**asdict(device), "condition": device.condition.name.lower()}
    if device.certificate is not None:
        certificate = x509.load_der_x509_certificate(device.certificate)
        plain["certificate"] = {
            "serial": f"{certificate.serial_number:x}",
            "subject": certificate.subject.rfc4514_string(),
            "not_after": certificate.not_valid_after_utc.isoformat(),
        }
    return plain


COMMANDS = (list_, info, tries, env, doctor_)
