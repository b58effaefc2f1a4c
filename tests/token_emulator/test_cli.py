from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockca.cli.token import command
from tests.token_emulator.conftest import NAME, USER_PIN, Stock, clean_environment, openssl_verifies
from token_emulator import Shelf


def run(*arguments: str | Path, text: str | bytes | None = None) -> tuple[int, str, bytes]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], input=text)
    return result.exit_code, result.output, result.stdout_bytes


def test_the_list_names_each_device_and_counts(stock: Stock) -> None:
    code, output, _ = run("list", "--shelf", stock.shelf.home)
    assert code == 0
    for made in stock.devices.values():
        assert f"{made.serial}  generic-10       {made.algorithm:8} *  {NAME}" in output
    assert "3 thiết bị, 3 có chứng thư số" in output
    assert "3 devices, 3 with a certificate" in output


def test_the_list_is_there_for_machines_too(stock: Stock) -> None:
    _, output, _ = run("list", "--shelf", stock.shelf.home, "--json")
    listed = json.loads(output)
    assert {device["algorithm"] for device in listed} == set(stock.devices)
    assert listed[0]["certificate"]["serial"] == "1234567890abcdef"
    assert listed[0]["certificate"]["subject"] == f"CN={NAME},C=VN"


def test_one_device_is_shown_whole(stock: Stock) -> None:
    serial = stock["p256"].serial
    code, output, _ = run("info", "--shelf", stock.shelf.home, serial)
    assert code == 0
    assert f"Số hiệu / serial                   {serial}" in output
    assert "Khóa / key                         p256" in output
    assert "USER_PIN_INITIALIZED" in output
    assert f"1234567890abcdef  CN={NAME},C=VN" in output
    assert json.loads(run("info", "--shelf", stock.shelf.home, serial, "--json")[1])["serial"] == serial


def test_a_device_without_a_certificate_shows_a_dash(shelf: Shelf) -> None:
    with shelf.personalise("bit4id-tokenme", "p256", USER_PIN, USER_PIN) as device:
        device.place()
    assert "Chứng thư số / certificate         -" in run("info", "--shelf", shelf.home, device.serial)[1]
    assert f"{device.serial}  bit4id-tokenme   p256     -  MOCK TOKENME" in run("list", "--shelf", shelf.home)[1]


@pytest.mark.parametrize("way", ["file", "prompt"])
def test_a_signature_is_made_with_a_pin_that_is_on_no_command_line(stock: Stock, tmp_path: Path, way: str) -> None:
    made = stock["rsa2048"]
    (tmp_path / "letter").write_bytes(b"letter")
    (tmp_path / "pin").write_text(USER_PIN + "\n")
    given: list[str | Path] = ["--pin-file", tmp_path / "pin"] if way == "file" else []
    code, output, _ = run(
        "sign", "--shelf", stock.shelf.home, made.serial, *given,
        *("--in", tmp_path / "letter", "--out", tmp_path / "out"),
        text=None if way == "file" else USER_PIN + "\n",
    )  # fmt: skip
    assert code == 0, output
    assert USER_PIN not in output
    assert openssl_verifies(tmp_path, made.public_key_der, "sha256", b"letter", (tmp_path / "out").read_bytes())


def test_data_and_signature_go_through_pipes(stock: Stock, tmp_path: Path) -> None:
    made = stock["p384"]
    (tmp_path / "pin").write_text(USER_PIN)
    code, _, signature = run(
        "sign", "--shelf", stock.shelf.home, made.serial, "--pin-file", tmp_path / "pin", text=b"letter"
    )
    assert code == 0
    assert openssl_verifies(tmp_path, made.public_key_der, "sha384", b"letter", signature)


def test_a_wrong_pin_or_serial_is_one_line_and_a_failure(stock: Stock, tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("000000")
    arguments = (stock["p256"].serial, "--pin-file", tmp_path / "pin")
    code, output, _ = run("sign", "--shelf", stock.shelf.home, *arguments, text=b"letter")
    assert (code, output) == (1, f"Error: device {stock['p256'].serial}: wrong PIN (CKR_PIN_INCORRECT)\n")
    code, output, _ = run("info", "--shelf", stock.shelf.home, "0123456789abcdef")
    assert (code, output) == (1, "Error: no device '0123456789abcdef' on this shelf\n")


def test_a_folder_that_is_no_shelf_is_told_and_stays_as_it_is(tmp_path: Path) -> None:
    code, output, _ = run("list", "--shelf", tmp_path)
    assert code == 2
    assert "is not a shelf of devices" in output
    assert not list(tmp_path.iterdir())


def test_the_printed_lines_let_a_shell_use_the_devices(stock: Stock) -> None:
    code, output, _ = run("env", "--shelf", stock.shelf.home)
    assert code == 0
    script = output + '\npkcs11-tool --module "$PKCS11_MODULE" --list-token-slots'
    done = subprocess.run(["sh", "-ec", script], env=clean_environment(), capture_output=True, text=True, check=True)
    assert stock["p256"].serial in done.stdout
    assert output.count("# pkcs11-tool") == 1 + len(stock.devices)


def test_a_device_is_plugged_in_and_pulled_out(shelf: Shelf) -> None:
    with shelf.personalise("bit4id-tokenme", "p256", USER_PIN, USER_PIN) as device:
        device.place()
    assert "no device is plugged in" in run("env", "--shelf", shelf.home)[1]
    plug = ("plug", "--shelf", shelf.home, device.serial[:8])
    assert run(*plug)[:2] == (0, f"Thiết bị {device.serial} ở đầu đọc 0. Device {device.serial} is in reader 0.\n")
    assert "--slot 0 --login" in run("env", "--shelf", shelf.home)[1]
    assert "MOCK TOKENME  [đầu đọc / reader 0]" in run("list", "--shelf", shelf.home)[1]
    assert run("unplug", *plug[1:])[0] == 0
    code, output, _ = run("unplug", *plug[1:])
    assert code == 1
    assert "is in no reader" in output


def test_an_empty_shelf_has_lines_to_print_too(shelf: Shelf) -> None:
    assert shelf.environment
    assert run("env", "--shelf", shelf.home)[1].count("# pkcs11-tool") == 1
    assert "0 devices" in run("list", "--shelf", shelf.home)[1]
