"""What the PKCS#11 module costs: signatures through it and through bare SoftHSM2, and starting beside many devices.

    python benchmarks/token_module.py [--turns N] [--devices N …]

A client in C (signer.c, compiled here) takes turns with either. A signature's cost is CPU time, the least of the
turns, so that neighbours on the machine count little; the rest is wall-clock time, the median of the turns. Exit
code 0: at least 0.97 of SoftHSM2's signatures; 1: less; 2: could not run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from token_emulator import Shelf, module, state
from token_emulator.module import building

ENOUGH = 0.97
PIN, SO_PIN = "135790", "24680246"
KEYS = {"p256": ("EC:prime256v1", "1041", 1000), "rsa2048": ("rsa:2048", "1", 100)}
"""By algorithm: pkcs11-tool's name, the mechanism, and signatures a turn."""


class CouldNotRun(Exception):
    """A program failed that nothing is measured without."""


@dataclass(frozen=True)
class Took:
    """Microseconds."""

    initialise: float
    listing: float
    login: float
    signature: float


class Client:
    """signer.c with one module."""

    def __init__(self, program: Path, library: Path | str, **variables: str) -> None:
        self._command = [str(program), str(library), PIN]
        self._environment = {**os.environ, **variables}

    def run(self, mechanism: str = "1041", signatures: int = 0) -> Took:
        command = [*self._command, mechanism, str(signatures)]
        return Took(*map(float, run(command, self._environment).split()))


def main() -> int:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--devices", type=int, nargs="+", default=[1, 100, 1000])
    told = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="mockca-token-module-") as name:
            folder = Path(name)
            program = compile_client(folder)
            ratios = compare_signatures(folder, program, told.turns)
            compare_starts(folder, program, told.turns, told.devices)
    except CouldNotRun as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 2
    return 0 if min(ratios) >= ENOUGH else 1


def compare_signatures(folder: Path, program: Path, turns: int) -> list[float]:
    """Print signatures a second; the ratios."""
    table = Table("key", "module", "SoftHSM2", "ratio", "login, module", "login, SoftHSM2", title="Signatures/s of CPU")
    ratios = []
    for algorithm, (_, mechanism, signatures) in KEYS.items():
        ours = Client(program, module.module_path(), **plugged_device(folder / algorithm, algorithm).environment)
        bare = Client(program, softhsm(), **bare_token(folder / f"bare-{algorithm}", algorithm))
        pairs = [(ours.run(mechanism, signatures), bare.run(mechanism, signatures)) for _ in range(turns)]
        ours_took, bare_took = ([pair[side] for pair in pairs] for side in (0, 1))
        least = [min(took.signature for took in side) for side in (ours_took, bare_took)]
        logins = [statistics.median(took.login for took in side) / 1000 for side in (ours_took, bare_took)]
        ratios.append(least[1] / least[0])
        speeds = (f"{1e6 / each:,.0f}" for each in least)
        table.add_row(algorithm, *speeds, f"{ratios[-1]:.3f}", *(f"{login:.1f} ms" for login in logins))
    Console().print(table)
    return ratios


def compare_starts(folder: Path, program: Path, turns: int, numbers: Iterable[int]) -> None:
    """Print what C_Initialize and listing take beside many devices, one of them plugged in."""
    heads = (f"{what}, {whose}" for what in ("C_Initialize", "list") for whose in ("module", "SoftHSM2"))
    table = Table("devices", *heads, title="Milliseconds to start; one device is plugged in, SoftHSM2 shows all")
    shelf, bare = Shelf(folder / "p256"), folder / "bare-p256"
    variables = {"SOFTHSM2_CONF": str(bare / "softhsm2.conf")}
    for number in sorted(numbers):
        multiply_devices(shelf.home / "devices", number)
        multiply_tokens(bare / "tokens", number)
        clients = (
            Client(program, module.module_path(), **shelf.environment),
            Client(program, softhsm(), **variables),
        )
        took = [[client.run() for client in clients] for _ in range(turns)]
        columns = list(zip(*took, strict=True))
        initialise = [statistics.median(each.initialise for each in column) / 1000 for column in columns]
        listing = [statistics.median(each.listing for each in column) / 1000 for column in columns]
        table.add_row(str(number), *(f"{value:.2f}" for value in (*initialise, *listing)))
    Console().print(table)


# --- what is measured --------------------------------------------------------------------------------------------


def compile_client(folder: Path) -> Path:
    program = folder / "signer"
    source = Path(__file__).with_name("signer.c")
    run([*building.find_compiler(), "-O2", f"-I{building.SOURCES}", str(source), "-o", str(program), "-ldl"])
    return program


def softhsm() -> str:
    return next(path for path in building.SOFTHSM_PATHS if Path(path).is_file())


def plugged_device(home: Path, algorithm: str) -> Shelf:
    shelf = Shelf(home)
    with shelf.personalise("generic-10", algorithm, PIN, SO_PIN) as device:
        device.place()
    shelf.plug(device.serial)
    return shelf


def bare_token(home: Path, algorithm: str) -> dict[str, str]:
    """A token of SoftHSM2's own with such a key; the variables to find it."""
    (home / "tokens").mkdir(parents=True)
    configuration = home / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {home / 'tokens'}\nlog.level = ERROR\n")
    variables = {"SOFTHSM2_CONF": str(configuration)}
    environment = {**os.environ, **variables}
    run(["softhsm2-util", "--init-token", "--free", "--label", "x", "--pin", PIN, "--so-pin", SO_PIN], environment)
    tool = ["pkcs11-tool", "--module", softhsm(), "--login", "--pin", PIN]
    run([*tool, "--keypairgen", "--key-type", KEYS[algorithm][0], "--id", "01"], environment)
    return variables


def multiply_devices(devices: Path, number: int) -> None:
    """Copies of a device until there are so many."""
    pattern = min(devices.iterdir())
    for count in range(len(list(devices.iterdir())), number):
        serial = f"f{count:015x}"
        shutil.copytree(pattern, devices / serial)
        state.change(devices / serial, lambda record, serial=serial: replace(record, serial=serial))  # type: ignore[misc]


def multiply_tokens(tokens: Path, number: int) -> None:
    """The same for SoftHSM2's: it knows a token by the serial in its file, which ends the folder's name too."""
    pattern = min(tokens.iterdir())
    serial = pattern.name.replace("-", "")[-16:].encode()
    for _ in range(len(list(tokens.iterdir())), number):
        other = str(uuid.uuid4())
        shutil.copytree(pattern, tokens / other)
        file = tokens / other / "token.object"
        file.write_bytes(file.read_bytes().replace(serial, other.replace("-", "")[-16:].encode()))


def run(command: list[str], environment: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CouldNotRun(f"{command[0]}: {error.strerror}") from error
    if done.returncode != 0:
        raise CouldNotRun(f"{' '.join(command[:3])} … said: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
