"""A full CRL of a million entries, from the registry to the signed bytes: seconds and memory, beside `openssl crl`.

The limit to compare with is what OpenSSL needs to read and verify the same list.
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from rich.console import Console
from rich.table import Table

from mockca.desk.commands import AuthorityKeys, CreateSandbox
from mockca.desk.publication import current_crl
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.pki import crl
from mockca.registry.tables import EPOCH, FOREVER, MICROSECOND

START = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)
KEEP = START + timedelta(days=1825)
REACH_SECONDS, REACH_MIB = 2.5, 50


def main() -> None:
    """Fill a registry, publish its CRL, let OpenSSL verify it, print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    entries = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        sandboxes = Sandboxes(Path(folder) / "data", "http://127.0.0.1:8400")
        sandbox = sandboxes.create(
            CreateSandbox(
                name="demo",
                seed="crl",
                start=START,
                frozen=True,
                keys=AuthorityKeys(root="p256", issuing="p256", ocsp="p256", tsa="p256"),
            )
        )
        fill(sandbox, entries)
        idle, began, cpu = _mib(), time.perf_counter(), time.process_time()
        der = current_crl(sandbox, "issuing")
        seconds, cpu, grown = time.perf_counter() - began, time.process_time() - cpu, _mib() - idle
        issuer = Path(folder) / "issuing.pem"
        issuer.write_bytes(sandbox.hierarchy.issuing.certificate.public_bytes(Encoding.PEM))
        said, peer = _verify(Path(folder), der, issuer)
        sandboxes.close()
    table = Table(title=f"CRL, {entries:,} entries, {len(der) / 2**20:.0f} MiB; {said}")
    for name in ("", "seconds", "CPU seconds", "MiB above idle"):
        table.add_column(name, justify="left" if not name else "right")
    table.add_row("registry → signed CRL, stored", f"{seconds:.2f}", f"{cpu:.2f}", f"{grown:.0f}")
    table.add_row("to reach", f"≤ {REACH_SECONDS}", "", f"≤ {REACH_MIB} + the CRL itself")
    table.add_row("openssl crl, reading and verifying it", f"{peer:.2f}", "", "")
    Console().print(table)


def fill(sandbox: Sandbox, entries: int) -> None:
    """Revoke that many serial numbers, straight into the table that CRLs are made from."""
    at = (START - EPOCH) // MICROSECOND
    keep, forever = (KEEP - EPOCH) // MICROSECOND, (FOREVER - EPOCH) // MICROSECOND
    rows = (
        (
            f"{serial:x}",
            at,
            forever,
            "revoked",
            "keyCompromise",
            keep,
            crl.entry(serial, START, crl.Reason.KEY_COMPROMISE),
        )
        for serial in range(1 << 60, (1 << 60) + entries)
    )
    connection = sqlite3.connect(sandbox.home / "registry.db")
    with connection:
        connection.executemany(
            "INSERT INTO status_changes (serial, instant, until, status, reason, keep_until, crl_entry) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
    connection.close()


def _verify(folder: Path, der: bytes, issuer: Path) -> tuple[str, float]:
    path = folder / "issuing.crl"
    path.write_bytes(der)
    began = time.perf_counter()
    done = subprocess.run(
        ["openssl", "crl", "-inform", "DER", "-in", str(path), "-noout", "-CAfile", str(issuer)],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"openssl: {done.stderr.strip() or done.stdout.strip()}", time.perf_counter() - began


def _mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
