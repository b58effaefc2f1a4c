"""OCSP over HTTP: kept answers beside nginx with static files, signed ones beside `openssl ocsp`.

    python benchmarks/ocsp_http.py [--rounds N] [--seconds S]

Needs wrk, nginx and openssl. Everything runs on this machine for the length of the measurement, each server with one
process that answers; server and peer are measured in turns, and the figure is their CPU time for one request. Signed
answers carry a nonce that never comes twice, so none can be kept. `openssl ocsp` closes every connection, which is
part of its cost: it is compared with the mock on kept connections, and again with a new connection for each request.
It has the same keys, certificates and statuses, and cannot be told to listen on loopback alone.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count, cycle
from pathlib import Path
from urllib.parse import quote

from _running import Caller, Callers, CouldNotRun, Server, approved_dossiers, free_port, in_parallel, new_csr, serve
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from rich.console import Console
from rich.table import Table

from mockca.desk.sandbox import Sandboxes

ALGORITHMS = ("p256", "rsa2048")
CERTIFICATES = 50
"""In each sandbox; the requests go round them."""
CONNECTIONS = 4
NONCE = b"0123456789abcdef"
"""Stands where each request puts its own number."""
SHORTEST_ANSWER = 300
"""Octets; a failure is far shorter than a signed answer."""

nonces = count(time.time_ns() // 1000)


@dataclass(frozen=True)
class Cost:
    """One burst of requests."""

    micros: float
    """Microseconds of the server's CPU time for one request."""
    rate: float
    """Requests a second; it depends on the client too, which shares the machine."""


@dataclass(frozen=True)
class World:
    """A sandbox with certificates, and requests about them."""

    name: str
    issuing: x509.Certificate
    responder: x509.Certificate
    responder_key: Path
    serials: tuple[int, ...]

    @property
    def path(self) -> str:
        return f"/{self.name}/pki/ocsp"

    def requests(self, serials: Sequence[int] | None = None, nonce: bytes | None = None) -> list[bytes]:
        """A request about each certificate."""
        plain = ocsp.OCSPRequestBuilder()
        if nonce is not None:
            plain = plain.add_extension(x509.OCSPNonce(nonce), critical=False)
        name_hash, key_hash = self._issuer_hashes()
        return [
            plain.add_certificate_by_hash(name_hash, key_hash, serial, SHA1())  # noqa: S303
            .build()
            .public_bytes(Encoding.DER)
            for serial in serials or self.serials
        ]

    def _issuer_hashes(self) -> tuple[bytes, bytes]:
        asked = ocsp.OCSPRequestBuilder().add_certificate(self.responder, self.issuing, SHA1()).build()  # noqa: S303
        return asked.issuer_name_hash, asked.issuer_key_hash


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3, help="for each burst")
    options = parser.parse_args()
    missing = [program for program in ("wrk", "nginx", "openssl") if shutil.which(program, path=_PATH) is None]
    if missing:
        print(f"ERROR: not installed: {', '.join(missing)}; type: apt-get install {' '.join(missing)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="mockca-ocsp-") as folder:
        try:
            Console(width=130).print(table(Path(folder), options.rounds, options.seconds))
        except CouldNotRun as error:
            print(f"ERROR: {error}", file=sys.stderr)
            return 2
    return 0


_PATH = os.environ.get("PATH", os.defpath) + ":/usr/sbin"


def table(folder: Path, rounds: int, seconds: int) -> Table:
    """All figures; medians over the rounds."""
    result = Table(title="OCSP over HTTP, CPU time of the server for one request")
    for heading in ("work", "mockca", "peer", "ratio", "reach", "mockca", "peer"):
        result.add_column(heading, justify="left" if heading == "work" else "right", no_wrap=True)
    result.add_row("", "µs", "µs", "", "", "a second", "a second")
    data, port = folder / "data", free_port()
    mock = serve(data, port, "--workers", "1")
    try:
        worlds = {name: furnished(data, port, name) for name in ALGORITHMS}
        for world in worlds.values():
            check(Target(mock, port, world.path), world)
        kept_rows(result, folder, Target(mock, port, worlds["p256"].path), worlds["p256"], rounds, seconds)
        for world in worlds.values():
            signed_rows(result, folder, Target(mock, port, world.path), world, rounds, seconds)
    finally:
        mock.stop()
    return result


@dataclass(frozen=True)
class Target:
    """A running server and the path of its responder."""

    server: Server
    port: int
    path: str


# --- rows --------------------------------------------------------------------------------------------------------


def kept_rows(result: Table, folder: Path, target: Target, world: World, rounds: int, seconds: int) -> None:
    """Answers signed before, by GET and by POST, beside nginx with the same octets in files."""
    requests = world.requests()
    answers = [post(target.port, target.path, request) for request in requests]
    with nginx(folder / "nginx", answers) as peer:
        files = [f"/{index}.ors" for index in range(len(answers))]
        paths = [f"{target.path}/{quote(b64encode(request).decode(), safe='')}" for request in requests]
        static = partial(wrk, peer, wrk_script(folder, "GET", files, [b""]), seconds)
        for label, mine in (
            ("pre-signed, GET", wrk_script(folder, "GET", paths, [b""])),
            ("pre-signed, POST", wrk_script(folder, "POST", [target.path], requests)),
        ):
            pairs = in_turns(rounds, partial(wrk, target, mine, seconds), static)
            add_row(result, f"{label}; nginx, static files", pairs, "≤ 3")


def signed_rows(result: Table, folder: Path, target: Target, world: World, rounds: int, seconds: int) -> None:
    """Answers signed for their asker, beside `openssl ocsp`."""
    reach = "≤ 1.2" if world.name == "p256" else "≤ 1.3"
    requests = world.requests(nonce=NONCE)
    script = wrk_script(folder, "POST", [target.path], requests)
    with openssl_ocsp(folder / world.name, world) as peer:
        check(peer, world)
        theirs = partial(one_by_one, peer, requests, seconds)
        add_row(
            result,
            f"signed {world.name}, nonce, kept connections; openssl ocsp",
            in_turns(rounds, partial(wrk, target, script, seconds), theirs),
            reach,
        )
        add_row(
            result,
            f"signed {world.name}, nonce, new connections; openssl ocsp",
            in_turns(rounds, partial(one_by_one, target, requests, seconds), theirs),
            "",
        )
    never_issued = wrk_script(
        folder, "POST", [target.path], world.requests([0x7000000000000001]), vary=b"\x70" + bytes(6)
    )
    first = [wrk(target, never_issued, seconds) for _ in range(rounds)]
    result.add_row(
        f"signed {world.name}, each serial for the first time",
        f"{statistics.median(cost.micros for cost in first):.0f}",
        *[""] * 3,
        f"{statistics.median(cost.rate for cost in first):,.0f}",
    )


def in_turns(rounds: int, mine: Callable[[], Cost], theirs: Callable[[], Cost]) -> list[tuple[Cost, Cost]]:
    """Both measured in each round, so that a busy minute hits both."""
    return [(mine(), theirs()) for _ in range(rounds)]


def add_row(result: Table, label: str, pairs: list[tuple[Cost, Cost]], reach: str) -> None:
    mine, theirs = (statistics.median(pair[side].micros for pair in pairs) for side in (0, 1))
    rates = [statistics.median(pair[side].rate for pair in pairs) for side in (0, 1)]
    result.add_row(
        label, f"{mine:.0f}", f"{theirs:.0f}", f"{mine / theirs:.2f}", reach, f"{rates[0]:,.0f}", f"{rates[1]:,.0f}"
    )


# --- what is measured --------------------------------------------------------------------------------------------


def furnished(data: Path, port: int, name: str) -> World:
    """A sandbox whose keys are all of one kind, with certificates that wait for their activation."""
    admin = Caller(port, (data / "admin-credential").read_text().strip())
    keys = dict.fromkeys(("root", "issuing", "ocsp", "tsa"), name)
    admin.expect(201, "POST", "/sandboxes", {"name": name, "keys": keys})
    callers = Callers(data, port, name)

    def issue(number: int) -> int:
        issued = callers["authority"].expect(201, "POST", f"/dossiers/{number}/certificate", {"csr": new_csr()})
        return int(issued["certificate"]["serial"], 16)

    serials = in_parallel(2, issue, approved_dossiers(callers, CERTIFICATES, 2, name))
    hierarchy = Sandboxes(data, "http://127.0.0.1").open(name).hierarchy
    return World(
        name,
        hierarchy.issuing.certificate,
        hierarchy.ocsp.certificate,
        data / name / "keys" / "ocsp.pem",
        tuple(serials),
    )


def check(target: Target, world: World) -> None:
    """CouldNotRun unless the server's answer is what is to be measured."""
    nonce = next_nonce()
    request = world.requests(nonce=nonce)[0]
    answer = ocsp.load_der_ocsp_response(post(target.port, target.path, request))
    if (
        answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL
        or answer.certificate_status is not ocsp.OCSPCertStatus.REVOKED
        or answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce != nonce
        or not answer.certificates
    ):
        raise CouldNotRun(f"not the answer to be measured: {answer.response_status} on port {target.port}")


@contextmanager
def nginx(folder: Path, answers: Sequence[bytes]) -> Iterator[Target]:
    """nginx with one worker and the answers as files."""
    folder.mkdir()
    for index, answer in enumerate(answers):
        (folder / f"{index}.ors").write_bytes(answer)
    port = free_port()
    settings = folder / "nginx.conf"
    settings.write_text(f"""\
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr warn;
events {{ worker_connections 64; }}
http {{
    access_log off; sendfile on; keepalive_requests 1000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder};
        default_type application/ocsp-response;
        location = /healthz {{ return 200 '{{}}'; }}
    }}
}}
""")
    # The worker reads as another user where this one is root.
    folder.chmod(0o755)
    folder.parent.chmod(0o755)
    command = [shutil.which("nginx", path=_PATH) or "nginx", "-c", str(settings), "-p", str(folder)]
    server = Server(command, port, folder / "log")
    try:
        yield Target(server, port, "/")
    finally:
        server.stop()


@contextmanager
def openssl_ocsp(folder: Path, world: World) -> Iterator[Target]:
    """`openssl ocsp` as a responder with the same key, certificates and statuses."""
    folder.mkdir()
    (folder / "issuing.pem").write_bytes(world.issuing.public_bytes(Encoding.PEM))
    (folder / "responder.pem").write_bytes(world.responder.public_bytes(Encoding.PEM))
    (folder / "index.txt").write_text(
        "".join(
            f"R\t391231235959Z\t260105080000Z,certificateHold\t{serial:X}\tunknown\t/CN={index}\n"
            for index, serial in enumerate(world.serials)
        )
    )
    port = free_port()
    arguments = f"-index index.txt -CA issuing.pem -rsigner responder.pem -rkey {world.responder_key} -ndays 1"
    command = ["env", "-C", str(folder), "openssl", "ocsp", "-port", str(port), *arguments.split()]
    server = Responder(command, port, folder / "log")
    try:
        yield Target(server, port, "/")
    finally:
        server.kill()


class Responder(Server):
    """A server that speaks OCSP only."""

    def _wait_until_ready(self, health: str) -> None:
        del health
        # Garbage would end it, so nothing is asked until it says that it listens.
        for _ in range(500):
            if "waiting for OCSP client" in self._log.read_text(errors="replace"):
                return
            time.sleep(0.01)
        self.kill()
        raise CouldNotRun("openssl ocsp did not start")


# --- who asks ----------------------------------------------------------------------------------------------------


def next_nonce() -> bytes:
    """16 octets that were not there before."""
    return b"%016d" % next(nonces)


def post(port: int, path: str, request: bytes) -> bytes:
    """The body of the answer, over a connection of its own. OSError where there is no whole answer."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/ocsp-request\r\n"
    head += f"Content-Length: {len(request)}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head.encode() + request)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head_part, _, body = received.partition(b"\r\n\r\n")
    if b" 200 " not in head_part.partition(b"\r\n")[0]:
        raise OSError(f"answered with {head_part[:80]!r}")
    return body


def one_by_one(target: Target, requests: Sequence[bytes], seconds: float) -> Cost:
    """Requests with fresh nonces, each over a new connection that both sides close properly."""
    asked = cycle(requests)
    places = {request: request.index(NONCE) for request in requests}
    done, cpu, begun = 0, target.server.cpu_seconds(), time.monotonic()
    while time.monotonic() - begun < seconds:
        request = next(asked)
        place = places[request]
        answer = post(target.port, target.path, request[:place] + next_nonce() + request[place + len(NONCE) :])
        if len(answer) < SHORTEST_ANSWER:
            raise CouldNotRun(f"not a signed answer: {answer.hex()}")
        done += 1
    taken = time.monotonic() - begun
    return Cost((target.server.cpu_seconds() - cpu) / done * 1e6, done / taken)


def wrk_script(folder: Path, method: str, paths: Sequence[str], bodies: Sequence[bytes], vary: bytes = b"") -> Path:
    """A script for wrk that goes round paths and bodies, and puts a number of its own into each.

    The number takes the place of NONCE, in sixteen digits; or that of `vary`, the front of a serial, in seven octets.
    """
    script = folder / f"{method}-{next(nonces)}.lua"
    front = vary or NONCE
    place = bodies[0].find(front)
    number = (
        'string.format("%016d", base + turn)'
        if not vary
        else "string.char(0x70, math.random(0, 255), math.random(0, 255), math.random(0, 255), "
        "math.floor(turn / 65536) % 256, math.floor(turn / 256) % 256, turn % 256)"
    )
    script.write_text(f"""\
local paths = {{ {", ".join(f'"{path}"' for path in paths)} }}
local bodies = {{ {", ".join(_lua(body) for body in bodies)} }}
local headers = {{ ["Content-Type"] = "application/ocsp-request" }}
local turn, base = 0, os.time() * 1000000
math.randomseed(os.time())
function request()
  turn = turn + 1
  local body = bodies[turn % #bodies + 1]
  if {place} >= 0 then
    body = body:sub(1, {place}) .. {number} .. body:sub({place} + {len(front)} + 1)
  end
  return wrk.format("{method}", paths[turn % #paths + 1], {"headers" if method == "POST" else "nil"}, {
        "body" if method == "POST" else "nil"
    })
end
function done(summary)
  local failed = summary.errors
  print(string.format("RESULT %d %d %d %d", summary.requests, summary.duration, summary.bytes,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout))
end
""")
    return script


def _lua(octets: bytes) -> str:
    return '"' + "".join(f"\\{octet:03d}" for octet in octets) + '"'


def wrk(target: Target, script: Path, seconds: int) -> Cost:
    """Requests over kept connections."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{target.port}"]
    cpu = target.server.cpu_seconds()
    run = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=False)
    cpu = target.server.cpu_seconds() - cpu
    found = re.search(r"^RESULT (\d+) (\d+) (\d+) (\d+)$", run.stdout, re.MULTILINE)
    if found is None:
        raise CouldNotRun(f"wrk said nothing of use:\n{run.stdout}{run.stderr}")
    requests, micros, octets, failed = map(int, found.groups())
    if failed or not requests or octets / requests < SHORTEST_ANSWER:
        raise CouldNotRun(f"{failed} of {requests} requests failed, {octets} octets came back")
    return Cost(cpu / requests * 1e6, requests / micros * 1e6)


if __name__ == "__main__":
    sys.exit(main())
