"""Proving the checks of tokens: a device of ours behind a PKCS#11 module with one defect."""

from __future__ import annotations

import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import NameOID

from conformance.checks import TOKEN, FunctionCheck
from conformance.errors import BadTarget
from conformance.mutants.authority import Progress
from conformance.mutants.declared import declared
from conformance.mutants.proof import Proof
from conformance.suites.token import CHECKS
from conformance.suites.token.bench import Bench, Failed, NotChecked
from conformance.targets.pins import Pins
from conformance.targets.token import ModuleFailed, TokenTarget
from token_emulator import Shelf, TokenError
from token_emulator.module import building

SOURCE = Path(__file__).with_name("crooked_module.c")
FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror", "-shared")
MODEL, TRIES = "bit4id-tokenme", 3
PINS = Pins("12345678", "123456789012")
NOTHING = "nothing"
"""The module without a defect."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device of ours, and where its module finds it."""

    module: str
    environment: dict[str, str]

    def bench(self, crooked: Path, defect: str) -> Bench:
        """A bench for it behind the module with that defect."""
        environment = {
            **self.environment,
            "CROOKED": defect,
            "CROOKED_INNER": self.module,
            "CROOKED_PIN": PINS.right.value,
        }
        target = TokenTarget(str(crooked), environment=environment)
        return Bench(target, PINS, tries=TRIES, destructive=True)


def build_crooked(folder: Path) -> Path:
    """Compile the module with defects. BadTarget where that cannot be."""
    built = folder / "crooked.so"
    try:
        compiler = building.find_compiler()
        command = [*compiler, *FLAGS, f"-I{building.SOURCES}", str(SOURCE), "-o", str(built), "-ldl"]
        subprocess.run(command, check=True, capture_output=True)
    except (building.CannotBuild, subprocess.CalledProcessError) as error:
        raise BadTarget(f"the module with defects cannot be built: {error}") from error
    return built


def prove_tokens(done: Progress) -> Proof:
    """Prove every check of tokens. BadTarget where this machine lacks what devices need."""
    proof = Proof(checks=dict.fromkeys(check.id for check in CHECKS))
    with tempfile.TemporaryDirectory(prefix="conformance-prove-") as folder:
        try:
            crooked = build_crooked(Path(folder))
            device = _device(Path(folder) / NOTHING)
            failed, unchecked = _made(device.bench(crooked, NOTHING), CHECKS, done)
            proof.unsound |= failed | unchecked
            for mutant in declared(TOKEN).values():
                checks = tuple(check for check in CHECKS if check.id in mutant.plays)
                bench = _device(Path(folder) / mutant.name).bench(crooked, mutant.name)
                proof.tried(mutant.name, mutant.plays, _made(bench, checks)[0])
                done(mutant.name)
        except TokenError as error:
            raise BadTarget(str(error)) from error
    return proof


def _made(
    bench: Bench, checks: tuple[FunctionCheck, ...], done: Progress = lambda _: None
) -> tuple[dict[str, str], dict[str, str]]:
    """The checks that failed, and those that could not be made, with what they say; the device is brought back."""
    failed, unchecked = {}, {}
    with closing(bench.target):
        for check in checks:
            bench.target.told.clear()
            try:
                check.function(bench)
            except (Failed, ModuleFailed) as error:
                failed[check.id] = str(error)
            except NotChecked as error:
                unchecked[check.id] = str(error)
            bench.give_back()
            done(check.id)
    return failed, unchecked


def _device(folder: Path) -> Device:
    shelf = plugged_device(folder)
    return Device(str(shelf.module), shelf.environment)


def plugged_device(folder: Path) -> Shelf:
    """A shelf with one device, which is plugged in and has a certificate."""
    shelf = Shelf(folder)
    with shelf.personalise(MODEL, "p256", PINS.right.value, PINS.so or "", "Phép kiểm") as device:
        device.write_certificate(_certificate(device.public_key_der))
        device.place()
    shelf.plug(device.serial)
    return shelf


def _certificate(public_key_der: bytes) -> bytes:
    """A certificate for the device's key, of nobody's authority."""
    key = load_der_public_key(public_key_der)
    assert isinstance(key, ec.EllipticCurvePublicKey)  # noqa: S101 - the kind that was asked for
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "MOCK TOKEN (MÔ PHỎNG)")])
    builder = x509.CertificateBuilder(name, name, key, x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2024, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2044, 1, 1, tzinfo=UTC)
    )
    return builder.sign(ec.generate_private_key(ec.SECP256R1()), SHA256()).public_bytes(Encoding.DER)
