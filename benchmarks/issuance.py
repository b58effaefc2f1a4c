"""Issuance over HTTP: durable, through dossier, registry and journal, beside the same endpoint without a store.

    python benchmarks/issuance.py [--rounds N] [--certificates N]

Both take the same request (a P-256 CSR as JSON), read it by the same model, sign a certificate with the same CA and
answer with the same view, under the same server with the same workers. The limit knows no accounts and no dossiers,
and keeps nothing. They are measured in turns; the figure is the servers' CPU time for one certificate. Rates depend
on the clients too, which share the machine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from ssl import DER_cert_to_PEM_cert
from typing import Any

from _running import (
    Caller,
    Callers,
    CouldNotRun,
    Server,
    approved_dossiers,
    end_of,
    free_port,
    in_parallel,
    log_of,
    new_csr,
    serve,
)
from granian import Granian
from granian.constants import Interfaces
from rich.console import Console
from rich.table import Table

from mockca.desk.commands import IssueCertificate
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.desk.views import CertificateStatus, CertificateView, IssuedView, StatusView
from mockca.pki import csr
from mockca.pki.keys import algorithm_of
from mockca.pki.names import SubjectName, rfc4514
from mockca.web.app import create_app
from mockca.web.face import Face
from mockca.web.server import THREADS

WORKERS = 2
ALGORITHMS = ("p256", "rsa2048", "rsa4096")
"""Of the issuing CA; the last is a new sandbox's default."""
CLIENTS = (1, 8)
REACH = 1.6


@dataclass(frozen=True)
class Measured:
    """One burst of issuances."""

    cpu_ms: float
    """Milliseconds of the server's CPU time for one certificate."""
    rate: float
    """Certificates a second."""


def main() -> int:
    """Measure each CA algorithm with each number of clients; print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--certificates", type=int, default=200, help="in one burst")
    parser.add_argument("--limit", nargs=2, metavar=("DATA", "PORT"), help="be the server without a store")
    options = parser.parse_args()
    if options.limit:
        serve_limit(Path(options.limit[0]), int(options.limit[1]))
        return 0
    with tempfile.TemporaryDirectory(prefix="mockca-issuance-") as folder:
        data = Path(folder) / "data"
        try:
            Console().print(table(data, options.rounds, options.certificates))
        except CouldNotRun as error:
            print(f"ERROR: {error}\n{end_of(log_of(data))}", file=sys.stderr)
            return 2
    return 0


def table(data: Path, rounds: int, certificates: int) -> Table:
    """All figures; medians over the rounds."""
    result = Table(title="Issuance over HTTP (P-256 CSR)")
    for heading in ("CA", "clients", "durable", "no store", "ratio", "reach", "durable", "no store"):
        result.add_column(heading, justify="right")
    result.add_row("", "", "CPU ms", "CPU ms", "", "", "a second", "a second")
    port, limit_port = free_port(), free_port()
    durable = serve(data, port, "--workers", str(WORKERS))
    try:
        admin = Caller(port, (data / "admin-credential").read_text().strip())
        for algorithm in ALGORITHMS:
            keys = dict.fromkeys(("root", "issuing"), algorithm)
            admin.expect(201, "POST", "/sandboxes", {"name": algorithm, "keys": keys})
        limit = Server(
            [sys.executable, __file__, "--limit", str(data), str(limit_port)], limit_port, data.with_name("limit.log")
        )
        try:
            for algorithm in ALGORITHMS:
                for clients in CLIENTS:
                    pairs = [
                        (
                            issue_durably(durable, data, port, algorithm, clients, certificates),
                            issue_without_store(limit, limit_port, algorithm, clients, certificates),
                        )
                        for _ in range(rounds)
                    ]
                    result.add_row(algorithm, str(clients), *figures(pairs))
        finally:
            limit.kill()
    finally:
        durable.kill()
    return result


def figures(pairs: list[tuple[Measured, Measured]]) -> Iterator[str]:
    """The columns of one row."""
    durable = statistics.median(pair[0].cpu_ms for pair in pairs)
    limit = statistics.median(pair[1].cpu_ms for pair in pairs)
    yield f"{durable:.2f}"
    yield f"{limit:.2f}"
    yield f"{durable / limit:.2f}"
    yield f"≤ {REACH}"
    yield f"{statistics.median(pair[0].rate for pair in pairs):.0f}"
    yield f"{statistics.median(pair[1].rate for pair in pairs):.0f}"


def issue_durably(server: Server, data: Path, port: int, sandbox: str, clients: int, certificates: int) -> Measured:
    """Issue for dossiers that were approved beforehand."""
    callers = Callers(data, port, sandbox)
    dossiers = approved_dossiers(callers, certificates, clients, "do")
    bodies = {number: {"csr": new_csr()} for number in dossiers}

    def issue(number: int) -> None:
        callers["authority"].expect(201, "POST", f"/dossiers/{number}/certificate", bodies[number])

    return measured(server, lambda: in_parallel(clients, issue, dossiers), certificates)


def issue_without_store(server: Server, port: int, sandbox: str, clients: int, certificates: int) -> Measured:
    """Put the same requests to the limit."""
    callers = [Caller(port) for _ in range(clients)]
    bodies = [{"csr": new_csr()} for _ in range(certificates)]

    def issue(client: int) -> None:
        for body in bodies[client::clients]:
            callers[client].expect(201, "POST", f"/limit/{sandbox}/certificate", body)

    return measured(server, lambda: in_parallel(clients, issue, range(clients)), certificates)


def measured(server: Server, work: Callable[[], object], certificates: int) -> Measured:
    """What the work cost the server, and how fast it went."""
    cpu, begun = server.cpu_seconds(), time.monotonic()
    work()
    return Measured((server.cpu_seconds() - cpu) / certificates * 1000, certificates / (time.monotonic() - begun))


def serve_limit(data: Path, port: int) -> None:
    """Serve the endpoint without a store until killed, as the real server is served."""
    Granian(
        "limit",
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        log_enabled=False,
    ).serve(target_loader=lambda: limit_application(data), wrap_loader=False)


def limit_application(data: Path) -> Callable[..., Any]:
    """The real application with one more face, whose only operation signs and keeps nothing."""
    sandboxes = Sandboxes(data, "http://127.0.0.1")
    opened = {name: sandboxes.open(name) for name in ALGORITHMS}
    serials = count(1)
    app = create_app(sandboxes)
    for name, sandbox in opened.items():
        app.register_api(limit_face(name, sandbox, serials))
    return app.wsgi_app


def limit_face(name: str, sandbox: Sandbox, serials: Iterator[int]) -> Face:
    """`POST /limit/NAME/certificate`."""
    face = Face(f"limit-{name}", __name__, title="limit", secured=None)
    subject = SubjectName("Người Thử Nghiệm", ("Cơ quan thử nghiệm",), "An Giang", "thu-nghiem@angiang.test")

    @face.makes(f"/limit/{name}/certificate", IssuedView)
    def issue(body: IssueCertificate) -> IssuedView:
        """Sign, and answer."""
        key = csr.parse(body.csr or "").public_key
        serial = sandbox.randomness.serial(str(next(serials)))
        now = sandbox.clock.now().replace(microsecond=0)
        end = now + timedelta(days=1825)
        der = sandbox.issuer.issue(subject, key, serial=serial, not_before=now, not_after=end)
        certificate = CertificateView(
            serial=f"{serial:x}",
            regulation="an-giang",
            subscriber_kind="person",
            unit="agency-an-giang",
            subject=rfc4514(subject),
            common_name=subject.common_name,
            not_before=now,
            not_after=end,
            status=StatusView(
                serial=f"{serial:x}",
                at=now,
                status=CertificateStatus.ISSUED,
                since=now,
                in_force=False,
                clause="AG-10.2.dd.2",
                why="-",
            ),
            dossier=1,
            device=None,
            custody=None,
            algorithm=algorithm_of(key).value,
            pem=DER_cert_to_PEM_cert(der),
        )
        return IssuedView(certificate=certificate)

    return face


if __name__ == "__main__":
    sys.exit(main())
