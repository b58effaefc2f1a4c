"""The lines that `mockca token doctor` prints for each client work when they are pasted."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.token_emulator.conftest import USER_PIN, Made, Stock, clean_environment, openssl_verifies
from token_emulator import Shelf
from token_emulator.clients import CLIENTS, recipe

LETTER = "Kính gửi\n".encode()
PROMPT = re.compile(rb"(PIN|password)[^\n]*: *$")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the lines are pasted."""
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "letter.txt").write_bytes(LETTER)
    return folder


def shelf_with(stock: Stock, algorithm: str, home: Path) -> tuple[Shelf, Made]:
    """A shelf with one device, plugged in: a copy of one that is there."""
    shelf, made = Shelf(home), stock[algorithm]
    assert shelf.environment
    shutil.copytree(stock.shelf.folder(made.serial), home / "devices" / made.serial)
    shelf.plug(made.serial)
    return shelf, made


def paste(text: str, folder: Path, shelf: Shelf) -> str:
    """Run the lines on a terminal, typing the PIN where it is asked for; what was on the screen."""
    (folder / "pasted.sh").write_text(text)
    environment = {
        **clean_environment(),
        **shelf.environment,
        "HOME": str(folder),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    ours, theirs = pty.openpty()
    command = ["setsid", "--ctty", "sh", "-e", "pasted.sh"]
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as shell:
        os.close(theirs)
        screen, answered = b"", 0
        while chunk := read(ours):
            screen += chunk
            if PROMPT.search(screen[answered:]):
                while termios.tcgetattr(ours)[3] & termios.ECHO:  # it has asked and is not listening yet
                    pass
                answered = len(screen)
                os.write(ours, USER_PIN.encode() + b"\n")
    os.close(ours)
    shown = screen.decode(errors="replace")
    assert shell.returncode == 0, shown
    assert USER_PIN not in shown
    return shown


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # nobody is at the other end any more
        return b""


@pytest.mark.parametrize("algorithm", ["p256", "rsa2048"])
@pytest.mark.parametrize("client", ["pkcs11-tool", "openssl"])
def test_a_pasted_line_signs_a_letter(stock: Stock, tmp_path: Path, place: Path, client: str, algorithm: str) -> None:
    shelf, made = shelf_with(stock, algorithm, tmp_path / "giá thiết bị")
    paste(recipe(client, shelf), place, shelf)
    signature = (place / "letter.sig").read_bytes()
    assert openssl_verifies(tmp_path, made.public_key_der, "sha256", LETTER, signature)


@pytest.mark.parametrize("algorithm", ["p256", "rsa2048"])
def test_the_python_lines_sign(stock: Stock, tmp_path: Path, place: Path, algorithm: str) -> None:
    shelf, made = shelf_with(stock, algorithm, tmp_path / "shelf")
    signature = bytes.fromhex(paste(recipe("python-pkcs11", shelf), place, shelf).split()[-1])
    if algorithm == "rsa2048":
        assert openssl_verifies(tmp_path, made.public_key_der, "sha256", b"letter", signature)
    assert len(signature) == {"p256": 64, "rsa2048": 256}[algorithm]


@pytest.mark.parametrize("algorithm", ["p256", "rsa2048"])
def test_the_pyhanko_lines_sign_a_pdf(stock: Stock, tmp_path: Path, place: Path, algorithm: str) -> None:
    shelf, made = shelf_with(stock, algorithm, tmp_path / "shelf")
    writer: Any = PdfFileWriter()
    contents = writer.add_object(generic.StreamObject(stream_data=b""))
    page = PageObject(contents=contents, media_box=(0, 0, 595, 842))
    writer.insert_page(page)
    with (place / "letter.pdf").open("wb") as letter:
        writer.write(letter)
    paste(recipe("pyhanko", shelf), place, shelf)
    with (place / "letter.signed.pdf").open("rb") as signed:
        (signature,) = PdfFileReader(signed).embedded_signatures
        assert signature.signer_cert.dump() == made.certificate
        status = validate_pdf_signature(signature, ValidationContext(trust_roots=[signature.signer_cert]))
        assert (status.intact, status.valid) == (True, True)


@pytest.mark.parametrize(
    ("client", "shown"),
    [
        ("p11tool", "Verifying against public key in the token... ok"),
        ("java", "Entry type: PrivateKeyEntry"),
        ("nss", "mockca reader 0"),
    ],
)
def test_pasted_lines_find_the_key(stock: Stock, tmp_path: Path, place: Path, client: str, shown: str) -> None:
    shelf, _ = shelf_with(stock, "p256", tmp_path / "shelf")
    assert shown in paste(recipe(client, shelf), place, shelf)


def test_p11_kit_is_told_of_the_module(stock: Stock, tmp_path: Path, place: Path) -> None:
    shelf, _ = shelf_with(stock, "p256", tmp_path / "shelf")
    screen = paste(recipe("p11-kit", shelf), place, shelf)
    assert (place / ".config/pkcs11/modules/mocktoken.module").read_text() == f"module: {shelf.module}\n"
    assert "libmocktoken.so" in screen or os.geteuid() == 0  # which is why `doctor` tells root


@pytest.mark.parametrize("client", CLIENTS)
def test_without_a_device_the_lines_name_a_place_for_its_serial(shelf: Shelf, client: str) -> None:
    assert shelf.environment
    lines = recipe(client, shelf)
    assert str(shelf.module) in lines
    assert "--slot 0" in lines or "slot = 0" in lines or "SERIAL" in lines or client in ("nss", "p11-kit")
