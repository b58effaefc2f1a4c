"""What the journal of exchanges costs an OCSP answer that is ready to serve, and what an unused fault engine does.

    python benchmarks/exchanges.py [--turns N] [--answers N]

The PKI's face answers the same GET again and again in this process: with nothing noted, with every OCSP exchange
noted, and with a fault set at another endpoint. The cost is CPU time, the least of the turns. Exit code 0: a noted
answer takes at most five times as long as another, and a fault elsewhere costs nothing that can be measured; 1: more.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mockca.desk import exchanges, faults
from mockca.desk.actors import Actor, Role
from mockca.desk.commands import AddFault, AuthorityKeys, CreateSandbox, SetRecording
from mockca.desk.sandbox import Sandbox, Sandboxes
from mockca.pki import der
from mockca.web.pki import PkiFace

TRAINER = Actor("trainer", Role.TRAINER)
KEYS = AuthorityKeys(root="p256", issuing="p256", ocsp="p256", tsa="p256")
NOTHING_MEASURED = 1.1
"""A ratio that this machine's noise alone may reach."""
MOST = 5.0


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--answers", type=int, default=2000)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mockca-exchanges-") as name:
        sandboxes = Sandboxes(Path(name), "http://127.0.0.1:8400")
        sandbox = sandboxes.create(CreateSandbox(name="demo", seed="bench", regulations=("an-giang",), keys=KEYS))
        ask = _asker(PkiFace(sandboxes), sandbox)
        cases: dict[str, Callable[[], object]] = {
            "nothing noted": lambda: exchanges.set_recording(sandbox, TRAINER, SetRecording()),
            "a fault elsewhere": lambda: faults.add_fault(sandbox, TRAINER, AddFault(endpoint="tsa", effect="reset")),
            "OCSP noted": lambda: exchanges.set_recording(sandbox, TRAINER, SetRecording(ocsp=True)),
        }
        found = dict.fromkeys(cases, float("inf"))
        for _ in range(told.turns):
            for case, prepare in cases.items():
                for fault in faults.list_faults(sandbox).items:
                    faults.remove_fault(sandbox, TRAINER, fault.number)
                prepare()
                found[case] = min(found[case], _microseconds(ask, told.answers))
    base = found["nothing noted"]
    table = Table("case", "CPU µs an answer", "ratio", title="An OCSP answer that is kept")
    for case, cost in found.items():
        table.add_row(case, f"{cost:.1f}", f"{cost / base:.2f}")
    Console().print(table)
    return 0 if found["a fault elsewhere"] <= NOTHING_MEASURED * base and found["OCSP noted"] <= MOST * base else 1


def _asker(face: PkiFace, sandbox: Sandbox) -> Callable[[], object]:
    issuing = sandbox.hierarchy.issuing
    hashes = [
        der.octets(hashlib.sha1(part, usedforsecurity=False).digest()) for part in (issuing.subject, issuing.key_bits)
    ]
    algorithm = der.sequence(der.oid("1.3.14.3.2.26"), der.NULL)
    request = der.sequence(
        der.sequence(der.sequence(der.sequence(der.sequence(algorithm, *hashes, der.integer(0x1F)))))
    )
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/demo/pki/ocsp/" + base64.b64encode(request).decode(),
    }
    return lambda: face(environ, _begin)  # type: ignore[arg-type]


def _begin(*_: object) -> None:
    """An answer begins."""


def _microseconds(ask: Callable[[], object], times: int) -> float:
    ask()
    began = time.process_time()
    for _ in range(times):
        ask()
    return (time.process_time() - began) / times * 1e6


if __name__ == "__main__":
    sys.exit(main())
