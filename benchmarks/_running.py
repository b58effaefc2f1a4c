"""A server of its own on temporary data, callers that keep their connection, dossiers ready to be issued."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

REGULATION = "an-giang"
START_SECONDS = 120
"""How long a server may take to answer for the first time: it makes RSA-4096 keys."""
ANSWER_SECONDS = 60

T = TypeVar("T")
R = TypeVar("R")


class CouldNotRun(Exception):
    """The measurement itself failed: no server, or an answer that nothing is measured by."""


def command(*arguments: str) -> list[str]:
    """The `mockca` command of this interpreter's own environment."""
    return [sys.executable, "-c", "from mockca.cli import main; main()", *arguments]


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`command_line`, run as a process group of its own; it answers on `port`."""

    def __init__(self, command_line: Sequence[str], port: int, log: Path, health: str = "/healthz") -> None:
        self.port = port
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command_line, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        self._wait_until_ready(health)

    def _wait_until_ready(self, health: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError, HTTPException):
                if Caller(self.port).call("GET", health)[0] == 200:
                    return
            if self._process.poll() is not None:
                break
            time.sleep(0.005)
        self.kill()
        raise CouldNotRun(f"the server did not answer on port {self.port}:\n{end_of(self._log)}")

    def kill(self) -> None:
        """SIGKILL to every process of the server at once."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """SIGTERM; SIGKILL for what is still there after ten seconds."""
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def processes(self) -> list[int]:
        """Ids of the server's living processes."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[2]) == self._process.pid:  # the group, proc(5)
                    found.append(int(stat.parent.name))
        return found

    def cpu_seconds(self) -> float:
        """CPU time that the server's living processes have taken so far."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == self._process.pid:  # the process group, proc(5)
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def serve(data: Path, port: int, *arguments: str) -> Server:
    """`mockca serve` on a data folder; its output goes to a file beside it."""
    return Server(command("serve", "--data", str(data), "--port", str(port), *arguments), port, log_of(data))


def log_of(data: Path) -> Path:
    """Where a data folder's server writes."""
    return data.with_name(f"{data.name}.log")


def end_of(log: Path) -> str:
    """The end of what a server wrote."""
    return log.read_text(errors="replace")[-3000:]


class Caller:
    """One caller with one connection; not for several threads."""

    def __init__(self, port: int, credential: str | None = None, base: str = "") -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        self._headers = {"Content-Type": "application/json"}
        if credential is not None:
            self._headers["Authorization"] = f"Bearer {credential}"
        self._base = base

    def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> tuple[int, Any]:
        """Status and JSON of the answer. Raises OSError or HTTPException where no whole answer came."""
        headers = self._headers if key is None else {**self._headers, "Idempotency-Key": key}
        try:
            self._connection.request(method, self._base + path, None if body is None else json.dumps(body), headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except BaseException:
            self._connection.close()
            raise
        return answer.status, json.loads(content)

    def expect(self, status: int, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        """The answer's JSON; CouldNotRun where there is none, or its status is another one."""
        try:
            got, answer = self.call(method, path, body, key)
        except (OSError, HTTPException) as error:
            raise CouldNotRun(f"{method} {path} got no answer: {error!r}") from error
        if got != status:
            raise CouldNotRun(f"{method} {path} was answered with {got}, not {status}: {json.dumps(answer)[:1500]}")
        return answer


class Callers:
    """Callers for one sandbox's accounts, one a thread and account."""

    def __init__(self, data: Path, port: int, sandbox: str = "demo") -> None:
        document = json.loads((data / sandbox / "credentials.json").read_text("utf-8"))
        self._credentials: Mapping[str, str] = {
            account["name"]: account["credential"] for account in document["accounts"]
        }
        self._port = port
        self._base = f"/{sandbox}/api/v1"
        self._mine = threading.local()

    def __getitem__(self, account: str) -> Caller:
        callers: dict[str, Caller] = self._mine.__dict__
        if account not in callers:
            callers[account] = Caller(self._port, self._credentials[account], self._base)
        return callers[account]


def in_parallel(clients: int, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """`work` on every item by that many threads; results in the items' order."""
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(work, items))


def approved_dossiers(callers: Callers, count: int, clients: int, label: str) -> list[int]:
    """Numbers of that many new dossiers, filed, accepted, on a roster and approved: ready to be issued."""
    first_desk, authority = f"registrar@{REGULATION}", "authority"

    def file(index: int) -> int:
        filed = callers[f"subscriber@{REGULATION}"].expect(201, "POST", "/dossiers", filing(index))
        number = int(filed["number"])
        callers[first_desk].expect(200, "POST", f"/dossiers/{number}/check", {"decision": "accept"})
        return number

    def approve(number: int) -> None:
        callers[authority].expect(200, "POST", f"/dossiers/{number}/decision", {"decision": "approve"})

    numbers = in_parallel(clients, file, range(count))
    callers[first_desk].expect(
        201,
        "POST",
        "/rosters",
        {
            "regulation": REGULATION,
            "form": "TT05-F02",
            "document_number": f"{label}/DS",
            "declared_count": count,
            "dossiers": numbers,
            "attachments": [{"kind": "request-list-copy", "file_name": "danh-sach.pdf"}],
            "submission": {"channel": "paper", "document_number": f"{label}/DS", "signed_by": "Giám đốc"},
        },
    )
    in_parallel(clients, approve, numbers)
    return numbers


def filing(index: int) -> dict[str, Any]:
    """A complete dossier for a person who does not exist."""
    return {
        "regulation": REGULATION,
        "subscriber_kind": "person",
        "form": {
            "code": "TT05-F01",
            "fields": {
                "full_name": f"Người Thử Nghiệm {index}",
                "birth_date": "1980-01-02",
                "id_number": f"{index:012d}",
                "id_issue_date": "2015-06-07",
                "id_issue_place": "Cục Cảnh sát (MÔ PHỎNG)",
                "email": f"thu-nghiem-{index}@angiang.test",
                "workplace": "Văn phòng",
                "position": "Chuyên viên",
                "validity_years": 5,
                "commitment_truthful": True,
                "commitment_compliance": True,
                "form_date": "2026-01-05",
                "signature": True,
                "organisation_confirmation": True,
            },
        },
        "attachments": [
            {"kind": "seal-registration-copy", "file_name": "mau-dau.pdf"},
            {"kind": "title-confirmation-copy", "file_name": "chuc-danh.pdf"},
        ],
        "sets": [
            {"medium": "paper", "via": "in_person"},
            {"medium": "electronic", "via": "document_system"},
        ],
        "submission": {"channel": "paper", "document_number": "1/GDN", "signed_by": "Thủ trưởng", "sealed": True},
    }


def new_csr() -> str:
    """A PEM request with a fresh P-256 key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mockca benchmark")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
    return request.public_bytes(Encoding.PEM).decode("ascii")
