"""What a time stamp costs in process, beside the bare signature in it and beside `openssl ts -reply`.

    python benchmarks/tsa.py [--seconds S] [--rounds N]

CPU time throughout, the best of the rounds, taken in turns. A time stamp is the whole way from the request's octets to
the answer's: reading, a serial number that nobody else has, signing. `openssl ts -reply` is a process a time stamp,
with the same key, so what a process costs (`openssl version`) is taken off again.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from rich.console import Console
from rich.table import Table

from mockca.desk.commands import AuthorityKeys, CreateSandbox
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.desk.timestamps import Timestamper
from mockca.pki import keys

REACH = 1.3
"""Times a bare signature, for RSA-2048."""
CONFIGURATION = """\
[tsa]
default_tsa = it
[it]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
certs = issuing.pem
signer_digest = sha256
default_policy = 1.3.6.1.4.1.32473.1.2
digests = sha256
accuracy = secs:1
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def made(folder: Path, algorithm: str) -> Sandbox:
    """A sandbox whose time stamps are signed with such a key."""
    chosen = AuthorityKeys.model_validate({"root": "p256", "issuing": "p256", "ocsp": "p256", "tsa": algorithm})
    command = CreateSandbox(name=algorithm, seed="tsa", regulations=("an-giang",), keys=chosen)
    return Sandboxes(folder / algorithm, "http://127.0.0.1:8400").create(command)


def cpu(call: Callable[[], object], seconds: float) -> float:
    """Microseconds of CPU time of this process for one call."""
    rounds = 0
    start = time.process_time()
    while (spent := time.process_time() - start) < seconds:
        for _ in range(10):
            call()
        rounds += 10
    return spent / rounds * 1e6


def cpu_of_children(command: list[str], folder: Path, times: int) -> float:
    """Microseconds of CPU time of a program, on average."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(times):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / times * 1e6


def peer(folder: Path, sandbox: Sandbox) -> None:
    """What `openssl ts` needs to be the same authority, and a request."""
    signers = sandbox.hierarchy
    (folder / "tsa.cnf").write_text(CONFIGURATION)
    (folder / "serial").write_text("01\n")
    (folder / "tsa.key").write_bytes(keys.dump(signers.tsa.key))
    for name, signer in {"tsa": signers.tsa, "issuing": signers.issuing, "root": signers.root}.items():
        (folder / f"{name}.pem").write_bytes(signer.certificate.public_bytes(Encoding.PEM))
    (folder / "data").write_bytes(b"data")
    query = ["openssl", "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query.tsq"]
    subprocess.run(query, cwd=folder, check=True, capture_output=True)


def verify(folder: Path, answer: bytes) -> None:
    """Raises CalledProcessError unless OpenSSL believes the answer."""
    (folder / "reply.tsr").write_bytes(answer)
    check = ["openssl", "ts", "-verify", "-queryfile", "query.tsq", "-in", "reply.tsr", "-CAfile", "root.pem"]
    subprocess.run(check, cwd=folder, check=True, capture_output=True)


def measure(folder: Path, algorithm: str, seconds: float, rounds: int) -> tuple[float, float, float]:
    """Microseconds of a time stamp, of a bare signature, of `openssl ts -reply` without its process."""
    sandbox = made(folder, algorithm)
    place = folder / f"openssl-{algorithm}"
    place.mkdir()
    peer(place, sandbox)
    request = (place / "query.tsq").read_bytes()
    timestamper = Timestamper(sandbox)
    verify(place, timestamper.answer(request).der)
    reply = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "other.tsr"]
    best = [float("inf")] * 4
    for _ in range(rounds):
        for position, one in enumerate(
            (
                cpu(lambda: timestamper.answer(request), seconds),
                cpu(lambda: sandbox.hierarchy.tsa.sign(request), seconds),
                cpu_of_children(reply, place, 10),
                cpu_of_children(["openssl", "version"], place, 10),
            )
        ):
            best[position] = min(best[position], one)
    sandbox.close()
    return best[0], best[1], best[2] - best[3]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=0.3, help="for each figure of a round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    table = Table("CPU, µs", "time stamp", "signature", "ratio", "reach", "openssl", "ratio")
    with tempfile.TemporaryDirectory(prefix="mockca-tsa-") as name:
        for algorithm in ("rsa2048", "p256"):
            stamp, bare, other = measure(Path(name), algorithm, options.seconds, options.rounds)
            reach = f"≤ {REACH}" if algorithm == "rsa2048" else ""
            ratio = f"{stamp / bare:.2f}"
            table.add_row(
                algorithm, f"{stamp:.0f}", f"{bare:.0f}", ratio, reach, f"{other:.0f}", f"{stamp / other:.2f}"
            )
    Console().print(table)


if __name__ == "__main__":
    main()
