"""One shelf with a device of each kind, made once a test process, and shelves of one's own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import NameOID

from token_emulator import Shelf
from token_emulator.workers import shared

USER_PIN = "135790"
SO_PIN = "24680246"
NAME = "Trần Thị Bích Ngọc"
CA_KEY = ec.generate_private_key(ec.SECP256R1())


def certificate_for(public_key_der: bytes, serial: int = 0x1234567890ABCDEF) -> bytes:
    """A certificate for that key, of nobody's authority."""
    key = load_der_public_key(public_key_der)
    assert not isinstance(key, x509.Certificate)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.COMMON_NAME, NAME),
        ]
    )
    builder = x509.CertificateBuilder(name, name, key, serial)  # type: ignore[arg-type]
    builder = builder.not_valid_before(datetime(2024, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2034, 1, 1, tzinfo=UTC)
    )
    return builder.sign(CA_KEY, SHA256()).public_bytes(Encoding.DER)


@dataclass(frozen=True)
class Made:
    serial: str
    algorithm: str
    public_key_der: bytes
    certificate: bytes


@dataclass(frozen=True)
class Stock:
    shelf: Shelf
    devices: dict[str, Made]
    """By algorithm."""

    def __getitem__(self, algorithm: str) -> Made:
        return self.devices[algorithm]


def make(shelf: Shelf, algorithm: str = "p256", label: str = NAME) -> Made:
    with shelf.personalise("generic-10", algorithm, USER_PIN, SO_PIN, label) as device:
        certificate = certificate_for(device.public_key_der)
        device.write_certificate(certificate)
        device.place()
    return Made(device.serial, algorithm, device.public_key_der, certificate)


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """A shelf to read and sign from; tests must not change it."""
    shelf = Shelf(tmp_path_factory.mktemp("stock"))
    devices = {name: make(shelf, name, f"{NAME} {name}") for name in ("p256", "p384", "rsa2048")}
    for made in devices.values():
        shelf.plug(made.serial)
    return Stock(shelf, devices)


@pytest.fixture(scope="session", autouse=True)
def workers_end_with_the_tests() -> Iterator[None]:
    """Before coverage is counted, so that what ran in them counts."""
    yield
    shared.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path / "giá thiết bị")
    yield shelf
    left = list((shelf.home / "staging").iterdir()) if shelf.home.exists() else []
    assert not left, "work folders were left behind"


def clean_environment() -> dict[str, str]:
    """This process's, without what its own use of the module has left there."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MOCKTOKEN_", "SOFTHSM2_"))}


def pkcs11_tool(shelf: Shelf, *arguments: str) -> str:
    """Run a client that knows nothing of this project; what it printed."""
    done = run_pkcs11_tool(shelf, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_pkcs11_tool(shelf: Shelf, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["pkcs11-tool", "--module", str(shelf.module), *arguments],
        env={**clean_environment(), **shelf.environment},
        capture_output=True,
        text=True,
        check=False,
    )


def openssl_verifies(folder: Path, public_key_der: bytes, digest: str, data: bytes, signature: bytes) -> bool:
    """What `openssl dgst -verify` says."""
    for name, content in (("key.der", public_key_der), ("data", data), ("signature", signature)):
        (folder / name).write_bytes(content)
    done = subprocess.run(
        ["openssl", "dgst", f"-{digest}", "-keyform", "DER", "-verify", "key.der", "-signature", "signature", "data"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
