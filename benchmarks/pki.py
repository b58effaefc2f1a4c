"""What the PKI costs in process, each figure beside its limit measured in the same run.

    python benchmarks/pki.py [--entries N] [--seconds S]

CPU time of this process throughout. A certificate and an OCSP answer stand beside the bare signature in them; the
CRL runs in a child process, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count, repeat
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from rich.console import Console
from rich.table import Table

from mockca.pki import crl, hierarchy, keys, names
from mockca.pki.issuing import LeafIssuer
from mockca.pki.keys import KeyAlgorithm
from mockca.pki.ocsp import Responder, SingleAnswer, parse_request

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
ENDPOINTS = hierarchy.Endpoints("http://127.0.0.1:8400/demo")


def made(algorithm: KeyAlgorithm) -> hierarchy.Hierarchy:
    """A hierarchy with keys of one kind."""
    serials = count(0x1000000000000001)
    private = {name: keys.generate(algorithm) for name in hierarchy.SIGNERS}
    return hierarchy.build(private, ENDPOINTS, NOW, lambda _: next(serials))


def compare(work: Callable[[], object], limit: Callable[[], object], seconds: float) -> tuple[float, float]:
    """CPU microseconds of each, the best of five rounds taken in turns."""
    best = [float("inf"), float("inf")]
    for _ in range(5):
        for position, call in enumerate((work, limit)):
            rounds = 0
            start = time.process_time()
            while (spent := time.process_time() - start) < seconds / 10:
                for _ in range(20):
                    call()
                rounds += 20
            best[position] = min(best[position], spent / rounds * 1e6)
    return best[0], best[1]


def certificate_and_ocsp(table: Table, algorithm: KeyAlgorithm, seconds: float) -> None:
    """Rows of one kind of key."""
    made_up = made(algorithm)
    issuer = LeafIssuer(made_up.issuing, ENDPOINTS, freshest=True)
    subject = names.SubjectName("Nguyễn Văn Mẫu", ("UBND tỉnh Mẫu", "Sở Mẫu"), "Mẫu", "mau@mau.test")
    public = keys.generate(algorithm).public_key()
    serials = count(0x1000000000000001)

    def issue() -> bytes:
        return issuer.issue(subject, public, serial=next(serials), not_before=NOW, not_after=NOW + timedelta(days=1825))

    octets = issue()
    cost, bare = compare(issue, lambda: keys.sign(made_up.issuing.key, octets), seconds)
    table.add_row(
        f"certificate, 10 extensions, {algorithm}",
        f"{cost:.0f} µs",
        f"{1e6 / cost:,.0f}/s",
        f"bare signature {bare:.0f} µs",
        f"{cost / bare:.2f}",
    )

    # The request as `openssl ocsp` writes it, with SHA-1 identifiers and a nonce.
    request = (
        ocsp.OCSPRequestBuilder()
        .add_certificate(x509.load_der_x509_certificate(octets), made_up.issuing.certificate, SHA1())  # noqa: S303
        .add_extension(x509.OCSPNonce(bytes(16)), critical=False)
        .build()
        .public_bytes(Encoding.DER)
    )
    responder = Responder(made_up.issuing, made_up.ocsp)

    def answer() -> bytes:
        asked = parse_request(request)
        assert responder.matches(asked.cert_ids[0])
        single = SingleAnswer(
            asked.cert_ids[0], "revoked", NOW, crl.Reason.CERTIFICATE_HOLD, NOW, NOW + timedelta(days=1)
        )
        return responder.respond([single], produced_at=NOW, nonce=asked.nonce)

    cost, bare = compare(answer, lambda: keys.sign(made_up.ocsp.key, octets), seconds)
    table.add_row(
        f"OCSP read, answered and signed, {algorithm}",
        f"{cost:.0f} µs",
        f"{1e6 / cost:,.0f}/s",
        f"bare signature {bare:.0f} µs",
        f"{cost / bare:.2f}",
    )


def peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def crl_in_this_process(entries: int) -> dict[str, float]:
    """Time and memory of one CRL. Its entries are made before, as the registry keeps them; they come as a stream."""
    made_up = made(KeyAlgorithm.P256)
    stored = crl.entry(0x1000000000000001, NOW, crl.Reason.KEY_COMPROMISE)
    idle = peak()
    start = time.process_time()
    built = crl.build(
        made_up.issuing,
        number=1,
        this_update=NOW,
        next_update=NOW + timedelta(days=7),
        entries=repeat(stored, entries),
        distribution_point=ENDPOINTS.issuing_crl,
        freshest=ENDPOINTS.issuing_delta,
    )
    spent = time.process_time() - start
    above = peak() - idle
    start = time.process_time()
    for serial in range(0x1000000000000001, 0x1000000000000001 + entries):
        crl.entry(serial, NOW, crl.Reason.KEY_COMPROMISE)
    encoding = time.process_time() - start
    start = time.process_time()
    made_up.issuing.sign(built)
    return {
        "seconds": spent,
        "megabytes": len(built) / 2**20,
        "above": above,
        "encoding": encoding,
        "bare": time.process_time() - start,
    }


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--seconds", type=float, default=5.0, help="for each figure")
    options.add_argument("--crl-child", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.crl_child:
        print(json.dumps(crl_in_this_process(chosen.entries)))
        return
    table = Table(title="PKI in process, CPU time")
    for heading in ("work", "each", "rate", "limit in the same run", "ratio"):
        table.add_column(heading, justify="left" if heading == "work" else "right", no_wrap=True)
    for algorithm in (KeyAlgorithm.P256, KeyAlgorithm.RSA_2048):
        certificate_and_ocsp(table, algorithm, chosen.seconds)
    child = subprocess.run(
        [sys.executable, Path(__file__), "--crl-child", "--entries", str(chosen.entries)],
        check=True,
        capture_output=True,
        text=True,
    )
    figures = json.loads(child.stdout)
    table.add_row(
        f"CRL of {chosen.entries:,} stored entries, P-256, {figures['megabytes']:.1f} MB",
        f"{figures['seconds']:.2f} s",
        f"{chosen.entries / figures['seconds']:,.0f} entries/s",
        f"bare signature {figures['bare']:.2f} s",
        f"{figures['seconds'] / figures['bare']:.2f}",
    )
    table.add_row(
        "its peak memory above idle",
        f"{figures['above']:.1f} MB",
        "",
        f"the CRL itself {figures['megabytes']:.1f} MB",
        f"{figures['above'] / figures['megabytes']:.2f}",
    )
    table.add_row(
        "its entries, encoded as they arise",
        f"{figures['encoding'] / chosen.entries * 1e6:.1f} µs",
        f"{chosen.entries / figures['encoding']:,.0f}/s",
        "",
        "",
    )
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
